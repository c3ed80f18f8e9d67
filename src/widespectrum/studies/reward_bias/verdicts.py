"""Numbers into words, by rules that stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

CHANCE = 0.5
FEW_PROMPTS = 6
"""With fewer, no exact two-sided test can reach p < 0.05, whatever the interval says."""
_COIN_COULD = "which a coin could do too"


def pair_verdicts(pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs` with a sentence ``verdict``, a flag ``obeyed`` and a number ``disobedience``.

    Disobedience is by how much the worse of the two prompts was disobeyed, that is |taste| -
    listening, in the pair's ``unit``; negative where the pair is obeyed. Pairs whose anti image was
    not judged to follow the anti prompt have neither flag nor number.

    Args:
        pairs: the four scores, ``unit``, and ``choice``.
    """
    asked_original = pl.col("io_po") - pl.col("ia_po")
    asked_anti = pl.col("ia_pa") - pl.col("io_pa")
    choice = pl.col("choice").fill_null(1)
    verdict = (
        pl.when(choice < 0)
        .then(pl.lit("Left out: neither image was judged to follow the anti prompt better."))
        .when(choice == 0)
        .then(pl.lit("Left out: the original image was judged to follow the anti prompt better."))
        .when((asked_original > 0) & (asked_anti > 0))
        .then(pl.lit("Obeyed: prefers each image under its own prompt."))
        .when((asked_original > 0) & (asked_anti < 0))
        .then(pl.lit("Overruled: prefers the original image whatever is asked."))
        .when((asked_original < 0) & (asked_anti > 0))
        .then(pl.lit("Overruled: prefers the anti image whatever is asked."))
        .when((asked_original < 0) & (asked_anti < 0))
        .then(pl.lit("Reversed: prefers each image under the other's prompt."))
        .otherwise(pl.lit("Undecided: the two images score the same under a prompt."))
    )
    right = (asked_original > 0) & (asked_anti > 0)
    worse = -pl.min_horizontal(asked_original, asked_anti) / pl.col("unit")
    return pairs.with_columns(
        verdict.alias("verdict"),
        pl.when(choice == 1).then(right).alias("obeyed"),
        pl.when(choice == 1).then(worse).alias("disobedience"),
    )


def headline(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """A short sentence first, then what stands behind it: both scorers of two, else the extremes.

    Args:
        rows: one per scorer, of the measures over all pairs.
    """
    # A scorer without a share stands last, and ties keep the order of the rows.
    ranked = sorted(rows, key=lambda row: (row["obeyed"] is None, -(row["obeyed"] or 0.0)))
    known = [row for row in ranked if row["obeyed"] is not None]
    told = ranked if len(ranked) <= 2 else [ranked[0], ranked[-1]]
    return (
        _shares(known, len(ranked)),
        *(f"{_choice(row)} {_listening(row)}".strip() for row in told),
    )


def _shares(ranked: Sequence[Mapping[str, Any]], scorers: int) -> str:
    """Who obeys how often, of those of whom it is known."""
    if not ranked:
        return "No pair can tell whether a prompt is obeyed."
    best, worst = ranked[0], ranked[-1]
    first = f"{best['scorer']} obeys in {best['obeyed']:.0%}"
    last = f"{worst['scorer']} in {worst['obeyed']:.0%}"
    if len(ranked) == 1:
        return f"{first} of pairs."
    if scorers == 2:
        return f"{first} of pairs, {last}."
    return f"Of {scorers} scorers, {first} of pairs; {last}."


def _choice(row: Mapping[str, Any]) -> str:
    name, share = row["scorer"], row["accuracy_half"]
    if share is None:
        return f"{name}: no pair has a decided truth."
    pairs = "1 pair" if row["n"] == 1 else f"{row['n']:,} pairs"
    said = f"{name} chooses the image that was asked for in {share:.0%} of {pairs}"
    if row["score_ties"]:
        said += ", score ties counted half"
    low, high = row["accuracy_half_low"], row["accuracy_half_high"]
    if low is None or high is None:
        return f"{said}."
    against = (
        "more often than a coin"
        if low > CHANCE
        else "less often than a coin"
        if high < CHANCE
        else _COIN_COULD
    )
    said += f" (95% interval {low:.0%} to {high:.0%}), {against}"
    few = row["clusters"]
    if few < FEW_PROMPTS and against != _COIN_COULD:
        least = 2.0 ** (1 - few)  # of the two-sided test that flips every prompt's sign
        prompts = "1 prompt" if few == 1 else f"{few} prompts"
        said += f"; from only {prompts}, whose exact test cannot go below p = {least:.2g}"
    return f"{said}."


def _listening(row: Mapping[str, Any]) -> str:
    if row["deaf"]:
        return "It does not listen: its scores are the same whatever the prompt says."
    if row["listening"] is None:
        return ""
    low, high = row["listening_low"], row["listening_high"]
    if low is None or high is None:
        return f"Its listening is {row['listening']:.2f} SD; no interval can be given."
    if high < 0:
        return (
            "It listens the wrong way round: the prompt moves its ranking against what was asked."
        )
    if low <= 0:
        return (
            "No listening can be shown: what the prompt asks moves its ranking no more than chance."
        )
    obeyed = f"it is right under both prompts in {row['obeyed']:.0%} of pairs"
    if abs(row["taste"]) > row["listening"]:
        side = "original" if row["taste"] > 0 else "anti"
        return f"It hears the prompt and overrules it towards the {side} image: {obeyed}."
    if row["taste_low"] > 0:
        return f"It listens and leans towards the original image: {obeyed}."
    if row["taste_high"] < 0:
        return f"It listens and leans towards the anti image: {obeyed}."
    return f"It listens, and no taste for either image can be shown: {obeyed}."
