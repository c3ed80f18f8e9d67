"""VisionReward's score by way of a judge's ratings, where its own 19B model is too heavy.

VisionReward is r(I, P) = f(I) + w VQA(I, P): a checklist that never sees the prompt, and a VQAScore
(docs/models/visionreward-by-judge.md). Here

- f is its checklist with its weights, and each answer is the expected one under a judge's ratings:
  an approximation, whose steps are data (`checklist.toml`);
- VQA is whatever scorer from 0 to 1 is named; without one there is f alone, which is prompt-blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint, load_model
from widespectrum.errors import BadInput, InvalidResult
from widespectrum.scorers.callables import count_words
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.visionreward.checklist import load_checklist

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widespectrum.contracts import FloatArray, Image, IntArray, Judge, Scorer

VERSION = 1
"""Part of the fingerprint; counts up when equal ratings give another score."""


class VisionRewardByJudge:
    """A scorer of the ordinary contract.

    Args:
        entry: from the catalog.
        judge: the name of a judge; it must rate at least one dimension of the checklist.
        vqa: the name of a scorer between 0 and 1 that says whether the image shows the prompt;
            by default none, and the score is prompt-blind.

    Raises:
        UnknownName, BadInput: about the judge or the scorer.
    """

    def __init__(
        self, entry: ModelEntry, *, judge: str = "judge-qwen3vl", vqa: str | None = None
    ) -> None:
        self.name = entry.name
        self.checklist = load_checklist()
        self.judge = cast("Judge", load_model("judge", judge))
        self.vqa = None if vqa is None else _load_scorer(vqa)
        asked = {item.dimension: None for item in self.checklist.items if item.dimension}
        rated = getattr(self.judge, "dimensions", None)
        self.dimensions = tuple(name for name in asked if rated is None or name in rated)
        if not self.dimensions:
            raise BadInput(
                f"the judge {self.judge.name!r} rates no dimension of the checklist",
                f"Name one that rates {', '.join(asked)}.",
                field="judge",
            )
        reach = sum(item.weight for item in self.checklist.readable(self.dimensions))
        above = 0.0 if self.vqa is None else self.checklist.vqa_weight
        self.facts = replace(
            scorer_facts(entry), prompt_aware=self.vqa is not None, range=(-reach, reach + above)
        )

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    @cached_property
    def fingerprint(self) -> str:
        """Judge, scorer, questions and weights."""
        return fingerprint(
            kind="visionreward by judge",
            version=VERSION,
            judge=self.judge.fingerprint,
            vqa=None if self.vqa is None else self.vqa.fingerprint,
            dimensions=list(self.dimensions),
            items=[list(astuple(item)) for item in self.checklist.items],
        )

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """As the scorer for the prompt counts them; words, where there is none."""
        return count_words(prompts) if self.vqa is None else self.vqa.tokens(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Scores of `pairs`. Every image is rated once.

        Raises:
            InvalidResult: the scorer for the prompt left 0 to 1.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if not len(pairs):
            return np.empty(0, dtype=np.float32)
        wanted, places = np.unique(pairs[:, 0], return_inverse=True)
        scores = self._aesthetics([images[i] for i in wanted])[places]
        if self.vqa is not None:
            shown = self.vqa.score(images, prompts, pairs)
            if shown.min() < 0 or shown.max() > 1:
                raise InvalidResult(
                    f"scorer {self.vqa.name!r} gave {shown.min():.4g} to {shown.max():.4g}",
                    "Name one whose scores are probabilities, from 0 to 1.",
                )
            scores = scores + self.checklist.vqa_weight * shown
        return scores.astype(np.float32)

    def _aesthetics(self, images: Sequence[Image]) -> NDArray[np.float64]:
        """The checklist's part for each image."""
        rated = self.judge.rate(images, self.dimensions).astype(np.float64)
        return np.array(
            [
                self.checklist.expect(dict(zip(self.dimensions, row.tolist(), strict=True)))
                for row in rated
            ]
        )


def _load_scorer(name: str) -> Scorer:
    # Imported here: the registry is what builds this class.
    from widespectrum.scorers.registry import load_scorer

    return load_scorer(name)
