"""``edit``: given an unpolished picture, does a generator keep it, or clean it up?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console
from widespectrum.cli.costs import tell_costs
from widespectrum.cli.painting import (
    Retries,
    bases_of,
    folder_for,
    tell_failures,
    with_settings,
)

DRAWS = 10_000
SWEEP = (0.1, 0.3, 0.5, 0.7, 0.9)


def edit(
    generators: Annotated[
        list[str],
        typer.Argument(
            metavar="GENERATOR...",
            help="Names or specs; see `widespectrum models list --kind generator`.",
        ),
    ],
    pairs: Annotated[
        Path,
        typer.Option(
            help="The pictures to begin with: the anti images of a run, a table of image pairs, or "
            "a folder that `widespectrum bonsai pairs` wrote."
        ),
    ],
    painter: Annotated[
        str | None,
        typer.Option("--from", metavar="GENERATOR", help="Only pairs that this one painted."),
    ] = None,
    followed: Annotated[
        bool,
        typer.Option("--followed", help="Only pairs of which a chooser took the anti image."),
    ] = False,
    strength: Annotated[
        list[float] | None,
        typer.Option(help="How far from the start, in (0, 1]; repeatable. Default: 0.5."),
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Strengths 0.1, 0.3, 0.5, 0.7 and 0.9.")
    ] = False,
    told: Annotated[
        list[str] | None,
        typer.Option(
            metavar="anti|original|nothing",
            help="What an edit is told; repeatable. Default: anti, and original as a control.",
        ),
    ] = None,
    scorer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Scores start and result; repeatable.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option(metavar="NAME", help="Rates start and result by dimension.")
    ] = None,
    aligned: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ALIGNED=BASE",
            help="A lineage, beside those that the catalog knows; repeatable.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder. Default: runs/edit-GENERATORS.")
    ] = None,
    draws: Annotated[int, typer.Option(min=100, help="Bootstrap resamples.")] = DRAWS,
    seed: Annotated[int, typer.Option(help="Of noise and resampling.")] = 0,
    allow_outside: Annotated[
        bool, typer.Option(help="Trust image paths that lead out of the table's folder.")
    ] = False,
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
    retries: Retries = None,
    retry_failed: Annotated[bool, typer.Option(help="Try failed requests again.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON on stdout.")
    ] = False,
) -> None:
    """Let generators work unpolished pictures over, and say how much more polished they come out.

    Every generator begins with the same pictures, at one strength or several, under the anti prompt
    and, as a control, under the original one. Resumable.
    """
    from widespectrum.report import report_run
    from widespectrum.studies.costs import by_name
    from widespectrum.studies.findings import save_findings
    from widespectrum.studies.generating import load_models
    from widespectrum.studies.image_to_image import (
        STRENGTHS,
        TOLD_BY_DEFAULT,
        analyse,
        plan_edits,
        prepare,
    )

    painters = with_settings(generators, retries=retries)
    models = load_models(
        painters,
        scorers=scorer or (),
        judge=judge,
        bases=bases_of(aligned or [], generators, painters),
    )
    names = [generator.name for generator in models.generators]
    chosen = tuple(dict.fromkeys((*(strength or ()), *(SWEEP if sweep else ())))) or STRENGTHS
    instructions = tuple(told or TOLD_BY_DEFAULT)
    if dry_run:
        plan = plan_edits(
            by_name(models),
            pairs,
            strengths=chosen,
            told=instructions,
            painter=painter,
            followed=followed,
            allow_outside=allow_outside,
        )
        tell_costs(models, plan, json=json, max_cost=max_cost)
        return
    job = prepare(
        models,
        pairs,
        out=out or folder_for("edit", names),
        strengths=chosen,
        told=instructions,
        seed=seed,
        max_cost=max_cost,
        painter=painter,
        followed=followed,
        allow_outside=allow_outside,
    )
    console.follow(job.work(retry_failed=retry_failed))
    findings = analyse(job.edited(), models.lineages, draws=draws, seed=seed)
    save_findings(findings, job.run.findings)
    page = report_run(job.run)
    console.present(findings, page, json=json)
    tell_failures(job.run.table("failures").height, job.run.path)
