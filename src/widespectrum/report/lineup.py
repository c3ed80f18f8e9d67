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

ROWS = 40
"""Prompts on one page."""

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
    verdict: str
    asked: str
    """``original`` or ``anti``: the prompt that it was painted from."""


@dataclass(frozen=True)
class Row:
    """One prompt pair under all models."""

    id: str
    prompt_original: str
    prompt_anti: str
    smoothed: str
    poses: tuple[Pose, ...]


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
    poses = [Pose(_text(first["model"]), first["image_original"], "", "original")]
    poses += [
        Pose(_text(row["model"]), row["image_anti"], _text(row["verdict"]), "anti")
        for row in models
    ]
    return Row(
        id=name,
        prompt_original=_text(first["prompt_original"]),
        prompt_anti=_text(first["prompt_anti"]),
        smoothed=numbers.NO_DATA if smoothed is None else numbers.number(smoothed, 2),
        poses=tuple(poses),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
