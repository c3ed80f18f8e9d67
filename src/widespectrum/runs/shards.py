"""Shards: the files of which a run's tables consist, one per work unit and table.

A shard is written whole under a temporary name, flushed and renamed, and never changed afterwards,
so readers see all of it or nothing, and a process may die at any moment. Temporary names start with
a dot and do not end in ``.parquet``; readers pass them by.
"""

from __future__ import annotations

import io
import time
from pathlib import Path

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.runs.schemas import KEYS, SCHEMAS, empty
from widespectrum.tables import write_bytes

SUFFIX = ".parquet"
STALE_AFTER = 3600.0
"""Seconds after which a temporary file belongs to no living writer."""

_PARQUET_ERRORS = (
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,  # raised by the Parquet reader on some broken files
    OSError,
    ValueError,
)


def shard_path(folder: Path, key: str) -> Path:
    """Where the shard of the unit `key` is, or will be."""
    return folder / f"{key}{SUFFIX}"


def shard_paths(folder: Path) -> list[Path]:
    """The complete shards in `folder`, sorted by name."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.glob(f"*{SUFFIX}") if not p.name.startswith("."))


def write_shard(folder: Path, key: str, frame: pl.DataFrame) -> Path:
    """Store the rows of the unit `key`, all of them or nothing.

    Raises:
        StorageFailed: the disk refused; an earlier shard of that name is untouched.
    """
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    path = shard_path(folder, key)
    write_bytes(buffer.getvalue(), path)
    return path


def read_shards(folder: Path, table: str) -> pl.DataFrame:
    """All rows of `table`, sorted, each key once; an empty typed frame if there is no shard.

    Two workers may have done the same unit under different names. Rows are sorted by key and then
    by every other column before the first of equal keys is kept, so that the answer does not depend
    on the order of files.

    Raises:
        BadInput: a shard is damaged or not ours. Names the file.
    """
    paths = shard_paths(folder)
    if not paths:
        return empty(table)
    schema = SCHEMAS[table]
    try:
        frame = pl.concat([pl.read_parquet(paths, schema=schema), empty(table)])
    except _PARQUET_ERRORS:
        # Which file? One by one is slower and tells. A shard that another worker has just swept
        # away is no damage.
        frame = pl.concat([*(read_shard(path, table) for path in shard_paths(folder))])
    key = list(KEYS[table])
    return frame.sort(key + [name for name in schema if name not in key], nulls_last=True).unique(
        key, keep="first", maintain_order=True
    )


def read_shard(path: Path, table: str) -> pl.DataFrame:
    """The rows of one shard.

    Raises:
        BadInput: it is damaged or not ours.
    """
    try:
        frame = pl.read_parquet(path)
        if frame.schema != SCHEMAS[table]:
            raise ValueError(f"its columns are not those of the table '{table}'")
    except _PARQUET_ERRORS as error:
        reason = (str(error).strip() or "no reason given").splitlines()[0][:300]
        raise BadInput(
            f"is damaged, or no shard of ours ({reason})",
            "Delete this file and run the command again; only its part of the work is redone.",
            file=path,
        ) from error
    return frame


def remove_stale_temporaries(folder: Path) -> None:
    """Delete what writers that died left behind, once no living writer can own it."""
    if not folder.is_dir():
        return
    oldest = time.time() - STALE_AFTER
    for path in folder.glob(f".*{SUFFIX}.*"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # another worker was tidier
