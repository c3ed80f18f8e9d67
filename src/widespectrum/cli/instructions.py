"""``instructions``: the same scorer, told something else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from widespectrum.cli import console
from widespectrum.cli.audit import DRAWS, Draws, Json, Seed


def instructions(
    scorer: Annotated[
        str,
        typer.Argument(
            metavar="SCORER", help="One that has a setting 'instruction', as hpsv3 and vlm have."
        ),
    ],
    pairs: Annotated[
        Path,
        typer.Option(help="Table of image pairs, a run folder, or a gallery with its _meta.json."),
    ],
    told: Annotated[
        str,
        typer.Option(
            "--instructions",
            help="Names or text files, separated by commas; all are compared with the first.",
        ),
    ] = "original,neutral,fidelity",
    out: Annotated[
        Path | None, typer.Option(help="Run folder. Default: runs/instructions-NAME-OF-PAIRS.")
    ] = None,
    draws: Draws = DRAWS,
    seed: Seed = 0,
    batch_size: Annotated[int, typer.Option(min=1, help="Scores per call of the scorer.")] = 32,
    allow_outside: Annotated[
        bool, typer.Option(help="Trust image paths that lead out of the table's folder.")
    ] = False,
    retry_failed: Annotated[bool, typer.Option(help="Try failed requests again.")] = False,
    json: Json = False,
) -> None:
    """Score image pairs with the same weights under several instructions, and compare.

    Resumable: the same command on the same folder does only what is missing.
    """
    from widespectrum.report import report_run
    from widespectrum.studies.instruction_ablation import prepare

    folder = out or Path("runs") / f"instructions-{pairs.resolve().stem}"
    job = prepare(
        scorer,
        pairs,
        out=folder,
        instructions=[name.strip() for name in told.split(",") if name.strip()],
        draws=draws,
        seed=seed,
        allow_outside=allow_outside,
        batch_size=batch_size,
    )
    console.follow(job.work(retry_failed=retry_failed))
    findings = job.conclude()
    page = report_run(job.audit.run)
    console.present(findings, page, json=json)
    failures = job.audit.run.table("failures").height
    if failures:
        console.say(
            f"{failures} requests failed and are recorded in {folder / 'tables' / 'failures'}; "
            "try them again with --retry-failed."
        )
        raise typer.Exit(console.EXIT_WITH_FAILURES)
