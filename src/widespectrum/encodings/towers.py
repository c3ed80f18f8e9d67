"""The folder of one tower: its name and its shards, of which many small ones become few."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from widespectrum.encodings.shards import SUFFIX, DamagedShard, Shard, open_shard, write_shard
from widespectrum.tables import write_bytes

MANY = 64
"""A tower with more small shards than so many has them put together when it is opened."""
_SMALL = 1 << 20
_MERGED = 64 << 20
_STALE_AFTER = 3600.0
_NAME_FILE = "tower.json"


class EncodingsNotKept(UserWarning):
    """Encodings could not be read from disk or written to it. No result is touched by that."""


def tower_folder(root: Path, tower: str) -> Path:
    """Where the encodings of `tower` are."""
    return root / hashlib.sha256(tower.encode()).hexdigest()[:32]


def tower_folders(root: Path) -> list[Path]:
    """The folders of all towers."""
    return sorted(path.parent for path in root.glob(f"*/{_NAME_FILE}"))


def tower_name(folder: Path) -> str:
    """The name of the tower whose folder this is."""
    try:
        return str(json.loads((folder / _NAME_FILE).read_text(encoding="utf-8"))["tower"])
    except (OSError, ValueError, TypeError, KeyError):
        return f"unnamed ({folder.name})"


def write_name(folder: Path, tower: str) -> None:
    """Leave the tower's name in its folder.

    Raises:
        StorageFailed: the disk refused.
    """
    path = folder / _NAME_FILE
    if not path.is_file():
        write_bytes(json.dumps({"tower": tower}, ensure_ascii=False).encode(), path)


def open_shards(folder: Path) -> list[Shard]:
    """The intact shards of a tower; the others are named in warnings."""
    return list(_opened(folder))


def few_shards(folder: Path) -> list[Shard]:
    """As `open_shards`; where there are many small ones, they are put together first."""
    return _merged(folder, open_shards(folder))


def remove_encodings(folder: Path) -> int:
    """Remove a tower's files, and no others; how many bytes that freed."""
    freed = 0
    ours = [path for path in folder.iterdir() if SUFFIX in path.name]
    for path in [*ours, folder / _NAME_FILE]:
        freed += path.stat().st_size
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else is in it
        folder.rmdir()
    return freed


def warn(message: str) -> None:
    """Say what was not kept."""
    warnings.warn(message, EncodingsNotKept, stacklevel=2)


def _opened(folder: Path) -> Iterator[Shard]:
    """The intact shards of a tower; the others are named in warnings."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if path.name.startswith("."):
            continue
        try:
            yield open_shard(path)
        except FileNotFoundError:
            continue  # another process put it together with others
        except DamagedShard as damage:
            warn(f"{path} is damaged, and ignored ({damage}); delete it")


def _merged(folder: Path, shards: list[Shard]) -> list[Shard]:
    """The shards, small ones put together if there are many: fewer files to open and to copy."""
    small = [shard for shard in shards if _bytes(shard) < _SMALL]
    if len(small) <= MANY:
        return shards
    kept = [shard for shard in shards if _bytes(shard) >= _SMALL]
    try:
        for group in _groups(small):
            joined = _joined(folder, group)
            kept += joined
            for path in {shard.path for shard in group} - {shard.path for shard in joined}:
                path.unlink(missing_ok=True)
        _remove_stale_temporaries(folder)
    except (OSError, DamagedShard):
        return open_shards(folder)  # a folder that cannot be written, or a rival who was quicker
    return kept


def _groups(shards: Sequence[Shard]) -> Iterator[list[Shard]]:
    """Shards of one form, up to `_MERGED` bytes together."""
    forms: dict[tuple[str, tuple[int, ...]], list[Shard]] = {}
    for shard in shards:
        forms.setdefault((shard.dtype.str, shard.shape), []).append(shard)
    for alike in forms.values():
        group: list[Shard] = []
        for shard in alike:
            if group and sum(map(_bytes, group)) + _bytes(shard) > _MERGED:
                yield group
                group = []
            group.append(shard)
        yield group


def _joined(folder: Path, group: Sequence[Shard]) -> list[Shard]:
    """One shard with the rows of all; none if not one row is intact."""
    rows = {
        key: row
        for shard in group
        for key, row in zip(shard.keys, shard.read(range(len(shard.keys))), strict=True)
        if row is not None
    }
    if not rows:
        return []
    return [open_shard(write_shard(folder, list(rows), np.stack(list(rows.values()))))]


def _bytes(shard: Shard) -> int:
    return len(shard.keys) * shard.dtype.itemsize * math.prod(shard.shape)


def _remove_stale_temporaries(folder: Path) -> None:
    oldest = time.time() - _STALE_AFTER
    for path in folder.glob(f".*{SUFFIX}.*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
