"""What the commands that let generators paint have in common: prompts, folders, failures."""

from __future__ import annotations

from collections.abc import Iterable
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


def with_preset(names: list[str], preset: str) -> list[str | Generator]:
    """Generators by name, or loaded with the paper's settings.

    Raises:
        BadInput: there is no such preset, or a generator does not know it.
    """
    from widespectrum.errors import BadInput
    from widespectrum.generators import load_generator

    if preset == "controlled":
        return list(names)
    if preset != "paper":
        raise BadInput(f"is {preset!r}", "Give controlled or paper.", field="--settings")
    return [load_generator(name, settings="paper") for name in names]


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


def bases_of(given: list[str], generators: list[str]) -> dict[str, str]:
    """``ALIGNED=BASE`` texts as a mapping.

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
    return bases
