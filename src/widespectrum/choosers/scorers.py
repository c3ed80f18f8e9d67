"""Any scorer as a chooser: the image that it scores higher under the prompt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import cast

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint, load_model
from widespectrum.contracts import Choice, Contest, Failure, Scorer
from widespectrum.errors import BadInput, InvalidResult


class ScorerChooser:
    """The verdict of r(first, prompt) against r(second, prompt).

    Args:
        scorer: the scorer.
        margin: scores that differ by at most so much are a tie; in the scorer's unit.
        name: by default the scorer's, marked as choosing.

    Raises:
        BadInput: the margin is negative or not finite.
    """

    def __init__(self, scorer: Scorer, *, margin: float = 0.0, name: str | None = None) -> None:
        if not (math.isfinite(margin) and margin >= 0):
            raise BadInput(f"is {margin}", "Give 0 or more.", field="margin")
        self.scorer = scorer
        self.margin = float(margin)
        self.name = name or f"choose-by-{scorer.name}"

    @cached_property
    def fingerprint(self) -> str:
        """Of the scorer, whose weights it may ask for, and the margin."""
        return fingerprint(
            chooser="scorer", version=1, scorer=self.scorer.fingerprint, margin=self.margin
        )

    def __repr__(self) -> str:
        return f"<chooser {self.name}>"

    def choose(self, contests: Sequence[Contest]) -> list[Choice | Failure]:
        """One choice or `Failure` per contest, in order; every image and prompt is passed once."""
        if not contests:
            return []
        images = {id(i): i for contest in contests for i in (contest.first, contest.second)}
        place = {key: number for number, key in enumerate(images)}
        distinct = dict.fromkeys(contest.prompt for contest in contests)
        prompts = {prompt: number for number, prompt in enumerate(distinct)}
        pairs = np.array(
            [
                (place[id(image)], prompts[contest.prompt])
                for contest in contests
                for image in (contest.first, contest.second)
            ],
            dtype=np.int64,
        )
        scores = self.scorer.score(list(images.values()), list(prompts), pairs)
        return [self._verdict(float(one), float(two)) for one, two in scores.reshape(-1, 2)]

    def _verdict(self, first: float, second: float) -> Choice | Failure:
        if not (math.isfinite(first) and math.isfinite(second)):
            return Failure(
                InvalidResult.kind, f"{self.scorer.name} gave the scores {first} and {second}"
            )
        tie = abs(first - second) <= self.margin
        verdict = -1 if tie else int(second > first)
        return Choice(verdict, details={"scores": [first, second]})


def scorer_chooser(entry: ModelEntry, *, scorer: str, margin: float = 0.0) -> ScorerChooser:
    """The chooser of a catalog entry: ``by-score@scorer=NAME,margin=0.1``.

    Raises:
        UnknownName: there is no such scorer in the catalog.
        BadInput: see `ScorerChooser`.
    """
    loaded = cast("Scorer", load_model("scorer", scorer))
    return ScorerChooser(loaded, margin=margin, name=entry.name)
