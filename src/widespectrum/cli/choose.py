"""``choose`` and ``agreement``: which image follows the prompt, and who agrees with whom?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.studies.choosing_runs import ChoosingCost

DRAWS = 10_000

Draws = Annotated[int, typer.Option(min=100, help="Bootstrap resamples, clustered by prompt.")]
Seed = Annotated[int, typer.Option(help="Seed of the resampling.")]
Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON on stdout.")]


def choose(
    pairs: Annotated[
        Path,
        typer.Argument(
            metavar="PAIRS",
            help="Table of image pairs, a run folder, or a gallery with its _meta.json.",
        ),
    ],
    chooser: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="A chooser, as gpt-5-chat, openai:MODEL@base_url=..., by-score@scorer=NAME; "
            "repeatable. See `widespectrum models list --kind chooser`.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Run folder. Default: runs/choose-NAME-OF-PAIRS.")
    ] = None,
    both_prompts: Annotated[
        bool, typer.Option("--both-prompts", help="Ask under the original prompt as well.")
    ] = False,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, help="US dollars that the answers of this run may cost in all."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, help="Requests to an endpoint under way at once.")
    ] = 8,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked and cost; ask nothing.")
    ] = False,
    draws: Draws = DRAWS,
    seed: Seed = 0,
    allow_outside: Annotated[
        bool, typer.Option(help="Trust image paths that lead out of the table's folder.")
    ] = False,
    retry_failed: Annotated[bool, typer.Option(help="Try failed requests again.")] = False,
    json: Json = False,
) -> None:
    """Have VLMs or scorers choose which image of each pair follows the prompt better.

    Both orders of showing are asked, and a contradiction is a tie. Resumable: the same command on
    the same folder asks only what is missing. Keys come from the environment.
    """
    from widespectrum.report import report_run
    from widespectrum.studies.choosing_runs import choosing_cost, prepare_choosing

    folder = out or Path("runs") / f"choose-{pairs.resolve().stem}"
    if dry_run:
        costs = choosing_cost(
            chooser,
            pairs,
            out=folder,
            both_prompts=both_prompts,
            retry_failed=retry_failed,
            allow_outside=allow_outside,
        )
        _show_costs(costs, json=json)
        return
    job = prepare_choosing(
        chooser,
        pairs,
        out=folder,
        both_prompts=both_prompts,
        draws=draws,
        seed=seed,
        max_cost=max_cost,
        concurrency=concurrency,
        allow_outside=allow_outside,
    )
    console.follow(job.work(retry_failed=retry_failed))
    findings = job.conclude()
    page = report_run(job.run)
    console.present(findings[0], page, json=json)
    if job.session.budget.spent:
        console.say(f"The answers in {folder} cost {job.session.budget.spent:.4f} US dollars.")
    failures = job.run.table("failures").height
    if failures:
        console.say(
            f"{failures} requests failed and are recorded in {folder / 'tables' / 'failures'}; "
            "try them again with --retry-failed."
        )
        raise typer.Exit(console.EXIT_WITH_FAILURES)


def agreement(
    opinions: Annotated[
        list[Path],
        typer.Argument(
            metavar="CHOICES...",
            help="Tables of choices (id, choice, chooser or rater) or of ratings (id, dimension, "
            "rating), or run folders.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for findings and report. Default: runs/NAME.")
    ] = None,
    draws: Draws = DRAWS,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Say who agrees with whom: Cohen's kappa of every two choosers or judges, people included."""
    from widespectrum.report import write_report
    from widespectrum.studies.agreement import analyse
    from widespectrum.studies.findings import save_findings
    from widespectrum.studies.opinion_sources import opinions_from

    frame, scale = opinions_from(opinions)
    findings = analyse(frame, scale, draws=draws, seed=seed)
    folder = out or Path("runs") / f"agreement-{opinions[0].resolve().stem}"
    save_findings(findings, folder / "findings")
    page = write_report(
        [findings],
        folder / "report",
        images=None,
        title=findings.title,
        provenance=findings.provenance,
    )
    console.present(findings, page, json=json)


def _show_costs(costs: tuple[ChoosingCost, ...], *, json: bool) -> None:
    from dataclasses import asdict

    from widespectrum.cli.listing import show_table

    if json:
        console.emit_json([asdict(cost) for cost in costs])
        return
    show_table(
        ["chooser", "contests", "requests", "input tokens", "about US$", "at most US$"],
        [
            (cost.chooser, cost.contests)
            + (
                ("-", "-", "-", "-")
                if cost.estimate is None
                else (
                    cost.estimate.questions,
                    f"{cost.estimate.input_tokens:,}",
                    _dollars(cost.estimate.dollars),
                    _dollars(cost.estimate.most),
                )
            )
            for cost in costs
        ],
    )


def _dollars(amount: float | None) -> str:
    return "price unknown" if amount is None else f"{amount:.2f}"
