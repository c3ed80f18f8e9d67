"""Tables on the terminal. Names and texts may be anybody's: they are shown, never interpreted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table on stdout.

    Args:
        columns: the headings; without any text, there is no line of headings.
        rows: one cell per column; ``None`` is shown as a dash.
        title: a line above.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(printable(title)) if title else None,
        title_justify="left",
        show_header=any(columns),
        box=box.SIMPLE,
    )
    for column in columns:
        table.add_column(Text(printable(column)), overflow="fold")
    for row in rows:
        cells = ("–" if cell is None else str(cell) for cell in row)
        lines = ("\n".join(map(printable, cell.split("\n"))) for cell in cells)
        table.add_row(*(Text(cell) for cell in lines))
    Console(emoji=False, highlight=False).print(table)


def printable(text: str) -> str:
    """The text without what a terminal would obey: control characters, reversals of direction."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
