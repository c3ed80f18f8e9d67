"""``prompts``: prompt pairs from captions, and the dimensions they may ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widespectrum.cli import console, texts
from widespectrum.cli.writing import Concurrency, DryRun, MaxCost, Writer

if TYPE_CHECKING:
    import polars as pl

    from widespectrum.aesthetics import Dimension
    from widespectrum.prompts import PromptPairs

BUILTIN = "builtin"

app = typer.Typer(
    help="Turn captions into prompts that ask for anti-aesthetic effects.", no_args_is_help=True
)

Extra = Annotated[
    list[Path] | None,
    typer.Option("--dimensions", metavar="FILE.toml", help="A dimension of your own; repeatable."),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="DIMENSION", help="Only this dimension; repeatable."),
]


@app.command()
def build(
    captions: Annotated[
        str,
        typer.Option(
            metavar="builtin|FILE",
            help="The captions that ship with widespectrum; or COCO captions JSON, CSV, JSONL, "
            "Parquet, or TXT with one caption per line.",
        ),
    ] = BUILTIN,
    count: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 300,
    dimensions_per_prompt: Annotated[
        str, typer.Option(metavar="LOW-HIGH", help="How many dimensions a prompt asks for.")
    ] = "2-4",
    seed: Annotated[int, typer.Option(help="The same seed gives the same file.")] = 0,
    out: Annotated[Path, typer.Option(help="CSV, JSONL, JSON or Parquet.")] = Path("pairs.csv"),
    neutral: Annotated[
        bool, typer.Option(help="Also write the neutral rewrite: as many words, no effects.")
    ] = True,
    dimensions: Extra = None,
    only: Only = None,
    balanced: Annotated[
        bool,
        typer.Option(
            "--balanced/--plain",
            help="Ask for every dimension equally often, or draw plainly as the paper did.",
        ),
    ] = True,
    allow_conflicts: Annotated[
        bool,
        typer.Option(
            "--allow-conflicts", help="Also join dimensions that pull against each other."
        ),
    ] = False,
    captions_per_image: Annotated[
        int, typer.Option(min=1, help="How many captions of one COCO image to take.")
    ] = 1,
    writer: Writer = "template",
    max_cost: MaxCost = None,
    concurrency: Concurrency = 8,
    dry_run: DryRun = False,
    show: Annotated[int, typer.Option(min=0, help="Show so many of the pairs.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Write a table of prompt pairs: an original and an anti prompt per row.

    More pairs than captions use the captions in rounds, with new dimensions each time. Answers of
    a model are kept beside the file: the same command asks only what is missing.
    """
    from widespectrum.cli.writing import failures_beside, followed, hired, tell_cost, tell_spent
    from widespectrum.errors import BadInput
    from widespectrum.prompts import (
        builtin_captions,
        choose_captions,
        pair_requests,
        read_captions,
        sample_dimensions,
        write_pairs,
    )
    from widespectrum.tables import write_frame

    if captions != BUILTIN and out.resolve() == Path(captions).resolve():
        raise BadInput("is the file of captions itself", "Give another --out.", file=out)
    available = (
        builtin_captions()
        if captions == BUILTIN
        else read_captions(captions, per_image=captions_per_image)
    )
    asked = sample_dimensions(
        _pool(dimensions, only),
        count,
        _range(dimensions_per_prompt),
        seed,
        balanced=balanced,
        allow_conflicts=allow_conflicts,
    )
    chosen = choose_captions(available, count, seed)
    who = hired(writer, out, max_cost, concurrency)
    if dry_run:
        requests = pair_requests(chosen, asked, seed)
        tell_cost(
            who.name, len(requests), who.cost(requests) if hasattr(who, "cost") else None, json=json
        )
        return
    with followed(who):
        pairs = write_pairs(chosen, asked, who, seed, neutral=neutral)
    failed = failures_beside(out)
    if pairs.frame.height:
        write_frame(pairs.table, out)
    if pairs.failures.height:
        write_frame(pairs.failures, failed)
    else:
        failed.unlink(missing_ok=True)  # of an earlier build, and true no more
    _present(pairs, out, failed, show, json, who.fingerprint)
    tell_spent(who)
    if pairs.failures.height:
        raise typer.Exit(console.EXIT_WITH_FAILURES)


app.command()(texts.write)
app.command()(texts.check)
app.command()(texts.compare)


@app.command(name="dimensions")
def list_dimensions(
    dimensions: Extra = None,
    only: Only = None,
    json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the dimensions, their effects, and the words by which checks tell them."""
    from widespectrum.aesthetics import load_dimensions
    from widespectrum.prompts import told_by

    known = load_dimensions(dimensions or ())
    shown = [known[key] for key in only or known]
    if json:
        console.emit_json([_described(dimension) for dimension in shown])
        return
    for dimension in shown:
        typer.echo(f"{dimension.key}{'' if dimension.enabled else ' (off unless asked for)'}")
        typer.echo(f"  low end: {dimension.low}")
        if dimension.conflicts:
            typer.echo(f"  conflicts with: {', '.join(dimension.conflicts)}")
        for effect in dimension.effects:
            typer.echo(f"    {effect.key:<22}{effect.phrases[0]}")
        signs, hints = told_by(dimension)
        typer.echo(f"  in the checks told by: {', '.join(signs)}")
        if hints:
            typer.echo(f"  and, where it was asked for, by: {', '.join(hints)}")


def _pool(extra: list[Path] | None, only: list[str] | None) -> list[Dimension]:
    """The dimensions to draw from: those named, or else all that are enabled."""
    from widespectrum.aesthetics import load_dimensions

    known = load_dimensions(extra or ())
    return [known[key] for key in only or known.enabled]


def _range(text: str) -> tuple[int, int]:
    """``2-4`` -> (2, 4); ``3`` -> (3, 3)."""
    from widespectrum.errors import BadInput

    low, _, high = text.partition("-")
    try:
        return int(low), int(high or low)
    except ValueError as error:
        raise BadInput(
            f"--dimensions-per-prompt is {text[:40]!r}", "Give a number or a range such as 2-4."
        ) from error


def _described(dimension: Dimension) -> dict[str, Any]:
    from widespectrum.prompts import told_by

    signs, hints = told_by(dimension)
    return {
        "key": dimension.key,
        "title": dimension.title,
        "enabled": dimension.enabled,
        "low": dimension.low,
        "neutral": dimension.neutral,
        "high": dimension.high,
        "conflicts": list(dimension.conflicts),
        "signs": list(signs),
        "hints": list(hints),
        "effects": [
            {"key": effect.key, "name": effect.name, "phrases": list(effect.phrases)}
            for effect in dimension.effects
        ],
    }


def _present(
    pairs: PromptPairs, out: Path, failed: Path, show: int, json: bool, fingerprint: str
) -> None:
    """Say what was made: how many pairs, how long, what they ask for."""
    frame, failures = pairs.frame, pairs.failures
    asked = frame["dimensions"].explode().drop_nulls().value_counts(sort=True)
    counts = dict(asked.sort(["count", "dimensions"], descending=[True, False]).iter_rows())
    words = {
        name: _words(frame, f"prompt_{name}")
        for name in ("original", "anti", "neutral")
        if frame[f"prompt_{name}"].count()
    }
    for row in frame.head(show).iter_rows(named=True):
        console.say(f"{row['id']} ({', '.join(row['dimensions'])})")
        for name in words:
            console.say(f"  {name + ':':<10}{row[f'prompt_{name}']}")
    console.say(
        f"{frame.height} prompt pairs are in {out}"
        if frame.height
        else f"There are no pairs, so {out} was not written."
    )
    for name, (low, middle, high) in words.items():
        console.say(f"  words, {name + ':':<10}{low} to {high}, median {middle:g}")
    if counts:
        listing = ", ".join(f"{key} {number}" for key, number in counts.items())
        console.say(f"  asked for: {listing}")
    if failures.height:
        first = failures.row(0, named=True)
        console.say(
            f"{failures.height} prompts could not be written; they are in {failed}. "
            f"The first, {first['id']}: {first['reason']}."
        )
    if json:
        console.emit_json(
            {
                "pairs": str(out) if frame.height else None,
                "failures": str(failed) if failures.height else None,
                "count": frame.height,
                "failed": failures.height,
                "writer": fingerprint,
                "words": {
                    name: dict(zip(("min", "median", "max"), values, strict=True))
                    for name, values in words.items()
                },
                "dimensions": counts,
            }
        )


def _words(frame: pl.DataFrame, column: str) -> tuple[int, float, int]:
    """Fewest, median and most words of the prompts in `column`."""
    from statistics import median

    from widespectrum.prompts import word_count

    counts = [word_count(text) for text in frame[column]]
    return min(counts), median(counts), max(counts)
