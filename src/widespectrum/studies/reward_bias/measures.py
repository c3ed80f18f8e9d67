"""Every number of the study, for every scorer and slice, from one set of bootstrap draws.

One row per (scorer, slice of the pairs, subset): subset ``all`` takes every pair, ``uncut`` only
those whose anti prompt the scorer is known to have read whole. Accuracy, F1 and AUROC are over
pairs with a decided truth, as the paper defines them; taste, listening and obedience are over pairs
whose anti image is the one that follows the anti prompt, because only there the two variants mean
what their names say. Taste and listening are in units of the scorer's SD of io_po over all its
pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from widespectrum.statistics import (
    ClusterBootstrap,
    Interval,
    Replicates,
    against_chance,
    chosen,
    credit,
    holm,
    of_share,
)
from widespectrum.studies.reward_bias.sample import Bools, Floats, Sample, ScorerColumn
from widespectrum.studies.reward_bias.slices import WHOLE, Slice
from widespectrum.studies.reward_bias.verdicts import CHANCE

SHARES = ("accuracy", "obeyed")
"""Measures that are shares of pairs: where all pairs agree their interval keeps a width."""

NO_YARDSTICK = "io_po is the same in every pair: the scorer has no yardstick"


@dataclass(frozen=True)
class Cell:
    """One row of the measures: who, on which pairs."""

    scorer: int
    """Index of the scorer."""
    part: Slice
    subset: str
    rows: Bools
    """``(n_pairs,)`` that the scorer has scored and that belong."""


def cells_of(sample: Sample, slices: Sequence[Slice]) -> list[Cell]:
    """Every scorer with every slice of which it scored a pair.

    The uncut subset has cells only where it is known and differs: some prompts, but not all, were
    read whole.
    """
    cells = []
    for index, scorer in enumerate(sample.scorers):
        subsets = {"all": scorer.present}
        if scorer.whole.any() and (scorer.whole != scorer.present).any():
            subsets["uncut"] = scorer.whole
        cells += [
            Cell(index, part, subset, rows)
            for part in slices
            for subset, read in subsets.items()
            if (rows := part.rows & read).any()
        ]
    return cells


def measure(
    sample: Sample, slices: Sequence[Slice], bootstrap: ClusterBootstrap, *, draws: int, seed: int
) -> pl.DataFrame:
    """The measures, one row per cell, each with estimate, interval and counts.

    Args:
        sample: the pairs and their scores.
        slices: which parts of the pairs to report on.
        bootstrap: of the sample's clusters.
        draws: of the test against chance, which flips clusters.
        seed: of that test.
    """
    cells = cells_of(sample, slices)
    scorers, truth = sample.scorers, sample.truth
    rows = np.stack([cell.rows for cell in cells], axis=1)
    decided, as_asked = (rows & where[:, None] for where in (truth >= 0, truth == 1))
    # Rows outside the mask are never looked at; ties in the truth only need some class there.
    right = np.where(truth == 1, 1.0, 0.0)

    def per_cell(column: Callable[[ScorerColumn], Floats]) -> Floats:
        columns = np.stack([column(scorer) for scorer in scorers], axis=1)
        return np.asarray(columns[:, [cell.scorer for cell in cells]])

    picks = per_cell(lambda scorer: chosen(scorer.four.margin, "original"))
    fair = per_cell(lambda scorer: credit(chosen(scorer.four.margin, "half"), right))
    # One at a time, so that the draws of only one statistic are held.
    statistics: Mapping[str, Callable[[], Replicates]] = {
        "accuracy": lambda: bootstrap.means(credit(picks, right[:, None]), decided),
        "f1": lambda: bootstrap.weighted_f1(picks, right, decided),
        "auroc": lambda: bootstrap.auroc(per_cell(lambda s: s.four.margin), right, decided),
        "taste": lambda: bootstrap.means(per_cell(lambda s: s.four.taste / unit(s)), as_asked),
        "listening": lambda: bootstrap.means(
            per_cell(lambda s: s.four.listening / unit(s)), as_asked
        ),
        "obeyed": lambda: bootstrap.means(
            per_cell(lambda s: s.four.obeyed.astype(np.float64)), as_asked
        ),
    }
    records = [_identity(sample, cell) for cell in cells]
    total = np.array([cell.part.group == WHOLE for cell in cells])
    halves = bootstrap.means(fair[:, total], decided[:, total]).intervals()
    for place, interval in zip(np.flatnonzero(total), halves, strict=True):
        records[place] |= _interval("accuracy_half", where_all_agree(interval))
    for name, compute in statistics.items():
        for record, interval in zip(records, compute().intervals(), strict=True):
            record |= _interval(name, where_all_agree(interval) if name in SHARES else interval)
            if name == "accuracy":
                record |= {"n": interval.n, "clusters": interval.n_clusters}
    for cell, record in zip(cells, records, strict=True):
        if scorers[cell.scorer].scale is None:
            record |= _undefined("taste") | _undefined("listening")
    tests = against_chance(fair, sample.clusters, decided, chance=CHANCE, draws=draws, seed=seed)
    for record, test in zip(records, tests, strict=True):
        record |= {"p": test.p, "above_chance": test.effect}
    return _corrected(
        pl.DataFrame(records, schema_overrides=_types(["accuracy_half", *statistics]))
    )


def where_all_agree(interval: Interval) -> Interval:
    """At 0 and 1 the interval of `of_share`; else that of the draws which all numbers share."""
    return of_share(interval) if interval.estimate in (0, 1) else interval


def unit(scorer: ScorerColumn) -> float:
    """What taste and listening are divided by: the scorer's scale, 1 where it has none."""
    return 1.0 if scorer.scale is None else scorer.scale


def whole_sample(measures: pl.DataFrame, subset: str = "all") -> pl.DataFrame:
    """The rows over all pairs: one per scorer."""
    return measures.filter((pl.col("group") == WHOLE) & (pl.col("subset") == subset))


def standardised_pairs(sample: Sample) -> pl.DataFrame:
    """One row per pair and scorer: the four scores, taste and listening in units of ``unit``.

    Where the scorer has no scale, taste and listening are null and the unit is 1.
    """
    return pl.concat([_standardised(sample.pairs, scorer) for scorer in sample.scorers])


def _standardised(pairs: pl.DataFrame, scorer: ScorerColumn) -> pl.DataFrame:
    four, yardstick = scorer.four, unit(scorer)
    known = scorer.scale is not None
    return pairs.with_columns(
        pl.lit(scorer.name).alias("scorer"),
        pl.Series("io_po", four.io_po),
        pl.Series("io_pa", four.io_pa),
        pl.Series("ia_po", four.ia_po),
        pl.Series("ia_pa", four.ia_pa),
        pl.lit(yardstick).alias("unit"),
        pl.when(known).then(pl.Series("taste", four.taste / yardstick)).alias("taste"),
        pl.when(known).then(pl.Series("listening", four.listening / yardstick)).alias("listening"),
    ).filter(pl.Series(scorer.present))


def _identity(sample: Sample, cell: Cell) -> dict[str, Any]:
    scorer = sample.scorers[cell.scorer]
    decided = cell.rows & (sample.truth >= 0)
    return {
        "scorer": scorer.name,
        "group": cell.part.group,
        "value": cell.part.value,
        "subset": cell.subset,
        "truth_ties": int((cell.rows & (sample.truth < 0)).sum()),
        "score_ties": int((decided & (scorer.four.margin == 0)).sum()),
        "deaf": scorer.deaf,
    }


def _interval(name: str, interval: Interval) -> dict[str, Any]:
    return {
        name: interval.estimate,
        f"{name}_low": interval.low,
        f"{name}_high": interval.high,
        f"{name}_reason": interval.reason or None,
    }


def _types(names: Sequence[str]) -> dict[str, pl.DataType]:
    """Types of the interval columns, which may hold nothing but nulls."""
    numbers = {f"{name}{end}": pl.Float64() for name in names for end in ("", "_low", "_high")}
    reasons = {f"{name}_reason": pl.String() for name in names}
    return {**numbers, **reasons, "p": pl.Float64(), "above_chance": pl.Float64()}


def _undefined(name: str) -> dict[str, Any]:
    return {name: None, f"{name}_low": None, f"{name}_high": None, f"{name}_reason": NO_YARDSTICK}


def _corrected(measures: pl.DataFrame) -> pl.DataFrame:
    """`measures` with Holm's p: one family per group and subset, that is per table shown."""
    return pl.concat(
        family.with_columns(pl.Series("p_holm", holm(family["p"].to_list()), pl.Float64))
        for _, family in measures.group_by("group", "subset", maintain_order=True)
    )
