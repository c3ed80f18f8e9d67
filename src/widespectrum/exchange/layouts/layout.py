"""A layout: which columns a data set has, as data, and how its rows become pairs.

The columns tell layouts apart: one that requires a column can only be meant where the column is,
and of several that can be meant the one that explains most is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from widespectrum.exchange.cells import Kind
from widespectrum.exchange.contents import Contents
from widespectrum.exchange.sheet import Sheet


@dataclass(frozen=True)
class Column:
    """One column of a layout."""

    name: str
    kind: Kind = "text"
    required: bool = False
    """The column must be there, and every row must fill it (pictures: the column only)."""
    aliases: tuple[str, ...] = ()
    pattern: bool = False
    """The name is a regular expression: any number of columns, at least one if `required`."""

    def of(self, sheet: Sheet) -> list[str]:
        """The columns of the sheet that are this one."""
        if self.pattern:
            return [name for name in sheet.columns if re.fullmatch(self.name, name)]
        return [name for name in (self.name, *self.aliases) if name in sheet.columns][:1]


@dataclass(frozen=True)
class Options:
    """What the user decides about an import."""

    keep_duplicates: bool = False
    """Keep rows that repeat prompts and scores of an earlier one."""
    generator: str | None = None
    """Who made the pictures, for data sets that do not say."""


@dataclass(frozen=True)
class Layout:
    """One way in which a data set is laid out."""

    name: str
    title: str
    """What it holds, for people."""
    columns: tuple[Column, ...]
    read: Callable[[Table, Options], Contents]
    file: str | None = None
    """The name that its file must have, as a regular expression; by default any."""

    def fits(self, sheet: Sheet) -> int | None:
        """How many columns it explains; ``None`` if something that it requires is missing."""
        if self.missing(sheet):
            return None
        return sum(bool(column.of(sheet)) for column in self.columns) + (self.file is not None)

    def missing(self, sheet: Sheet) -> list[str]:
        """What it requires and the sheet has not."""
        absent = [c.name for c in self.columns if c.required and not c.of(sheet)]
        if self.file and not all(re.fullmatch(self.file, file.name) for file in sheet.files):
            absent.append(f"a file named {self.file}")
        return absent


class Table:
    """A sheet, read as a layout says: ``table["prompt"]`` are the checked values of a column."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.height = sheet.height
        self._columns = {column.name: column for column in layout.columns}
        self._names = {column.name: column.of(sheet) for column in layout.columns}
        self._read: dict[str, list[Any]] = {}

    def __contains__(self, name: str) -> bool:
        return bool(self._names.get(name))

    def __getitem__(self, name: str) -> list[Any]:
        """The values of a column by its declared name; all empty where it is not there.

        Layouts share readers, so a column that this one does not declare is one that is not there.
        """
        if name not in self:
            return [None] * self.height
        if name not in self._read:
            column = self._columns[name]
            self._read[name] = self.sheet.values(
                self._names[name][0], column.kind, required=column.required
            )
        return self._read[name]

    def several(self, name: str) -> dict[str, list[Any]]:
        """The values of all columns that a declared pattern means, by their own names."""
        if name not in self:
            return {}
        kind = self._columns[name].kind
        return {found: self.sheet.values(found, kind) for found in self._names[name]}

    def picture(self, row: int, name: str) -> dict[str, Any] | None:
        """Where the picture of a cell is; see `Sheet.picture`."""
        found = self._names.get(name, [name])
        return self.sheet.picture(row, found[0]) if found else None

    def named(self, name: str) -> str:
        """What the sheet calls a column of the layout."""
        found = self._names.get(name)
        return found[0] if found else name

    def others(self) -> list[str]:
        """Columns of the sheet that the layout does not speak of."""
        known = {found for names in self._names.values() for found in names}
        return [name for name in self.sheet.columns if name not in known]

    def unread(self, *besides: str) -> tuple[str, ...]:
        """A note on the columns that the layout does not speak of, if there are any.

        Args:
            *besides: columns of which somebody else speaks.
        """
        left = sorted(set(self.others()) - set(besides))
        return (f"Columns that are not imported: {', '.join(left)}.",) if left else ()


def numbered(height: int) -> Sequence[str]:
    """Ids for rows that have none: their numbers, from 0, as the authors count."""
    return [str(row) for row in range(height)]
