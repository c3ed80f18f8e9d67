"""``check``: does a scorer keep its contract, and do its facts tell the truth?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.contracts import Image
    from widespectrum.scorers import ConformanceReport

_PAIRS_SHOWN = 3


def check(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A scorer's name, module:attribute, or path/to/file.py:attribute."
        ),
    ],
    pairs: Annotated[
        Path | None,
        typer.Option(help="Check with images and prompts of this pairs table, not with our own."),
    ] = None,
    catalog: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.toml", help="A catalog of your own; repeatable."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report for machines.")] = False,
) -> None:
    """Put a scorer through the conformance kit. Exit code 1 if a check fails."""
    import warnings

    from widespectrum.scorers import check_scorer, load_scorer, scorer_registry

    registry = scorer_registry(catalog or [])
    images, prompts = _from_pairs(pairs) if pairs else (None, None)
    with warnings.catch_warnings():
        if pairs is None:  # what a scorer has to say about our own prompts helps nobody
            warnings.simplefilter("ignore", UserWarning)
        report = check_scorer(
            load_scorer(model, registry),
            images,
            prompts,
            again=lambda: load_scorer(model, registry),
        )
    if json:
        console.emit_json(report.to_json())
    else:
        _show(report)
    if not report.passed:
        raise typer.Exit(console.EXIT_GATE_FAILED)


def _show(report: ConformanceReport) -> None:
    from widespectrum.cli.listing import printable, show_table

    signs = {True: "pass", False: "FAIL", None: "open"}
    show_table(
        ["", "check", "what was seen"],
        [
            (signs[result.passed], result.name, _told(result.detail, result.remedy))
            for result in report.results
        ],
        title=f"Scorer {report.scorer}",
    )
    if report.passed:
        reads = "reads the prompt" if report.prompt_aware else "is prompt-blind"
        console.tell(printable(f"{report.scorer} keeps its contract, and {reads}."))
    else:
        console.tell(printable(f"{report.scorer} fails: {', '.join(report.failed)}."))


def _told(detail: str, remedy: str) -> str:
    sentence = detail if detail.endswith((".", "!", "?")) else f"{detail}."
    return f"{sentence} {remedy}" if remedy else detail


def _from_pairs(path: Path) -> tuple[list[Image], list[str]]:
    """Images and prompts of the first few pairs of a table."""
    from widespectrum.images import load_image
    from widespectrum.tables import read_image_pairs

    shown = read_image_pairs(path).head(_PAIRS_SHOWN)
    images = [*shown["image_original"], *shown["image_anti"]]
    prompts = [*shown["prompt_original"], *shown["prompt_anti"]]
    return [load_image(image) for image in images], list(dict.fromkeys(prompts))
