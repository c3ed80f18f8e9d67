"""``check``: does a scorer or a judge keep its contract, and do its facts tell the truth?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.contracts import Image
    from widespectrum.judges import JudgeReport
    from widespectrum.scorers import ScorerReport

_PAIRS_SHOWN = 3


def check(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A scorer's or judge's name, module:attribute, or path/to/file.py:attribute.",
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="scorer|judge", help="What it is, where its name does not say so; else scorer."
        ),
    ] = None,
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
    """Put a scorer or a judge through its conformance kit. Exit code 1 if a check fails."""
    kind = kind or _kind_of(model, catalog or [])
    report: ScorerReport | JudgeReport
    if kind == "scorer":
        report = _check_scorer(model, pairs, catalog or [])
    elif kind == "judge":
        report = _check_judge(model, pairs, catalog or [])
    else:
        from widespectrum.errors import BadInput

        raise BadInput(f"is {kind!r}", "Give scorer or judge.", field="--kind")
    if json:
        console.emit_json(report.to_json())
    else:
        _show(report, kind, model)
    if not report.passed:
        raise typer.Exit(console.EXIT_GATE_FAILED)


def _kind_of(model: str, catalogs: list[Path]) -> str:
    """A judge's name says that it is one; everything else is taken for a scorer."""
    from widespectrum.catalog import parse_name
    from widespectrum.judges import judge_registry

    name = parse_name(model)
    known = name.attribute is None and name.base in judge_registry(catalogs).names
    return "judge" if known else "scorer"


def _check_scorer(model: str, pairs: Path | None, catalogs: list[Path]) -> ScorerReport:
    import warnings

    from widespectrum.scorers import check_scorer, load_scorer, scorer_registry

    registry = scorer_registry(catalogs)
    images, prompts = _from_pairs(pairs) if pairs else (None, None)
    with warnings.catch_warnings():
        if pairs is None:  # what a scorer has to say about our own prompts helps nobody
            warnings.simplefilter("ignore", UserWarning)
        return check_scorer(
            load_scorer(model, registry),
            images,
            prompts,
            again=lambda: load_scorer(model, registry),
        )


def _check_judge(model: str, pairs: Path | None, catalogs: list[Path]) -> JudgeReport:
    from widespectrum.judges import check_judge, judge_registry, load_judge

    registry = judge_registry(catalogs)
    images = _from_pairs(pairs)[0] if pairs else None
    return check_judge(
        load_judge(model, registry), images, again=lambda: load_judge(model, registry)
    )


def _show(report: ScorerReport | JudgeReport, kind: str, model: str) -> None:
    from widespectrum.cli.listing import printable, show_table

    name = str(getattr(report, kind, model))
    signs = {True: "pass", False: "FAIL", None: "open"}
    show_table(
        ["", "check", "what was seen"],
        [
            (signs[result.passed], result.name, _told(result.detail, result.remedy))
            for result in report.results
        ],
        title=f"{kind.capitalize()} {name}",
    )
    if not report.passed:
        console.tell(printable(f"{name} fails: {', '.join(report.failed)}."))
        return
    aware = getattr(report, "prompt_aware", None)
    reads = "" if aware is None else ", and reads the prompt" if aware else ", and is prompt-blind"
    console.tell(printable(f"{name} keeps its contract{reads}."))


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
