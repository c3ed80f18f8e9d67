"""What a judge can do in Bonsai's world, where the truth is known by construction.

Held-out scenes as they come: how many ratings are right, next to what an empty head would reach.
Then the same scenes without and with one effect: does the rating of its dimension fall, and do the
others stay?
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    found = validate(predictions_of(pl.concat(list(rate_set(judge, scenes)))))
    answers = response_matrix(judge, world_trials(count, seed))
    return {
        "judge": judge.name,
        "fingerprint": judge.fingerprint,
        "count": count,
        "seed": seed,
        "scenes": len(scenes),
        "validation": found.to_json(),
        "response": answers.to_json(),
    }
