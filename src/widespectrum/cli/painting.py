"""What the commands that let generators paint have in common: prompts, folders, failures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    import polars as pl


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
