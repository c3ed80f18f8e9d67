"""How much of its prompts a generator read, from the records of its pictures.

A text encoder reads so many tokens and drops the rest, and of an anti prompt it is the end that
asks for something unpolished. A generator that did not read it did not disobey it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from widespectrum.contracts import VARIANTS
from widespectrum.runs import Run
from widespectrum.studies.findings import Column, Table
from widespectrum.studies.painted import Painted

READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "generator": pl.String,
    "variant": pl.String,
    "tokenizer": pl.String,
    "tokens": pl.Int64,  # that the prompt needs
    "cut": pl.Int64,  # that were not read
    "parts": pl.Int64,  # in which it was read, one after the other; 1 for most
    "id": pl.String,  # of the shot
}
"""One row per picture and tokenizer, of generators that say what they read."""


def read_of(run: Run, painted: Painted) -> pl.DataFrame:
    """What was read of the prompt of every picture; columns of `READ`."""
    generators = dict(painted.shots.select("id", "generator").iter_rows())
    images = run.table("images").select("pair_id", "variant", "record").drop_nulls("record")
    rows = [
        (generators[pair], variant, *counted, pair)
        for pair, variant, record in images.iter_rows()
        if pair in generators and variant in VARIANTS
        for counted in _counts(json.loads(record))
    ]
    return pl.DataFrame(rows, schema=READ, orient="row")


def _counts(record: Any) -> Iterator[tuple[str, int, int, int]]:
    """Tokenizer, tokens, cut and parts. Records are written by generators, some of other makers."""
    tokens = record.get("tokens") if isinstance(record, dict) else None
    for name, counts in (tokens if isinstance(tokens, dict) else {}).items():
        if isinstance(counts, dict) and all(type(counts.get(k)) is int for k in ("tokens", "cut")):
            parts = counts.get("parts", 1)
            yield str(name), counts["tokens"], counts["cut"], parts if type(parts) is int else 1


def reading_table(read: pl.DataFrame) -> Table | None:
    """By generator and tokenizer; ``None`` where every prompt was read whole and at once."""
    if read.filter((pl.col("cut") > 0) | (pl.col("parts") > 1)).height == 0:
        return None
    share = {
        f"cut_{variant}": (pl.col("cut") > 0).filter(pl.col("variant") == variant).mean()
        for variant in VARIANTS
    }
    board = read.group_by("generator", "tokenizer", maintain_order=True).agg(
        pl.col("tokens").max().alias("longest"),
        (pl.col("parts") > 1).mean().alias("divided"),
        **share,
        lost=(pl.col("cut") / pl.col("tokens")).filter(pl.col("variant") == VARIANTS[1]).mean(),
    )
    return Table(
        "prompts-read",
        "How much of the prompts was read",
        board,
        (
            Column("generator", "generator"),
            Column("tokenizer", "text encoder"),
            Column("longest", "longest", "count", help="Tokens of the longest prompt."),
            Column("divided", "in parts", "percent", digits=0, help="Read part by part."),
            Column("cut_original", "ordinary prompts cut", "percent", digits=0),
            Column("cut_anti", "anti prompts cut", "percent", digits=0),
            Column("lost", "of an anti prompt", "percent", digits=0, help="Tokens not read."),
        ),
        "Of several text encoders of one generator the others may have read what one dropped.",
    )


def reading_notes(read: pl.DataFrame) -> tuple[str, ...]:
    """What a reader must know: whose anti prompts have an end that no text encoder read."""
    anti = read.filter(pl.col("variant") == VARIANTS[1])
    unread = (
        anti.group_by("generator", "id", maintain_order=True)
        .agg(pl.col("cut").min() > 0)
        .group_by("generator", maintain_order=True)
        .agg(pl.col("cut").sum().alias("count"), pl.len().alias("all"))
        .filter(pl.col("count") > 0)
    )
    return tuple(
        f"{name} did not read the end of {count} of {of} anti prompts, which are longer than its "
        "text encoders read: what stands there it could not follow."
        for name, count, of in unread.iter_rows()
    )
