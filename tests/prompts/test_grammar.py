"""Captions of every shape, fitted into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.prompts.grammar import fit, listed, word_count


@pytest.mark.parametrize(
    ("caption", "opening", "inside", "stop", "follows_comma", "goes_on"),
    [
        ("A dog runs.", "A dog runs", "a dog runs", ".", True, True),
        ("a dog runs", "A dog runs", "a dog runs", ".", True, True),
        ("the BIG dog", "The BIG dog", "the BIG dog", ".", False, True),
        ("Paris in winter.", "Paris in winter", "Paris in winter", ".", False, True),
        ("iPhone on a desk", "iPhone on a desk", "iPhone on a desk", ".", False, True),
        ("2 dogs run", "2 dogs run", "2 dogs run", ".", False, True),
        ("A dog?", "A dog?", "a dog?", "", False, False),
        ("A dog!", "A dog!", "a dog!", "", False, False),
        ("A dog runs...", "A dog runs...", "a dog runs...", "", True, False),
        ("Made in the U.S.", "Made in the U.S.", "Made in the U.S.", "", False, False),
        ("A dog sits. A cat.", "A dog sits. A cat", "a dog sits. A cat", ".", True, False),
        ('A sign says "stop."', None, None, "", True, False),
        ("A man (left)", "A man (left)", "a man (left)", ".", False, True),
        ("A dog,", "A dog,", "a dog,", ".", False, False),
        ("一只猫。", "一只猫。", "一只猫。", "", False, False),
        ("🐶", "🐶", "🐶", ".", False, False),
        (".", ".", ".", "", False, False),
    ],
)
def test_known_shapes(caption, opening, inside, stop, follows_comma, goes_on):
    fitted = fit(caption)
    if opening is not None:
        assert (fitted.opening, fitted.inside) == (opening, inside)
    assert (fitted.stop, fitted.follows_comma, fitted.goes_on) == (stop, follows_comma, goes_on)


@pytest.mark.parametrize(
    ("caption", "clause"),
    [
        ("A street musician plays the accordion", True),
        ("The two boys' dog is asleep", True),
        ("one man carries buckets", True),
        ("A pair of walking boots", False),
        ("A brass telescope on a tripod", False),
        ("A bus", False),
        ("The steps of a church", False),
        ("Three keys on a ring", False),
        ("Children draw squares", False),
        ("Paris sleeps", False),
    ],
)
def test_clauses_that_may_follow_a_comma(caption, clause):
    assert fit(caption).follows_comma is clause


@given(st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool))
def test_no_word_is_lost(caption):
    fitted = fit(caption)
    for form in (fitted.opening, fitted.inside):
        assert word_count(form) == word_count(caption)
        assert form.lower() in caption.lower()
        assert len(caption) - len(form) <= 1


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["fog"], "fog"),
        (["fog", "rain"], "fog and rain"),
        (["fog and mist", "rain"], "fog and mist plus rain"),
        (["fog", "rain", "snow"], "fog, rain, and snow"),
    ],
)
def test_lists(items, text):
    assert listed(items) == text
