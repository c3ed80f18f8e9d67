"""The headline, tables and figures of the expressive range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from widespectrum.studies.charts import SCHEMA, dots
from widespectrum.studies.expressive_range.ranges import Floats
from widespectrum.studies.findings import Column, Figure, Table, interval_column

CLOUD = 300
"""Pictures per generator in the figure; more would only be ink."""


def headline(board: pl.DataFrame, changes: pl.DataFrame) -> tuple[str, ...]:
    """What alignment left of the range; without lineages, the ends of the ranking."""
    whole = changes.filter(pl.col("kind") == "range").drop_nulls(["left", "left_low", "left_high"])
    if whole.height:
        return tuple(_change_told(row) for row in whole.sort("left").to_dicts()[:2])
    known = board.drop_nulls("range").to_dicts()
    if not known:
        return ("No range can be given.",)
    first, last = known[0], known[-1]
    if len(known) == 1:
        return (f"{first['generator']} reaches {first['range']:.0%} of the judged space.",)
    return (
        f"Of {len(known)} generators, {first['generator']} reaches {first['range']:.0%} of the "
        f"judged space, {last['generator']} {last['range']:.0%}.",
    )


def _change_told(row: Mapping[str, Any]) -> str:
    ends = f"95% interval {row['left_low']:.0%} to {row['left_high']:.0%}"
    who, base = row["aligned"], row["base"]
    said = f"{who} reaches {row['left']:.0%} of the range of its base {base} ({ends})"
    if row["left_high"] < 1:
        return f"{said}: its range has shrunk."
    if row["left_low"] > 1:
        return f"{said}: its range has grown."
    return f"{said}: no change is shown."


def board_table(board: pl.DataFrame) -> Table:
    """One row per generator."""
    return Table(
        "generators",
        "How far each generator reaches",
        board,
        (
            Column("generator", "generator"),
            interval_column("range", "range", "percent", "Of all pictures; 100% is the most."),
            interval_column("range_original", "ordinary prompts", "percent"),
            interval_column("range_anti", "anti prompts", "percent"),
            Column("pictures", "pictures", "count"),
            Column("prompts", "prompts", "count", help="Clusters of prompts."),
        ),
    )


def change_table(changes: pl.DataFrame) -> Table:
    """Aligned against base."""
    return Table(
        "lineages",
        "What alignment left of it",
        changes,
        (
            Column("aligned", "aligned"),
            Column("base", "base"),
            Column("of", "of"),
            Column("at_base", "base", "percent"),
            Column("at_aligned", "aligned", "percent"),
            Column("difference", "difference", "percent", 1, "difference_low", "difference_high"),
            Column("left", "left", "percent", 0, "left_low", "left_high", "Aligned over base."),
            Column("p", "p", "p"),
            Column("p_holm", "p, Holm", "p", help="Over the whole table."),
        ),
    )


def part_table(parts: pl.DataFrame) -> Table:
    """By dimension and generator."""
    return Table(
        "dimensions",
        "By dimension",
        parts,
        (
            Column("dimension", "dimension"),
            Column("generator", "generator"),
            interval_column("range", "range", "percent"),
        ),
    )


def parts_figure(parts: pl.DataFrame, generators: Sequence[str]) -> Figure:
    """Dots by dimension, generators beneath each other."""
    return Figure(
        "dimensions",
        "By dimension",
        dots(
            parts,
            row="dimension",
            value="range",
            series="generator",
            colours=generators,
            title="range: share of the largest mean distance",
            percent=True,
            guides=(0.0,),
        ),
        "With 95% intervals clustered by prompt.",
        "; ".join(
            f"{row['dimension']}, {row['generator']}: {row['range']:.0%}"
            for row in parts.drop_nulls("range").to_dicts()
        ),
    )


def map_figure(pictures: pl.DataFrame, generators: Sequence[str]) -> Figure:
    """All pictures on the plane in which they differ most, a panel per generator."""
    places, shares = _plane(pictures.select(pictures.columns[5:]).to_numpy().astype(np.float64))
    placed = pictures.select("generator", "variant").with_columns(
        pl.Series("x", places[:, 0]), pl.Series("y", places[:, 1])
    )
    drawn = pl.concat(
        [
            group.sample(min(CLOUD, group.height), seed=0)
            for _, group in placed.group_by("generator", maintain_order=True)
        ]
    )
    reach = float(np.abs(places).max()) * 1.05 or 1.0
    axes = {
        name: {
            "field": name,
            "type": "quantitative",
            "title": f"{word} component ({share:.0%})",
            "scale": {"domain": [-reach, reach], "nice": False},
        }
        for name, word, share in zip(("x", "y"), ("first", "second"), shares, strict=True)
    }
    return Figure(
        "map",
        "Where the pictures lie",
        {
            "$schema": SCHEMA,
            "data": {"values": drawn.to_dicts()},
            "facet": {
                "field": "generator",
                "type": "nominal",
                "title": None,
                "sort": list(generators),
            },
            "columns": 3,
            "spec": {
                "width": 220,
                "height": 220,
                "mark": {"type": "point", "style": "cloud"},
                "encoding": {
                    **axes,
                    "color": {
                        "field": "variant",
                        "type": "nominal",
                        "title": "image",
                        "scale": {"domain": ["original", "anti"]},
                    },
                },
            },
        },
        "Judged dimensions reduced to the two directions in which the pictures of all generators "
        "together differ most (principal components, with their share of the variance). The same "
        "axes in every panel.",
        f"{len(generators)} panels of pictures as points: {', '.join(generators)}",
    )


def _plane(values: Floats) -> tuple[Floats, tuple[float, float]]:
    """Places on the first two principal components, ``(n, 2)``, and their shares of variance."""
    centred = values - values.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    places, kept = np.zeros((len(values), 2)), min(2, len(sizes))
    places[:, :kept] = left[:, :kept] * sizes[:kept]
    power = np.zeros(2)
    total = float((sizes**2).sum())
    if total > 0:
        power[:kept] = sizes[:kept] ** 2 / total
    return places, (float(power[0]), float(power[1]))
