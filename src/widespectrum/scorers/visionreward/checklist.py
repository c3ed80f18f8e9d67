"""VisionReward's checklist as data: what is asked, what an answer weighs, what gates what.

The score of an image is a weighted sum of answers, +1 for yes and -1 for no, plus a weighted
VQAScore for the prompt (VisionReward, arXiv 2412.21059; 27 weights and the VQAScore's). Three
answers are masks: without a body, a face or hands in the image, the questions about them count 0.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Item:
    """One question of the checklist."""

    question: str
    weight: float = 0.0
    """0 for a mask."""
    mask: str | None = None
    """What a yes says to be in the image, for the three questions that are masks."""
    gated_by: str | None = None
    """The mask without which the answer counts 0."""
    dimension: str | None = None
    """Whose rating tells the answer, as far as a judge can; ``None`` if it cannot."""
    yes: tuple[float, float, float] | None = None
    """The chance of yes where that dimension is low, neutral, high."""


@dataclass(frozen=True)
class Checklist:
    """All questions in VisionReward's order."""

    items: tuple[Item, ...]
    vqa_weight: float
    """Of the VQAScore, which is between 0 and 1."""

    def weigh(self, yes: Callable[[str], bool]) -> float:
        """The checklist's part of the score, from answers to its questions.

        Args:
            yes: question -> whether the answer is yes; asked once for each that counts.
        """
        present = {item.mask for item in self.items if item.mask and yes(item.question)}
        return sum(
            item.weight if yes(item.question) else -item.weight
            for item in self.items
            if item.mask is None and (item.gated_by is None or item.gated_by in present)
        )

    def readable(self, dimensions: Sequence[str]) -> tuple[Item, ...]:
        """The questions whose answers ratings on these dimensions tell."""
        return tuple(item for item in self.items if item.dimension in dimensions)

    def expect(self, probabilities: Mapping[str, Sequence[float]]) -> float:
        """The expected value of the checklist's part under a judge's ratings.

        An answer is +1 or -1, so its expectation is twice its chance less one. Questions that the
        ratings do not tell count 0, as a gated question does where there is nothing to ask about.

        Args:
            probabilities: by dimension, of low, neutral and high.
        """
        total = 0.0
        for item in self.readable(tuple(probabilities)):
            assert item.dimension is not None
            assert item.yes is not None
            rated = probabilities[item.dimension]
            chance = sum(p * q for p, q in zip(item.yes, rated, strict=True))
            total += item.weight * (2 * chance - 1)
        return total


@cache
def load_checklist() -> Checklist:
    """The checklist that ships."""
    file = resources.files(__package__).joinpath("checklist.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Checklist(tuple(_item(row) for row in table["items"]), float(table["vqa_weight"]))


def _item(row: Mapping[str, Any]) -> Item:
    yes = row.get("yes")
    if yes is None:
        return Item(**row)
    low, neutral, high = yes
    return Item(**{**row, "yes": (low, neutral, high)})
