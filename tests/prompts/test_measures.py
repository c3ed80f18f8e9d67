"""Measures of a prompt, by hand."""

from hypothesis import given
from hypothesis import strategies as st

from widespectrum.prompts.lexicon import shipped_lexicon
from widespectrum.prompts.measures import measure


def test_by_hand():
    found = measure(
        "A goat stands blurred. Nothing else is there, melancholy wallpaper excepted.",
        "A goat stands.",
        ["clarity", "symmetry"],
        shipped_lexicon(),
    )
    assert found.words == 11
    assert found.sentence_words == 11 / 2
    # blurred, Nothing, melancholy, wallpaper, excepted have more than six letters.
    assert found.lix == 11 / 2 + 100 * 5 / 11
    assert found.distinct == 1
    assert found.asked_told == 0.5
    assert found.unasked == 2  # emotion by "melancholy", richness by "Nothing else"
    assert found.kept == 1


def test_nothing_to_count_is_not_zero():
    found = measure("…", "the", [], shipped_lexicon())
    assert (found.lix, found.word_letters, found.asked_told, found.kept) == (None,) * 4


@given(st.text(max_size=100), st.text(max_size=40))
def test_shares_are_shares(prompt, caption):
    found = measure(prompt, caption, ["clarity", "emotion"], shipped_lexicon())
    for share in (found.distinct, found.asked_told, found.kept):
        assert share is None or 0 <= share <= 1
    assert found.unasked >= 0
