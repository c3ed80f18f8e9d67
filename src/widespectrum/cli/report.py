"""``report``: write the pages of a run again, from its findings alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run with findings.")],
    open_page: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
) -> None:
    """Write the report of RUN as offline pages and print the path of the first."""
    from widespectrum.report import report_run
    from widespectrum.runs import Run

    page = report_run(Run.open(run))
    console.tell(str(page))
    if open_page:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
