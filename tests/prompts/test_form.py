"""One line, visible, and a text: what is let through, and what not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.prompts import builtin_captions, form_problem, is_refusal


@pytest.mark.parametrize(
    "text",
    [
        "A goat.",
        "Un café, déjà vu — “oui”.",
        "猫が窓辺で寝ている。",
        "قطة نائمة",
        "می\u200cخواهم",  # a joiner that Persian needs
        "family 👨\u200d👩\u200d👧",
        "  with space around  ",
    ],
)
def test_visible_text_in_any_script(text):
    assert form_problem(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        (" \t ", "empty"),
        ("a\nb", "more than one line"),
        ("a\u2028b", "more than one line"),
        ("a\x85b", "more than one line"),
        ("a\u202eb", "U+202E"),
        ("a\u2066b", "U+2066"),
        ("\u200ea", "U+200E"),
        ("a\u200bb", "U+200B"),
        ("a\ufeffb", "U+FEFF"),
        ("a\U000e0041b", "U+E0041"),
        ("a\x00b", "U+0000"),
        ("a\tb", "U+0009"),
        ("a\ud800b", "U+D800"),
        ("a\ue000b", "U+E000"),
    ],
)
def test_what_cannot_be_seen(text, said):
    assert said in form_problem(text)


@given(st.text())
def test_what_passes_has_nothing_hidden(text):
    if form_problem(text) is None:
        kinds = {unicodedata.category(sign) for sign in text.strip() if sign not in "\u200c\u200d"}
        assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, I cannot do this",
        "Sorry, but that is not possible.",
        "I apologize, but this is not something I do.",
        "Unfortunately, I cannot write it.",
        "I can't create images of that.",
        "As an AI, I do not.",
        "Sure. But as an AI language model I have limits.",
        "This request violates the guidelines.",
        "It violates our content policy.",
        "I am unable to do that",
    ],
)
def test_refusals(text):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "A sorry-looking dog in the rain.",
        "A sign that says I love pizza.",
        "Unfortunate shadows fall over a bench.",
        "A man can't reach the shelf.",
    ],
)
def test_texts_that_are_none(text):
    assert not is_refusal(text)


def test_no_caption_that_ships_is_one():
    assert not any(is_refusal(each.text) for each in builtin_captions())
