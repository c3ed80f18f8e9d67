"""The strip of a few large numbers under the headline, taken from the study's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from widespectrum.report.tables import NUMERIC, print_cell
from widespectrum.report.text import shorten
from widespectrum.studies.findings import Column, Table

TABLE = "key_numbers"
"""A table of this name with one row is the strip itself: a number per column."""

MAX_NUMBERS = 6
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class KeyNumber:
    """One large number with the words beneath it."""

    value: str
    label: str
    note: str = ""


def key_numbers(tables: Sequence[Table]) -> tuple[KeyNumber, ...]:
    """From the table `TABLE`, else from the rows of the first table; empty if there are none."""
    for table in tables:
        if table.name == TABLE and table.frame.height:
            return _across(table)
    return _down(tables[0]) if tables else ()


def shown_tables(tables: Sequence[Table]) -> list[Table]:
    """The tables that are printed as tables."""
    return [table for table in tables if table.name != TABLE]


def _across(table: Table) -> tuple[KeyNumber, ...]:
    record = table.frame.to_dicts()[0]
    strip = []
    for column in table.columns[:MAX_NUMBERS]:
        cell = print_cell(column, record)
        note = " ".join(filter(None, (cell.interval, column.help, cell.reason)))
        strip.append(KeyNumber(cell.text, shorten(column.label, _LONGEST_LABEL), note))
    return tuple(strip)


def _down(table: Table) -> tuple[KeyNumber, ...]:
    column = _leading(table.columns)
    name = next((c for c in table.columns if c.kind == "text"), None)
    if column is None or name is None or column.name not in table.frame.columns:
        return ()
    strip = []
    for record in table.frame.head(MAX_NUMBERS).to_dicts():
        cell = print_cell(column, record)
        label = shorten(str(record[name.name]), _LONGEST_LABEL)
        note = " ".join(filter(None, (column.label, cell.interval, cell.reason)))
        strip.append(KeyNumber(cell.text, label, note))
    return tuple(strip)


def _leading(columns: Sequence[Column]) -> Column | None:
    """The first number with an interval, else the first number."""
    candidates = [column for column in columns if column.kind in NUMERIC - {"count"}]
    return next((c for c in candidates if c.low and c.high), next(iter(candidates), None))
