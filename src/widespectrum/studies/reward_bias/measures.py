"""Every number of the study, for every scorer and slice, from one set of bootstrap draws.

One row per (scorer, slice of the pairs, subset): subset ``all`` takes every pair, ``uncut`` only
those whose anti prompt the scorer could read whole. Accuracy, F1 and AUROC are over pairs with a
decided truth, as the paper defines them; taste, listening and obedience are over pairs whose anti
image is the one that follows the anti prompt, because only there the two variants mean what their
names say. Taste and listening are in units of the scorer's SD of io_po over all its pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.statistics import (
    ClusterBootstrap,
    Interval,
    Replicates,
    against_chance,
    chosen,
    credit,
    holm,
)
from widespectrum.studies.reward_bias.sample import Bools, Floats, Sample, ScorerColumn
from widespectrum.studies.reward_bias.slices import Slice
from widespectrum.studies.reward_bias.verdicts import CHANCE

SUBSETS = ("all", "uncut")


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
    """Every scorer with every slice; the uncut subset only where a prompt was cut at all."""
    cells = []
    for index, scorer in enumerate(sample.scorers):
        for part in slices:
            rows = part.rows & scorer.present
            cells.append(Cell(index, part, "all", rows))
            if scorer.cut.any():
                cells.append(Cell(index, part, "uncut", rows & ~scorer.cut))
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
    truth = sample.truth
    decided = _columns(cells, truth >= 0)
    as_asked = _columns(cells, truth == 1)
    # Rows outside the mask are never looked at; ties in the truth only need some class there.
    right = np.where(truth == 1, 1.0, 0.0)
    scorers = sample.scorers
    picks = _gather(cells, [chosen(s.four.margin, "original") for s in scorers])
    halves = _gather(cells, [chosen(s.four.margin, "half") for s in scorers])
    margins = _gather(cells, [s.four.margin for s in scorers])
    credits = np.stack([credit(column, right) for column in picks.T], axis=1)
    fair = np.stack([credit(column, right) for column in halves.T], axis=1)
    unit = np.array([scorers[cell.scorer].scale or 1.0 for cell in cells])
    replicates: dict[str, Replicates] = {
        "accuracy": bootstrap.means(credits, decided),
        "accuracy_half": bootstrap.means(fair, decided),
        "f1": bootstrap.weighted_f1(picks, right, decided),
        "auroc": bootstrap.auroc(margins, right, decided),
        "taste": bootstrap.means(_gather(cells, [s.four.taste for s in scorers]) / unit, as_asked),
        "listening": bootstrap.means(
            _gather(cells, [s.four.listening for s in scorers]) / unit, as_asked
        ),
        "obeyed": bootstrap.means(
            _gather(cells, [s.four.obeyed.astype(float) for s in scorers]), as_asked
        ),
    }
    records = [_identity(sample, cell) for cell in cells]
    for name, values in replicates.items():
        for record, interval in zip(records, values.intervals(), strict=True):
            record |= _interval(name, interval)
    for cell, record in zip(cells, records, strict=True):
        if scorers[cell.scorer].scale is None:
            record |= _undefined("taste") | _undefined("listening")
    tests = against_chance(credits, sample.clusters, decided, chance=CHANCE, draws=draws, seed=seed)
    for record, test in zip(records, tests, strict=True):
        record |= {"p": test.p, "above_chance": test.effect}
    return _corrected(pl.DataFrame(records, schema_overrides=_types(replicates)))


def standardised_pairs(sample: Sample) -> pl.DataFrame:
    """One row per pair and scorer: the four scores, standardised taste and listening."""
    frames = [_standardised(sample.pairs, scorer) for scorer in sample.scorers]
    return pl.concat(frames)


def _standardised(pairs: pl.DataFrame, scorer: ScorerColumn) -> pl.DataFrame:
    unit = scorer.scale or 1.0
    four = scorer.four
    return pairs.with_columns(
        pl.lit(scorer.name).alias("scorer"),
        pl.Series("io_po", four.io_po),
        pl.Series("io_pa", four.io_pa),
        pl.Series("ia_po", four.ia_po),
        pl.Series("ia_pa", four.ia_pa),
        pl.Series("taste", four.taste / unit),
        pl.Series("listening", four.listening / unit),
        pl.Series("cut", scorer.cut),
    ).filter(pl.Series(scorer.present))


def _columns(cells: Sequence[Cell], rows: Bools) -> NDArray[np.bool_]:
    return np.stack([cell.rows & rows for cell in cells], axis=1)


def _gather(cells: Sequence[Cell], per_scorer: Sequence[Floats]) -> Floats:
    """One column per cell from one array per scorer."""
    stacked = np.stack(per_scorer, axis=1)
    return np.asarray(stacked[:, [cell.scorer for cell in cells]])


def _identity(sample: Sample, cell: Cell) -> dict[str, Any]:
    scorer = sample.scorers[cell.scorer]
    decided = cell.rows & (sample.truth >= 0)
    return {
        "scorer": scorer.name,
        "group": cell.part.group,
        "value": cell.part.value,
        "subset": cell.subset,
        "n": int(decided.sum()),
        "clusters": len({sample.clusters[row] for row in np.flatnonzero(decided)}),
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


def _types(names: Collection[str]) -> dict[str, pl.DataType]:
    """Types of the interval columns, which may hold nothing but nulls."""
    numbers = {f"{name}{end}": pl.Float64() for name in names for end in ("", "_low", "_high")}
    reasons = {f"{name}_reason": pl.String() for name in names}
    return {**numbers, **reasons, "p": pl.Float64(), "above_chance": pl.Float64()}


def _undefined(name: str) -> dict[str, Any]:
    reason = "io_po is the same in every pair: the scorer has no yardstick"
    return {name: None, f"{name}_low": None, f"{name}_high": None, f"{name}_reason": reason}


def _corrected(measures: pl.DataFrame) -> pl.DataFrame:
    """`measures` with Holm's p: one family per group and subset, that is per table shown."""
    return pl.concat(
        family.with_columns(pl.Series("p_holm", holm(family["p"].to_list()), pl.Float64))
        for _, family in measures.group_by("group", "subset", maintain_order=True)
    )
