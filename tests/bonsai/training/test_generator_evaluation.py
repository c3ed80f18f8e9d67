from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from PIL import Image

from widespectrum.bonsai import draw, parse
from widespectrum.bonsai.models.eye import GROUNDS, HUES, THINGS, BonsaiEye, Sight
from widespectrum.bonsai.training.generator_evaluation import measure_generator
from widespectrum.contracts import Failure, GenerationRequest, ScorerFacts
from widespectrum.errors import InvalidResult


class World:
    """Paints what the world draws."""

    name, fingerprint = "world", "f" * 64

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image.Image | Failure]:
        return [draw(parse(request.prompt).scene(request.seed or 0)) for request in requests]


class Greys(World):
    """Paints nothing, in one grey or another."""

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image.Image | Failure]:
        return [Image.new("RGB", (64, 64), (r.seed or 0,) * 3) for r in requests]


class Brightness:
    """The mean of the pixels."""

    name, fingerprint, facts = "brightness", "p" * 64, ScorerFacts(prompt_aware=False)

    def tokens(self, prompts: Sequence[str]) -> np.ndarray:
        return np.ones(len(prompts), dtype=np.int64)

    def score(
        self, images: Sequence[Image.Image], prompts: Sequence[str], pairs: np.ndarray
    ) -> np.ndarray:
        means = np.array([np.asarray(image, float).mean() for image in images])
        return means[pairs[:, 0]].astype(np.float32)


class Contrast:
    """Takes whatever has any contrast for a red boat on the sea."""

    name, fingerprint = "contrast", "e" * 64

    def see(self, images: Sequence[Image.Image]) -> Sight:
        any_ = np.array([np.asarray(image, float).std() > 1 for image in images], np.float32)
        boat = np.eye(len(THINGS), dtype=np.float32)[THINGS.index("boat")]
        red = np.eye(len(HUES), dtype=np.float32)[HUES.index("red")]
        sea = np.eye(len(GROUNDS), dtype=np.float32)[GROUNDS.index("sea")]
        size = len(images)
        return Sight(
            any_[:, None] * boat, np.tile(red, (size, len(THINGS), 1)), np.tile(sea, (size, 1))
        )


EYE = cast("BonsaiEye", Contrast())


def test_the_world_measures_as_itself() -> None:
    results = measure_generator(World(), Brightness(), EYE, 40, seed=1)
    assert results["choice"]["pairs"] == 40
    assert (results["generator"], results["scorer"], results["eye"]) == (
        "world",
        "brightness",
        "contrast",
    )
    own, world = results["recognition"], results["recognition_of_the_worlds_own"]
    assert own == world
    boats = own["ordinary"]["both_by_thing"]["boat"]
    assert own["ordinary"]["thing"]["estimate"] == boats["n"] / own["ordinary"]["pictures"]


def test_what_was_not_painted_is_not_recognised() -> None:
    results = measure_generator(Greys(), Brightness(), EYE, 20, seed=1)
    assert results["recognition"]["ordinary"]["thing"]["estimate"] == 0.0
    assert results["recognition"]["anti"]["stray"]["estimate"] == 0.0
    assert results["recognition_of_the_worlds_own"]["ordinary"]["stray"]["estimate"] > 0.5


def test_a_failure_is_not_passed_over() -> None:
    class Refuses(World):
        def generate(self, requests: Sequence[GenerationRequest]) -> list[Image.Image | Failure]:
            return [Failure("provider_refused", "no")] * len(requests)

    with pytest.raises(InvalidResult, match="no"):
        measure_generator(Refuses(), Brightness(), EYE, 2, seed=0)
