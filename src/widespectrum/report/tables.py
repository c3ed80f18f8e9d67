"""A study's table as rows of printed cells, ready for the template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from widespectrum.errors import BadInput
from widespectrum.report import numbers
from widespectrum.report.text import shorten
from widespectrum.studies.findings import Column, ColumnKind, Table

MAX_ROWS = 100
"""Rows a page shows of one table; the CSV beside it holds all."""

_LONGEST_TEXT = 240
_LONGEST_REASON = 60


@dataclass(frozen=True)
class Cell:
    """One value as it is printed."""

    text: str
    interval: str = ""
    """``[0.48, 0.56]``, or nothing."""
    reason: str = ""
    """Why there is no data, where the study says so."""
    missing: bool = False
    repeats: bool = False
    """A first cell that says what the one above it says; set in invisible ink."""


@dataclass(frozen=True)
class PrintedTable:
    """A table, formatted. `rows` are parallel to `columns`."""

    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int
    """Rows beyond `MAX_ROWS`."""


NUMERIC: frozenset[ColumnKind] = frozenset({"number", "percent", "count", "p"})
"""Kinds that are set flush right in tabular numerals."""


def print_table(table: Table) -> PrintedTable:
    """Format every cell.

    Raises:
        BadInput: a column is not in the frame, or holds what its kind does not allow.
    """
    shown = table.frame.head(MAX_ROWS)
    for column in table.columns:
        for name in filter(None, (column.name, column.low, column.high)):
            if name not in shown.columns:
                raise BadInput(
                    f"the table '{table.name}' has no such column",
                    "Show only columns that the frame holds.",
                    field=name,
                )
    rows = [[print_cell(column, record) for column in table.columns] for record in shown.to_dicts()]
    return PrintedTable(
        title=table.title,
        caption=table.caption,
        columns=table.columns,
        rows=_grouped(rows),
        left_out=table.frame.height - shown.height,
    )


def _grouped(rows: list[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """The rows, with equal first cells marked where they follow each other."""
    above = ""
    for row in rows:
        if row and row[0].text == above:
            row[0] = replace(row[0], repeats=True)
        above = row[0].text if row else ""
    return tuple(map(tuple, rows))


def print_cell(column: Column, record: dict[str, Any]) -> Cell:
    """One value of a row, with its interval, or the dash and its reason.

    Raises:
        BadInput: the value is not what the column's kind allows.
    """
    value = record[column.name]
    if numbers.is_missing(value):
        reason = record.get(f"{column.name}_reason")
        return Cell(
            numbers.NO_DATA, reason=shorten(str(reason or ""), _LONGEST_REASON), missing=True
        )
    try:
        text = formatter(column)(value)
        interval = _interval(column, record)
    except (TypeError, ValueError) as error:
        raise BadInput(
            f"{shorten(repr(value), 60)} is not of the kind '{column.kind}'",
            "Give the column another kind, or the frame another type.",
            field=column.name,
        ) from error
    return Cell(text, interval)


def formatter(column: Column) -> Callable[[Any], str]:
    """How values of this column are written."""
    kinds: dict[ColumnKind, Callable[[Any], str]] = {
        "text": lambda value: shorten(str(value), _LONGEST_TEXT),
        "list": lambda value: shorten(", ".join(map(str, value)), _LONGEST_TEXT) or numbers.NO_DATA,
        "number": lambda value: numbers.number(value, column.digits),
        "percent": lambda value: numbers.percent(value, column.digits),
        "count": numbers.count,
        "p": numbers.p_value,
        "flag": _flag,
    }
    return kinds[column.kind]


def _flag(value: object) -> str:
    if not isinstance(value, bool):
        raise TypeError(value)
    return "yes" if value else "no"


def _interval(column: Column, record: dict[str, Any]) -> str:
    """Lower and upper end; an end that is missing is a dash, both missing are nothing."""
    ends = [record[name] if name else None for name in (column.low, column.high)]
    if all(numbers.is_missing(end) for end in ends):
        return ""
    write = formatter(column)
    texts = [numbers.NO_DATA if numbers.is_missing(end) else write(end) for end in ends]
    if column.kind == "percent":
        texts = [text.removesuffix("%") for text in texts]
    return f"[{texts[0]}, {texts[1]}]"
