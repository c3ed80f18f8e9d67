"""Numbers into words, by rules that stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

CHANCE = 0.5


def pair_verdicts(pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs` with a sentence ``verdict``, a flag ``obeyed`` and a number ``disobedience``.

    Disobedience is |taste| - listening in the scorer's reference SD: by how much the worse of the
    two prompts was disobeyed; negative where the pair is obeyed.
    """
    asked_original = pl.col("io_po") - pl.col("ia_po")
    asked_anti = pl.col("ia_pa") - pl.col("io_pa")
    verdict = (
        pl.when((asked_original > 0) & (asked_anti > 0))
        .then(pl.lit("Obeyed: prefers each image under its own prompt."))
        .when((asked_original > 0) & (asked_anti < 0))
        .then(pl.lit("Overruled: prefers the original image whatever is asked."))
        .when((asked_original < 0) & (asked_anti > 0))
        .then(pl.lit("Overruled: prefers the anti image whatever is asked."))
        .when((asked_original < 0) & (asked_anti < 0))
        .then(pl.lit("Reversed: prefers each image under the other's prompt."))
        .otherwise(pl.lit("Undecided: the two images score the same under a prompt."))
    )
    return pairs.with_columns(
        verdict.alias("verdict"),
        ((asked_original > 0) & (asked_anti > 0)).alias("obeyed"),
        (pl.col("taste").abs() - pl.col("listening")).alias("disobedience"),
    )


def headline(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """A short sentence first, then what stands behind it: both scorers of two, else the extremes.

    Args:
        rows: one per scorer, of the measures over all pairs.
    """
    ranked = sorted(rows, key=lambda row: -(row["obeyed"] or 0.0))
    shares = [_share(row) for row in ranked]
    if len(ranked) == 1:
        first = f"{shares[0]} of pairs."
    elif len(ranked) == 2:
        first = f"{shares[0]} of pairs, {shares[1].replace(' obeys in', ' in')}."
    else:
        first = (
            f"Of {len(ranked)} scorers, {shares[0]} of pairs; {shares[-1].replace(' obeys', '')}."
        )
    told = ranked if len(ranked) <= 2 else [ranked[0], ranked[-1]]
    return (first, *(f"{_choice(row)} {_listening(row)}".strip() for row in told))


def _share(row: Mapping[str, Any]) -> str:
    if row["obeyed"] is None:
        return f"{row['scorer']} obeys in an unknown share"
    return f"{row['scorer']} obeys in {row['obeyed']:.0%}"


def _choice(row: Mapping[str, Any]) -> str:
    name, share = row["scorer"], row["accuracy"]
    if share is None:
        return f"{name}: no pair has a decided truth."
    said = f"{name} chooses the image that was asked for in {share:.0%} of {row['n']:,} pairs"
    low, high = row["accuracy_low"], row["accuracy_high"]
    if low is None or high is None:
        return f"{said}."
    against = (
        "more often than a coin"
        if low > CHANCE
        else "less often than a coin"
        if high < CHANCE
        else "no more often than a coin could"
    )
    return f"{said} (95% interval {low:.0%} to {high:.0%}), {against}."


def _listening(row: Mapping[str, Any]) -> str:
    if row["deaf"]:
        return "It does not listen: its scores are the same whatever the prompt says."
    if row["listening"] is None:
        return ""
    low, high = row["listening_low"], row["listening_high"]
    if low is None or high is None:
        return f"Its listening is {row['listening']:.2f} SD; no interval can be given."
    if low <= 0 <= high:
        return (
            "It shows no sign of listening: its ranking of the images does not follow the prompt."
        )
    if high < 0:
        return (
            "It listens the wrong way round: the prompt moves its ranking against what was asked."
        )
    obeyed = f"it is right under both prompts in {row['obeyed']:.0%} of pairs"
    if row["taste"] > row["listening"]:
        return f"It hears the prompt and overrules it: {obeyed}."
    pull = row["taste_low"], row["taste_high"]
    if pull[0] is not None and pull[0] > 0:
        return f"It listens and leans towards the original image: {obeyed}."
    if pull[1] is not None and pull[1] < 0:
        return f"It listens and leans towards the anti image: {obeyed}."
    return f"It listens and favours neither image as such: {obeyed}."
