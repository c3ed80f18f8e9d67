"""What the training commands share: their options, their device, their progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.bonsai.training.loop import Device
    from widespectrum.bonsai.training.recipes import Stage

_A_MINUTE = 60.0

Out = Annotated[Path, typer.Option(help="Corpus, checkpoints and weights go here.")]
Seed = Annotated[int | None, typer.Option(help="By default that of the shipped model.")]
Steps = Annotated[int | None, typer.Option(min=1, help="By default those of the shipped model.")]
Threads = Annotated[int, typer.Option(min=1, help="Processor threads, and processes that draw.")]
Place = Annotated[str, typer.Option("--device", metavar="cpu|cuda", help="Where to train.")]
Precision = Annotated[
    str,
    typer.Option(
        metavar="auto|float32|bfloat16", help="auto: bfloat16 where the hardware computes in it."
    ),
]


def show_stages(name: str, stages: Iterable[Stage]) -> None:
    """One bar per stage, with time left; where nobody watches, a line every minute."""
    if not sys.stderr.isatty():
        _log(name, stages)
        return
    with console.progress() as bars:
        tasks = {}
        for stage in stages:
            if stage.title not in tasks:
                tasks[stage.title] = bars.add_task(stage.title, total=stage.total)
            text = f"{name}: {stage.title} {stage.detail}".rstrip()
            bars.update(tasks[stage.title], completed=stage.done, description=text)


def _log(name: str, stages: Iterable[Stage]) -> None:
    begun, before, said = time.monotonic(), 0, ""
    for stage in stages:
        passed = time.monotonic() - begun
        if stage.title != said or passed >= _A_MINUTE or stage.done == stage.total:
            speed = f"{(stage.done - before) / passed:.2f} a second" if stage.title == said else ""
            parts = [f"{stage.done} of {stage.total}", stage.detail, speed]
            console.say(f"{name}: {stage.title} {', '.join(part for part in parts if part)}")
            begun, before, said = time.monotonic(), stage.done, stage.title


def device_of(name: str, precision: str, threads: int) -> Device:
    """The device that the options mean."""
    from widespectrum.bonsai.training.loop import Device, best_precision
    from widespectrum.errors import BadInput

    if precision not in ("auto", "float32", "bfloat16"):
        raise BadInput(f"is {precision!r}", "Give auto, float32 or bfloat16.", field="--precision")
    return Device(name, best_precision(name) if precision == "auto" else precision, threads)
