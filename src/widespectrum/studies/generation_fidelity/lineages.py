"""Base against aligned, within a lineage: the same prompts and seeds, so every number is paired.

What is compared of the scores are changes (I_a minus I_o under p_o), so the contrast is a
difference of differences: how good a model's pictures are to begin with drops out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.statistics import (
    ClusterBootstrap,
    Interval,
    TestResult,
    benjamini_hochberg,
    bonett_price,
    cluster_means,
    holm,
    mcnemar,
    of_share,
    sign_flip,
    wilcoxon,
)
from widespectrum.studies.generation_fidelity.measures import (
    CHANGE,
    DELTA_J,
    KEPT,
    SUCCESS,
    Measure,
    Measured,
    interval_record,
)

Ints = NDArray[np.int64]

CONTRASTS = {
    "base": pl.String,
    "aligned": pl.String,
    "measure": pl.String,
    "label": pl.String,
    "kind": pl.String,
    **dict.fromkeys(
        (
            "at_base",
            "at_aligned",
            "difference",
            "difference_low",
            "difference_high",
            "scaled",
            "effect",
            "p",
            "p_holm",
        ),
        pl.Float64,
    ),
    "effect_name": pl.String,
    "test": pl.String,
    "follows_less": pl.Boolean,  # null where no sign of this measure says so
    "n": pl.Int64,
    "prompts": pl.Int64,
}


@dataclass(frozen=True)
class Matched:
    """Shots of two generators, row by row of one prompt and seed."""

    base: Ints
    aligned: Ints
    clusters: NDArray[Any]


def matched(shots: pl.DataFrame, base: str, aligned: str) -> Matched:
    """The rows of `shots` of two generators that share prompt and repeat."""
    numbered = shots.with_row_index("row").select("row", "generator", "prompt", "repeat", "cluster")
    pairs = (
        numbered.filter(pl.col("generator") == base)
        .join(
            numbered.filter(pl.col("generator") == aligned),
            on=["prompt", "repeat"],
            suffix="_aligned",
        )
        .sort("prompt", "repeat")
    )
    return Matched(
        pairs["row"].cast(pl.Int64).to_numpy(),
        pairs["row_aligned"].cast(pl.Int64).to_numpy(),
        pairs["cluster"].to_numpy(),
    )


def compared_measures(measured: Measured) -> list[Measure]:
    """What tells whether anti prompts are followed, and whether the content is kept."""
    named = (SUCCESS, DELTA_J, KEPT)
    return [
        measure
        for measure in measured.measures
        if measure.name in named or measure.name.startswith(f"{CHANGE}:")
    ]


def contrasts(
    measured: Measured, lineages: Mapping[str, str], *, draws: int, seed: int
) -> pl.DataFrame:
    """Aligned minus base for every measure of every lineage; Holm over the whole table.

    Tests: signed-rank on the mean difference of each prompt; for success McNemar's where every
    prompt has one shot, else sign flips of whole prompts. ``scaled`` is the difference in standard
    deviations of the base's io_po, for scores; ``effect`` is the test's own.
    """
    records = []
    for aligned, base in lineages.items():
        pairing = matched(measured.shots, base, aligned)
        records += [
            {"base": base, "aligned": aligned} | _contrast(measure, pairing, draws=draws, seed=seed)
            for measure in compared_measures(measured)
        ]
    frame = pl.DataFrame(records, schema={k: v for k, v in CONTRASTS.items() if k != "p_holm"})
    return frame.with_columns(pl.Series("p_holm", holm(frame["p"].to_list()), pl.Float64)).select(
        list(CONTRASTS)
    )


def _contrast(measure: Measure, pairing: Matched, *, draws: int, seed: int) -> dict[str, Any]:
    first, second = measure.values[pairing.base], measure.values[pairing.aligned]
    known = ~(np.isnan(first) | np.isnan(second))
    first, second, clusters = first[known], second[known], pairing.clusters[known]
    record: dict[str, Any] = {
        "measure": measure.name,
        "label": measure.label,
        "kind": measure.kind,
        "n": int(known.sum()),
    }
    if not known.any():
        return record
    difference = second - first
    interval = _mean_difference(difference, clusters, draws, seed, share=measure.kind == "percent")
    test = tested(measure, first, second, clusters, draws, seed)
    record |= {
        "at_base": float(first.mean()),
        "at_aligned": float(second.mean()),
        **interval_record("difference", interval),
        "scaled": _scaled(measure, difference, pairing.base[known]),
        "effect": test.effect,
        "effect_name": test.effect_name,
        "p": test.p,
        "test": test.method,
        "follows_less": _follows_less(measure, float(difference.mean())),
        "prompts": interval.n_clusters,
    }
    record.pop("difference_reason")
    return record


def _mean_difference(
    differences: NDArray[np.float64],
    clusters: NDArray[Any],
    draws: int,
    seed: int,
    *,
    share: bool,
) -> Interval:
    """Bootstrapped; for shares that no prompt changed Bonett and Price's, which keeps a width."""
    if share and not differences.any():
        return bonett_price(cluster_means(differences, clusters))
    (interval,) = ClusterBootstrap(clusters, draws, seed).means(differences).intervals()
    return interval


def tested(
    measure: Measure,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    clusters: NDArray[Any],
    draws: int,
    seed: int,
) -> TestResult:
    """Two generators' values of one measure, row by row of one prompt and seed.

    Signed-rank on the mean difference of each prompt; for success McNemar's, or sign flips of whole
    prompts where one has several shots.
    """
    if measure.name != SUCCESS:
        return wilcoxon(cluster_means(second - first, clusters))
    if len(set(clusters)) == len(clusters):
        return mcnemar(second == 1, first == 1)
    (test,) = sign_flip(second - first, clusters, draws=draws, seed=seed, scale=1.0)
    return test


def _scaled(measure: Measure, difference: NDArray[np.float64], base: Ints) -> float | None:
    if measure.scale is None:
        return None
    levels = measure.scale[base]
    levels = levels[~np.isnan(levels)]
    spread = float(levels.std(ddof=1)) if len(levels) > 1 else 0.0
    return float(difference.mean()) / spread if spread > 0 else None


def _follows_less(measure: Measure, difference: float) -> bool | None:
    if not measure.narrowing or difference == 0:
        return None
    return difference * measure.narrowing > 0


DIMENSIONS = {
    "generator": pl.String,
    "dimension": pl.String,
    "n": pl.Int64,
    **{
        f"{name}{end}": pl.Float64
        for name in ("success", "change")
        for end in ("", "_low", "_high")
    },
}


def by_dimension(measured: Measured, bootstrap: ClusterBootstrap) -> pl.DataFrame:
    """Success and the judge's change of the dimension itself, where a prompt asks for it."""
    shots = measured.shots
    dimensions = sorted(shots["dimensions"].explode().drop_nulls().unique())
    generators = shots["generator"].unique(maintain_order=True).to_list()
    asks = {
        dimension: shots["dimensions"].list.contains(dimension).fill_null(value=False).to_numpy()
        for dimension in dimensions
    }
    cells = [
        (generator, dimension, rows)
        for dimension in dimensions
        for generator in generators
        if (rows := asks[dimension] & measured.rows(generator=generator)).any()
    ]
    if not cells:
        return pl.DataFrame(schema=DIMENSIONS)
    where = np.stack([rows for _, _, rows in cells], axis=1)
    records: list[dict[str, Any]] = [
        {"generator": generator, "dimension": dimension, "n": int(rows.sum())}
        for generator, dimension, rows in cells
    ]
    if SUCCESS in measured:
        for record, interval in zip(
            records, bootstrap.means(measured[SUCCESS].values, where).intervals(), strict=True
        ):
            record |= interval_record(SUCCESS, of_share(interval))
    changes = np.stack([changes_of(measured, dimension) for _, dimension, _ in cells], axis=1)
    for record, interval in zip(
        records, bootstrap.means(changes, where & ~np.isnan(changes)).intervals(), strict=True
    ):
        record |= interval_record("change", interval)
    return pl.DataFrame(
        [{name: record.get(name) for name in DIMENSIONS} for record in records], schema=DIMENSIONS
    )


def changes_of(measured: Measured, dimension: str) -> NDArray[np.float64]:
    """The judge's change of one dimension from I_o to I_a, per shot, NaN where there is none."""
    own = measured.by_dimension.filter(pl.col("dimension") == dimension).select(
        "id", (pl.col("anti") - pl.col("original")).alias("change")
    )
    placed = measured.shots.select("id").join(own, on="id", how="left", maintain_order="left")
    return placed["change"].cast(pl.Float64).fill_null(float("nan")).to_numpy()


LOSSES = {
    "base": pl.String,
    "aligned": pl.String,
    "dimension": pl.String,
    "measure": pl.String,
    **dict.fromkeys(("difference", "difference_low", "difference_high", "p", "p_bh"), pl.Float64),
    "n": pl.Int64,
}


def losses(
    measured: Measured, lineages: Mapping[str, str], *, draws: int, seed: int
) -> pl.DataFrame:
    """Aligned minus base by dimension asked for: a screen, Benjamini-Hochberg over its rows."""
    shots = measured.shots
    records = []
    for aligned, base in lineages.items():
        pairing = matched(shots, base, aligned)
        for dimension in sorted(shots["dimensions"].explode().drop_nulls().unique()):
            asked = shots["dimensions"].list.contains(dimension).fill_null(value=False).to_numpy()
            columns = {f"{DELTA_J} of it": changes_of(measured, dimension)}
            if SUCCESS in measured:
                columns = {SUCCESS: measured[SUCCESS].values, **columns}
            for name, values in columns.items():
                difference = values[pairing.aligned] - values[pairing.base]
                rows = asked[pairing.base] & ~np.isnan(difference)
                if not rows.any():
                    continue
                clusters, own = pairing.clusters[rows], difference[rows]
                share = name == SUCCESS
                interval = _mean_difference(own, clusters, draws, seed, share=share)
                (test,) = sign_flip(own, clusters, draws=draws, seed=seed)
                records.append(
                    {
                        "base": base,
                        "aligned": aligned,
                        "dimension": dimension,
                        "measure": name,
                        "difference": interval.estimate,
                        "difference_low": interval.low,
                        "difference_high": interval.high,
                        "p": test.p,
                        "n": interval.n,
                    }
                )
    frame = pl.DataFrame(records, schema={k: v for k, v in LOSSES.items() if k != "p_bh"})
    return frame.with_columns(
        pl.Series("p_bh", benjamini_hochberg(frame["p"].to_list()), pl.Float64)
    ).select(list(LOSSES))
