"""Score tables by hand: scorers of a known character, on pairs whose level alone varies."""

from __future__ import annotations

import numpy as np
import polars as pl

from widespectrum.contracts import SCORE_NAMES
from widespectrum.studies.reward_bias.sample import sample_of

OBEDIENT = (1.0, 0.0, 0.0, 1.0)
"""io_po, io_pa, ia_po, ia_pa: taste 0, listening 1."""
BLIND = (1.0, 1.0, 0.0, 0.0)
"""Taste 1, listening 0."""
BLIND_FOR_ANTI = (0.0, 0.0, 1.0, 1.0)
"""Taste -1, listening 0: right under every anti prompt, and hears none."""
OVERRULING = (3.0, 2.0, 0.0, 1.0)
"""Taste 2, listening 1."""
REVERSED = (0.0, 1.0, 1.0, 0.0)
"""Taste 0, listening -1."""
CONSTANT = (0.0, 0.0, 0.0, 0.0)


def levelled(character, pairs):
    """The same four scores for every pair, on levels 0, 2, 4 ... that no contrast sees."""
    return [tuple(score + 2 * pair for score in character) for pair in range(pairs)]


def scores_of(scorers, **columns):
    """A score table from four scores per pair and scorer.

    Args:
        scorers: name -> one tuple of four scores per pair.
        columns: one value per pair, the same for every scorer.
    """
    frames = []
    for name, quads in scorers.items():
        values = np.array(quads, dtype=float).reshape(len(quads), 4)
        known = {key: pl.Series(key, column, strict=False) for key, column in columns.items()}
        frames.append(
            pl.DataFrame(
                {
                    "id": [f"pair {pair}" for pair in range(len(quads))],
                    "scorer": [name] * len(quads),
                    **{key: values[:, place] for place, key in enumerate(SCORE_NAMES)},
                    **{key: column[: len(quads)] for key, column in known.items()},
                }
            )
        )
    return pl.concat(frames)


def only(frame, **values):
    """The single row of `frame` with these values, as a dict."""
    (row,) = frame.filter(*(pl.col(name) == value for name, value in values.items())).to_dicts()
    return row


def random_scores(pairs=60, scorers=2, seed=0, **columns):
    """Scores drawn at random, eighths so that shifts and comparisons are exact."""
    rng = np.random.default_rng(seed)
    quads = {
        f"scorer {number}": np.round(rng.normal(0, 2, (pairs, 4)) * 8) / 8
        for number in range(scorers)
    }
    return scores_of(quads, **columns)


def sample(scorers, **columns):
    return sample_of(scores_of(scorers, **columns))
