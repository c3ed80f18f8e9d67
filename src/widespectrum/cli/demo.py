"""``demo``: the whole system offline, from prompts and pictures to a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.runs import Run
    from widespectrum.studies.findings import Findings


def demo(
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder; what is there is not done again. Default: runs/demo."),
    ] = None,
    photographs: Annotated[
        bool, typer.Option("--photographs", help="Real photographs in the darkroom, not Bonsai.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer pairs.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Run the whole system on what ships with it, and print the report's path."""
    from widespectrum.report import report_run

    console.say("Planning: prompts, pictures, models ...")
    if photographs:
        from widespectrum.studies.demonstration import plan_photographs

        job = plan_photographs(out or Path("runs/demo-photographs"), quick=quick)
        console.say(f"{job.pairs.height} pairs, {len(job.plan.scores)} scorers.")
        console.follow(job.work())
        console.say("Analysing ...")
        findings: tuple[Findings, ...] = (job.conclude(),)
        run = job.run
    else:
        findings, run = _family(out or Path("runs/demo"), quick=quick)
    console.say("Writing the report ...")
    page = report_run(run)
    if not json:
        for each in findings[1:]:
            console.say(f"{each.title} {each.headline[0]}")
    console.present(findings[0], page, json=json)


def _family(out: Path, *, quick: bool) -> tuple[tuple[Findings, ...], Run]:
    from widespectrum.studies.family_demonstration import FULL, QUICK, plan_family

    job = plan_family(out, size=QUICK if quick else FULL)
    painters = () if job.generation is None else job.generation.models.generators
    console.say(
        f"{job.audit.pairs.height} prompt pairs drawn by the world, "
        f"{job.size.painted if painters else 0} of them painted by {len(painters)} generators."
    )
    for name, remedy in job.absent.items():
        console.say(f"{name} is absent. {remedy}")
    console.follow(job.work())
    console.say("Analysing ...")
    return job.conclude(), job.run
