"""What the commands that let generators paint have in common: prompts, folders, failures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    import polars as pl

    from widespectrum.contracts import Generator

Preset = Annotated[
    str,
    typer.Option(
        "--settings",
        metavar="controlled|paper",
        help="paper: each variant of a prompt with the settings of the paper's scripts, where they "
        "differ; the report marks it.",
    ),
]


Retries = Annotated[
    int | None,
    typer.Option(
        "--retries",
        min=0,
        metavar="N",
        help="How often a generator behind an API is asked again, in the same words, where there "
        "came no usable picture: a refusal, words alone. Default: as it says, mostly 3.",
    ),
]


def with_settings(
    names: list[str],
    *,
    preset: str = "controlled",
    retries: int | None = None,
    guidance: float | None = None,
) -> list[str | Generator]:
    """Generators by name, or loaded with what options say of all of them.

    Args:
        names: names or specs.
        preset: ``paper`` for the paper's settings.
        retries: for those behind an API; for the others it means nothing.
        guidance: the setting of that name.

    Raises:
        BadInput: there is no such preset, a generator does not know it, or none of them is behind
            an API and `retries` is given.
    """
    from widespectrum.errors import BadInput
    from widespectrum.generators import load_generator
    from widespectrum.studies.spending import is_served

    if preset not in ("controlled", "paper"):
        raise BadInput(f"is {preset!r}", "Give controlled or paper.", field="--settings")
    common: dict[str, str | float] = {"settings": preset} if preset == "paper" else {}
    if guidance is not None:
        common["guidance"] = guidance
    if retries is None:
        return [load_generator(name, **common) for name in names] if common else list(names)
    served = [is_served(load_generator(name)) for name in names]
    if not any(served):
        raise BadInput(
            f"is {retries}, and no generator here is behind an API: {', '.join(names)} answers "
            "the first time, or fails for good",
            "Leave it out; --retry-failed paints again what has failed in a run.",
            field="--retries",
        )
    return [
        load_generator(name, **common, **({"retries": retries} if behind else {}))
        for name, behind in zip(names, served, strict=True)
    ]


def prompts_or_world(prompts: Path | None, count: int, seed: int) -> pl.DataFrame:
    """The prompt pairs of a table, or else `count` of them about Bonsai's world."""
    from widespectrum.tables import read_prompt_pairs

    if prompts is not None:
        return read_prompt_pairs(prompts)
    from widespectrum.bonsai.prompted import world_pairs

    return world_pairs(count, seed).frame


def folder_for(command: str, names: Iterable[str]) -> Path:
    """The default run folder: ``runs/COMMAND-NAMES``."""
    joined = "-".join((command, *names))
    return Path("runs") / "".join(c if c.isalnum() or c in "._-" else "-" for c in joined)


def tell_failures(failures: int, folder: Path) -> None:
    """Say that requests failed, and exit so."""
    if failures:
        console.say(
            f"{failures} requests failed and are recorded in {folder / 'tables' / 'failures'}; "
            "try them again with --retry-failed."
        )
        raise typer.Exit(console.EXIT_WITH_FAILURES)


def bases_of(
    given: list[str],
    generators: list[str],
    loaded: Sequence[str | Generator] | None = None,
) -> dict[str, str]:
    """``ALIGNED=BASE`` texts as a mapping.

    Args:
        given: the texts.
        generators: as they were named.
        loaded: what became of them, where options have added to their names.

    Names with settings have equals signs of their own: the sign is meant that has a generator on
    both sides, else the last one.

    Raises:
        BadInput: a text is not of that form.
    """
    from widespectrum.errors import BadInput

    bases = {}
    for text in given:
        splits = [(text[:at], text[at + 1 :]) for at, sign in enumerate(text) if sign == "="]
        named = [split for split in splits if set(split) <= set(generators)]
        member, base = (named or splits[-1:] or [("", "")])[0]
        if not (member and base):
            raise BadInput(f"is {text!r}", "Write ALIGNED=BASE.", field="--aligned")
        bases[member] = base
    now = {
        name: name if isinstance(model, str) else model.name
        for name, model in zip(generators, loaded or generators, strict=True)
    }
    return {now.get(member, member): now.get(base, base) for member, base in bases.items()}
