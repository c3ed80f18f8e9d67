"""What is measured of a shot, and its mean per generator (the paper's Table 2).

One column per measure and one row per shot, so that every number of the study, contrasts included,
is a mean over rows. A success is a shot of which the chooser took the anti image; a tie, and a shot
without an answer, is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.statistics import ClusterBootstrap, Interval, of_share
from widespectrum.studies.painted import Painted

Floats = NDArray[np.float64]

SUCCESS = "success"
CHANGE = "change"
AFTER = "after"
BEFORE = "before"
KEPT = "kept"
DELTA_J = "delta_j"
J_AFTER = "j_after"
ALL = "_all"
"""Ending of the judge's measures over all dimensions; without it, over those asked for."""


@dataclass(frozen=True)
class Measure:
    """One column of numbers about shots."""

    name: str
    """Unique: ``success``, ``change:SCORER`` ..."""
    label: str
    kind: Literal["percent", "number"]
    values: Floats
    """``(n_shots,)``, NaN where there is none."""
    narrowing: int = 0
    """Sign of (aligned minus base) where the aligned model follows anti prompts less; 0: neither
    sign says so."""
    scale: Floats | None = None
    """What the spread of a mean difference is measured against: a scorer's io_po."""


@dataclass(frozen=True)
class Measured:
    """All measures of all shots."""

    shots: pl.DataFrame
    measures: tuple[Measure, ...]
    by_dimension: pl.DataFrame
    """id, dimension, asked (bool), original, anti: the judge's ratings."""

    def __getitem__(self, name: str) -> Measure:
        return next(measure for measure in self.measures if measure.name == name)

    def __contains__(self, name: str) -> bool:
        return any(measure.name == name for measure in self.measures)

    def rows(self, **values: str) -> NDArray[np.bool_]:
        """Which shots have these values."""
        where = pl.all_horizontal([pl.col(name) == value for name, value in values.items()])
        return self.shots.select(where.alias("where"))["where"].to_numpy()


def measured(painted: Painted, baseline: str | None = None) -> Measured:
    """Every measure that can be had.

    Args:
        painted: shots, scores, ratings and choices.
        baseline: the scorer that says whether the content asked for is still there: its score of
            the anti image under the anti prompt (BLIP's role in the paper).
    """
    shots = painted.shots
    found: list[Measure] = []
    if painted.chooser is not None:
        success = (shots["choice"] == 1).fill_null(value=False)
        found.append(
            Measure(SUCCESS, "success", "percent", success.to_numpy().astype(np.float64), -1)
        )
    for scorer in painted.scorers:
        found += _of_scorer(shots, painted.scores, scorer, kept=scorer == baseline)
    ratings = _asked(painted)
    found += _of_judge(shots, ratings)
    return Measured(shots, tuple(found), ratings)


def _of_scorer(
    shots: pl.DataFrame, scores: pl.DataFrame, scorer: str, *, kept: bool
) -> list[Measure]:
    own = shots.select("id").join(
        scores.filter(pl.col("scorer") == scorer), on="id", how="left", maintain_order="left"
    )
    four = {name: _numbers(own[name]) for name in ("io_po", "ia_po", "ia_pa")}
    before, after = four["io_po"], four["ia_po"]
    measures = [
        Measure(f"{BEFORE}:{scorer}", f"{scorer} before", "number", before),
        Measure(f"{AFTER}:{scorer}", f"{scorer} after", "number", after),
        Measure(
            f"{CHANGE}:{scorer}", f"change of {scorer}", "number", after - before, 1, scale=before
        ),
    ]
    if kept:
        label = f"kept content ({scorer})"
        measures.append(Measure(KEPT, label, "number", four["ia_pa"], scale=before))
    return measures


def _of_judge(shots: pl.DataFrame, ratings: pl.DataFrame) -> list[Measure]:
    """Sums over all dimensions as published, and means over those that a prompt asks for."""
    if ratings.height == 0:
        return []
    whole = ratings.filter(
        (pl.col("original").is_not_null() & pl.col("anti").is_not_null()).all().over("id")
    )
    change = (pl.col("anti") - pl.col("original")).alias("change")
    asked = (
        whole.filter("asked").group_by("id").agg(change.mean(), pl.col("anti").mean().alias("anti"))
    )
    every = whole.group_by("id").agg(change.sum(), pl.col("anti").sum().alias("anti"))
    measures = []
    for ending, frame, labels in (
        ("", asked, ("change of J, asked", "J after, asked")),
        (ALL, every, ("change of J, all", "J after, all")),
    ):
        own = shots.select("id").join(frame, on="id", how="left", maintain_order="left")
        for name, column, label in (
            (DELTA_J, "change", labels[0]),
            (J_AFTER, "anti", labels[1]),
        ):
            measures.append(
                Measure(f"{name}{ending}", label, "number", _numbers(own[column]), narrowing=1)
            )
    return measures


def _asked(painted: Painted) -> pl.DataFrame:
    dimensions = painted.shots.select("id", "dimensions")
    return painted.ratings.join(
        dimensions, on="id", how="inner", maintain_order="left"
    ).with_columns(pl.col("dimension").is_in(pl.col("dimensions")).fill_null(False).alias("asked"))


def _numbers(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def means(
    measured: Measured, generators: Sequence[str], bootstrap: ClusterBootstrap
) -> pl.DataFrame:
    """Mean of every measure per generator: generator, measure, value with interval, n, prompts."""
    cells = [(generator, measure) for generator in generators for measure in measured.measures]
    if not cells:
        return pl.DataFrame(schema=MEANS)
    values = np.stack([measure.values for _, measure in cells], axis=1)
    where = np.stack(
        [measured.rows(generator=g) & ~np.isnan(measure.values) for g, measure in cells], axis=1
    )
    intervals = bootstrap.means(values, where).intervals()
    records = [
        {
            "generator": generator,
            "measure": measure.name,
            **interval_record(
                "value", of_share(interval) if measure.kind == "percent" else interval
            ),
            "n": interval.n,
            "prompts": interval.n_clusters,
        }
        for (generator, measure), interval in zip(cells, intervals, strict=True)
    ]
    return pl.DataFrame(records, schema=MEANS)


MEANS = {
    "generator": pl.String,
    "measure": pl.String,
    **dict.fromkeys(("value", "value_low", "value_high"), pl.Float64),
    "value_reason": pl.String,
    "n": pl.Int64,
    "prompts": pl.Int64,
}


def interval_record(name: str, interval: Interval) -> dict[str, Any]:
    """The columns of a measure with its interval, as tables show them."""
    return {
        name: interval.estimate,
        f"{name}_low": interval.low,
        f"{name}_high": interval.high,
        f"{name}_reason": interval.reason or None,
    }


def outcomes(shots: pl.DataFrame, *, chooser: bool) -> pl.DataFrame:
    """Per generator, in order: shots, prompts, shots without a picture, and shares of all shots.

    The shares are ``win``, ``tie``, ``loss``, ``unanswered`` and ``net`` (win minus loss); all null
    where there was no chooser.
    """
    choice = pl.col("choice")
    shares = {
        "win": (choice == 1).fill_null(value=False).mean(),
        "tie": (choice == -1).fill_null(value=False).mean(),
        "loss": (choice == 0).fill_null(value=False).mean(),
        "unanswered": choice.is_null().mean(),
    }
    told = shots.group_by("generator", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("shots"),
        pl.col("prompt").n_unique().cast(pl.Int64).alias("prompts"),
        (pl.col("image_original").is_null() | pl.col("image_anti").is_null())
        .sum()
        .cast(pl.Int64)
        .alias("unpainted"),
        *(share.alias(name) for name, share in shares.items()),
    )
    told = told.with_columns((pl.col("win") - pl.col("loss")).alias("net"))
    if chooser:
        return told
    return told.with_columns(pl.lit(None, pl.Float64).alias(name) for name in (*shares, "net"))


def beside_each_other(
    means: pl.DataFrame, measures: Iterable[str], generators: Iterable[str]
) -> pl.DataFrame:
    """One row per generator, and for each measure a column with its interval.

    Args:
        means: as `means` gives them.
        measures: names, which their columns keep.
        generators: the rows, in order.
    """
    wide = pl.DataFrame({"generator": list(generators)})
    for name in measures:
        own = means.filter(pl.col("measure") == name)
        ends = {"value": name, "value_low": f"{name}_low", "value_high": f"{name}_high"}
        wide = wide.join(
            own.select("generator", *ends, "value_reason").rename(
                {**ends, "value_reason": f"{name}_reason"}
            ),
            on="generator",
            how="left",
            maintain_order="left",
        )
    return wide


def ranks(
    measured: Measured, measure: Measure, generators: Sequence[str], bootstrap: ClusterBootstrap
) -> pl.DataFrame:
    """The place of every generator, 1 best, with the middle 95% of its places over the draws.

    Best is what follows anti prompts most: the highest success, the most negative change. Equal
    generators share the mean of their places. Columns: generator, rank, rank_low, rank_high.
    """
    values = np.repeat(measure.values[:, None], len(generators), axis=1)
    where = np.stack(
        [measured.rows(generator=name) & ~np.isnan(measure.values) for name in generators], axis=1
    )
    drawn = bootstrap.means(values, where)
    better = measure.narrowing * np.concatenate(
        [drawn.estimates[:, None], drawn.drawn], axis=1
    )  # smaller is better
    beaten = (better[None, :, :] < better[:, None, :]).sum(axis=1)
    shared = (better[None, :, :] == better[:, None, :]).sum(axis=1)
    places = beaten + (shared + 1) / 2
    places[np.isnan(better)] = np.nan
    rows = []
    for name, own in zip(generators, places, strict=True):
        draws = own[1:][~np.isnan(own[1:])]
        known = not np.isnan(own[0]) and len(draws) > 0
        ends = np.quantile(draws, [0.025, 0.975]) if known else (None, None)
        rows.append((name, own[0] if known else None, *ends))
    schema = {
        "generator": pl.String,
        **dict.fromkeys(("rank", "rank_low", "rank_high"), pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
