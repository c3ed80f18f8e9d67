"""``judge``: rate pictures, try a judge on known effects, compare it with the truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from widespectrum.contracts import Judge
    from widespectrum.judges import Compared, ResponseMatrix, Trial, Validation

app = typer.Typer(help="Judges: pictures in, low, neutral or high out.", no_args_is_help=True)

Name = Annotated[
    str,
    typer.Option("--judge", metavar="NAME", help="A judge; see `widespectrum models list`."),
]
Catalogs = Annotated[
    list[Path] | None,
    typer.Option("--catalog", metavar="FILE.toml", help="A catalog of your own; repeatable."),
]
Dimensions = Annotated[
    list[str] | None,
    typer.Option("--dimension", metavar="KEY", help="Only this one; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print for machines.")]


@app.command()
def rate(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures to rate.")],
    judge: Name,
    dimension: Dimensions = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the ratings there: CSV, Parquet ...")
    ] = None,
    catalog: Catalogs = None,
    json: Json = False,
) -> None:
    """Rate pictures: probabilities of low, neutral and high per dimension."""
    from widespectrum.images import load_image
    from widespectrum.judges import answered, dimensions_of, expected_rating
    from widespectrum.tables import write_frame

    rater = _judge(judge, catalog)
    asked = dimension or list(dimensions_of(rater))
    rated = rater.rate([load_image(path) for path in images], asked)
    expected = expected_rating(rated)
    rows: list[dict[str, Any]] = [
        {
            "judge": rater.name,
            "image": str(path),
            "dimension": each,
            "p_low": float(rated[row, column, 0]),
            "p_neutral": float(rated[row, column, 1]),
            "p_high": float(rated[row, column, 2]),
            "expected": float(expected[row, column]),
        }
        for row, path in enumerate(images)
        for column, each in enumerate(asked)
    ]
    if out is not None:
        import polars as pl

        write_frame(pl.DataFrame(rows), out)
        console.say(f"{len(rows)} ratings: {out}")
    if json:
        console.emit_json(rows)
        return
    from widespectrum.cli.listing import show_table

    words = ("low", "neutral", "high")
    show_table(
        ["image", "dimension", "0 to 2", "answer", "low", "neutral", "high"],
        [
            (
                row["image"],
                row["dimension"],
                f"{row['expected']:.2f}",
                words[int(answered(row["expected"]))],
                *(f"{row[f'p_{word}']:.2f}" for word in words),
            )
            for row in rows
        ],
    )


@app.command()
def response(
    judge: Name,
    world: Annotated[
        str,
        typer.Option(
            metavar="darkroom|bonsai", help="Photographs under known effects, or Bonsai's scenes."
        ),
    ] = "darkroom",
    photos: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Photographs; by default those that ship."),
    ] = None,
    severity: Annotated[
        float, typer.Option(min=0.01, max=1, help="Of the darkroom's effects.")
    ] = 0.75,
    effects_per_photo: Annotated[
        int, typer.Option(min=0, help="So many effects for each photograph; 0 for all.")
    ] = 12,
    scenes: Annotated[int, typer.Option(min=1, help="Of Bonsai's world.")] = 400,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    dimension: Dimensions = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the whole matrix there.")
    ] = None,
    catalog: Catalogs = None,
    json: Json = False,
) -> None:
    """Lower one dimension by a known effect: does its rating fall, and do the others stay?"""
    from widespectrum.judges import response_matrix
    from widespectrum.tables import write_frame

    trials = _trials(world, photos, severity, effects_per_photo, scenes, seed)
    found = response_matrix(_judge(judge, catalog), trials, dimension)
    if out is not None:
        write_frame(_cells(found), out)
        console.say(f"response matrix: {out}")
    if json:
        console.emit_json(found.to_json())
    else:
        _show_response(found)


@app.command()
def validate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Ratings with their truth: a table with image, dimension, truth and p_low, "
            "p_neutral, p_high (or expected); or the JSON of the paper's authors.",
        ),
    ],
    applicable: Annotated[
        bool,
        typer.Option(
            "--applicable",
            help="In the authors' JSON, leave out annotations that mean: none in the picture.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Compare ratings with the truth, over all dimensions and over the paper's eleven."""
    from widespectrum.judges import read_predictions
    from widespectrum.judges import validate as compare

    found = compare(read_predictions(file, applicable=applicable))
    if json:
        console.emit_json(found.to_json())
    else:
        show_validation(found)


@app.command()
def measure(
    judge: Name,
    data: Annotated[
        str,
        typer.Option(
            metavar="DATA",
            help="Rated pictures: a hub dataset in the form of VisionRewardDB, a Parquet file or "
            "folder of it, or bonsai:N for held-out scenes.",
        ),
    ],
    start: Annotated[int, typer.Option(min=0, help="Leave out so many pictures first.")] = 0,
    images: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    seed: Annotated[int, typer.Option(help="Of Bonsai's scenes.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the ratings and their truth there.")
    ] = None,
    catalog: Catalogs = None,
    json: Json = False,
) -> None:
    """Rate pictures whose ratings are known, and compare."""
    import polars as pl

    from widespectrum.judges import predictions_of
    from widespectrum.judges import validate as compare
    from widespectrum.judges.training import Part, open_rating_set, rate_set
    from widespectrum.tables import write_frame

    whole = open_rating_set(data, seed=seed, held_out=True)
    stop = len(whole) if images is None else min(len(whole), start + images)
    part = Part(whole, min(start, stop), stop)
    with console.progress() as bars:
        task = bars.add_task(judge, total=len(part))
        tables = []
        for table in rate_set(_judge(judge, catalog), part):
            tables.append(table)
            bars.update(task, advance=table["image"].n_unique())
    rated = pl.concat(tables)
    if out is not None:
        write_frame(rated, out)
        console.say(f"{rated.height} ratings: {out}")
    found = compare(predictions_of(rated))
    if json:
        console.emit_json(found.to_json())
    else:
        show_validation(found)


def show_validation(found: Validation) -> None:
    """The figures of a validation on stdout."""
    from widespectrum.cli.listing import show_table

    named = [("all dimensions", found.all)]
    if found.eleven is not None:
        named.append(("the eleven", found.eleven))
    show_table(
        ["", "n", "MAE", "WMAE", "right", "balanced", "F1", "kappa"],
        [row for name, each in named for row in _rows(name, each)],
    )
    show_table(
        ["dimension", "MAE", "WMAE", "right", "majority", "neutral", "kappa"],
        [_dimension_row(each) for each in found.dimensions],
    )
    if found.left_out:
        console.say(f"{found.left_out} annotations that mean none in the picture were left out.")


def _rows(name: str, compared: Compared) -> Iterator[tuple[object, ...]]:
    raters = {
        name: compared.judge,
        "  most frequent": compared.majority,
        "  always neutral": compared.neutral,
    }
    for rater, quality in raters.items():
        yield (
            rater,
            quality.n,
            f"{quality.mae:.3f}",
            f"{quality.balanced_mae:.3f}",
            f"{quality.accuracy:.3f}",
            f"{quality.balanced_accuracy:.3f}",
            f"{quality.weighted_f1:.3f}",
            _number(quality.kappa),
        )


def _dimension_row(compared: Compared) -> tuple[object, ...]:
    quality = compared.judge
    return (
        compared.what,
        f"{quality.mae:.3f}",
        f"{quality.balanced_mae:.3f}",
        f"{quality.accuracy:.3f}",
        f"{compared.majority.accuracy:.3f}",
        f"{compared.neutral.accuracy:.3f}",
        _number(quality.kappa),
    )


def _number(value: float | None, form: str = ".3f") -> str | None:
    return None if value is None else format(value, form)


def _judge(name: str, catalogs: list[Path] | None) -> Judge:
    from widespectrum.judges import judge_registry, load_judge

    return load_judge(name, judge_registry(catalogs or []))


def _trials(
    world: str, photos: Path | None, severity: float, per_photo: int, scenes: int, seed: int
) -> Iterator[Trial]:
    from widespectrum.errors import BadInput
    from widespectrum.judges import darkroom_trials, world_trials

    if world == "bonsai":
        return world_trials(scenes, seed)
    if world != "darkroom":
        raise BadInput(f"is {world!r}", "Give darkroom or bonsai.", field="--world")
    return darkroom_trials(
        None if photos is None else _photographs(photos),
        severity=severity,
        effects_per_photo=per_photo or None,
        seed=seed,
    )


def _photographs(folder: Path) -> Sequence[tuple[str, Path]]:
    from widespectrum.errors import BadInput
    from widespectrum.images import looks_like_image

    found = [(path.name, path) for path in sorted(folder.glob("*")) if looks_like_image(path)]
    if not found:
        raise BadInput("holds no photographs", "Name a folder of images.", file=folder)
    return found


def _cells(found: ResponseMatrix) -> Any:
    import polars as pl

    return pl.DataFrame(
        [
            {
                "judge": found.judge,
                "lowered": row.lowered,
                "rated": name,
                "change": change.estimate,
                "low": change.low,
                "high": change.high,
                "pictures": change.n,
                "trials": row.trials,
            }
            for row in found.responses
            for name, change in row.changes.items()
        ]
    )


def _show_response(found: ResponseMatrix) -> None:
    from widespectrum.cli.listing import show_table

    rows: list[tuple[object, ...]] = []
    for row in found.responses:
        others = row.others
        most = min(others, key=lambda name: others[name]) if others else None
        interval = (
            f"{row.own.estimate:+.2f}"
            if row.own.low is None
            else f"{row.own.estimate:+.2f} [{row.own.low:+.2f}, {row.own.high:+.2f}]"
        )
        rows.append(
            (
                row.lowered,
                row.trials,
                interval,
                f"{row.fell:.0%}",
                None if row.spill is None else f"{row.spill:.2f}",
                None if most is None else f"{most} {others[most]:+.2f}",
            )
        )
    show_table(
        ["lowered", "trials", "its rating", "fell in", "others moved by", "fell most of them"],
        rows,
        title=f"Judge {found.judge}",
    )
    own = sum(row.foremost for row in found.responses)
    console.tell(
        f"In {own} of {len(found.responses)} dimensions the rating that was lowered falls most."
    )
