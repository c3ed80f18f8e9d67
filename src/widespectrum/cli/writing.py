"""What commands that write prompts share: a writer on the terms of its output, costs, progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.endpoints import Estimate

Writer = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Who writes: template (no model), vlm, vlm@model=MODEL,base_url=..., or your own.",
    ),
]
MaxCost = Annotated[
    float | None,
    typer.Option(min=0, help="US dollars that the answers for this file may cost in all."),
]
Concurrency = Annotated[int, typer.Option(min=1, help="Requests to an endpoint at once.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be asked and cost; ask nothing.")
]


def answers_beside(out: Path) -> Path:
    """Where the answers for a file are kept, so that nothing is asked twice."""
    return out.with_name(f"{out.stem}.answers")


def failures_beside(out: Path) -> Path:
    """Where what could not be written is listed."""
    return out.with_name(f"{out.stem}.failures{out.suffix}")


def hired(name: str, out: Path, max_cost: float | None, concurrency: int) -> Any:
    """The writer of that name; one behind an endpoint keeps its answers beside `out`."""
    from widespectrum.writers import load_writer

    writer: Any = load_writer(name)
    if hasattr(writer, "session"):
        from widespectrum.endpoints import Session, Terms

        terms = Terms(answers=answers_beside(out), max_cost=max_cost, concurrency=concurrency)
        writer.session = Session(terms)
    return writer


@contextmanager
def followed(writer: Any) -> Iterator[None]:
    """While it writes, show answers heard of questions asked; nothing for writers that ask none."""
    if not hasattr(writer, "follow"):
        yield
        return
    with console.progress() as bars:
        bar = bars.add_task(f"answers: {writer.name}", total=None)
        writer.follow = lambda heard, asked: bars.update(bar, completed=heard, total=asked)
        yield


def tell_cost(name: str, texts: int, estimate: Estimate | None, *, json: bool) -> None:
    """What would be asked: nothing, by a writer without a model."""
    from dataclasses import asdict

    from widespectrum.cli.listing import show_table

    if json:
        cost = None if estimate is None else asdict(estimate)
        console.emit_json({"writer": name, "texts": texts, "estimate": cost})
        return
    told: list[str | int] = ["-", "-", "-", "-"]
    if estimate is not None:
        told = [
            estimate.questions,
            f"{estimate.input_tokens:,}",
            _dollars(estimate.dollars),
            _dollars(estimate.most),
        ]
    show_table(
        ["writer", "texts", "requests", "input tokens", "about US$", "at most US$"],
        [[name, texts, *told]],
    )


def tell_spent(writer: Any) -> None:
    """What the answers of a folder have cost so far, if anything."""
    session = getattr(writer, "session", None)
    if session is not None and session.budget.spent:
        console.say(f"The answers for it cost {session.budget.spent:.4f} US dollars so far.")


def _dollars(amount: float | None) -> str:
    return "price unknown" if amount is None else f"{amount:.2f}"
