"""The simulated annotators: the one place that says what they like, and how they vote.

An annotator gives a picture, as an answer to a prompt, the utility

    taste . level  +  content * match  -  prompt * disobedience

- ``level``: -1 low, 0 neutral, 1 high, for each aesthetic attribute that the world drew;
- ``taste``: the annotator's weight for each attribute. Mainstream annotators like the high end of
  everything, more or less: the weights are |N(1, 0.35)|. A contrarian likes the low end of about
  60% of the attributes: there the weight is multiplied by -0.6;
- ``match``: 0..1, whether subject, colour, place and companion are those of the prompt;
  ``content`` is uniform in [1.5, 2.5];
- ``disobedience``: the sum over the attributes that the prompt asks for of the distance between
  the level asked and the level drawn (0, 1 or 2). ``prompt``, the weight of doing what the prompt
  asked, is uniform from 0 to twice the population's mean.

A vote for one of two pictures goes to the greater utility after logistic noise. An annotator obeys
a prompt for the low end of an attribute when ``prompt`` exceeds ``taste`` for it; so a population
overrules such prompts while its mean weight for the prompt is well below 1.

The numbers are ours, not measured on people. They are the dial of the dose-response study.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from widespectrum.errors import BadInput

Floats: TypeAlias = NDArray[np.float32]

TASTE_MEAN, TASTE_SPREAD = 1.0, 0.35
CONTRARY_SHARE = 0.6
"""Of the attributes, for a contrarian."""
CONTRARY_WEIGHT = -0.6
CONTENT_RANGE = (1.5, 2.5)
NOISE = 0.7
"""Scale of the logistic noise of a vote, in units of utility."""


@dataclass(frozen=True)
class Population:
    """Whom annotators are drawn from.

    Raises:
        BadInput: a share lies outside 0..1, or the prompt's weight is negative.
    """

    mainstream: float = 0.85
    """Share of annotators who like the high end of everything; the rest are contrarians."""
    prompt_weight: float = 0.25
    """Mean weight of doing what the prompt asked, per attribute and level."""
    size: int = 100

    def __post_init__(self) -> None:
        if not 0 <= self.mainstream <= 1:
            raise BadInput(f"is {self.mainstream}", "Give a share, 0 to 1.", field="mainstream")
        if self.prompt_weight < 0:
            raise BadInput(f"is {self.prompt_weight}", "Give 0 or more.", field="prompt_weight")

    def draw(self, attributes: int, seed: int) -> Annotators:
        """`size` annotators of this population; other seeds, other people."""
        rng = np.random.default_rng([seed, 0xA2207])
        taste = np.abs(rng.normal(TASTE_MEAN, TASTE_SPREAD, (self.size, attributes)))
        # The number of contrarians is exact, so that the dial has no noise of its own.
        contrarians = rng.permutation(self.size) >= round(self.mainstream * self.size)
        flips = contrarians[:, None] & (rng.random(taste.shape) < CONTRARY_SHARE)
        taste[flips] *= CONTRARY_WEIGHT
        return Annotators(
            taste=taste.astype(np.float32),
            content=rng.uniform(*CONTENT_RANGE, self.size).astype(np.float32),
            prompt=rng.uniform(0, 2 * self.prompt_weight, self.size).astype(np.float32),
        )


@dataclass(frozen=True)
class Comparisons:
    """Pairs of pictures, each under one prompt, as far as annotators see them."""

    levels: Floats
    """``(n, 2, attributes)``: -1, 0 or 1, of both pictures."""
    match: Floats
    """``(n, 2)``: 0..1, how much of the prompt's content each picture shows."""
    asked: Floats
    """``(n, attributes)``: the level that the prompt asks for; 0 where it asks for nothing."""


@dataclass(frozen=True)
class Annotators:
    """Drawn annotators; one row each."""

    taste: Floats
    content: Floats
    prompt: Floats

    def margins(self, comparisons: Comparisons) -> Floats:
        """``(annotators, n)``: utility of the first picture minus that of the second."""
        levels, match = comparisons.levels, comparisons.match
        asked = comparisons.asked[:, None]
        disobeyed = (np.abs(levels - asked) * (asked != 0)).sum(-1)
        margins: Floats = (
            self.taste @ (levels[:, 0] - levels[:, 1]).T
            + np.outer(self.content, match[:, 0] - match[:, 1])
            - np.outer(self.prompt, disobeyed[:, 0] - disobeyed[:, 1])
        ).astype(np.float32)
        return margins

    def vote(self, comparisons: Comparisons, seed: int) -> Floats:
        """``(n,)``: the share of annotators who voted for the first picture, each voting once."""
        margins = self.margins(comparisons)
        noise = np.random.default_rng([seed, 0x707E]).logistic(0, NOISE, margins.shape)
        share: Floats = (margins + noise > 0).mean(axis=0).astype(np.float32)
        return share


def agreed(share: Floats, agreement: float) -> NDArray[np.bool_]:
    """Which pairs are kept: those where at least this share of annotators voted alike.

    HPSv3 kept pairs with at least 95% agreement (arXiv 2508.03789). 0.5 keeps every pair.
    """
    kept: NDArray[np.bool_] = np.maximum(share, 1 - share) >= agreement
    return kept
