"""Pairs: prompt pairs, and image pairs made from them.

One row per pair. A prompt pair has no images; an image pair names the two image files, relative to
the table. `cluster` is the unit of resampling: rows that share a prompt are not independent.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.tables.authors import is_gallery, read_gallery
from widespectrum.tables.columns import Field, conform, refuse_duplicates, schema_of
from widespectrum.tables.files import read_frame
from widespectrum.tables.named_files import file_beside

PROMPT_FIELDS = (
    Field("id", "text", required=True),
    Field("prompt_original", "text", required=True, aliases=("original_prompt",)),
    Field("prompt_anti", "text", required=True, aliases=("prompt_distorted",)),
    Field("prompt_neutral", "text"),
    Field("dimensions", "texts", aliases=("selected_dims", "selected")),
    Field("effects", "texts"),
    Field("cluster", "text"),
    Field("writer", "text"),
    Field("seed", "integer"),
)

PAIR_FIELDS = (
    *PROMPT_FIELDS,
    Field("severity", "number", minimum=0.0, maximum=1.0),
    Field("generator", "text", aliases=("model",)),
    Field("choice", "integer", aliases=("llm_selected",), minimum=-1, maximum=1),
    Field("image_original", "text", required=True),
    Field("image_anti", "text", required=True, aliases=("image_distorted",)),
)

PROMPT_SCHEMA = schema_of(PROMPT_FIELDS)
PAIR_SCHEMA = schema_of(PAIR_FIELDS)


def read_prompt_pairs(path: Path | str) -> pl.DataFrame:
    """The prompt pairs in `path`, with the columns of `PROMPT_SCHEMA`.

    Raises:
        BadInput: names file, row, field and remedy.
    """
    return _clustered(conform(read_frame(path), PROMPT_FIELDS, path, complete=True), path)


def read_image_pairs(path: Path | str, *, allow_outside: bool = False) -> pl.DataFrame:
    """The image pairs in `path`, with the columns of `PAIR_SCHEMA`; image paths are resolved.

    `path` is a table, or a gallery folder of the paper's site (`widespectrum.tables.authors`).

    Image files are looked for beside the table. A path that leads out of the table's folder is
    refused unless `allow_outside`, so that a table from a stranger cannot read other files.

    Raises:
        BadInput: names file, row, field and remedy; a missing image file is one.
    """
    path = Path(path)
    if is_gallery(path):
        raw, path = read_gallery(path)
    else:
        raw = read_frame(path)
    return image_pairs(raw, folder=path.parent, file=path, allow_outside=allow_outside)


def image_pairs(
    frame: pl.DataFrame, *, folder: Path, file: Path | str, allow_outside: bool = False
) -> pl.DataFrame:
    """`frame` as image pairs, with the columns of `PAIR_SCHEMA`; image paths are resolved.

    Args:
        frame: as read; columns that are not ours are left out.
        folder: where relative image paths start.
        file: for messages.
        allow_outside: also take images that do not lie in `folder`.

    Raises:
        BadInput: names file, row, field and remedy; a missing image file is one.
    """
    pairs = _clustered(conform(frame, PAIR_FIELDS, file, complete=True), file)
    resolved = [
        pl.Series(
            name,
            [
                str(_existing(value, folder, file, row, name, allow_outside))
                for row, value in enumerate(pairs[name], 1)
            ],
            pl.String,
        )
        for name in ("image_original", "image_anti")
    ]
    return pairs.with_columns(resolved)


def _clustered(frame: pl.DataFrame, path: Path | str) -> pl.DataFrame:
    refuse_duplicates(frame, ["id"], path)
    original = pl.col("prompt_original").str.strip_chars().str.replace_all(r"\s+", " ")
    return frame.with_columns(pl.col("cluster").fill_null(original))


def _existing(
    value: str, folder: Path, table: Path | str, row: int, field: str, allow_outside: bool
) -> Path:
    path = file_beside(
        value,
        folder,
        table=table,
        row=row,
        field=field,
        allow_outside=allow_outside,
        permit="pass --allow-outside",
    )
    if not path.is_file():
        raise BadInput(
            f"is {value[:100]!r}, and there is no such file",
            "Correct the path (it is relative to the table), or drop the row.",
            file=table,
            row=row,
            field=field,
        )
    return path
