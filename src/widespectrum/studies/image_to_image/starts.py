"""What edits begin with: image pairs of which the anti image does what was asked.

Chosen by who painted them and by a chooser's verdict, never by a low score of the scorer that then
measures: such scores rise by chance alone (regression to the mean).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.runs import Run
from widespectrum.studies.choice_frame import choice_frame
from widespectrum.studies.pair_sources import RUN_FILE, pairs_from


def starts_from(
    source: pl.DataFrame | Path | str,
    *,
    painter: str | None = None,
    followed: bool = False,
    allow_outside: bool = False,
) -> pl.DataFrame:
    """The pairs to begin with, with the columns of `PAIR_SCHEMA` and full image paths.

    Args:
        source: a table, a run, a gallery folder, or a frame.
        painter: only pairs of this generator.
        followed: only pairs of which a chooser took the anti image (of several choosers, all).
        allow_outside: trust a table whose image paths lead out of its folder.

    Raises:
        BadInput: the source cannot be read, or nothing is left of it.
    """
    pairs = pairs_from(source, allow_outside=allow_outside)
    if painter is not None:
        painters = pairs["generator"].drop_nulls().unique().sort().to_list()
        pairs = pairs.filter(pl.col("generator") == painter)
        if pairs.height == 0:
            raise BadInput(
                f"{painter!r} painted none of the pairs",
                f"Their generators: {', '.join(painters) or 'none is named'}.",
                field="painter",
            )
    if followed:
        pairs = pairs.filter(pl.col("id").is_in(_followed(source, pairs)))
        if pairs.height == 0:
            raise BadInput(
                "no chooser took the anti image of any pair",
                "Run one on them first (widespectrum choose), or take all pairs.",
                field="followed",
            )
    return pairs


def _followed(source: pl.DataFrame | Path | str, pairs: pl.DataFrame) -> list[str]:
    """Ids of the pairs of which everybody who chose took the anti image."""
    told = pairs.filter(pl.col("choice") == 1)["id"].to_list()
    if isinstance(source, pl.DataFrame) or not (Path(source) / RUN_FILE).is_file():
        return told
    choices = choice_frame(Run.open(source), pairs).filter(pl.col("under") == "anti")
    agreed = choices.group_by("id").agg((pl.col("choice") == 1).all().alias("all"))
    return [*told, *agreed.filter("all")["id"].to_list()]
