"""How far edits polish: change from the start, by generator, strength and what they were told.

Positive is polished: the edited image scores higher under the original prompt than the anti image
with which the generator began, or is rated higher on judged dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from widespectrum.statistics import ClusterBootstrap, cluster_means, holm, wilcoxon
from widespectrum.studies.image_to_image.editing import Edited

ALL, ASKED = "J, all dimensions", "J, dimensions asked for"

_ENDS = ("", "_low", "_high")


def changes(edited: Edited) -> pl.DataFrame:
    """One row per edit and measure: id, generator, strength, told, pair, cluster, measure, change.

    Measures: the score of every scorer under the original prompt; under the anti prompt (does the
    image still show what was asked?); the judge's sum over all dimensions, as published, and the
    mean over those asked for. Edits without the number have no row.
    """
    about = edited.edits.select(
        "id", "generator", "strength", "told", "pair", "cluster", "dimensions"
    )
    scored = about.join(edited.scores, on="id", maintain_order="left")
    frames = [
        scored.with_columns(
            pl.format("{}, {} prompt", "scorer", pl.lit(under)).alias("measure"),
            (pl.col(f"after{end}") - pl.col(f"before{end}")).alias("change"),
        )
        for under, end in (("original", ""), ("anti", "_pa"))
    ]
    rated = about.join(edited.ratings, on="id", maintain_order="left").with_columns(
        (pl.col("after") - pl.col("before")).alias("moved"),
        pl.col("dimension").is_in(pl.col("dimensions")).fill_null(value=False).alias("asked"),
    )
    whole = rated.filter(pl.col("moved").is_not_null().all().over("id"))
    for measure, rows, change in (
        (ALL, whole, pl.col("moved").sum()),
        (ASKED, whole.filter("asked"), pl.col("moved").mean()),
    ):
        means = rows.group_by("id").agg(change.alias("change"))
        frames.append(
            about.join(means, on="id", maintain_order="left").with_columns(
                pl.lit(measure).alias("measure")
            )
        )
    columns = ("id", "generator", "strength", "told", "pair", "cluster", "measure", "change")
    return pl.concat(frame.select(columns) for frame in frames).drop_nulls("change")


def means(rows: pl.DataFrame, *, draws: int, seed: int) -> pl.DataFrame:
    """Mean change with interval, by measure, generator, strength and what was told."""
    keys = ("measure", "generator", "strength", "told")
    records: list[dict[str, Any]] = []
    for key, group in rows.group_by(*keys, maintain_order=True):
        bootstrap = ClusterBootstrap(group["cluster"].to_list(), draws, seed)
        (interval,) = bootstrap.means(group["change"].to_numpy()).intervals()
        records.append(
            {
                **dict(zip(keys, key, strict=True)),
                "change": interval.estimate,
                "change_low": interval.low,
                "change_high": interval.high,
                "n": interval.n,
            }
        )
    schema = {
        **dict.fromkeys(("measure", "generator"), pl.String),
        "strength": pl.Float64,
        "told": pl.String,
        **{f"change{end}": pl.Float64 for end in _ENDS},
        "n": pl.Int64,
    }
    return pl.DataFrame(records, schema=schema)


def contrasts(
    rows: pl.DataFrame, lineages: Mapping[str, str], *, draws: int, seed: int
) -> pl.DataFrame:
    """Aligned minus base under the anti prompt, paired by image, at every strength; Holm over all.

    Test: signed-rank on the mean difference of each prompt.
    """
    told = rows.filter(pl.col("told") == "anti")
    records: list[dict[str, Any]] = []
    for aligned, base in lineages.items():
        sides = [told.filter(pl.col("generator") == name) for name in (base, aligned)]
        both = sides[0].join(
            sides[1], on=["measure", "strength", "pair"], suffix="_aligned", maintain_order="left"
        )
        for (measure, strength), group in both.group_by("measure", "strength", maintain_order=True):
            difference = (group["change_aligned"] - group["change"]).to_numpy()
            clusters = group["cluster"].to_list()
            (interval,) = ClusterBootstrap(clusters, draws, seed).means(difference).intervals()
            test = wilcoxon(cluster_means(difference, clusters))
            records.append(
                {
                    "base": base,
                    "aligned": aligned,
                    "measure": measure,
                    "strength": strength,
                    "at_base": group["change"].mean(),
                    "at_aligned": group["change_aligned"].mean(),
                    "difference": interval.estimate,
                    "difference_low": interval.low,
                    "difference_high": interval.high,
                    "effect": test.effect,
                    "p": test.p,
                    "n": interval.n,
                }
            )
    numbers = (
        "strength",
        "at_base",
        "at_aligned",
        *(f"difference{end}" for end in _ENDS),
        "effect",
        "p",
    )
    schema = {
        **dict.fromkeys(("base", "aligned", "measure"), pl.String),
        **dict.fromkeys(numbers, pl.Float64),
        "n": pl.Int64,
    }
    frame = pl.DataFrame(records, schema=schema)
    return frame.with_columns(pl.Series("p_holm", holm(frame["p"].to_list()), pl.Float64))
