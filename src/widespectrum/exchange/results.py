"""By pair and role, or by content: the same scores, ratings and choices, turned both ways.

A run keeps a score under (scorer, image, prompt text), so that equal work is done once. Outside,
scores stand under a pair: its anti image under its original prompt. Both ways are joins, and both
count what they could not place.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from widespectrum.exchange.contents import (
    CHOICE_ROWS,
    PROMPTS,
    RATING_ROWS,
    SCORE_ROWS,
    Contents,
    Picture,
)
from widespectrum.runs.run import Run
from widespectrum.runs.schemas import KEYS, SCHEMAS

_LOST = {"scores": "score", "ratings": "rating", "choices": "choice"}


def run_tables(
    contents: Contents, images: pl.DataFrame, fingerprints: Mapping[tuple[str, str], str]
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """The rows of a run's tables, and notes on what they lack.

    Args:
        contents: what to place.
        images: the run's table of images: what is not in it could not be brought in.
        fingerprints: (stage, model) -> fingerprint.
    """
    held = images.select(pl.col("pair_id").alias("id"), "variant", "image")
    prompts = _prompts(contents.pairs)
    scores = contents.scores.join(held, on=["id", "variant"], how="left").join(
        prompts, on=["id", "under"], how="left"
    )
    ratings = contents.ratings.join(held, on=["id", "variant"], how="left")
    choices = contents.choices.join(prompts, on=["id", "under"], how="left")
    for place, variant in (("first", "original"), ("second", "anti")):
        own = held.filter(pl.col("variant") == variant)
        choices = choices.join(own.select("id", pl.col("image").alias(place)), on="id", how="left")
    wide = {"scores": scores, "ratings": ratings, "choices": choices}
    models = {"scores": "scorer", "ratings": "judge", "choices": "chooser"}
    tables, notes = {}, []
    for stage, frame in wide.items():
        tables[stage], said = _stored(stage, frame, models[stage], fingerprints)
        notes += said
    return tables, notes


def _stored(
    stage: str, frame: pl.DataFrame, model: str, fingerprints: Mapping[tuple[str, str], str]
) -> tuple[pl.DataFrame, list[str]]:
    """The rows that can be stored, each key once."""
    subject = [name for name in KEYS[stage] if name != "fingerprint"]
    placed = frame.drop_nulls(subject)
    notes = []
    if lost := frame.height - placed.height:
        notes.append(f"{lost:,} {_LOST[stage]}s are about pictures that could not be brought in.")
    named = {name: value for (of, name), value in fingerprints.items() if of == stage}
    rows = placed.with_columns(
        pl.col(model).replace_strict(named, return_dtype=pl.String).alias("fingerprint")
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMAS[stage].items())
    distinct = rows.unique()
    kept = distinct.sort(rows.columns, nulls_last=True).unique(
        list(KEYS[stage]), keep="first", maintain_order=True
    )
    if contrary := distinct.height - kept.height:
        notes.append(
            f"{contrary:,} {_LOST[stage]}s contradict another one about the same picture and text; "
            "the smallest of each is kept."
        )
    return kept, notes


def contents_of(run: Run) -> Contents:
    """All that a run holds, by pair and role. Pictures name files in the run's folder.

    Raises:
        BadInput: the run has no pairs, or a shard is damaged.
    """
    pairs = run.prompts
    images = run.table("images")
    held = images.select(pl.col("pair_id").alias("id"), "variant", "image").join(
        pairs.select("id"), on="id", how="semi"
    )
    prompts = _prompts(pairs)
    shown = held.join(prompts, on="id")
    found = {
        "scores": run.table("scores").join(shown, on=["image", "prompt"], maintain_order="left"),
        "ratings": run.table("ratings").join(held, on="image", maintain_order="left"),
        "choices": _choices(run.table("choices"), held, prompts),
    }

    def rows(stage: str, schema: pl.Schema) -> pl.DataFrame:
        return found[stage].select(list(schema)).unique(maintain_order=True)

    return Contents(
        pairs=pairs,
        pictures=tuple(
            Picture(
                row["pair_id"],
                row["variant"],
                {"path": str(run.images.path(row["image"]).relative_to(run.path))},
                row["maker"],
                row["seed"],
            )
            for row in images.join(
                pairs.select(pl.col("id").alias("pair_id")), on="pair_id", how="semi"
            ).iter_rows(named=True)
        ),
        scores=rows("scores", SCORE_ROWS),
        ratings=rows("ratings", RATING_ROWS),
        choices=rows("choices", CHOICE_ROWS),
        notes=tuple(
            f"{lost:,} {_LOST[name]}s of the run belong to no pair as it stands and are left out."
            for name, frame in found.items()
            if (lost := _unplaced(run.table(name), frame, name))
        ),
    )


def _choices(table: pl.DataFrame, held: pl.DataFrame, prompts: pl.DataFrame) -> pl.DataFrame:
    """Choices between a pair's original image, shown first, and its anti image."""
    both = [
        held.filter(pl.col("variant") == variant).select("id", pl.col("image").alias(place))
        for place, variant in (("first", "original"), ("second", "anti"))
    ]
    shown = both[0].join(both[1], on="id").join(prompts, on="id")
    return table.join(shown, on=["first", "second", "prompt"], maintain_order="left")


def _unplaced(table: pl.DataFrame, placed: pl.DataFrame, stage: str) -> int:
    key = list(KEYS[stage])
    return table.join(placed.select(key), on=key, how="anti").height


def _prompts(pairs: pl.DataFrame) -> pl.DataFrame:
    """The prompts of every pair, one row each: id, under, prompt."""
    empty = pl.DataFrame(schema={"id": pl.String, "under": pl.String, "prompt": pl.String})
    return pl.concat(
        [
            empty,
            *(
                pairs.select("id", pl.lit(under).alias("under"), pl.col(name).alias("prompt"))
                for under, name in PROMPTS.items()
                if name in pairs.columns and pairs[name].dtype == pl.String
            ),
        ]
    ).drop_nulls()
