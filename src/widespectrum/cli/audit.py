"""``audit`` and ``analyse``: does this scorer prefer what was asked?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console

DRAWS = 10_000

Draws = Annotated[int, typer.Option(min=100, help="Bootstrap resamples, clustered by prompt.")]
Seed = Annotated[int, typer.Option(help="Seed of the resampling and of the shuffled control.")]
Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON on stdout.")]


def audit(
    scorers: Annotated[
        list[str],
        typer.Argument(metavar="SCORER...", help="Names or specs; see `widespectrum models list`."),
    ],
    pairs: Annotated[
        Path,
        typer.Option(help="Table of image pairs, a run folder, or a gallery with its _meta.json."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Run folder. Default: runs/audit-NAME-OF-PAIRS.")
    ] = None,
    draws: Draws = DRAWS,
    seed: Seed = 0,
    batch_size: Annotated[int, typer.Option(min=1, help="Scores per call of a scorer.")] = 32,
    workers: Annotated[
        int,
        typer.Option(min=0, help="Processes that decode and resize pictures; 0: threads do."),
    ] = 0,
    allow_outside: Annotated[
        bool, typer.Option(help="Trust image paths that lead out of the table's folder.")
    ] = False,
    null: Annotated[
        bool, typer.Option(help="Have a prompt-blind scorer beside them, as a control.")
    ] = True,
    retry_failed: Annotated[bool, typer.Option(help="Try failed requests again.")] = False,
    encodings: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER|off",
            help="Where encodings are kept for later runs. Default: $WIDESPECTRUM_ENCODINGS, else "
            "the user's cache folder; see `widespectrum encodings show`.",
        ),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(
            metavar="USD", min=0, help="What scorers behind paid endpoints may spend on this run."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Score image pairs and say whether SCORER prefers what was asked.

    Resumable: the same command on the same folder does only what is missing.
    """
    from dataclasses import replace

    from widespectrum.endpoints import Terms, share_session
    from widespectrum.report import report_run
    from widespectrum.studies.audits import NULL, prepare_audit

    folder = out or Path("runs") / f"audit-{pairs.resolve().stem}"
    terms = Terms.from_environment()
    limit = terms.max_cost if max_cost is None else max_cost
    share_session(replace(terms, answers=terms.answers or folder / "answers", max_cost=limit))
    job = prepare_audit(
        scorers,
        pairs,
        out=folder,
        draws=draws,
        seed=seed,
        null=NULL if null else None,
        allow_outside=allow_outside,
        batch_size=batch_size,
        encodings=encodings,
    )
    console.follow(job.work(retry_failed=retry_failed, processes=workers))
    if (kept := job.encodings) and kept.found + kept.made:
        console.say(f"{kept.made:,} encodings made, {kept.found:,} found in {kept.folder}")
    findings = job.conclude()
    page = report_run(job.run)
    failures = job.run.table("failures").height
    console.present(findings, page, json=json)
    if failures:
        console.say(
            f"{failures} requests failed and are recorded in {folder / 'tables' / 'failures'}; "
            "try them again with --retry-failed."
        )
        raise typer.Exit(console.EXIT_WITH_FAILURES)


def analyse(
    scores: Annotated[
        list[Path],
        typer.Argument(
            metavar="SCORES...",
            help="Tables of the four scores (ours, or the authors' JSON lists), or a run folder.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for findings and report. Default: runs/NAME, or the run itself."),
    ] = None,
    draws: Draws = DRAWS,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """The same from scores that exist already; no model is needed.

    Of a run, everything is concluded that its scores, ratings and choices allow.
    """
    from widespectrum.report import write_report
    from widespectrum.studies.audits import analyse as analyse_scores
    from widespectrum.studies.findings import save_findings

    if (scores[0] / "run.json").is_file():
        _analyse_run(scores, out, draws=draws, seed=seed, json=json)
        return
    findings = analyse_scores(scores, draws=draws, seed=seed)
    folder = out or Path("runs") / f"analyse-{scores[0].resolve().stem}"
    save_findings(findings, folder / "findings")
    page = write_report(
        [findings],
        folder / "report",
        images=None,
        title=findings.title,
        provenance=findings.provenance,
    )
    console.present(findings, page, json=json)


def _analyse_run(runs: list[Path], out: Path | None, *, draws: int, seed: int, json: bool) -> None:
    from widespectrum.errors import BadInput
    from widespectrum.report import report_run
    from widespectrum.runs import Run
    from widespectrum.studies.own_results import conclude_run

    if len(runs) > 1 or out is not None:
        raise BadInput(
            "is a run, whose findings stay in it",
            "Name one run, and no --out.",
            file=runs[0],
        )
    run = Run.open(runs[0])
    findings = conclude_run(run, draws=draws, seed=seed)
    page = report_run(run)
    if json:
        console.emit_json({"findings": [each.to_json() for each in findings], "report": str(page)})
        return
    for each in findings:
        for sentence in each.headline:
            console.say(sentence)
        console.show_table(each.tables[0])
    console.tell(str(page))
