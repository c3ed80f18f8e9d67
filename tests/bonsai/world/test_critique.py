"""Critique scenes: every element is there when asked for, and leaves without moving the rest."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from widespectrum.bonsai.world import CRITIQUES, CritiqueScene, Look, render
from widespectrum.bonsai.world.critique import TOPICS

ALONE = [(topic, element) for topic, elements in CRITIQUES.items() for element in elements]


def picture(topic: str, elements: tuple[str, ...], seed: int = 2, **look: str) -> np.ndarray:
    return render(CritiqueScene(topic, elements, Look(**look), seed)).astype(int)  # type: ignore[arg-type]


def test_every_topic_is_drawn() -> None:
    assert set(TOPICS) == set(CRITIQUES)
    assert all(len(elements) >= 4 for elements in CRITIQUES.values())


@pytest.mark.parametrize(("topic", "element"), ALONE)
@pytest.mark.parametrize("seed", [2, 31])
def test_every_element_is_visible_alone_and_among_others(
    topic: str, element: str, seed: int
) -> None:
    def visible(with_it: tuple[str, ...], without: tuple[str, ...]) -> float:
        change = np.abs(picture(topic, with_it, seed) - picture(topic, without, seed)).max(axis=2)
        return float((change > 25).mean())

    everything = CRITIQUES[topic]
    rest = tuple(e for e in everything if e != element)
    assert visible((element,), ()) > 0.008
    assert visible(everything, rest) > 0.006


@pytest.mark.parametrize("topic", CRITIQUES)
def test_every_combination_of_elements_is_another_picture(topic: str) -> None:
    elements = CRITIQUES[topic]
    pictures = set()
    for chosen in product((False, True), repeat=len(elements)):
        some = tuple(e for e, wanted in zip(elements, chosen, strict=True) if wanted)
        pictures.add(picture(topic, some).tobytes())
    assert len(pictures) == 2 ** len(elements)


@pytest.mark.parametrize("topic", CRITIQUES)
def test_emotion_changes_the_mood(topic: str) -> None:
    calm, sad = picture(topic, ()), picture(topic, (), emotion="sad")
    assert np.abs(calm - sad).mean() > 4
    assert sad.mean() < calm.mean()


def test_elements_are_kept_in_order() -> None:
    one = CritiqueScene("war", ("toy", "ruins", "toy"))
    assert one == CritiqueScene("war", ("ruins", "toy"))
    assert one.elements == ("ruins", "toy")
