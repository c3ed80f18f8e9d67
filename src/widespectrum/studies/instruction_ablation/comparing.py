"""What each instruction gives, and what it changes, pair by pair, from one set of draws.

Only pairs that were scored under every instruction count, so that every difference is one between
the same pairs. Taste and listening are in units of each instruction's own SD of io_po, as in an
audit; `spread` says how those units compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from widespectrum.errors import BadInput
from widespectrum.statistics import ClusterBootstrap, Interval, chosen, credit, holm, sign_flip
from widespectrum.studies.instruction_ablation.told import Told
from widespectrum.studies.reward_bias.measures import NO_YARDSTICK, measure, unit, whole_sample
from widespectrum.studies.reward_bias.sample import Floats, Sample, ScorerColumn, sample_of
from widespectrum.studies.reward_bias.slices import slices_of

MEASURES = {
    "obeyed": "obeyed",
    "accuracy_half": "chosen under the anti prompt",
    "taste": "taste",
    "listening": "listening",
}
"""What is compared, as readers call it."""
PULLS = ("taste", "listening")
"""Those in units of an SD; the others are shares."""


@dataclass(frozen=True)
class Compared:
    """The numbers of the study."""

    results: pl.DataFrame
    """One row per instruction: its measures with intervals, and ``spread``."""
    changes: pl.DataFrame
    """One row per further instruction and measure: the difference from the first."""
    pairs: int
    """Pairs that were scored under every instruction."""
    dropped: int
    """Pairs that were not, and are left out."""
    clusters: int
    assumed: int
    """Pairs whose truth is assumed, not judged."""


def compare(scores: pl.DataFrame, told: Sequence[Told], *, draws: int, seed: int) -> Compared:
    """Results and changes of a score frame.

    Args:
        scores: one row per pair and scorer; other scorers than those told are passed by.
        told: the instructions, that with which the others are compared first.
        draws: bootstrap resamples.
        seed: of the resampling.

    Raises:
        BadInput: no pair was scored under every instruction.
    """
    names = [each.scorer for each in told]
    own = scores.filter(pl.col("scorer").is_in(names))
    common = own.group_by("id").agg(pl.col("scorer").n_unique()).filter(scorer=len(names))
    if common.height == 0:
        raise BadInput(
            "no pair was scored under every instruction",
            "Mend what failed, then run the same command with --retry-failed.",
        )
    kept = own.join(common.select("id"), on="id", how="semi", maintain_order="left")
    sample = sample_of(kept)
    order = {scorer.name: scorer for scorer in sample.scorers}
    scorers = [order[name] for name in names]
    bootstrap = ClusterBootstrap(sample.clusters, draws=draws, seed=seed)
    return Compared(
        results=_results(sample, scorers, told, bootstrap, draws, seed),
        changes=_changes(sample, scorers, told, bootstrap, draws, seed),
        pairs=sample.pairs.height,
        dropped=own["id"].n_unique() - sample.pairs.height,
        clusters=int(sample.pairs["cluster"].n_unique()),
        assumed=sample.assumed,
    )


def _results(
    sample: Sample,
    scorers: Sequence[ScorerColumn],
    told: Sequence[Told],
    bootstrap: ClusterBootstrap,
    draws: int,
    seed: int,
) -> pl.DataFrame:
    measures = measure(sample, slices_of(sample)[:1], bootstrap, draws=draws, seed=seed)
    rows = {row["scorer"]: row for row in whole_sample(measures).to_dicts()}
    first = scorers[0].scale
    return pl.DataFrame(
        [
            {
                "instruction": each.instruction,
                "spread": scorer.scale / first if scorer.scale and first else None,
                **rows[each.scorer],
            }
            for each, scorer in zip(told, scorers, strict=True)
        ],
        infer_schema_length=None,
    )


def _changes(
    sample: Sample,
    scorers: Sequence[ScorerColumn],
    told: Sequence[Told],
    bootstrap: ClusterBootstrap,
    draws: int,
    seed: int,
) -> pl.DataFrame:
    records = []
    truth = sample.truth
    for name, label in MEASURES.items():
        columns = np.stack([_column(name, scorer, truth) for scorer in scorers], axis=1)
        where = (truth >= 0) if name == "accuracy_half" else (truth == 1)
        differences = columns[:, 1:] - columns[:, :1]
        intervals = bootstrap.means(differences, where[:, None]).intervals()
        tests = sign_flip(differences, sample.clusters, where, draws=draws, seed=seed)
        for place, (interval, test) in enumerate(zip(intervals, tests, strict=True), start=1):
            known = name not in PULLS or None not in (scorers[0].scale, scorers[place].scale)
            moved = differences[where, place - 1]
            records.append(
                {
                    "instruction": told[place].instruction,
                    "measure": label,
                    "name": name,
                    **_shown(interval, known=known),
                    "p": test.p if known else None,
                    "up": float((moved > 0).mean()) if known and len(moved) else None,
                    "down": float((moved < 0).mean()) if known and len(moved) else None,
                    "n": interval.n,
                }
            )
    numbers = ("difference", "difference_low", "difference_high", "p", "up", "down")
    frame = pl.DataFrame(
        records,
        schema_overrides={**dict.fromkeys(numbers, pl.Float64), "difference_reason": pl.String},
    )
    return frame.with_columns(pl.Series("p_holm", holm(frame["p"].to_list()), pl.Float64))


def _column(name: str, scorer: ScorerColumn, truth: Floats) -> Floats:
    """One value per pair, of which the measure is the mean."""
    four = scorer.four
    match name:
        case "obeyed":
            return four.obeyed.astype(np.float64)
        case "taste":
            return np.asarray(four.taste / unit(scorer))
        case "listening":
            return np.asarray(four.listening / unit(scorer))
        case _:
            right = np.where(truth == 1, 1.0, 0.0)
            return np.asarray(credit(chosen(four.margin, "half"), right))


def _shown(interval: Interval, *, known: bool) -> dict[str, Any]:
    reason = (interval.reason or None) if known else NO_YARDSTICK
    return {
        "difference": interval.estimate if known else None,
        "difference_low": interval.low if known else None,
        "difference_high": interval.high if known else None,
        "difference_reason": reason,
    }
