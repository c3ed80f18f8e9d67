"""The paper's Table 4 beside what was measured here, each row labelled with what it is on."""

from __future__ import annotations

from typing import Any

import polars as pl

from widespectrum.aesthetics import load_published
from widespectrum.catalog import shipped_registry
from widespectrum.studies.findings import Column, Table
from widespectrum.studies.image_to_image.measures import ALL

TABLE = "table4_image_to_image"
HERE, PAPER = "this run", "published"
HPSV3 = "HPSv3"
"""A scorer's row in the paper's tables."""

_SCHEMA = {
    "generator": pl.String,
    "source": pl.String,
    "strength": pl.Float64,
    "delta_hpsv3": pl.Float64,
    "delta_j": pl.Float64,
    "on": pl.String,
}


def beside_published(moved: pl.DataFrame) -> pl.DataFrame:
    """Measured edits under the anti prompt, then the paper's two rows.

    A measured cell is filled only where what was measured is what the column means: HPSv3 under
    the original prompt, the judge's sum over all dimensions.
    """
    hpsv3 = [
        f"{entry.name}, original prompt"
        for entry in shipped_registry("scorer").entries.values()
        if entry.paper_row == HPSV3
    ]
    edits = moved.filter(pl.col("told") == "anti")
    rows: list[dict[str, Any]] = []
    for (generator, strength), own in edits.group_by("generator", "strength", maintain_order=True):
        changes = dict(own.select("measure", "change").iter_rows())
        rows.append(
            {
                "generator": generator,
                "source": HERE,
                "strength": strength,
                "delta_hpsv3": next((changes[name] for name in hpsv3 if name in changes), None),
                "delta_j": changes.get(ALL),
                "on": f"{max(own['n'].to_list()):,} edits",
            }
        )
    rows += [
        {
            "generator": row["model"],
            "source": PAPER,
            "strength": row["strength"],
            "delta_hpsv3": row["delta_hpsv3"],
            "delta_j": row["delta_j"],
            "on": "images chosen by a low HPSv3; how many is not said",
        }
        for row in load_published(TABLE).to_dicts()
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)


def published_table(moved: pl.DataFrame) -> Table:
    """This run and the paper's Table 4."""
    return Table(
        "published",
        "Measured and published",
        beside_published(moved),
        (
            Column("generator", "generator"),
            Column("source", "source"),
            Column("strength", "strength", "number"),
            Column("delta_hpsv3", "change of HPSv3", "number"),
            Column("delta_j", "change of J, all", "number"),
            Column("on", "measured on"),
        ),
        "The paper chose its images by a low HPSv3, which alone makes HPSv3 rise; it gives neither "
        "their number nor an interval, and no base model. Only directions can be compared.",
    )
