import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorer_toys import grey

from widespectrum.contracts import Scorer, ScorerFacts
from widespectrum.errors import BadInput, InvalidResult
from widespectrum.scorers import as_scorer

PAIRS = np.array([[0, 0], [1, 1], [0, 1]])
IMAGES = [grey(10), grey(200)]
PROMPTS = ["a", "a b c"]


def level(images, prompts):
    return [i.getpixel((0, 0))[0] + len(p) for i, p in zip(images, prompts, strict=True)]


def test_a_function_is_a_scorer():
    scorer = as_scorer(level)
    assert isinstance(scorer, Scorer)
    assert scorer.name == "level"
    assert scorer.facts == ScorerFacts(prompt_aware=True)
    scores = scorer.score(IMAGES, PROMPTS, PAIRS)
    assert scores.dtype == np.float32
    assert scores.tolist() == [11, 205, 15]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=12))
def test_every_row_of_pairs_gets_its_own_score(pairs):
    scores = as_scorer(level).score(IMAGES, PROMPTS, np.array(pairs).reshape(-1, 2))
    assert scores.tolist() == [level([IMAGES[i]], [PROMPTS[p]])[0] for i, p in pairs]


def test_the_function_is_called_once_and_never_for_nothing():
    calls = []

    def counted(images, prompts):
        calls.append((len(images), prompts))
        return [0.0] * len(images)

    scorer = as_scorer(counted)
    scorer.score(IMAGES, PROMPTS, PAIRS)
    assert scorer.score(IMAGES, PROMPTS, np.empty((0, 2), dtype=np.int64)).shape == (0,)
    assert calls == [(3, ["a", "a b c", "a b c"])]


def test_tokens_are_words():
    counts = as_scorer(level).tokens(["", "one", " two\twords\n"])
    assert counts.dtype == np.int64
    assert counts.tolist() == [0, 1, 2]


class Tensor:
    """What a scorer sees of a tensor: it must be taken off its device and gradient first."""

    def __init__(self, values):
        self.values = values

    def detach(self):
        return self

    def cpu(self):
        return np.array(self.values)

    def __array__(self, *args, **kwargs):
        raise RuntimeError("has a gradient")


@pytest.mark.parametrize(
    "returned",
    [(1, 2, 3), np.array([1, 2, 3], dtype=np.float16), [np.float32(1), 2, 3.0], Tensor([1, 2, 3])],
)
def test_whatever_holds_numbers_will_do(returned):
    scores = as_scorer(lambda images, prompts: returned).score(IMAGES, PROMPTS, PAIRS)
    assert scores.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (None, "shape ()"),
        (0.5, "shape ()"),
        ([1, 2], "shape (2,)"),
        (np.zeros((3, 1)), "scores.squeeze(-1)"),
        (np.zeros((3, 2)), "shape (3, 2)"),
        ([[1], [2, 3], [4]], "not numbers"),
        (["high", "low", "low"], "list ['high', 'low', 'low'] for 3 pairs, not numbers"),
        ([1, float("nan"), 3], "returned nan for 1 of 3 pairs"),
        ([1, float("inf"), float("-inf")], "returned inf for 2 of 3 pairs"),
        ([1, 1e300, 3], "returned inf for 1 of 3 pairs"),
        ([1, None, 3], "under the prompt 'a b c'"),
        ({"scores": [1, 2, 3]}, "dict"),
    ],
)
def test_what_is_no_score_is_named_with_scorer_and_remedy(returned, says):
    scorer = as_scorer(lambda images, prompts: returned, name="mine")
    with pytest.raises(InvalidResult) as caught:
        scorer.score(IMAGES, PROMPTS, PAIRS)
    assert says in str(caught.value)
    assert "'mine'" in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "function", [lambda images: [1], lambda a, b, c: [1], 7, "text", lambda: [1]]
)
def test_what_cannot_be_called_with_images_and_prompts_is_refused(function):
    with pytest.raises(BadInput, match=r"f\(images, prompts\)"):
        as_scorer(function)


def weighted(images, prompts, *, weight=1):
    return [weight * value for value in level(images, prompts)]


def test_settings_are_keyword_arguments_and_part_of_the_identity():
    plain, double = as_scorer(weighted), as_scorer(weighted, settings={"weight": 2})
    assert double.name == "weighted@weight=2"
    assert double.score(IMAGES, PROMPTS, PAIRS).tolist() == [22, 410, 30]
    assert double.fingerprint != plain.fingerprint
    assert double.fingerprint == as_scorer(weighted, settings={"weight": 2}).fingerprint


def test_a_version_is_part_of_the_identity():
    assert as_scorer(level, version="2").fingerprint != as_scorer(level).fingerprint


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (level, "level"),
        (lambda images, prompts: [], "lambda"),
        (functools.partial(weighted, weight=3), "weighted"),
    ],
)
def test_names_are_short(function, name):
    assert as_scorer(function).name == name


def test_what_the_function_raises_is_left_to_the_caller():
    def fails(images, prompts):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        as_scorer(fails).score(IMAGES, PROMPTS, PAIRS)
