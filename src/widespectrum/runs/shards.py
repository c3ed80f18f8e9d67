"""Shards: the files of which a run's tables consist, ``UNIT.CHECKSUM.parquet``.

A shard is written whole under a temporary name, flushed and renamed, and never changed afterwards,
so readers see all of it or nothing, and a process may die at any moment. Temporary names start with
a dot and do not end in ``.parquet``; readers pass them by.

The checksum in the name is looked at before the file is parsed: Parquet as written here has none of
its own, so a flipped bit could change a score unnoticed, or bring the parser down.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.runs.schemas import KEYS, LATER, SCHEMAS, empty
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


def shard_paths(folder: Path) -> list[Path]:
    """The complete shards in `folder`, sorted by name."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.glob(f"*{SUFFIX}") if not p.name.startswith("."))


def unit_of(path: Path) -> str:
    """The key of the unit whose shard this is."""
    return path.name.split(".")[0]


def has_shard(folder: Path, unit: str) -> bool:
    """Whether a shard of the unit with this key is there."""
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.startswith(f"{unit}.") for entry in entries)
    except FileNotFoundError:
        return False


def write_shard(folder: Path, unit: str, frame: pl.DataFrame) -> Path:
    """Store the rows of the unit with this key, all of them or nothing.

    Raises:
        StorageFailed: the disk refused; nothing that was there has changed.
    """
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    path = folder / f"{unit}.{_checksum(buffer.getvalue())}{SUFFIX}"
    write_bytes(buffer.getvalue(), path)
    return path


def read_shards(folder: Path, table: str) -> pl.DataFrame:
    """All rows of `table`, sorted, each key once; an empty typed frame if there is no shard.

    Two workers may have done the same request under different names. Rows are sorted by key and
    then by every other column before the first of equal keys is kept, so that the answer does not
    depend on the order of files.

    Raises:
        BadInput: a shard is damaged or not ours. Names the file.
    """
    paths = [path for path in shard_paths(folder) if _intact(path) is not None]
    if not paths:
        return empty(table)
    schema = SCHEMAS[table]
    try:
        frame = pl.read_parquet(paths, schema=schema)
    except _PARQUET_ERRORS:
        # One by one is slower, and tells which.
        frame = pl.concat([empty(table), *load_shards(folder, table).values()])
    key = list(KEYS[table])
    return frame.sort(key + [name for name in schema if name not in key], nulls_last=True).unique(
        key, keep="first", maintain_order=True
    )


def load_shards(folder: Path, table: str) -> dict[Path, pl.DataFrame]:
    """The rows of every shard, by its path.

    Raises:
        BadInput: a shard is damaged or not ours. Names the file.
    """
    found = {path: _intact(path) for path in shard_paths(folder)}
    return {path: _parsed(path, data, table) for path, data in found.items() if data is not None}


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _intact(path: Path) -> bytes | None:
    """What the shard holds; None if another worker has swept it away since it was listed."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from error
    if path.name != f"{unit_of(path)}.{_checksum(data)}{SUFFIX}":
        raise _damaged(path, "its content does not have the checksum in its name")
    return data


def _parsed(path: Path, data: bytes, table: str) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except _PARQUET_ERRORS as error:
        raise _damaged(path, (str(error).strip() or "no reason").splitlines()[0][:300]) from error
    lacking = [name for name in LATER.get(table, ()) if name not in frame.columns]
    if lacking:
        schema = SCHEMAS[table]
        nulls = [pl.lit(None, schema[name]).alias(name) for name in lacking]
        known = {*frame.columns, *lacking}
        frame = frame.with_columns(nulls).select(name for name in schema if name in known)
    if frame.schema != SCHEMAS[table]:
        raise _damaged(path, f"its columns are not those of the table '{table}'")
    return frame


def _damaged(path: Path, how: str) -> BadInput:
    return BadInput(
        f"is damaged, or no shard of ours ({how})",
        "Delete this file and run the command again; only its part of the work is redone.",
        file=path,
    )


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
