"""The same prompt under several models, side by side: which prompts a page shows, as texts.

The prompts of which most was smoothed away come first. All of them are in the table behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.report import numbers
from widespectrum.studies.findings import Lineup

ROWS = 120
"""Prompts on one page."""

AT_ONCE = 12
"""Rows that are visible before somebody asks for more."""

MARKS: dict[int | None, str] = {1: "follows", 0: "misses", -1: "tie"}
"""A chooser's verdict -> the mark on the picture."""

_REQUIRED = (
    "id",
    "model",
    "prompt_original",
    "prompt_anti",
    "image_original",
    "image_anti",
    "verdict",
    "smoothed",
)


@dataclass(frozen=True)
class Pose:
    """One picture of a row, with its words."""

    model: str
    image: str | None
    asked: str
    """``original`` or ``anti``: the prompt that it was painted from."""
    verdict: str = ""
    mark: str = ""
    """A value of `MARKS`, or nothing where nobody said."""
    smoothed: str = ""
    aligned_from: str = ""

    @property
    def name(self) -> str:
        """The variant, for what is read aloud."""
        return self.asked.capitalize()


@dataclass(frozen=True)
class Row:
    """One prompt pair under all models."""

    id: str
    prompt_original: str
    prompt_anti: str
    smoothed: float | None
    """The most that one of the models smoothed away."""
    dimensions: tuple[str, ...]
    poses: tuple[Pose, ...]

    @property
    def agreement(self) -> str:
        """``all`` follow, ``none`` does, they ``differ``; nothing where nobody was asked.

        Over the pictures that have a mark: what the world itself drew needs none.
        """
        marks = {pose.mark for pose in self.poses if pose.mark}
        if not marks:
            return ""
        if marks == {MARKS[1]}:
            return "all"
        return "differ" if MARKS[1] in marks else "none"

    @property
    def smoothed_text(self) -> str:
        """As it is printed."""
        return numbers.NO_DATA if self.smoothed is None else numbers.number(self.smoothed, 2)


def lineup_rows(lineup: Lineup) -> tuple[Row, ...]:
    """The rows of a page, the most smoothed first.

    Raises:
        BadInput: the lineup lacks a column.
    """
    missing = [name for name in _REQUIRED if name not in lineup.frame.columns]
    if missing:
        raise BadInput(
            f"the lineup '{lineup.name}' lacks the column '{missing[0]}'",
            "A lineup holds one row per prompt and model, with both pictures.",
            field=missing[0],
        )
    known = lineup.frame.with_columns(pl.col("smoothed").cast(pl.Float64).fill_nan(None))
    ranked = (
        known.group_by("id", maintain_order=True)
        .agg(pl.col("smoothed").max())
        .sort("smoothed", "id", descending=[True, False], nulls_last=True)
        .head(ROWS)
    )
    groups = {key[0]: group.to_dicts() for key, group in known.group_by("id", maintain_order=True)}
    return tuple(_row(str(name), most, groups[name]) for name, most in ranked.iter_rows())


def selection_note(lineup: Lineup) -> str:
    """One sentence about what is not shown; empty where everything is."""
    prompts = lineup.frame["id"].n_unique()
    if prompts <= ROWS:
        return ""
    return (
        f"Of {numbers.count(prompts)} prompts this page shows the {ROWS} of which most was "
        "smoothed away. The table behind it holds all."
    )


def _row(name: str, smoothed: float | None, models: list[dict[str, Any]]) -> Row:
    first = models[0]
    poses = [Pose(_text(first["model"]), first["image_original"], "original")]
    poses += [
        Pose(
            model=_text(row["model"]),
            image=row["image_anti"],
            asked="anti",
            verdict=_text(row["verdict"]),
            mark=MARKS.get(row.get("choice"), ""),
            smoothed=_moved(row["smoothed"]),
            aligned_from=_text(row.get("aligned_from")),
        )
        for row in models
    ]
    return Row(
        id=name,
        prompt_original=_text(first["prompt_original"]),
        prompt_anti=_text(first["prompt_anti"]),
        smoothed=smoothed,
        dimensions=tuple(map(_text, first.get("dimensions") or ())),
        poses=tuple(poses),
    )


def _moved(smoothed: float | None) -> str:
    """Against the reference; nothing for the reference itself."""
    return "" if smoothed is None or smoothed == 0 else numbers.signed(smoothed, 2)


def _text(value: object) -> str:
    return "" if value is None else str(value)
