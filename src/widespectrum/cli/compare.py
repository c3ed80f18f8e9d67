"""``compare``: has alignment narrowed this model? One page, one sentence, one exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from widespectrum.cli import console
from widespectrum.cli.costs import cost_document, show_costs
from widespectrum.cli.painting import (
    Preset,
    Retries,
    folder_for,
    prompts_or_world,
    tell_failures,
    with_settings,
)

DRAWS = 10_000


def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="A generator, before alignment.")],
    aligned: Annotated[
        str, typer.Argument(metavar="ALIGNED", help="The same generator, after alignment.")
    ],
    prompts: Annotated[
        Path | None,
        typer.Option(help="Table of prompt pairs. Default: --count pairs about Bonsai's world."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Pairs, where no table is given.")] = 100,
    chooser: Annotated[
        str, typer.Option(metavar="NAME", help="Says which image follows the prompt.")
    ] = "by-score@scorer=bonsai-clip-b",
    scorer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Scores all images; repeatable.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option(metavar="NAME", help="Rates all images by dimension.")
    ] = None,
    margin: Annotated[
        float, typer.Option(min=0.001, max=0.999, help="Largest drop of success let pass.")
    ] = 0.1,
    gate: Annotated[
        bool,
        typer.Option("--gate", help="Exit with 1 unless a drop of the margin is ruled out."),
    ] = False,
    sequential: Annotated[
        bool, typer.Option("--sequential", help="Stop as soon as the answer is clear.")
    ] = False,
    look: Annotated[int, typer.Option(min=1, help="Prompts between two looks.")] = 8,
    repeats: Annotated[int, typer.Option(min=1, help="Shots of every prompt.")] = 1,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Say how many prompts it takes, and what they cost; paint nothing."
        ),
    ] = False,
    base_rate: Annotated[
        float,
        typer.Option(min=0.01, max=1, help="For --dry-run: success rate expected of the base."),
    ] = 0.7,
    out: Annotated[
        Path | None, typer.Option(help="Run folder. Default: runs/compare-BASE-ALIGNED.")
    ] = None,
    draws: Annotated[int, typer.Option(min=100, help="Bootstrap resamples.")] = DRAWS,
    seed: Annotated[int, typer.Option(help="Of prompts, noise, order and resampling.")] = 0,
    settings: Preset = "controlled",
    retries: Retries = None,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, help="US dollars that everybody behind an endpoint may cost together."),
    ] = None,
    retry_failed: Annotated[bool, typer.Option(help="Try failed requests again.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON on stdout.")
    ] = False,
) -> None:
    """Say whether ALIGNED still does what BASE does when prompts ask for something unpolished.

    Both paint the same prompts from the same seeds. Resumable: the same command on the same folder
    paints only what is missing.
    """
    from widespectrum.report import report_run
    from widespectrum.studies import refusals
    from widespectrum.studies.costs import by_name
    from widespectrum.studies.findings import save_findings
    from widespectrum.studies.generating import load_models, plan_generation, shots_of
    from widespectrum.studies.narrowing import analyse, prepare
    from widespectrum.studies.prompts_read import read_of
    from widespectrum.studies.settings_shown import confound_banner, facts_of

    models = load_models(
        with_settings([base, aligned], preset=settings, retries=retries),
        scorers=scorer or (),
        judge=judge,
        chooser=chooser,
    )
    names = [generator.name for generator in models.generators]
    asked = prompts_or_world(prompts, count, seed)
    if dry_run:
        plan = plan_generation(by_name(models), shots_of(asked, names, repeats), seed=seed)
        needs = _requirements(base_rate, asked.height, margin, sequential=sequential)
        if json:
            console.emit_json({**needs, "cost": cost_document(models, plan)})
            return
        _show_requirements(needs)
        show_costs(models, plan, max_cost)
        return
    job = prepare(
        models,
        asked,
        out=out or folder_for("compare", names),
        margin=margin,
        sequential=sequential,
        look=look,
        repeats=repeats,
        seed=seed,
        max_cost=max_cost,
    )
    console.follow(job.work(retry_failed=retry_failed))
    seen, facts = job.painted(), facts_of(models.generators)
    findings, verdict = analyse(
        seen,
        *names,
        margin=margin,
        order=job.order,
        look=look,
        facts=facts,
        read=read_of(job.generation.run, seen),
        draws=draws,
        seed=seed,
    )
    run = job.generation.run
    save_findings(findings, run.findings)
    refused = refusals.analyse(refusals.requests_of(run, seen), draws=draws, seed=seed)
    if refused is not None:
        save_findings(refused, run.findings)
    if banner := confound_banner(facts, {names[1]: names[0]}):
        run.record(banner=banner)
    page = report_run(run)
    console.present(findings, page, json=json)
    if gate and verdict.outcome != "kept":
        raise typer.Exit(console.EXIT_GATE_FAILED)
    tell_failures(run.table("failures").height, run.path)


def _requirements(
    base_rate: float, prompts: int, margin: float, *, sequential: bool
) -> dict[str, Any]:
    """How many prompts show which drop, for machines."""
    from widespectrum.studies.narrowing import expected_stop, requirements

    rows = requirements(base_rate, prompts=prompts).to_dicts()
    for row in rows:
        if sequential:
            row["stops_after"] = expected_stop(base_rate, row["drop"], margin)
    return {"base_rate": base_rate, "prompts": prompts, "margin": margin, "drops": rows}


def _show_requirements(needs: dict[str, Any]) -> None:
    from widespectrum.cli.listing import show_table
    from widespectrum.studies.narrowing import POWER

    sequential = any("stops_after" in row for row in needs["drops"])
    show_table(
        [
            "true drop",
            f"prompts for power {POWER:.0%}",
            f"power of {needs['prompts']:,} prompts",
            *(["sequential stops after about"] if sequential else []),
        ],
        [
            (
                f"{row['drop']:.0%}",
                f"{row['needed']:,}",
                f"{row['power']:.0%}",
                *([str(row["stops_after"] or "more than 2,000")] if sequential else []),
            )
            for row in needs["drops"]
        ],
    )
    console.say(
        f"If the base follows {needs['base_rate']:.0%} of prompts and the two succeed "
        "independently; models that find the same prompts hard need fewer. Every prompt takes four "
        "pictures."
    )
