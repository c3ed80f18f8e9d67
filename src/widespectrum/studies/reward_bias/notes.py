"""What the reader must know to read the numbers: units, assumptions, what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from widespectrum.studies.reward_bias.sample import Sample
from widespectrum.studies.reward_bias.slices import MOST_VALUES, left_out
from widespectrum.studies.reward_bias.truncation import NOT_KNOWN


def notes_on(
    sample: Sample, truncation: pl.DataFrame, excluded: Mapping[str, int], failures: int
) -> tuple[str, ...]:
    """The notes, each a sentence or two, only those that apply.

    Args:
        sample: the pairs and their scores.
        truncation: the truncation audit.
        excluded: scorer -> pairs left out for want of a score.
        failures: requests that failed.
    """
    return (
        "Prompts are the unit of resampling: pairs that share a prompt are drawn together.",
        "Taste and listening are in units of the standard deviation of each scorer's io_po "
        "(ordinary images under their own prompts), so that scorers can be compared.",
        *_on_truth(sample),
        *_on_scorers(sample),
        *_on_truncation(truncation),
        *(
            f"Only the {MOST_VALUES} most frequent values of {group} have rows of their own; "
            f"{count:,} more do not. All pairs count in the results over all pairs."
            for group, count in left_out(sample).items()
        ),
        *(
            f"{name}: {_pairs(count)} left out because a score failed."
            for name, count in excluded.items()
            if count
        ),
        *(
            [f"Failed requests: {failures:,}; the run's failures table says why."]
            if failures
            else []
        ),
    )


def _on_truth(sample: Sample) -> list[str]:
    notes = []
    if sample.assumed:
        notes.append(
            f"In {sample.assumed:,} of {_pairs(sample.pairs.height)} nobody judged which image "
            "follows the anti prompt; the anti image is taken to, since it was made for it."
        )
    ties = int((sample.truth < 0).sum())
    if ties:
        notes.append(
            f"Ties in the truth: {_pairs(ties)}. Accuracy, F1, AUROC, taste, listening and "
            "obedience leave them out."
        )
    reversed_ = int((sample.truth == 0).sum())
    if reversed_:
        notes.append(
            f"In {_pairs(reversed_)} the original image follows the anti prompt better. Accuracy, "
            "F1 and AUROC count them; taste, listening and obedience leave them out."
        )
    decided = sample.truth[sample.truth >= 0]
    if len(decided) and (decided == decided[0]).all():
        notes.append(
            "The truth has one class, so AUROC is undefined and weighted F1 follows from accuracy."
        )
    return notes


def _on_scorers(sample: Sample) -> list[str]:
    notes = []
    deaf = [scorer.name for scorer in sample.scorers if scorer.deaf]
    if deaf:
        notes.append(
            f"Prompt-blind null: {', '.join(deaf)}. Listening is exactly zero, and no pair can be "
            "obeyed."
        )
    unscaled = [scorer.name for scorer in sample.scorers if scorer.scale is None]
    if unscaled:
        notes.append(
            f"{', '.join(unscaled)}: io_po does not vary, so taste and listening have no unit and "
            "are not given; the gallery is in order of the raw scores."
        )
    sizes = {int(scorer.present.sum()) for scorer in sample.scorers}
    if len(sizes) > 1 or sizes != {sample.pairs.height}:
        notes.append(
            "The scorers did not all score the same pairs; compare them with care. The column of "
            "pairs says how many each row rests on."
        )
    return notes


def _on_truncation(truncation: pl.DataFrame) -> list[str]:
    notes = [
        f"{row['scorer']} reads up to {row['token_limit']:,} tokens, less than the anti prompt in "
        f"{_pairs(row['cut'])}; see the truncation audit."
        for row in truncation.iter_rows(named=True)
        if row["cut"]
    ]
    unknown = truncation.filter(
        (pl.col("reads") == NOT_KNOWN) | (pl.col("cut").is_null() & (pl.col("token_limit") > 0))
    )["scorer"].to_list()
    if unknown:
        notes.append(
            f"How much of the prompts was read is not known for {', '.join(unknown)}: the table "
            "has no tokens and token_limit for it."
        )
    return notes


def _pairs(count: int) -> str:
    return "1 pair" if count == 1 else f"{count:,} pairs"
