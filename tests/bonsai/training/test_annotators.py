from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.bonsai.training.annotators import Comparisons, Population, agreed
from widespectrum.errors import BadInput


def under_anti_prompt(attributes: int = 4) -> Comparisons:
    """A prompt asks for everything low; the first picture obeys, the second is neutral."""
    levels = np.zeros((1, 2, attributes), np.float32)
    levels[0, 0] = -1
    return Comparisons(levels, np.ones((1, 2), np.float32), levels[:, 0])


def under_plain_prompt() -> Comparisons:
    """Nothing is asked for; the first picture is polished, the second neutral."""
    levels = np.zeros((1, 2, 4), np.float32)
    levels[0, 0] = 1
    return Comparisons(levels, np.ones((1, 2), np.float32), np.zeros((1, 4), np.float32))


def test_the_utility_is_the_documented_sum() -> None:
    someone = Population(size=1, prompt_weight=0.5).draw(2, seed=3)
    comparison = Comparisons(
        levels=np.array([[[1, -1], [0, 1]]], np.float32),
        match=np.array([[0.5, 1.0]], np.float32),
        asked=np.array([[0, -1]], np.float32),
    )
    taste, content, prompt = someone.taste[0], someone.content[0], someone.prompt[0]
    expected = (taste[0] - 2 * taste[1]) + content * (0.5 - 1.0) - prompt * (0 - 2)
    assert someone.margins(comparison)[0, 0] == pytest.approx(expected, abs=1e-6)


def test_who_cares_little_for_the_prompt_overrules_it_and_who_cares_much_obeys() -> None:
    little = Population(mainstream=1.0, prompt_weight=0.1).draw(4, 0)
    much = Population(mainstream=1.0, prompt_weight=5.0).draw(4, 0)
    assert little.vote(under_anti_prompt(), 0)[0] < 0.05
    assert much.vote(under_anti_prompt(), 0)[0] > 0.9


def test_mainstream_annotators_like_polish_and_contrarians_less() -> None:
    mainstream = Population(mainstream=1.0).draw(4, 0)
    contrary = Population(mainstream=0.0).draw(4, 0)
    assert (mainstream.taste > 0).all()
    assert mainstream.vote(under_plain_prompt(), 0)[0] > 0.9
    assert contrary.vote(under_plain_prompt(), 0)[0] < 0.7


@given(st.floats(0, 1), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_the_share_of_mainstream_annotators_is_exact(share: float, seed: int) -> None:
    drawn = Population(mainstream=share).draw(40, seed)
    assert (drawn.taste >= 0).all(axis=1).sum() == round(share * 100)


def test_swapping_the_pictures_swaps_the_margins() -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(-1, 2, (20, 2, 6)).astype(np.float32)
    match = rng.random((20, 2)).astype(np.float32)
    asked = rng.integers(-1, 2, (20, 6)).astype(np.float32)
    people = Population().draw(6, 1)
    there = people.margins(Comparisons(levels, match, asked))
    back = people.margins(Comparisons(levels[:, ::-1], match[:, ::-1], asked))
    np.testing.assert_allclose(there, -back, atol=1e-5)


def test_votes_and_people_follow_from_the_seed() -> None:
    people = Population().draw(4, 1)
    assert np.array_equal(people.taste, Population().draw(4, 1).taste)
    assert not np.array_equal(people.taste, Population().draw(4, 2).taste)
    assert people.vote(under_plain_prompt(), 5) == people.vote(under_plain_prompt(), 5)


def test_agreement_counts_both_ways() -> None:
    share = np.array([0.0, 0.04, 0.5, 0.94, 0.95, 1.0], np.float32)
    assert agreed(share, 0.95).tolist() == [True, True, False, False, True, True]
    assert agreed(share, 0.5).all()


@pytest.mark.parametrize(
    "wrong", [{"mainstream": 1.1}, {"mainstream": -0.1}, {"prompt_weight": -1}]
)
def test_impossible_populations_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Population(**wrong)
