"""``bench``: any number of generators and scorers, ranked with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console
from widespectrum.cli.costs import tell_costs
from widespectrum.cli.painting import (
    Preset,
    Retries,
    bases_of,
    folder_for,
    prompts_or_world,
    tell_failures,
    with_settings,
)

DRAWS = 10_000


def bench(
    generators: Annotated[
        list[str],
        typer.Argument(
            metavar="GENERATOR...",
            help="Names or specs; see `widespectrum models list --kind generator`.",
        ),
    ],
    scorer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Scores all images; repeatable.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option(metavar="NAME", help="Rates all images by dimension.")
    ] = None,
    chooser: Annotated[
        str | None, typer.Option(metavar="NAME", help="Says which image follows the prompt.")
    ] = None,
    prompts: Annotated[
        Path | None,
        typer.Option(help="Table of prompt pairs. Default: --count pairs about Bonsai's world."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Pairs, where no table is given.")] = 100,
    aligned: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ALIGNED=BASE",
            help="A lineage, beside those that the catalog knows; repeatable.",
        ),
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="NAME", help="The scorer that says what content is kept.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Shots of every prompt.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Run folder. Default: runs/bench-GENERATORS.")
    ] = None,
    draws: Annotated[int, typer.Option(min=100, help="Bootstrap resamples.")] = DRAWS,
    seed: Annotated[int, typer.Option(help="Of prompts, noise and resampling.")] = 0,
    batch_size: Annotated[int, typer.Option(min=1, help="Requests per call of a model.")] = 32,
    settings: Preset = "controlled",
    retries: Retries = None,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, help="US dollars that everybody behind an endpoint may cost together."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Say what it takes, model by model: pictures, hours, money."
        ),
    ] = False,
    retry_failed: Annotated[bool, typer.Option(help="Try failed requests again.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON on stdout.")
    ] = False,
) -> None:
    """Let generators paint prompt pairs, and rank them by how far they do what is asked.

    Needs somebody who looks: a chooser, a judge, or scorers. Resumable; generators and scorers may
    be added to a folder later.
    """
    from widespectrum.report import report_run
    from widespectrum.studies.bench import conclude, refuse_blind
    from widespectrum.studies.costs import by_name
    from widespectrum.studies.generating import (
        load_models,
        plan_generation,
        prepare_generation,
        shots_of,
    )

    painters = with_settings(generators, preset=settings, retries=retries)
    models = load_models(
        painters,
        scorers=scorer or (),
        judge=judge,
        chooser=chooser,
        bases=bases_of(aligned or [], generators, painters),
    )
    refuse_blind(models, baseline)
    asked = prompts_or_world(prompts, count, seed)
    names = [generator.name for generator in models.generators]
    if dry_run:
        plan = plan_generation(by_name(models), shots_of(asked, names, repeats), seed=seed)
        tell_costs(models, plan, json=json, max_cost=max_cost)
        return
    job = prepare_generation(
        models,
        asked,
        out=out or folder_for("bench", names),
        repeats=repeats,
        seed=seed,
        batch_size=batch_size,
        max_cost=max_cost,
    )
    console.follow(job.work(retry_failed=retry_failed))
    findings = conclude(job, baseline=baseline, draws=draws, seed=seed)
    page = report_run(job.run)
    console.present(findings[0], page, json=json)
    tell_failures(job.run.table("failures").height, job.run.path)
