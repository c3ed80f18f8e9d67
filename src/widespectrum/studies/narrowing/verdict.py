"""The verdict: narrowed, kept within the margin, or undecided; and how many prompts that takes.

The question is about one number, the drop: the base's success rate minus the aligned model's, on
the same prompts and seeds. With the interval of the drop::

    high < margin            kept: whatever was lost is less than the margin
    low > 0                  narrowed
    neither                  undecided: more prompts are needed

So a gate that passes has shown something, and a handful of prompts cannot pass it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.errors import BadInput
from widespectrum.statistics import (
    Interval,
    bonett_price,
    confidence_sequence,
    pairs_needed,
    power_of,
)
from widespectrum.studies.painted import Painted

Outcome = Literal["narrowed", "kept", "undecided"]
Floats = NDArray[np.float64]

POWER = 0.9
MARGIN = 0.1
LOOK = 8
"""Prompts between two looks of a sequential comparison."""

DROPS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
"""Drops for which the number of prompts is told."""


@dataclass(frozen=True)
class Matches:
    """Success of two models on the same prompts: means over the shots of each cluster."""

    clusters: tuple[str, ...]
    """In the order in which they are looked at."""
    base: Floats
    aligned: Floats
    left_out: int
    """Pairs of shots left out, because the pictures are there and the chooser gave no answer."""

    @property
    def drops(self) -> Floats:
        """Base minus aligned, in [-1, 1]."""
        return self.base - self.aligned


@dataclass(frozen=True)
class Verdict:
    """What can be said of the drop."""

    outcome: Outcome
    drop: Interval
    margin: float
    at_base: float
    at_aligned: float
    discordant: float
    """Share of prompts on which the two differ, weighted by how much."""
    power: float | None
    """Chance that so many prompts show a drop of the margin; None where none is possible."""
    needed: int | None
    """Prompts that show a drop of the margin with power `POWER`."""
    little_to_lose: bool
    """The base itself succeeds so rarely that a drop of the margin is not possible."""


def matches(
    painted: Painted, base: str, aligned: str, order: tuple[str, ...] | None = None
) -> Matches:
    """Successes of both models, prompt by prompt.

    A model that fails to paint has no success. A chooser that fails to answer says nothing about
    any model: that pair of shots is left out.

    Args:
        painted: shots of both, and who was chosen.
        base: the model before alignment.
        aligned: the model after it.
        order: clusters in the order of looking; by default sorted. Others are left out.

    Raises:
        BadInput: there is no chooser, or not one pair of shots to compare.
    """
    if painted.chooser is None:
        raise BadInput("nobody said which image follows the prompt", "Name a chooser.")
    painted_both = pl.col("image_original").is_not_null() & pl.col("image_anti").is_not_null()
    shots = painted.shots.select(
        "generator",
        "prompt",
        "repeat",
        "cluster",
        (pl.col("choice") == 1).fill_null(value=False).cast(pl.Float64).alias("success"),
        (painted_both & pl.col("choice").is_null()).alias("unanswered"),
    )
    sides = [shots.filter(pl.col("generator") == name) for name in (base, aligned)]
    both = sides[0].join(sides[1], on=["prompt", "repeat"], suffix="_aligned")
    answered = both.filter(~pl.col("unanswered") & ~pl.col("unanswered_aligned"))
    if answered.height == 0:
        raise BadInput(
            f"{base} and {aligned} share no shot with an answer",
            "Mend what failed, then run the same command with --retry-failed.",
        )
    means = answered.group_by("cluster").agg(
        pl.col("success").mean(), pl.col("success_aligned").mean()
    )
    known = {cluster: rates for cluster, *rates in means.rows()}
    clusters = tuple(c for c in (order or sorted(known)) if c in known)
    values = np.array([known[cluster] for cluster in clusters], dtype=np.float64)
    return Matches(clusters, values[:, 0], values[:, 1], both.height - answered.height)


def verdict_of(
    found: Matches, *, margin: float = MARGIN, level: float = 0.95, sequential: bool = False
) -> Verdict:
    """The verdict on what was found.

    Args:
        found: successes by prompt.
        margin: the largest drop that is let pass, in (0, 1).
        level: of the interval, in (0, 1).
        sequential: an interval that may be looked at again and again, instead of one for a number
            of prompts that was fixed beforehand.

    Raises:
        BadInput: the margin is out of range.
    """
    if not 0 < margin < 1:
        raise BadInput(f"must lie between 0 and 1, is {margin}", field="margin")
    drop = (confidence_sequence if sequential else bonett_price)(found.drops, level)
    at_base, at_aligned = float(found.base.mean()), float(found.aligned.mean())
    little = at_base <= margin
    discordant = float((found.drops**2).mean())
    return Verdict(
        outcome=_outcome(drop, margin, little),
        drop=drop,
        margin=margin,
        at_base=at_base,
        at_aligned=at_aligned,
        discordant=discordant,
        power=None if little else _power(len(found.drops), at_base, margin, discordant, level),
        needed=None if little else _needed(at_base, margin, discordant, level),
        little_to_lose=little,
    )


def requirements(
    base: float, *, prompts: int | None = None, discordant: float | None = None, level: float = 0.95
) -> pl.DataFrame:
    """Prompts needed to see drops of several sizes, and the chance that `prompts` show them.

    Columns: drop, needed (with power `POWER`), power (null without `prompts`).

    Args:
        base: success rate of the base, known or guessed, in (0, 1].
        prompts: how many there are.
        discordant: share of prompts on which only one model succeeds; by default that of models
            that succeed independently, which asks for the most.
        level: 1 - alpha of the two-sided test.
    """
    rows = [
        {
            "drop": drop,
            "needed": _needed(base, drop, discordant, level),
            "power": None if prompts is None else _power(prompts, base, drop, discordant, level),
        }
        for drop in DROPS
        if drop <= base
    ]
    return pl.DataFrame(rows, schema={"drop": pl.Float64, "needed": pl.Int64, "power": pl.Float64})


def _outcome(drop: Interval, margin: float, little_to_lose: bool) -> Outcome:
    if drop.low is None or drop.high is None:
        return "undecided"
    if drop.high < margin and not little_to_lose:
        return "kept"
    return "narrowed" if drop.low > 0 else "undecided"


def _needed(base: float, drop: float, discordant: float | None, level: float) -> int:
    base, share = _possible(base, drop, discordant)
    return pairs_needed(base, drop, discordant=share, power=POWER, alpha=1 - level)


def _power(prompts: int, base: float, drop: float, discordant: float | None, level: float) -> float:
    base, share = _possible(base, drop, discordant)
    return power_of(prompts, base, drop, discordant=share, alpha=1 - level)


def _possible(base: float, drop: float, discordant: float | None) -> tuple[float, float | None]:
    """The rate, and the discordant share as far as two models of such rates can have it."""
    base = min(base, 1 - 1e-9)  # at 1, rounding would leave no share that is possible
    if discordant is None:
        return base, None
    after = base - drop
    return base, min(max(discordant, drop), base + after, 2 - base - after)
