"""``prompts write``, ``check`` and ``compare``: texts of all kinds, and what they are worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console
from widespectrum.cli.writing import Concurrency, DryRun, MaxCost, Writer

if TYPE_CHECKING:
    import polars as pl

    from widespectrum.writers import TextTask, WrittenTexts

Own = Annotated[
    list[Path] | None,
    typer.Option("--dimensions", metavar="FILE.toml", help="A dimension of your own; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print for machines.")]


def write(
    task: Annotated[
        str,
        typer.Argument(
            metavar="TASK",
            help="negative, emotion, caption, clean, critique, or a TOML file of your own.",
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE|builtin|topics",
            help="What to write from: a table with the task's columns, or what ships.",
        ),
    ] = None,
    writer: Writer = "template",
    out: Annotated[Path | None, typer.Option(help="Default: TASK.csv.")] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="No more than so many; so many of each topic.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="Only this topic of critique; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file (template).")] = 0,
    dimensions: Own = None,
    max_cost: MaxCost = None,
    concurrency: Concurrency = 8,
    dry_run: DryRun = False,
    allow_outside: Annotated[
        bool, typer.Option(help="Trust image paths that lead out of the table's folder.")
    ] = False,
    show: Annotated[int, typer.Option(min=0, help="Show so many of the texts.")] = 0,
    json: Json = False,
) -> None:
    """Write negative prompts, emotion prompts, captions, clean captions or critique.

    Each text is checked; what fails is written anew with the reason told, and in the end listed
    beside the table. The same command asks only what is missing.
    """
    from widespectrum.aesthetics import load_dimensions
    from widespectrum.cli.writing import (
        answers_beside,
        failures_beside,
        followed,
        hired,
        tell_cost,
        tell_spent,
    )
    from widespectrum.errors import BadInput
    from widespectrum.tables import write_frame
    from widespectrum.writers import BUILTIN, TOPICS, load_task, read_items, texts_by, write_texts

    known = load_task(task)
    place = out or Path(f"{known.name}.csv")
    source = source or (TOPICS if "topic" in known.needs else BUILTIN)
    if source not in (BUILTIN, TOPICS) and place.resolve() == Path(source).resolve():
        raise BadInput("is the table to write from itself", "Give another --out.", file=place)
    items = read_items(
        known,
        source,
        seed=seed,
        count=count,
        topics=topic or (),
        dimensions=load_dimensions(dimensions or ()),
        allow_outside=allow_outside,
    )
    who = hired(writer, place, max_cost, concurrency)
    if dry_run:
        texts = texts_by(who, known)
        cost = texts.cost(items) if hasattr(texts, "cost") else None
        tell_cost(texts.name, len(items), cost, json=json)
        return
    with followed(who):
        texts = texts_by(who, known)
        written = write_texts(known, items, texts)
    failed = failures_beside(place)
    if written.frame.height:
        write_frame(written.frame, place)
    if written.failures.height:
        write_frame(written.failures, failed)
    else:
        failed.unlink(missing_ok=True)  # of an earlier time, and true no more
    _present(known, written, place, failed, show, json=json, fingerprint=texts.fingerprint)
    tell_spent(who)
    if written.failures.height:
        if answers_beside(place).is_dir():
            console.say("Answers are kept: with attempts=N in the writer's name, more are tried.")
        raise typer.Exit(console.EXIT_WITH_FAILURES)


def check(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="Prompt pairs, or other texts.")],
    task: Annotated[
        str, typer.Option(metavar="TASK", help="Whose checks: anti, negative, emotion ...")
    ] = "anti",
    out: Annotated[Path | None, typer.Option(help="Also write what was found, per row.")] = None,
    dimensions: Own = None,
    show: Annotated[int, typer.Option(min=0, help="Show so many rows with problems.")] = 5,
    json: Json = False,
) -> None:
    """Check written prompts: form, length, refusals, content kept, effects missing or added.

    Exit code 1 if a row has a problem. Effects are told by a list of words
    (`prompts dimensions` shows it), content by the caption's own words: look at what is printed.
    """
    from widespectrum.aesthetics import load_dimensions
    from widespectrum.tables import write_frame
    from widespectrum.writers import check_table, load_task

    known = load_task(task)
    found = check_table(known, table, dimensions=load_dimensions(dimensions or ()))
    if out is not None:
        write_frame(found, out)
    bad = found.filter(found["problems"].list.len() > 0)
    if json:
        console.emit_json(
            {"rows": found.height, "with_problems": bad.height, "found": bad.to_dicts()}
        )
    else:
        _show_problems(found, bad, show)
    if bad.height:
        raise typer.Exit(console.EXIT_GATE_FAILED)


def compare(
    first: Annotated[Path, typer.Argument(metavar="FIRST", help="Prompt pairs by one writer.")],
    second: Annotated[Path, typer.Argument(metavar="SECOND", help="The same by another.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for findings and report. Default: runs/NAMES.")
    ] = None,
    dimensions: Own = None,
    draws: Annotated[int, typer.Option(min=100, help="Bootstrap resamples, by caption.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of the resampling.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Compare two writers on the same captions and dimensions: length, difficulty, effects, loss.

    Then run the same bench under both tables: that tells whether the difference matters.
    """
    from widespectrum.aesthetics import load_dimensions
    from widespectrum.report import write_report
    from widespectrum.studies.findings import save_findings
    from widespectrum.studies.prompt_comparison import PromptTable, analyse
    from widespectrum.tables import read_prompt_pairs

    frames = [read_prompt_pairs(path) for path in (first, second)]
    names = [_writer_of(frame, path) for frame, path in zip(frames, (first, second), strict=True)]
    if names[0] == names[1]:
        names = [f"{name} ({path.stem})" for name, path in zip(names, (first, second), strict=True)]
    tables = [PromptTable(*pair) for pair in zip(names, frames, strict=True)]
    findings = analyse(
        *tables, dimensions=load_dimensions(dimensions or ()), draws=draws, seed=seed
    )
    folder = out or Path("runs") / f"prompts-{first.stem}-{second.stem}"
    save_findings(findings, folder / "findings")
    page = write_report(
        [findings],
        folder / "report",
        images=None,
        title=findings.title,
        provenance=findings.provenance,
    )
    console.present(findings, page, json=json)


def _writer_of(frame: pl.DataFrame, path: Path) -> str:
    """The writer of all rows; the file's name where that is not told, or several wrote."""
    writers = frame["writer"].drop_nulls().unique().to_list()
    return str(writers[0]) if len(writers) == 1 else path.stem


def _present(
    task: TextTask,
    written: WrittenTexts,
    out: Path,
    failed: Path,
    show: int,
    *,
    json: bool,
    fingerprint: str,
) -> None:
    frame, failures = written.frame, written.failures
    for row in frame.head(show).iter_rows(named=True):
        console.say(f"{row['id']}: {row[task.column]}")
    console.say(
        f"{frame.height} texts are in {out}, column {task.column}"
        if frame.height
        else f"There are no texts, so {out} was not written."
    )
    if failures.height:
        row = failures.row(0, named=True)
        console.say(
            f"{failures.height} could not be written; they are in {failed}. "
            f"The first, {row['id']}: {row['reason']}."
        )
    if json:
        console.emit_json(
            {
                "task": task.name,
                "texts": str(out) if frame.height else None,
                "failures": str(failed) if failures.height else None,
                "count": frame.height,
                "failed": failures.height,
                "writer": fingerprint,
            }
        )


def _show_problems(found: pl.DataFrame, bad: pl.DataFrame, show: int) -> None:
    from widespectrum.cli.listing import printable

    for row in bad.head(show).iter_rows(named=True):
        console.say(printable(f"{row['id']}: {row['text'][:300]}"))
        for said in row["problems"]:
            console.say(printable(f"  - {said}"))
    losing = found.filter(found["missing"].list.len() > 0).height
    console.say(
        f"{bad.height} of {found.height} rows have problems; {losing} lack a content word of their "
        "caption in any form."
    )
