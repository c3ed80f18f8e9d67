"""``train judge``: a judge of one's own, by LoRA on a Qwen3-VL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console

Data = Annotated[
    str,
    typer.Option(
        metavar="DATA",
        help="A hub dataset in the form of VisionRewardDB, a Parquet file or folder of it, "
        "or bonsai:N.",
    ),
]


def judge(
    base: Annotated[
        str, typer.Option(metavar="REPO|FOLDER", help="A Qwen3-VL: hub repository or folder.")
    ],
    data: Data,
    out: Annotated[Path, typer.Option(help="Checkpoints, adapter and validation go here.")],
    wording: Annotated[
        str,
        typer.Option(metavar="plain|paper", help="The questions; paper to reproduce the paper's."),
    ] = "plain",
    images: Annotated[int, typer.Option(min=1, help="Pictures to train on, at most.")] = 40_000,
    validation: Annotated[int, typer.Option(min=1, help="Other pictures to validate on.")] = 743,
    size: Annotated[int, typer.Option(help="Side of the square in pixels.")] = 512,
    epochs: Annotated[int, typer.Option(min=1)] = 5,
    batch: Annotated[int, typer.Option(min=1, help="Pictures per step.")] = 8,
    rate: Annotated[float, typer.Option(help="Learning rate at the start of its cosine.")] = 2e-5,
    rank: Annotated[int, typer.Option(min=1, help="Of the adapters.")] = 32,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    checkpoint_every: Annotated[int, typer.Option(min=1, metavar="STEPS")] = 200,
    device: Annotated[str, typer.Option(metavar="cpu|cuda", help="Where to train.")] = "cuda",
    precision: Annotated[str, typer.Option(metavar="bfloat16|float32")] = "bfloat16",
    threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = 2,
    json: Annotated[bool, typer.Option("--json", help="Print the validation as JSON.")] = False,
) -> None:
    """Train a judge with LoRA by the paper's recipe; killed, the same command goes on."""
    import polars as pl

    from widespectrum.bonsai.training.loop import Device
    from widespectrum.cli.judge import show_validation
    from widespectrum.errors import BadInput
    from widespectrum.judges import load_judge, predictions_of, validate
    from widespectrum.judges.training import Recipe, Trainee, open_split, rate_set, train_judge
    from widespectrum.tables import write_frame

    if precision not in ("bfloat16", "float32"):
        raise BadInput(f"is {precision!r}", "Give bfloat16 or float32.", field="--precision")
    recipe = Recipe(
        wording=wording,
        size=size,
        epochs=epochs,
        batch=batch,
        learning_rate=rate,
        rank=rank,
        alpha=rank,
        seed=seed,
    )
    parts = open_split(data, images, validation, seed)
    trainee = Trainee(base)
    place = Device(device, precision, threads)
    reports = train_judge(
        trainee, parts.training, recipe, out, place, checkpoint_every=checkpoint_every
    )
    with console.progress() as bars:
        task = bars.add_task("judge", total=recipe.steps(len(parts.training)))
        for report in reports:
            text = f"judge: loss {report.loss:.3f}"
            bars.update(task, completed=report.step, description=text)
    name = trainee.judge(out / "adapter")
    rater = load_judge(name, device=device, dtype=precision)
    with console.progress() as bars:
        task = bars.add_task("validation", total=len(parts.validation))
        tables = []
        for table in rate_set(rater, parts.validation):
            tables.append(table)
            bars.update(task, advance=table["image"].n_unique())
    rated = pl.concat(tables)
    write_frame(rated, out / "validation.parquet")
    found = validate(predictions_of(rated))
    if json:
        console.emit_json({"judge": name, **found.to_json()})
        return
    show_validation(found)
    console.tell(name)
