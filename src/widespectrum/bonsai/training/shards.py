"""Drawn data in files of a few hundred rows, each written whole or not at all.

Drawing takes long, so it is done once, ahead of time, by several processes. One may die at any
moment: starting again draws only the files that are missing.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from widespectrum.errors import BadInput
from widespectrum.tables import write_bytes

Columns: TypeAlias = dict[str, NDArray[Any]]

Drawing: TypeAlias = Callable[[range], Columns]
"""Rows by number -> their arrays. Sent to other processes."""


@dataclass(frozen=True)
class Shards:
    """Where the rows of one drawing are.

    Attributes:
        folder: of the files.
        name: what the files' names begin with. With all that decides the rows in it, those of
            another world are not taken for these.
        size: rows per file.
        version: of the files' form; the same rows may be stored in several.
    """

    folder: Path
    name: str
    size: int
    version: int

    def files(self, count: int) -> dict[range, Path]:
        """The files of the first `count` rows, by the rows that they hold."""
        parts = [
            range(start, min(start + self.size, count)) for start in range(0, count, self.size)
        ]
        return {part: self._path(part) for part in parts}

    def _path(self, part: range) -> Path:
        name = f"{self.name}-{part.start:07d}-{len(part)}-v{self.version}.safetensors"
        return self.folder / name


@dataclass(frozen=True)
class Pictures:
    """Pictures in open files, read when they are asked for: they may be more than memory holds."""

    files: tuple[Any, ...]
    size: int
    """Rows per file."""

    def take(self, indices: Sequence[int] | NDArray[Any]) -> NDArray[Any]:
        """Some of them as bytes, ``(len(indices), size, size, 3)``."""
        slices = [self.files[index // self.size].get_slice("images") for index in indices]
        rows = [int(index) % self.size for index in indices]
        return np.concatenate([s[row : row + 1] for s, row in zip(slices, rows, strict=True)])


def draw_shards(shards: Shards, drawing: Drawing, count: int, workers: int) -> Iterator[int]:
    """Draw the first `count` rows, or what is missing of them.

    Args:
        shards: where to.
        drawing: a function of a module, or a partial of one.
        count: rows.
        workers: processes.

    Yields:
        How many rows there are, after each file.

    Raises:
        StorageFailed: the disk refused.
    """
    files = shards.files(count)
    todo = {part: path for part, path in files.items() if not path.exists()}
    done = count - sum(map(len, todo))
    if done:
        yield done
    if not todo:
        return
    # Fresh processes: a fork of one that has run torch may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = {pool.submit(_write, drawing, part, path): part for part, path in todo.items()}
        for job in as_completed(jobs):
            job.result()
            done += len(jobs[job])
            yield done


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Reading one of the files.

    Raises:
        BadInput: it is missing or damaged.
    """
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise BadInput(
            f"cannot be read ({error})",
            "Delete it and run the command again; only this file is drawn anew.",
            file=path,
        ) from error


def open_shards(shards: Shards, count: int, columns: Sequence[str]) -> tuple[Columns, Pictures]:
    """The first `count` rows of a drawing: some columns read, and the pictures where they lie.

    Raises:
        BadInput: a file is missing or damaged.
    """
    files: list[Any] = []
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in columns}
    for path in shards.files(count).values():
        with reading(path):
            # Not closed: pictures are read from it as long as somebody holds them.
            file = safe_open(str(path), framework="numpy")
            for name, own in parts.items():
                own.append(file.get_tensor(name))  # type: ignore[no-untyped-call]
        files.append(file)
    read = {name: np.concatenate(own) for name, own in parts.items()}
    return read, Pictures(tuple(files), shards.size)


def _write(drawing: Drawing, part: range, path: Path) -> None:
    write_bytes(save(drawing(part)), path)
