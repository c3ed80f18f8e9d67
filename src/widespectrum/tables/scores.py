"""Score tables: the four scores of every pair, one row per pair and scorer.

The analysis frame of every reward study. It comes from a run, from a user's table, or from the
score files that the paper's authors released (`widespectrum.tables.authors`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from widespectrum.contracts import SCORE_NAMES
from widespectrum.errors import BadInput
from widespectrum.tables.authors import is_authors_frame, unpack_authors_scores
from widespectrum.tables.columns import Field, conform, refuse_duplicates, schema_of
from widespectrum.tables.files import read_frame

CONTROL_NAMES = ("io_pn", "ia_pn", "io_ps", "ia_ps")
"""Scores under the neutral rewrite (pn) and under another pair's anti prompt (ps, shuffled)."""

SCORE_FIELDS = (
    Field("id", "text", required=True),
    Field("scorer", "text", required=True),
    *(Field(name, "number", required=True) for name in SCORE_NAMES),
    *(Field(name, "number") for name in CONTROL_NAMES),
    Field("tokens", "integer", minimum=0),
    Field("token_limit", "integer", minimum=1),
    Field("prompt_original", "text"),
    Field("prompt_anti", "text", aliases=("prompt_distorted",)),
    Field("dimensions", "texts", aliases=("selected_dims",)),
    Field("effects", "texts"),
    Field("severity", "number", minimum=0.0, maximum=1.0),
    Field("generator", "text", aliases=("model",)),
    Field("choice", "integer", aliases=("llm_selected",), minimum=-1, maximum=1),
    Field("cluster", "text"),
    Field("image_original", "text"),
    Field("image_anti", "text"),
)

SCORE_SCHEMA = schema_of(SCORE_FIELDS)


def read_scores(paths: Path | str | Sequence[Path | str]) -> pl.DataFrame:
    """The score tables in `paths`, stacked, with the columns of `SCORE_SCHEMA`.

    A table without a column `scorer` is named after its file. The unit of resampling, `cluster`,
    is the column of that name, else the original prompt, else the id.

    Raises:
        BadInput: names file, row, field and remedy; a score that is missing or not finite is one.
    """
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    frames = [_read_one(Path(path)) for path in files]
    scores = pl.concat(frames)
    origin = ", ".join(str(path) for path in files)
    refuse_duplicates(scores, ["id", "scorer"], origin)
    return scores


def _read_one(path: Path) -> pl.DataFrame:
    frame = read_frame(path)
    if is_authors_frame(frame):
        frame = unpack_authors_scores(frame, path)
    if "scorer" not in frame.columns:
        frame = frame.with_columns(pl.lit(path.stem).alias("scorer"))
    if "id" not in frame.columns:
        raise BadInput(
            "is missing; rows need a name so that several scorers can be compared on the same pair",
            "Add a column 'id'.",
            file=path,
            field="id",
        )
    scores = conform(frame, SCORE_FIELDS, path, complete=True)
    refuse_duplicates(scores, ["id", "scorer"], path)
    return with_clusters(scores)


def with_clusters(scores: pl.DataFrame) -> pl.DataFrame:
    """`scores` with `cluster` filled: the original prompt (white space folded), else the id."""
    prompt = pl.col("prompt_original").str.strip_chars().str.replace_all(r"\s+", " ")
    return scores.with_columns(pl.coalesce("cluster", prompt, "id").alias("cluster"))
