"""What a judge can do in Bonsai's world, where the truth is known by construction.

Held-out scenes as they come: how many ratings are right, next to what an empty head would reach;
how many, if what left no trace in the picture counts as neutral, since effects hide one another;
and how that depends on their number. Then scenes without and with one effect: does the rating of
its dimension fall, and do the others stay?
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from widespectrum.judges.predictions import predictions_of
from widespectrum.judges.response import response_matrix
from widespectrum.judges.trials import world_trials
from widespectrum.judges.validation import validate

if TYPE_CHECKING:
    from widespectrum.contracts import Judge


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
    effects = np.repeat(scenes.effects, len(dimensions))
    shown = rated.with_columns(truth=pl.Series(scenes.seen(dimensions).ravel(), dtype=pl.Int64))
    answers = response_matrix(judge, world_trials(count, seed))
    return {
        "judge": judge.name,
        "fingerprint": judge.fingerprint,
        "count": count,
        "seed": seed,
        "scenes": len(scenes),
        "validation": validate(predictions_of(rated)).to_json(),
        "validation_seen": validate(predictions_of(shown)).to_json(),
        "by_effects": {
            int(number): {
                "scenes": int((scenes.effects == number).sum()),
                **asdict(validate(predictions_of(rated.filter(effects == number))).all),
            }
            for number in np.unique(effects)
        },
        "response": answers.to_json(),
    }
