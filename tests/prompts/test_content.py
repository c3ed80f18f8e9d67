"""Content words: what counts, which forms are one word, and what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.prompts import builtin_captions, content_words, kept_share, missing_words
from widespectrum.prompts.content import stem


@pytest.mark.parametrize(
    "forms",
    [
        ("ride", "rides", "riding"),
        ("run", "runs", "running"),
        ("city", "cities"),
        ("carry", "carries", "carried", "carrying"),
        ("bus", "buses"),
        ("box", "boxes"),
        ("house", "houses"),
        ("woman", "women", "Woman's", "woman’s"),
        ("leaf", "leaves"),
        ("stop", "stops", "stopped", "stopping"),
        ("glass", "glasses"),
        ("bake", "bakes", "baked", "baking"),
    ],
)
def test_forms_of_one_word(forms):
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("cat", "car"), ("red", "ring"), ("man", "mango"), ("bread", "breast"), ("king", "kite")],
)
def test_other_words_stay_apart(one, other):
    assert stem(one) != stem(other)


def test_function_words_and_words_for_the_picture_do_not_count():
    assert content_words("This photo shows an adult bear and a bear cub.") == (
        "adult",
        "bear",
        "cub",
    )
    assert content_words("The picture of it.") == ()


def test_words_in_scripts_without_spaces_are_not_guessed():
    assert content_words("猫が窓辺で寝ている") == ()
    assert content_words("Кошка спит 3 часа") == ("Кошка", "спит", "3", "часа")


def test_what_is_missing_is_told_in_order_and_as_it_stands():
    lost = missing_words("Two Boats near a pier in Oslo", "A boat is moored near piers")
    assert lost == ("Two", "Oslo")
    assert kept_share("Two Boats near a pier in Oslo", "A boat near piers") == 0.5
    assert kept_share("the", "anything") is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_text_has_all_of_its_own_words(one, other):
    assert missing_words(one, f"{other} {one}") == ()
    assert kept_share(one, one) in (1.0, None)


def test_every_caption_that_ships_has_content():
    assert all(len(content_words(each.text)) >= 2 for each in builtin_captions())
