"""Where opinions come from: tables of choices or ratings, and run folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.runs import Run
from widespectrum.studies.choice_frame import choice_frame
from widespectrum.studies.pair_sources import RUN_FILE
from widespectrum.tables.columns import refuse_duplicates
from widespectrum.tables.opinions import OPINION_SCHEMA, Scale, choice_item, read_opinions


def opinions_from(sources: Sequence[Path | str]) -> tuple[pl.DataFrame, Scale]:
    """All opinions of the sources, with the columns of `OPINION_SCHEMA`, and their scale.

    Args:
        sources: tables (`widespectrum.tables.opinions`) or run folders. A run gives its choosers'
            choices, or, where it has none, its judges' ratings.

    Raises:
        BadInput: a source holds no opinions, sources are of different scales, or two of them hold
            an opinion of one rater on one item.
    """
    read = [(source, *_opinions(Path(source))) for source in sources]
    if not read:
        raise BadInput("nothing to compare was given", "Name tables or run folders.")
    first, _, scale = read[0]
    for source, _, other in read:
        if other != scale:
            raise BadInput(
                f"holds {other}, and {first} holds {scale}",
                "Compare choices with choices, or ratings with ratings.",
                file=source,
            )
    opinions = pl.concat([frame for _, frame, _ in read])
    refuse_duplicates(opinions, ["item", "rater"], ", ".join(map(str, sources)))
    return opinions, scale


def _opinions(source: Path) -> tuple[pl.DataFrame, Scale]:
    if not (source / RUN_FILE).is_file():
        return read_opinions(source)
    run = Run.open(source)
    choices = choice_opinions(choice_frame(run, run.prompts))
    if choices.height:
        return choices, "choices"
    ratings = _ratings(run)
    if ratings.height:
        return ratings, "ratings"
    raise BadInput(
        "holds no choices and no ratings", "Run `widespectrum choose` first.", file=source
    )


def choice_opinions(choices: pl.DataFrame) -> pl.DataFrame:
    """The choices of a `choice_frame` as opinions."""
    return choices.select(
        choice_item(pl.struct("id", "under")).alias("item"),
        pl.col("chooser").alias("rater"),
        pl.col("choice").alias("value"),
        "cluster",
        pl.lit(None, pl.String).alias("group"),
    ).cast(OPINION_SCHEMA)  # type: ignore[arg-type]


def _ratings(run: Run) -> pl.DataFrame:
    """The likeliest rating of every judge, by image and dimension."""
    likeliest = pl.concat_list("p_low", "p_neutral", "p_high").list.arg_max()
    return (
        run.table("ratings")
        .select(
            pl.format("{}: {}", "image", "dimension").alias("item"),
            pl.col("judge").alias("rater"),
            likeliest.alias("value"),
            pl.lit(None, pl.String).alias("cluster"),
            pl.lit(None, pl.String).alias("group"),
        )
        .cast(OPINION_SCHEMA)  # type: ignore[arg-type]
    )
