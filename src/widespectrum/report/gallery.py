"""Which pairs a page shows, and each of them as a card.

A study may hold tens of thousands of pairs per scorer. A page shows, per scorer, the worst
disobeyed, the best obeyed, and some drawn by hash from between: the ends make the point, and the
middle keeps it honest. The draw depends on seed and id alone, so all scorers show the same pairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from widespectrum.contracts import SCORE_NAMES
from widespectrum.errors import BadInput
from widespectrum.report import numbers
from widespectrum.studies.findings import Gallery

PER_SCORER = 200
IN_ALL = 1200
"""Cards on one page: so many per scorer, and together no more than this (but 12 each at least)."""

AT_ONCE = 24
"""Cards that are visible before somebody asks for more."""

_REQUIRED = (
    "id",
    "scorer",
    "prompt_original",
    "prompt_anti",
    "image_original",
    "image_anti",
    *SCORE_NAMES,
    "verdict",
    "obeyed",
    "disobedience",
)


@dataclass(frozen=True)
class ScoreRow:
    """One prompt of the pair held against both images: a row of the 2 x 2 array of scores."""

    prompt: str
    """``original`` or ``anti``; the image of that name is the one asked for."""
    original: str
    anti: str
    winner: str
    """``original``, ``anti``, ``tie``, or nothing where a score is missing."""

    @property
    def right(self) -> bool:
        """The scorer prefers the image that this prompt asked for."""
        return self.winner == self.prompt


@dataclass(frozen=True)
class Card:
    """One pair under one scorer, as texts."""

    id: str
    scorer: str
    generator: str
    prompt_original: str
    prompt_anti: str
    image_original: str | None
    image_anti: str | None
    scores: tuple[ScoreRow, ScoreRow]
    verdict: str
    obeyed: bool | None
    disobedience: float | None
    severity: str
    dimensions: tuple[str, ...]
    effects: tuple[str, ...]


def choose_cards(gallery: Gallery, seed: int) -> tuple[Card, ...]:
    """The cards of a page: scorers in their first order, the worst disobeyed pair first in each.

    Raises:
        BadInput: the gallery lacks a column.
    """
    frame = gallery.frame
    missing = [name for name in _REQUIRED if name not in frame.columns]
    if missing:
        raise BadInput(
            f"the gallery '{gallery.name}' lacks the column '{missing[0]}'",
            "A gallery holds one row per pair and scorer, with the four scores and the verdict.",
            field=missing[0],
        )
    scorers = frame["scorer"].unique(maintain_order=True).to_list()
    cards: list[Card] = []
    for scorer in scorers:
        rows = frame.filter(pl.col("scorer").eq_missing(pl.lit(scorer)))
        cards += map(_card, _chosen(rows, cards_per_scorer(len(scorers)), seed))
    return tuple(cards)


def cards_per_scorer(scorers: int) -> int:
    """How many pairs of each scorer a page has room for."""
    return min(PER_SCORER, max(12, IN_ALL // max(scorers, 1)))


def selection_note(gallery: Gallery, seed: int) -> str:
    """One sentence about what is shown and what is not; empty where everything is."""
    sizes = gallery.frame.group_by("scorer").len()["len"].to_list()
    room = cards_per_scorer(len(sizes))
    largest = max(sizes, default=0)
    if largest <= room:
        return ""
    third = room // 3
    return (
        f"Of up to {numbers.count(largest)} pairs per scorer this page shows {room}: the {third} "
        f"worst disobeyed, the {third} best obeyed, and {room - 2 * third} drawn at random from "
        f"between them (seed {seed}). The table behind it holds all."
    )


def _chosen(rows: pl.DataFrame, room: int, seed: int) -> list[dict[str, Any]]:
    """At most `room` rows, the largest disobedience first, rows without one last."""
    ranked = (
        rows.with_columns(pl.col("id").cast(pl.String))
        .with_columns(pl.col("disobedience").cast(pl.Float64).fill_nan(None))
        .sort("disobedience", "id", descending=[True, False], nulls_last=True)
    )
    if ranked.height <= room:
        return ranked.to_dicts()
    third = room // 3
    known = ranked.height - ranked["disobedience"].null_count()
    ends = min(third, known // 2)
    middle = [*range(ends, known - ends), *range(known, ranked.height)]
    ids = ranked["id"].to_list()
    drawn = sorted(middle, key=lambda row: (_lot(seed, ids[row]), row))[: room - 2 * ends]
    places = sorted([*range(ends), *range(known - ends, known), *drawn])
    return ranked[places].to_dicts()


def _lot(seed: int, pair: str) -> bytes:
    return hashlib.sha256(f"{seed}:{pair}".encode(errors="replace")).digest()


def _card(row: Mapping[str, Any]) -> Card:
    disobedience = row["disobedience"]
    severity = row.get("severity")
    return Card(
        id=_text(row["id"]),
        scorer=_text(row["scorer"]),
        generator=_text(row.get("generator")),
        prompt_original=_text(row["prompt_original"]),
        prompt_anti=_text(row["prompt_anti"]),
        image_original=row["image_original"],
        image_anti=row["image_anti"],
        scores=(
            _score_row("original", row["io_po"], row["ia_po"]),
            _score_row("anti", row["io_pa"], row["ia_pa"]),
        ),
        verdict=_text(row["verdict"]),
        obeyed=row["obeyed"],
        disobedience=None if numbers.is_missing(disobedience) else float(disobedience),
        severity="" if numbers.is_missing(severity) else numbers.number(float(severity or 0), 2),
        dimensions=_texts(row.get("dimensions")),
        effects=_texts(row.get("effects")),
    )


def _score_row(prompt: str, original: float | None, anti: float | None) -> ScoreRow:
    winner = ""
    if original is not None and anti is not None and not numbers.is_missing(original - anti):
        winner = "original" if original > anti else "anti" if anti > original else "tie"
    return ScoreRow(prompt, numbers.score(original), numbers.score(anti), winner)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _texts(value: Sequence[object] | str | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(map(str, value))
