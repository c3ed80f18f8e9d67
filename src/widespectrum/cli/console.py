"""What the command line says: messages to stderr, results to stdout, progress with time left."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from widespectrum.errors import WidespectrumError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.progress import Progress, TaskID

    from widespectrum.runs import Progress as WorkDone
    from widespectrum.studies.findings import Findings, Table

EXIT_GATE_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_WITH_FAILURES = 3


def say(message: str) -> None:
    """One line for the person watching, on stderr. Text from outside is never read as markup."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201


def tell(result: str) -> None:
    """The result itself, on stdout, so that it can be piped."""
    print(result, flush=True)  # noqa: T201


def note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """`warnings.showwarning` for a person: once, without the line of code behind it."""
    text = str(message)
    if text not in _noted:
        _noted.add(text)
        say(f"note: {text}")


_noted: set[str] = set()


def complain(error: WidespectrumError) -> None:
    """Say what is wrong, where, and what to do."""
    say(f"widespectrum: {error}")


def emit_json(document: Any) -> None:
    """One JSON document on stdout, for machines. NaN becomes null: JSON has none."""
    print(json.dumps(_finite(document), ensure_ascii=False, default=str))  # noqa: T201


def _finite(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def progress() -> Progress:
    """A progress display on stderr: what, how far, how fast, time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def follow(records: Iterable[WorkDone]) -> None:
    """Do the work behind `records`, showing one bar per stage and model, with time left."""
    with progress() as bars:
        tasks: dict[tuple[str, str], TaskID] = {}
        for record in records:
            key = record.stage, record.model
            if key not in tasks:
                tasks[key] = bars.add_task(f"{record.stage}: {record.model}", total=record.total)
            bars.update(tasks[key], completed=record.done, total=record.total)


def present(findings: Findings, page: Path, *, json: bool) -> None:
    """Findings for a person on stderr and the report's path on stdout, or all of it as JSON."""
    if json:
        emit_json(findings.to_json() | {"report": str(page)})
        return
    for sentence in findings.headline:
        say(sentence)
    show_table(findings.tables[0])
    tell(str(page))


def show_table(table: Table, *, most: int = 6) -> None:
    """A findings table on stderr, set upright: one column per row of the table, as far as `most`.

    A terminal is narrow and a study's table is wide, so its columns become lines.
    """
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    from widespectrum.report.tables import print_table

    printed = print_table(table)
    view = RichTable(box=None, pad_edge=False, header_style="bold")
    lines = [
        (column.label, [f"{row[place].text} {row[place].interval}".strip() for row in printed.rows])
        for place, column in enumerate(printed.columns)
    ]
    (corner, names), *rest = lines
    view.add_column(Text(corner))
    for name in names[:most]:
        view.add_column(Text(name), justify="right")
    for label, cells in rest:
        view.add_row(Text(label), *(Text(cell) for cell in cells[:most]))
    Console(stderr=True).print(view)
    if len(names) > most:
        say(f"and {len(names) - most} more in the report")
