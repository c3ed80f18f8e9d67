"""The card of an exported data set: what is in it, who made it, and what failed.

YAML for machines, then Markdown for people. Names and notes may be anybody's text, so they are
escaped: a card is shown as a web page by whoever hosts it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from widespectrum.choosers.registry import chooser_registry
from widespectrum.exchange.contents import Contents
from widespectrum.generators import generator_registry
from widespectrum.judges.registry import judge_registry
from widespectrum.scorers.catalog import scorer_registry

UNKNOWN = "unknown"
_REGISTRIES = {
    "images": generator_registry,
    "scores": scorer_registry,
    "ratings": judge_registry,
    "choices": chooser_registry,
}
_ROLES = {"images": "pictures", "scores": "scores", "ratings": "ratings", "choices": "choices"}


@dataclass(frozen=True)
class Card:
    """What a card says."""

    title: str
    licence: str
    contents: Contents
    models: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """As ``run.json`` has them: stage -> name -> what is known."""
    provenance: Mapping[str, Any]
    failures: Sequence[tuple[str, str, int]]
    """Stage, kind, how many."""
    left_out: Sequence[str]
    configs: Mapping[str, str]
    """Name of a table -> the files that hold it."""

    def text(self) -> str:
        """The card as Markdown with YAML in front."""
        return (
            "\n".join(
                [
                    *self._yaml(),
                    *self._counts(),
                    *self._models(),
                    *self._made(),
                    *self._missing(),
                    *self._columns(),
                ]
            )
            + "\n"
        )

    def _yaml(self) -> list[str]:
        # A JSON value is a YAML value, so nothing in a name can break out of its line.
        lines = [
            "---",
            f"license: {json.dumps(self.licence)}",
            "task_categories:",
            "- text-to-image",
            "tags:",
            "- widespectrum",
            "- preference",
            "configs:",
        ]
        for place, (name, files) in enumerate(self.configs.items()):
            lines += [f"- config_name: {json.dumps(name)}"]
            lines += ["  default: true"] * (place == 0)
            lines += ["  data_files:", "  - split: train", f"    path: {json.dumps(files)}"]
        return [*lines, "---", "", f"# {escaped(self.title)}", ""]

    def _counts(self) -> list[str]:
        pairs, contents = self.contents.pairs, self.contents
        prompts = pairs["prompt_original"].drop_nulls().n_unique()
        anti = pairs["prompt_anti"].drop_nulls().n_unique()
        return [
            "Pictures made from ordinary prompts and from prompts that ask for the opposite of "
            "polish, and what was said of them.",
            "",
            "| what | how many |",
            "| --- | --- |",
            f"| pairs | {pairs.height:,} |",
            f"| different original prompts | {prompts:,} |",
            f"| different anti prompts | {anti:,} |",
            f"| pictures | {len(contents.pictures):,} |",
            f"| scores | {contents.scores.height:,} |",
            f"| ratings | {contents.ratings.height:,} |",
            f"| choices | {contents.choices.height:,} |",
            "",
        ]

    def _models(self) -> list[str]:
        lines = ["## Models", "", "| model | made | licence | where |", "| --- | --- | --- | --- |"]
        makers = dict.fromkeys(picture.maker for picture in self.contents.pictures)
        named = {
            "images": list(makers),
            **{
                stage: getattr(self.contents, stage)[column].unique(maintain_order=True).to_list()
                for stage, column in (
                    ("scores", "scorer"),
                    ("ratings", "judge"),
                    ("choices", "chooser"),
                )
            },
        }
        for stage, names in named.items():
            entries = _REGISTRIES[stage]().entries
            for name in names:
                entry = entries.get(name.partition("@")[0])
                licence = entry.licence if entry else UNKNOWN
                where = (entry.hub_id or entry.source or "–") if entry else "–"
                lines.append(
                    f"| {escaped(name)} | {_ROLES[stage]} | {escaped(licence)} | {escaped(where)} |"
                )
        return [
            *lines,
            "",
            f"The data set as a whole: {escaped(self.licence)}. Pictures and scores may be bound "
            "by the licences of the models that made them.",
            "",
        ]

    def _made(self) -> list[str]:
        facts = {"widespectrum": version("widespectrum"), **self.provenance}
        lines = ["## How it was made", ""]
        lines += [f"* {escaped(name)}: {escaped(_short(value))}" for name, value in facts.items()]
        return [*lines, "", "All of it is in `provenance.json`.", ""]

    def _missing(self) -> list[str]:
        lines = ["## What failed, and what is left out", ""]
        lines += [
            f"* {count:,} requests for {escaped(stage)} failed ({escaped(kind)})."
            for stage, kind, count in self.failures
        ]
        lines += [f"* {escaped(note)}" for note in self.left_out]
        if len(lines) == 2:
            lines.append("Nothing failed, and everything that the run holds is here.")
        return [*lines, ""]

    def _columns(self) -> list[str]:
        return [
            "## Reading it",
            "",
            "`widespectrum import FOLDER --out RUN` makes a run of it without scoring anything "
            "again. `original` is the ordinary prompt and its picture; `anti` (in the benchmark's "
            "layout: `distorted`) asks for the opposite of polish. `io_pa` is the score of the "
            "original picture under the anti prompt. A choice is 1 for the anti picture, 0 for the "
            "original, -1 for a tie, empty if unknown.",
        ]


def escaped(text: str) -> str:
    """Text as one line of Markdown that shows it and does nothing else."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&$])", r"\\\1", line)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:197] + "..."
