"""Choices and ratings that somebody made: people, or models elsewhere. One row per item and rater.

A choice table says which image of a pair follows the prompt: ``id, choice`` and optionally
``chooser`` (or ``rater``), ``group``, ``under``. A rating table says how an image stands on a
dimension: ``id, dimension, rating`` and optionally ``judge`` (or ``rater``), ``group``. Both become
one form, so that anybody can be compared with anybody.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.tables.columns import Field, conform, refuse_duplicates
from widespectrum.tables.files import read_frame

Scale = Literal["choices", "ratings"]

CLASSES: dict[Scale, tuple[int, ...]] = {"choices": (0, -1, 1), "ratings": (0, 1, 2)}
"""The classes of a scale in order: original, tie, anti; low, neutral, high."""

WORDS = {"original": "0", "anti": "1", "tie": "-1"}
"""Words that a person may write for a choice."""

OPINION_SCHEMA = {
    "item": pl.String,  # what the opinion is about
    "rater": pl.String,
    "value": pl.Int64,  # one of the scale's CLASSES
    "cluster": pl.String,  # the unit of resampling; null where the table does not tell
    "group": pl.String,  # raters that also have one voice together, as "people"; or null
}

_CHOICE_FIELDS = (
    Field("id", "text", required=True),
    Field("choice", "integer", required=True, aliases=("llm_selected",), minimum=-1, maximum=1),
    Field("rater", "text", aliases=("chooser", "annotator")),
    Field("group", "text"),
    Field("under", "text"),
    Field("cluster", "text"),
    Field("prompt_original", "text", aliases=("original_prompt",)),
)

_RATING_FIELDS = (
    Field("id", "text", required=True, aliases=("image",)),
    Field("dimension", "text", required=True),
    Field("rating", "integer", required=True, minimum=0, maximum=2),
    Field("rater", "text", aliases=("judge", "annotator")),
    Field("group", "text"),
    Field("cluster", "text"),
)


def read_opinions(path: Path | str) -> tuple[pl.DataFrame, Scale]:
    """The opinions in a table, with the columns of `OPINION_SCHEMA`, and their scale.

    Without a column that names the rater, the table is one rater's, named after the file. The unit
    of resampling is the column ``cluster``, else the original prompt.

    Raises:
        BadInput: names file, row, field and remedy.
    """
    path = Path(path)
    frame = read_frame(path)
    if {"choice", "llm_selected"} & set(frame.columns):
        return _choices(frame, path), "choices"
    if "rating" in frame.columns:
        return _ratings(frame, path), "ratings"
    raise BadInput(
        f"has no column 'choice' and no column 'rating'; it has {', '.join(frame.columns[:12])}",
        "Give id and choice (1 the anti image, 0 the original, -1 a tie), or id, dimension and "
        "rating (0, 1, 2).",
        file=path,
    )


def _choices(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    name = "choice" if "choice" in frame.columns else "llm_selected"
    if frame[name].dtype == pl.String:
        words = frame[name].str.strip_chars().str.to_lowercase()
        frame = frame.with_columns(words.replace(WORDS).alias(name))
    table = conform(frame, _CHOICE_FIELDS, path, complete=True)
    strange = table.filter(~pl.col("under").is_in(["original", "anti"])).get_column("under")
    if strange.len():
        raise BadInput(
            f"is {strange[0]!r}",
            "Say under which prompt the choice was made: original or anti.",
            file=path,
            field="under",
        )
    prompt = pl.col("prompt_original").str.strip_chars().str.replace_all(r"\s+", " ")
    item = pl.struct("id", pl.coalesce("under", pl.lit("anti")).alias("under"))
    return _formed(
        table,
        path,
        item=choice_item(item),
        value="choice",
        cluster=pl.coalesce("cluster", prompt),
    )


def _ratings(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    table = conform(frame, _RATING_FIELDS, path, complete=True)
    item = pl.format("{}: {}", "id", "dimension")
    return _formed(table, path, item=item, value="rating", cluster=pl.col("cluster"))


def choice_item(named: pl.Expr) -> pl.Expr:
    """What a choice is about, from a struct of id and under."""
    id, under = named.struct.field("id"), named.struct.field("under")
    return pl.when(under == "original").then(pl.format("{} (original prompt)", id)).otherwise(id)


def _formed(
    table: pl.DataFrame, path: Path, *, item: pl.Expr, value: str, cluster: pl.Expr
) -> pl.DataFrame:
    opinions = table.select(
        item.alias("item"),
        pl.coalesce("rater", pl.lit(path.stem)).alias("rater"),
        pl.col(value).alias("value"),
        cluster.alias("cluster"),
        "group",
    )
    refuse_duplicates(opinions, ["item", "rater"], path)
    return opinions
