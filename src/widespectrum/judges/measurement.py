"""What a judge can do in Bonsai's world, where the truth is known by construction.

Held-out scenes as they come: how many ratings are right, next to what an empty head would reach;
how many, if what left no trace in the picture counts as neutral, since effects hide one another;
how that depends on their number; and how many would be right if scenes had effects as often as the
world draws them, for the rule that holds scenes out prefers crowded ones. Then scenes without and
with one effect: does the rating of its dimension fall, and do the others stay?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from widespectrum.bonsai import sample_scenes
from widespectrum.judges.predictions import predictions_of
from widespectrum.judges.response import response_matrix
from widespectrum.judges.trials import world_trials
from widespectrum.judges.validation import validate

if TYPE_CHECKING:
    from widespectrum.contracts import Judge


WORLD = 20_000
"""Scenes by which it is known how often the world draws how many effects."""


def measure_judge(judge: Judge, count: int, seed: int) -> dict[str, Any]:
    """Quality and response of any judge on Bonsai's world.

    Args:
        judge: who rates.
        count: pairs of one effect each; and twice as many scenes to rate.
        seed: of both.

    Raises:
        BadInput: the judge rates no dimension of the world.
    """
    from widespectrum.judges.training import rate_set
    from widespectrum.judges.training.world_ratings import WorldRatings

    scenes = WorldRatings(2 * count, seed, split="test")
    rated = pl.concat(list(rate_set(judge, scenes)))
    dimensions = rated["dimension"][: rated.height // len(scenes)].to_list()
    shown = rated.with_columns(truth=pl.Series(scenes.seen(dimensions).ravel(), dtype=pl.Int64))
    by_effects = _by_effects(rated, scenes.effects)
    answers = response_matrix(judge, world_trials(count, seed))
    return {
        "judge": judge.name,
        "fingerprint": judge.fingerprint,
        "count": count,
        "seed": seed,
        "scenes": len(scenes),
        "validation": validate(predictions_of(rated)).to_json(),
        "validation_seen": validate(predictions_of(shown)).to_json(),
        "by_effects": by_effects,
        "as_the_world": as_the_world(by_effects, seed),
        "as_the_world_seen": as_the_world(_by_effects(shown, scenes.effects), seed),
        "response": answers.to_json(),
    }


def as_the_world(by_effects: Mapping[int, Any], seed: int) -> dict[str, float]:
    """Shares of right ratings, every number of effects counted as often as the world draws it.

    Args:
        by_effects: per number of effects, the qualities of judge, majority and neutral.
        seed: of the scenes by which it is known how often that is.

    Returns:
        Of judge, majority and neutral. Numbers of effects that were not rated count for nothing.
    """
    drawn = _drawn(seed)
    weights = [drawn[number] for number in by_effects]
    return {
        who: float(
            np.average([row[who]["accuracy"] for row in by_effects.values()], weights=weights)
        )
        for who in ("judge", "majority", "neutral")
    }


@cache
def _drawn(seed: int) -> Counter[int]:
    """How many of the world's scenes have how many effects."""
    return Counter(len(s.look.effects) for s in sample_scenes(WORLD, seed, split=None))


def _by_effects(rated: pl.DataFrame, effects: NDArray[np.int64]) -> dict[int, Any]:
    """The quality of ratings by their scene's number of effects."""
    each = np.repeat(effects, rated.height // len(effects))
    return {
        int(number): {
            "scenes": int((effects == number).sum()),
            **asdict(validate(predictions_of(rated.filter(each == number))).all),
        }
        for number in np.unique(effects)
    }
