"""``demo``: the whole system offline, from prompts and pictures to a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console


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
    from widespectrum.studies.demonstration import plan_bonsai, plan_photographs

    console.say("Planning: prompts, pictures, scorers ...")
    if photographs:
        job = plan_photographs(out or Path("runs/demo-photographs"), quick=quick)
    else:
        job = plan_bonsai(out or Path("runs/demo"), quick=quick)
    console.say(f"{job.pairs.height} pairs, {len(job.plan.scores)} scorers.")
    console.follow(job.work())
    console.say("Analysing ...")
    findings = job.conclude()
    console.say("Writing the report ...")
    console.present(findings, report_run(job.run), json=json)
