"""A foreign table as it was read: columns of Python values, and where each row stands.

Several files (the shards of a data set) are one sheet. Rows remember their file, so that a message
can name file, row and column. Pictures are not read here: a cell of a picture is a place.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from widespectrum.errors import BadInput
from widespectrum.exchange.arrow_files import is_arrow, read_columns
from widespectrum.exchange.cells import READERS, Kind, Unfit
from widespectrum.tables import read_frame
from widespectrum.tables.named_files import file_beside

CORRECT = "Correct it, or drop the row."


@dataclass(frozen=True)
class Bounds:
    """Which files the cells of a table may name."""

    allow_outside: bool = False
    """Any file: the user trusts the table."""
    folder: Path | None = None
    """Files in this folder, if it is wider than the table's own (the hub's cache of a data set)."""


ONLY_BESIDE = Bounds()
"""Files beside the table, and nothing else."""


@dataclass(frozen=True)
class Sheet:
    """The rows of one or several files."""

    root: Path
    """Folder that everything is named relative to."""
    files: tuple[Path, ...]
    starts: tuple[int, ...]
    """The first row of each file, counted over all."""
    columns: dict[str, list[Any]]
    pictures: frozenset[str]
    """Columns that hold pictures themselves, not their paths."""
    height: int
    bounds: Bounds = ONLY_BESIDE

    def values(self, name: str, kind: Kind = "any", *, required: bool = False) -> list[Any]:
        """The cells of a column, each as its kind says.

        Raises:
            BadInput: one of them is not; or is empty, and `required`.
        """
        read = READERS[kind]
        values = []
        for row, cell in enumerate(self.columns[name]):
            try:
                value = read(cell)
            except Unfit as problem:
                raise self.wrong(row, name, str(problem)) from None
            if value is None and required:
                raise self.wrong(row, name, "is empty", "Fill it in, or drop the row.")
            values.append(value)
        return values

    def picture(self, row: int, name: str) -> dict[str, Any] | None:
        """Where the picture of a cell is; ``None`` if the cell is empty.

        Raises:
            BadInput: the cell names something that is no file beside the table.
        """
        file, local = self.place(row)
        if name in self.pictures:
            return {"file": self._named(file), "row": local, "column": name}
        value = self.columns[name][row]
        if isinstance(value, dict):  # what the `datasets` library writes into JSON lines
            value = value.get("path")
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.wrong(row, name, f"is a {type(value).__name__}, not the path of a picture")
        return {"path": self._beside(value, file, local, name)}

    def wrong(self, row: int, column: str, problem: str, remedy: str = CORRECT) -> BadInput:
        """The error about one cell."""
        file, local = self.place(row)
        return BadInput(problem, remedy, file=self._named(file), row=local, field=column)

    def place(self, row: int) -> tuple[Path, int]:
        """The file of a row, and its number there, from 1."""
        index = bisect_right(self.starts, row) - 1
        return self.files[index], row - self.starts[index] + 1

    def head(self, rows: int) -> Sheet:
        """The first rows only."""
        columns = {name: cells[:rows] for name, cells in self.columns.items()}
        return Sheet(
            self.root,
            self.files,
            self.starts,
            columns,
            self.pictures,
            min(rows, self.height),
            self.bounds,
        )

    def _named(self, file: Path) -> str:
        return os.path.relpath(file, self.root)

    def _beside(self, value: str, file: Path, row: int, column: str) -> str:
        path = file_beside(
            value,
            file.parent,
            table=self._named(file),
            row=row,
            field=column,
            allow_outside=self.bounds.allow_outside or self.bounds.folder is not None,
            permit="pass --allow-outside",
        )
        wide = self.bounds.folder
        if wide and not self.bounds.allow_outside and not path.is_relative_to(wide.resolve()):
            raise BadInput(
                f"is {value[:100]!r}, which lies outside the data set",
                CORRECT,
                file=self._named(file),
                row=row,
                field=column,
            )
        named = os.path.relpath(file.parent / value, self.root)
        return str(path) if named.startswith("..") else named


def read_sheet(files: Sequence[Path], root: Path, bounds: Bounds = ONLY_BESIDE) -> Sheet:
    """The rows of `files`, one after the other. A column that a file lacks is empty there.

    Raises:
        BadInput: a file is damaged, or holds no rows at all.
        MissingExtra: Parquet needs pyarrow.
    """
    columns: dict[str, list[Any]] = {}
    pictures: set[str] = set()
    starts, height = [], 0
    for file in files:
        found, held = _read(file)
        rows = len(next(iter(found.values()), []))
        for name in dict.fromkeys([*columns, *found]):
            cells = columns.setdefault(name, [None] * height)
            cells += found.get(name, [None] * rows)
        pictures |= set(held)
        starts.append(height)
        height += rows
    if not height:
        raise BadInput("holds no rows", "Give a table with at least one row.", file=files[0])
    return Sheet(root, tuple(files), tuple(starts), columns, frozenset(pictures), height, bounds)


def _read(file: Path) -> tuple[dict[str, list[Any]], tuple[str, ...]]:
    if is_arrow(file):
        return read_columns(file)
    frame = read_frame(file)
    return {name: frame[name].to_list() for name in frame.columns}, ()
