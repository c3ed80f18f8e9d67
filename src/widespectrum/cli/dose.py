"""``dose``: what rises and what falls as a generator is aligned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console
from widespectrum.cli.costs import tell_costs
from widespectrum.cli.painting import folder_for, prompts_or_world, tell_failures

DRAWS = 10_000


def dose(
    alignments: Annotated[
        list[Path],
        typer.Argument(
            metavar="ALIGNMENT...",
            help="Folders that `widespectrum train bonsai-polished` and its siblings wrote, or "
            "tables of generators (member, steps, generator, reward).",
        ),
    ],
    base: Annotated[
        str, typer.Option(metavar="GENERATOR", help="What they were aligned from.")
    ] = "bonsai",
    every: Annotated[
        int, typer.Option(min=1, help="Only doses at multiples of so many steps, and the last.")
    ] = 1,
    content: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCORER",
            help="Tells whether what a prompt asks for is there; in no reward. Repeatable. "
            "Default: bonsai-eye and bonsai-clip-b.",
        ),
    ] = None,
    chooser: Annotated[
        str, typer.Option(metavar="NAME", help="Says which image follows the prompt.")
    ] = "by-score@scorer=bonsai-clip-b",
    judge: Annotated[
        str | None, typer.Option(metavar="NAME", help="Rates all images by dimension.")
    ] = None,
    prompts: Annotated[
        Path | None,
        typer.Option(help="Table of prompt pairs. Default: --count pairs about Bonsai's world."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Pairs, where no table is given.")] = 60,
    repeats: Annotated[int, typer.Option(min=1, help="Shots of every prompt.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Run folder. Default: runs/dose-ALIGNMENTS.")
    ] = None,
    draws: Annotated[int, typer.Option(min=100, help="Bootstrap resamples.")] = DRAWS,
    seed: Annotated[int, typer.Option(help="Of prompts, noise and resampling.")] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what there is to do; paint nothing.")
    ] = False,
    retry_failed: Annotated[bool, typer.Option(help="Try failed requests again.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON on stdout.")
    ] = False,
) -> None:
    """Draw what alignment does, step by step: its reward, and what it costs.

    Every adapter that was kept along the way paints the same prompts from the same seeds. A run
    that hacks its reward is recognised and marked, by a rule that the report states. Resumable;
    alignments may be added to a folder later.
    """
    from widespectrum.report import report_run
    from widespectrum.studies.alignment_dose import CONTENT, analyse, find_doses, models_for
    from widespectrum.studies.costs import by_name
    from widespectrum.studies.findings import save_findings
    from widespectrum.studies.generating import plan_generation, prepare_generation, shots_of

    doses = find_doses(alignments, base, every=every)
    witnesses = tuple(content or CONTENT)
    models = models_for(doses, content=witnesses, judge=judge, chooser=chooser)
    asked = prompts_or_world(prompts, count, seed)
    if dry_run:
        names = [generator.name for generator in models.generators]
        plan = plan_generation(by_name(models), shots_of(asked, names, repeats), seed=seed)
        tell_costs(models, plan, json=json)
        return
    job = prepare_generation(
        models,
        asked,
        out=out or folder_for("dose", [path.name for path in alignments]),
        repeats=repeats,
        seed=seed,
    )
    console.follow(job.work(retry_failed=retry_failed))
    findings = analyse(
        job.painted(), doses.base.name, doses.doses, content=witnesses, draws=draws, seed=seed
    )
    save_findings(findings, job.run.findings)
    page = report_run(job.run)
    console.present(findings, page, json=json)
    tell_failures(job.run.table("failures").height, job.run.path)
