"""Numbers into sentences, by rules that stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from widespectrum.studies.generation_fidelity.measures import SUCCESS, Measure
from widespectrum.studies.painted import Painted


def headline(
    board: pl.DataFrame, contrasts: pl.DataFrame, leading: Measure | None
) -> tuple[str, ...]:
    """What the lineages show, largest loss first; without lineages, the ends of the ranking.

    Args:
        board: one row per generator, best first, with a column for the leading measure.
        contrasts: aligned minus base.
        leading: what generators are ranked by; None where nobody was asked about the pictures.
    """
    if leading is None:
        return ("Pictures were made, and nobody was asked about them.",)
    share = leading.name == SUCCESS
    own = contrasts.filter(pl.col("measure") == leading.name).drop_nulls("difference")
    if own.height:
        worst_first = own.sort("difference", descending=not share).to_dicts()
        return tuple(_lineage(row, share=share) for row in worst_first[:2])
    ranked = board.drop_nulls(leading.name).to_dicts()
    if not ranked:
        return ("Not one shot could be measured.",)
    return (_ends(ranked, leading),)


def _lineage(row: dict[str, Any], *, share: bool) -> str:
    low, high = row["difference_low"], row["difference_high"]
    if share:
        said = (
            f"{row['aligned']} follows the anti prompt in {row['at_aligned']:.0%} of "
            f"{row['n']:,} shots, its base {row['base']} in {row['at_base']:.0%}"
        )
        if low is None or high is None:
            return f"{said}; no interval can be given."
        return f"{said}: {_less(row['difference'], low, high)}."
    said = (
        f"{row['label'][0].upper()}{row['label'][1:]} is {row['at_aligned']:.2f} for "
        f"{row['aligned']} and {row['at_base']:.2f} for its base {row['base']}"
    )
    if low is None or high is None:
        return f"{said}; no interval can be given."
    verdict = (
        "it moves less" if low > 0 else "it moves further" if high < 0 else "no difference is shown"
    )
    return (
        f"{said}: {verdict} (difference {row['difference']:.2f}, 95% interval {low:.2f} to "
        f"{high:.2f})."
    )


def _less(difference: float, low: float, high: float) -> str:
    interval = f"95% interval {points(low)} to {points(high)}"
    if high < 0:
        return f"{-100 * difference:.0f} points less ({interval})"
    if low > 0:
        return f"{100 * difference:.0f} points more ({interval})"
    return f"no difference is shown ({interval} points)"


def points(share: float) -> str:
    """A difference of shares in points: ``+3``, ``-12``; ``0`` where rounding leaves nothing."""
    return "0" if round(100 * share) == 0 else f"{100 * share:+.0f}"


def _ends(ranked: Sequence[dict[str, Any]], leading: Measure) -> str:
    share = leading.name == SUCCESS
    best, worst = (
        (row["generator"], f"{row[leading.name]:.0%}" if share else f"{row[leading.name]:+.2f}")
        for row in (ranked[0], ranked[-1])
    )
    if share:
        first = f"{best[0]} follows the anti prompt in {best[1]} of shots"
        last = f"{worst[0]} in {worst[1]}"
    else:
        first = f"the {leading.label} is {best[1]} for {best[0]}"
        last = f"{worst[1]} for {worst[0]}"
    if len(ranked) == 1:
        return f"{first[0].upper()}{first[1:]}."
    return f"Of {len(ranked)} generators, {first}, {last}."


def notes(painted: Painted, lineages: int) -> tuple[str, ...]:
    """What a reader must know."""
    repeats = int(str(painted.shots["repeat"].max() or 0)) + 1
    said = [
        "Original and anti image of a shot share seed and settings, and so do all generators: what "
        "differs between two of them is the model.",
        f"Every prompt pair was painted {'once' if repeats == 1 else f'{repeats} times'} by each "
        "generator. Intervals: 95%, bootstrap clustered by prompt.",
    ]
    if painted.chooser:
        said.append(
            f"Success: {painted.chooser} takes the anti image for the anti prompt. Ties and shots "
            "without an answer are no successes, and stand in columns of their own."
        )
    else:
        said.append("There was no chooser, so there is no success rate.")
    if lineages:
        said.append(
            "Lineages are compared shot by shot. Tests: Wilcoxon's signed-rank on the mean "
            "difference of each prompt; for success McNemar's, or sign flips of whole prompts "
            "where a prompt has several shots. p is Holm-corrected over the table."
        )
    if painted.failures:
        said.append(f"{painted.failures:,} requests failed; they are in the run's failures table.")
    said.append(
        "A scorer is a yardstick for obedience here and may be one-eyed itself: read its columns "
        "beside the chooser's and the judge's."
    )
    return tuple(said)
