"""``export``: a run becomes a data set with a card, here or on the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    to: Annotated[Path, typer.Option(help="Folder of the data set: new, empty, or an export.")],
    layout: Annotated[
        list[str] | None,
        typer.Option(
            help="plain (tables and picture files; the default) or aas_benchmark_final (Parquet "
            "shards with pictures in them); repeatable, both may stand beside each other."
        ),
    ] = None,
    format: Annotated[str, typer.Option(help="Of plain tables: parquet, csv, jsonl.")] = "parquet",
    licence: Annotated[
        str, typer.Option(help="Of the data set, as the hub writes it: cc-by-4.0, mit ...")
    ] = "unknown",
    title: Annotated[str | None, typer.Option(help="Of the card.")] = None,
    push: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/NAME",
            help="Upload it to the Hugging Face hub, too. The token comes from HF_TOKEN or "
            "`hf auth login`.",
        ),
    ] = None,
    public: Annotated[
        bool, typer.Option(help="Make a new data set on the hub public; by default private.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write RUN as a data set with a card; `widespectrum import` makes the same run of it."""
    from widespectrum.exchange import export_run, push_folder
    from widespectrum.runs import Run

    written = export_run(
        Run.open(run), to, layouts=layout or ["plain"], format=format, licence=licence, title=title
    )
    for note in written.left_out:
        console.say(note)
    address = None
    if push is not None:
        address = push_folder(to, push, private=not public, message="Export of a widespectrum run")
    if json:
        console.emit_json(
            {
                "folder": str(to),
                "files": list(written.files),
                "left_out": list(written.left_out),
                "pushed": address,
            }
        )
        return
    console.tell(str(to))
    if address:
        console.tell(address)
