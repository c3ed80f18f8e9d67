"""One shard of encodings: a file of keys, checksums and rows that is written once, never changed.

It is three arrays in NumPy's own format, one after the other: the keys ``(n, 16)`` bytes, the
CRC-32 of each row ``(n,)``, and the rows ``(n, ...)``. The file's name is the digest of the first
two, so a damaged table of contents is seen when the shard is opened, and a damaged row when it is
read: rows are read one by one where they stand, and a shard may be larger than memory. Nothing is
unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

SUFFIX = ".rows"
KEY_BYTES = 16
_KINDS = "fiu"


class DamagedShard(Exception):
    """A file that is no shard of ours, or no longer is."""


@dataclass(frozen=True)
class Shard:
    """A shard that was opened: everything but its rows."""

    path: Path
    keys: tuple[bytes, ...]
    checksums: NDArray[np.uint32]
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    """Of one row."""
    start: int
    """Where in the file the rows begin."""

    def read(self, places: Sequence[int]) -> list[NDArray[np.generic] | None]:
        """The rows at `places`; None for a row that is not what was written.

        Raises:
            OSError: the file has gone, or cannot be read.
        """
        size = self.dtype.itemsize * math.prod(self.shape)
        rows: list[NDArray[np.generic] | None] = []
        with self.path.open("rb") as file:
            for place in places:
                file.seek(self.start + place * size)
                data = file.read(size)
                whole = len(data) == size and zlib.crc32(data) == int(self.checksums[place])
                row = np.frombuffer(data, self.dtype).reshape(self.shape) if whole else None
                rows.append(row)
        return rows


def write_shard(folder: Path, keys: Sequence[bytes], rows: NDArray[np.generic]) -> Path:
    """Store `rows` under `keys`: a temporary name, flushed, then renamed.

    It is not synchronised with the disk: a shard that a power failure cut short is recognised and
    costs its encodings once more, no result.

    Raises:
        OSError: the disk refused.
    """
    rows = np.ascontiguousarray(rows)
    contents = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), KEY_BYTES)
    checksums = np.array([zlib.crc32(row.tobytes()) for row in rows], dtype=np.uint32)
    path = folder / f"{_name(contents, checksums)}{SUFFIX}"
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for array in (contents, checksums, rows):
                npy.write_array(file, array, version=(1, 0), allow_pickle=False)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return path


def open_shard(path: Path) -> Shard:
    """The shard in `path`; reads its keys and checksums, not its rows.

    Raises:
        DamagedShard: it is none, or it is damaged.
        FileNotFoundError: it has gone.
    """
    try:
        with path.open("rb") as file:
            contents = npy.read_array(file, allow_pickle=False)
            checksums = npy.read_array(file, allow_pickle=False)
            shape, dtype = _header(file)
            start = file.tell()
        size = path.stat().st_size
    except FileNotFoundError:
        raise
    except (OSError, ValueError, EOFError, MemoryError, OverflowError) as error:
        raise DamagedShard(str(error) or type(error).__name__) from error
    count = len(contents)
    if contents.dtype != np.uint8 or contents.shape != (count, KEY_BYTES):
        raise DamagedShard("its keys are not keys")
    if checksums.dtype != np.uint32 or checksums.shape != (count,) or shape[:1] != (count,):
        raise DamagedShard("its parts are not of one length")
    if path.name != f"{_name(contents, checksums)}{SUFFIX}":
        raise DamagedShard("its contents do not have the digest in its name")
    if size != start + dtype.itemsize * math.prod(shape):
        raise DamagedShard("it was cut short")
    keys = tuple(contents[row].tobytes() for row in range(count))
    return Shard(path, keys, checksums, dtype, shape[1:], start)


def _header(file: BinaryIO) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    if npy.read_magic(file) != (1, 0):
        raise ValueError("its rows are of another version of the format")
    shape, fortran, dtype = npy.read_array_header_1_0(file)
    if fortran or dtype.kind not in _KINDS:
        raise ValueError(f"its rows are {dtype}")
    return shape, dtype


def _name(contents: NDArray[np.uint8], checksums: NDArray[np.uint32]) -> str:
    return hashlib.sha256(contents.tobytes() + checksums.tobytes()).hexdigest()[:32]
