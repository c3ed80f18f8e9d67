"""Which pairs a row of the results is about: all, one dimension, or one generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.studies.reward_bias.sample import Sample

Bools = NDArray[np.bool_]

WHOLE = "all"
"""The group whose only slice is all pairs."""

MOST_VALUES = 60
"""Values of one group that get a row of their own, the most frequent first."""


@dataclass(frozen=True)
class Slice:
    """Some of the pairs, by a property of the pair alone."""

    group: str
    value: str
    rows: Bools
    """``(n_pairs,)``."""


def slices_of(sample: Sample) -> list[Slice]:
    """All pairs, then each dimension asked for, then each generator where there are several."""
    whole = Slice(WHOLE, "all", np.ones(sample.pairs.height, dtype=bool))
    generators = sample.pairs["generator"].drop_nulls().unique().len()
    return [
        whole,
        *_listed(sample, "dimension", "dimensions"),
        *(_single(sample, "generator", "generator") if generators > 1 else []),
    ]


def left_out(sample: Sample) -> dict[str, int]:
    """Group -> how many of its values have no row of their own, where they are too many."""
    listed = sample.pairs["dimensions"].explode().drop_nulls().n_unique()
    named = sample.pairs["generator"].drop_nulls().n_unique()
    beyond = {"dimension": listed - MOST_VALUES, "generator": named - MOST_VALUES}
    return {group: count for group, count in beyond.items() if count > 0}


def _listed(sample: Sample, group: str, column: str) -> list[Slice]:
    """One slice per text that appears in a list column."""
    exploded = sample.pairs.select(column).with_row_index("row").explode(column).drop_nulls()
    return _slices(exploded.rename({column: "value"}), group, sample.pairs.height)


def _single(sample: Sample, group: str, column: str) -> list[Slice]:
    named = sample.pairs.select(pl.col(column).alias("value")).with_row_index("row").drop_nulls()
    return _slices(named, group, sample.pairs.height)


def _slices(named: pl.DataFrame, group: str, n: int) -> list[Slice]:
    rows_of = (
        named.group_by("value")
        .agg("row")
        .sort(pl.col("row").list.len(), "value", descending=[True, False])
        .head(MOST_VALUES)
        .sort("value")
    )
    slices = []
    for value, rows in rows_of.iter_rows():
        mask = np.zeros(n, dtype=bool)
        mask[rows] = True
        slices.append(Slice(group, value, mask))
    return slices
