"""What an import brings and an export takes: pairs, pictures, and what was said of them.

Between a foreign file and a run stands `Contents`: everything by pair and role (which image, under
which prompt), as people think of it. A run keeps the same by content (which sha256, under which
text); `widespectrum.exchange.results` turns the one into the other, both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from widespectrum.exchange import cells

PROMPTS = {
    "original": "prompt_original",
    "anti": "prompt_anti",
    "neutral": "prompt_neutral",
    "shuffled": "prompt_shuffled",
}
"""The role of a prompt -> the column of the pairs that holds it."""

UNKNOWN_MAKER = "imported"
"""Who made a picture, where the source does not say."""

SCORE_ROWS = pl.Schema(
    {
        "id": pl.String,
        "variant": pl.String,  # of the image: original or anti
        "under": pl.String,  # the role of the prompt, a key of `PROMPTS`
        "scorer": pl.String,
        "score": pl.Float32,
        "tokens": pl.Int64,
        "token_limit": pl.Int64,
    }
)

RATING_ROWS = pl.Schema(
    {
        "id": pl.String,
        "variant": pl.String,
        "judge": pl.String,
        "dimension": pl.String,
        "p_low": pl.Float32,
        "p_neutral": pl.Float32,
        "p_high": pl.Float32,
    }
)

CHOICE_ROWS = pl.Schema(
    {
        "id": pl.String,
        "chooser": pl.String,
        "under": pl.String,
        "verdict": pl.Int8,  # 0 the original image, 1 the anti image, -1 a tie
        "confidence": pl.Float32,
        "details": pl.String,  # what else the chooser said, JSON text
    }
)


@dataclass(frozen=True)
class Picture:
    """One image to bring in: whose it is, and where it stands."""

    pair_id: str
    variant: str
    where: Mapping[str, Any]
    """``file``, ``row``, ``column`` of a cell, or ``path`` of a file; relative to the source."""
    maker: str = UNKNOWN_MAKER
    seed: int | None = None


@dataclass(frozen=True)
class Contents:
    """Everything that a source holds but the pixels."""

    pairs: pl.DataFrame
    """One row per pair, ``id`` first; a pair may have one image only, or one prompt."""
    pictures: Sequence[Picture] = ()
    scores: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCORE_ROWS))
    ratings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RATING_ROWS))
    choices: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHOICE_ROWS))
    notes: tuple[str, ...] = ()
    """What was left out or could not be taken as it stands, in sentences."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """What the source calls each scorer, judge and chooser."""


def score_rows(rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Tuples of `SCORE_ROWS` as a frame; tokens may be left out."""
    return _frame(rows, SCORE_ROWS)


def rating_rows(rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Tuples of `RATING_ROWS` as a frame."""
    return _frame(rows, RATING_ROWS)


def choice_rows(rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Tuples of `CHOICE_ROWS` as a frame; confidence and details may be left out."""
    return _frame(rows, CHOICE_ROWS)


def pair_frame(columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """Columns of Python values as pairs; a column without any value is left out, but for the
    prompts and the dimensions, which every study looks for. Numbers that tables of pairs know are
    numbers here, also where a source (a CSV file) has them as text: else they would change their
    type on the way out and in again.
    """
    typed = []
    for name, values in columns.items():
        known = _PAIR_TYPES.get(name)
        if known is None and all(value is None for value in values):
            continue
        if name in _NUMBERS:
            values = _read(values, _NUMBERS[name])
        typed.append(pl.Series(name, values, known, strict=known is not None))
    return pl.DataFrame(typed)


_NUMBERS: Mapping[str, Callable[[Any], Any]] = {"seed": cells.integer, "severity": cells.number}


def _read(values: Sequence[Any], reader: Callable[[Any], Any]) -> Sequence[Any]:
    """All of them as numbers, or, if one is none, all as they are."""
    try:
        return [reader(value) for value in values]
    except cells.Unfit:
        return values


_PAIR_TYPES: dict[str, pl.DataType] = {
    "id": pl.String(),
    "prompt_original": pl.String(),
    "prompt_anti": pl.String(),
    "dimensions": pl.List(pl.String()),
    "generator": pl.String(),
    "choice": pl.Int64(),
    "cluster": pl.String(),
    "prompt": pl.String(),
    "repeat": pl.Int64(),
}


def _frame(rows: Sequence[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    width = len(schema)
    full = [(*row, *(None,) * (width - len(row))) for row in rows]
    return pl.DataFrame(full, schema=schema, orient="row")
