"""The reference part of ``docs/aesthetics.md``, written from the data so that it cannot drift.

Run ``python -m widespectrum.aesthetics.reference docs/aesthetics.md`` after a change of the data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from widespectrum.aesthetics.dimension_files import load_dimensions
from widespectrum.aesthetics.dimensions import Dimension, Effect
from widespectrum.aesthetics.emotions import load_emotions
from widespectrum.aesthetics.published import published_tables
from widespectrum.aesthetics.taxonomy import load_taxonomy
from widespectrum.aesthetics.visionreward import load_visionreward

BEGIN = "<!-- from here on written by: python -m widespectrum.aesthetics.reference -->"


def reference() -> str:
    """The packaged data as Markdown."""
    return "\n\n".join(
        [
            "## All dimensions and their effects",
            "An effect with an asterisk shows only on people. The phrase is the first of several.",
            *(_dimension(dimension) for dimension in load_dimensions().values()),
            "## Taxonomy of real photographs",
            _table(
                ("group", "class", "meaning", "near to the low end of"),
                (
                    (
                        group.title,
                        f"{each.title} `{each.key}`",
                        each.meaning,
                        _list(each.dimensions),
                    )
                    for group in load_taxonomy().groups
                    for each in group.classes
                ),
            ),
            "## Emotions",
            _table(
                ("adjective", "noun", "synonyms", "negative"),
                (
                    (
                        each.adjective,
                        each.noun,
                        _list((*each.synonyms, *each.noun_synonyms)),
                        _yes(each.negative),
                    )
                    for each in load_emotions().values()
                ),
            ),
            "## VisionReward's annotation",
            _table(
                ("dimension", "levels", "used", "not applicable", "remark"),
                (
                    (
                        each.key,
                        f"{each.lowest} to {each.highest}",
                        _yes(each.used),
                        "" if each.not_applicable is None else str(each.not_applicable),
                        each.remark,
                    )
                    for each in load_visionreward().values()
                ),
            ),
            "## Published tables",
            _table(
                ("name", "rows", "what", "source"),
                (
                    (f"`{each.name}`", str(each.rows), each.what, each.source)
                    for each in published_tables().values()
                ),
            ),
        ]
    )


def rewrite(page: str) -> str:
    """The page with its reference part brought up to date."""
    written_by_hand = page.partition(BEGIN)[0]
    return f"{written_by_hand}{BEGIN}\n\n{reference()}\n"


def _dimension(dimension: Dimension) -> str:
    lines = [
        f"### {dimension.title}" + ("" if dimension.enabled else " (off by default)"),
        "",
        f"Key `{dimension.key}`. Negative prompts name: {_list(dimension.antonyms)}."
        + (f" Pulls against: {_list(dimension.conflicts)}." if dimension.conflicts else ""),
        "",
        f"- **High:** {dimension.high}",
        f"- **Neutral:** {dimension.neutral}",
        f"- **Low:** {dimension.low}",
        "",
        _table(
            ("effect", "key", "phrase", "darkroom"), (_effect(each) for each in dimension.effects)
        ),
    ]
    return "\n".join(lines)


def _effect(effect: Effect) -> tuple[str, ...]:
    return (
        effect.name + ("*" if effect.people else ""),
        f"`{effect.key}`",
        effect.phrases[0],
        "" if effect.darkroom is None else f"`{effect.darkroom.operation}`",
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(rewrite(page.read_text(encoding="utf-8")), encoding="utf-8")
