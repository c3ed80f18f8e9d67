from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from widespectrum.bonsai import draw, parse, sample_scenes
from widespectrum.bonsai.language.wordings import COLOUR_WORDS
from widespectrum.bonsai.sampling import ORDINARY
from widespectrum.bonsai.training.generator_evaluation import measure_generator, recognise
from widespectrum.bonsai.world import Scene
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.contracts import Failure, GenerationRequest, ScorerFacts
from widespectrum.errors import InvalidResult


class World:
    """Paints what the world draws."""

    name, fingerprint = "world", "f" * 64

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image.Image | Failure]:
        return [draw(parse(request.prompt).scene(request.seed or 0)) for request in requests]


class Pixels:
    """Sees only the mean colour, and knows the words of colours."""

    name, fingerprint, facts = "pixels", "p" * 64, ScorerFacts(prompt_aware=True)

    def tokens(self, prompts: Sequence[str]) -> np.ndarray:
        return np.ones(len(prompts), dtype=np.int64)

    def score(
        self, images: Sequence[Image.Image], prompts: Sequence[str], pairs: np.ndarray
    ) -> np.ndarray:
        means = np.array([np.asarray(image, float).mean((0, 1)) for image in images])
        named = np.array([_named(prompt) for prompt in prompts])
        gap = means[pairs[:, 0]] - named[pairs[:, 1]]
        return -np.square(gap).sum(1).astype(np.float32)


PAINT = {name: (20 * n, 255 - 20 * n, 77 * n % 255) for n, name in enumerate(COLOURS)}
WORDS = {word: colour for colour in COLOURS for word in COLOUR_WORDS[colour]}


def _named(prompt: str) -> tuple[int, ...]:
    """The first colour of a prompt as pixels; grey if it names none."""
    said = [WORDS[word] for word in prompt.lower().split() if word in WORDS]
    return PAINT[said[0]] if said else (128, 128, 128)


def test_colours_that_fit_are_recognised_and_others_are_not() -> None:
    scenes = [s for s in sample_scenes(60, 0, recipe=ORDINARY) if isinstance(s, Scene)]
    scenes = [s for s in scenes if s.companion is None and s.subject.kind != "person"]
    right = [Image.new("RGB", (8, 8), PAINT[s.subject.colour]) for s in scenes]
    found = recognise(Pixels(), right, scenes)
    assert found["pictures"] == len(scenes)
    assert found["colour"] == 1.0
    turned = recognise(Pixels(), right[1:] + right[:1], scenes)
    assert turned["colour"] < 0.5


def test_the_world_measures_as_itself() -> None:
    results = measure_generator(World(), Pixels(), 6, seed=1)
    assert results["choice"]["pairs"] == 6
    assert results["recognition"].keys() == results["recognition_of_the_worlds_own"].keys()
    assert results["generator"] == "world"
    assert results["scorer"] == "pixels"


def test_a_failure_is_not_passed_over() -> None:
    class Refuses(World):
        def generate(self, requests: Sequence[GenerationRequest]) -> list[Image.Image | Failure]:
            return [Failure("provider_refused", "no")] * len(requests)

    with pytest.raises(InvalidResult, match="no"):
        measure_generator(Refuses(), Pixels(), 2, seed=0)
