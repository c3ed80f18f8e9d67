"""What edits made of each picture, side by side: the start, then every generator and strength."""

from __future__ import annotations

import polars as pl

from widespectrum.studies.findings import Lineup
from widespectrum.studies.image_to_image.editing import Edited
from widespectrum.studies.image_to_image.measures import ASKED


def edit_lineup(edited: Edited, changes: pl.DataFrame) -> Lineup | None:
    """One row per start, sorted by how far the edits under the anti prompt polished it.

    Args:
        edited: edits.
        changes: as `measures.changes` gives them; polished is by the judge on the dimensions asked
            for, else by the first measure.
    """
    told = changes.filter(pl.col("told") == "anti")
    if told.height == 0:
        return None
    measure = ASKED if ASKED in told["measure"] else str(told["measure"][0])
    polished = told.filter(pl.col("measure") == measure).select(
        "id", pl.col("change").alias("smoothed")
    )
    edits = edited.edits.filter(pl.col("told") == "anti").join(
        polished, on="id", how="left", maintain_order="left"
    )
    frame = edits.select(
        pl.col("pair").alias("id"),
        pl.format("{} at {}", "generator", "strength").alias("model"),
        "prompt_original",
        "prompt_anti",
        pl.col("image_start").alias("image_original"),
        pl.col("image_after").alias("image_anti"),
        pl.lit("").alias("verdict"),
        "smoothed",
        "dimensions",
    ).sort("id", maintain_order=True)
    return Lineup(
        "edits",
        "The same picture, worked over",
        frame,
        f"First the picture that every edit began with, then what came of it under the same "
        f"prompt. The number is the change of {measure}: positive is more polished.",
        reference="start",
    )
