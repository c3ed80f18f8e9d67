"""``import``: a data set becomes a run, with its scores, ratings and choices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console


def import_data(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Table, folder (Parquet shards, gallery, our export), COCO captions, or a data "
            "set on the hub: hf:OWNER/NAME, hf:OWNER/NAME:SPLIT@REVISION.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Run folder.")],
    layout: Annotated[
        str | None,
        typer.Option(help="Name of the layout, if it is not to be recognised; see docs/data.md."),
    ] = None,
    split: Annotated[str | None, typer.Option(help="Of a data set that has several.")] = None,
    rows: Annotated[int | None, typer.Option(min=1, help="Take the first so many rows.")] = None,
    generator: Annotated[
        str | None, typer.Option(help="Who made the pictures, where SOURCE does not say.")
    ] = None,
    scores: Annotated[
        list[Path] | None,
        typer.Option(help="Score file of the same pairs in the same order; repeatable."),
    ] = None,
    keep_duplicates: Annotated[
        bool, typer.Option(help="Keep rows that repeat prompts and scores of an earlier one.")
    ] = False,
    keep_uniform: Annotated[
        bool, typer.Option(help="Take pictures of a single colour, too.")
    ] = False,
    allow_outside: Annotated[
        bool, typer.Option(help="Trust image paths that lead out of the table's folder.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option(help="Try pictures again that could not be brought in.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Bring a data set into a run folder without scoring anything again.

    Resumable: the same command on the same folder goes on where it was stopped. Afterwards
    `widespectrum analyse RUN` concludes from what was imported.
    """
    from widespectrum.exchange import prepare_import

    job = prepare_import(
        source,
        out=out,
        layout=layout,
        split=split,
        rows=rows,
        generator=generator,
        scores=scores or (),
        keep_duplicates=keep_duplicates,
        keep_uniform=keep_uniform,
        allow_outside=allow_outside,
    )
    console.say(
        f"{job.source.name}: {job.layout}, {job.contents.pairs.height:,} pairs, "
        f"{len(job.contents.pictures):,} pictures"
    )
    console.follow(job.work(retry_failed=retry_failed))
    counts = job.conclude()
    for note in job.notes:
        console.say(note)
    if json:
        console.emit_json({"run": str(out), "layout": job.layout, **counts, "notes": job.notes})
    else:
        held = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        console.say(
            f"The run holds {job.contents.pairs.height:,} pairs" + (f", {held}." if held else ".")
        )
        console.tell(str(out))
    if counts["failures"]:
        first = job.run.table("failures")["reason"][0]
        console.say(
            f"{counts['failures']:,} pictures could not be brought in and are recorded in "
            f"{out / 'tables' / 'failures'}; the first: {first}"
        )
        raise typer.Exit(console.EXIT_WITH_FAILURES)
