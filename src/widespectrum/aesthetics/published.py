"""The paper's published numbers, as tables to set one's own results beside.

Numbers stand in the files exactly as printed (``0.560``, not ``0.56``): the last digit tells the
rounding, and a recomputed value agrees when it rounds to the printed one. An empty cell means not
published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from widespectrum.aesthetics.names import Named
from widespectrum.aesthetics.toml_files import Line, Table, packaged, read_table

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class PublishedTable:
    """One table and where its numbers were published."""

    name: str
    what: str
    source: str
    rows: int
    numbers: tuple[str, ...]
    """Columns read as float64."""
    counts: tuple[str, ...]
    """Columns read as int64. All others are text."""


class _PublishedTable(Table):
    name: Line
    what: Line
    source: Line
    rows: int
    numbers: list[Line] = Field(default_factory=list)
    counts: list[Line] = Field(default_factory=list)


class _ContentsTable(Table):
    tables: list[_PublishedTable]


def published_tables() -> Named[PublishedTable]:
    """What there is, by name."""
    contents = read_table(packaged("published", "tables.toml"), _ContentsTable)
    return Named(
        "published table",
        (
            (
                each.name,
                PublishedTable(
                    name=each.name,
                    what=each.what,
                    source=each.source,
                    rows=each.rows,
                    numbers=tuple(each.numbers),
                    counts=tuple(each.counts),
                ),
            )
            for each in contents.tables
        ),
    )


def load_published(name: str, *, as_printed: bool = False) -> pl.DataFrame:
    """One published table.

    Args:
        name: one of `published_tables`.
        as_printed: leave every cell the text that was printed, for checks of rounding.

    Returns:
        The rows in the published order; null where nothing was published.

    Raises:
        UnknownName: there is no such table; the message offers the nearest names.
    """
    import polars as pl

    table = published_tables()[name]
    data = packaged("published", f"{name}.csv").read_bytes()
    frame = pl.read_csv(data, infer_schema=False)
    if as_printed:
        return frame
    return frame.with_columns(
        pl.col(table.numbers).cast(pl.Float64), pl.col(table.counts).cast(pl.Int64)
    )
