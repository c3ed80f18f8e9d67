"""The built-in captions, and what counts as a caption."""

import re
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.errors import BadInput
from widespectrum.prompts import Caption, builtin_captions, plain_text
from widespectrum.prompts.captions import MAX_CHARACTERS

SUBJECTS = {
    "people",
    "animals",
    "streets",
    "food",
    "sport",
    "landscape",
    "objects",
    "groups",
    "interiors",
    "transport",
}


def test_there_are_enough_and_every_one_is_different():
    captions = builtin_captions()
    assert len(captions) >= 340
    assert len({caption.id for caption in captions}) == len(captions)
    assert len({caption.text.lower() for caption in captions}) == len(captions)


def test_subjects_are_evenly_spread():
    counts = Counter(caption.id.rsplit("-", 1)[0] for caption in builtin_captions())
    assert counts.keys() == SUBJECTS
    assert len(set(counts.values())) == 1


def test_captions_are_of_6_to_16_words_and_end_like_sentences():
    for caption in builtin_captions():
        assert 6 <= len(caption.text.split()) <= 16, caption
        assert re.fullmatch(r"[A-Z][A-Za-z0-9 ,'-]*\.", caption.text), caption


def test_no_two_captions_open_alike():
    openings = Counter(" ".join(c.text.lower().split()[:3]) for c in builtin_captions())
    assert [opening for opening, count in openings.items() if count > 1] == []


def test_no_two_captions_say_nearly_the_same():
    def content(text):
        return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3}

    words = [(caption.text, content(caption.text)) for caption in builtin_captions()]
    for (one, a), (other, b) in combinations(words, 2):
        assert len(a & b) / len(a | b) < 0.5, (one, other)


def test_captions_say_nothing_of_looks_and_feelings(aesthetic_words):
    found = {caption.text: aesthetic_words(caption.text) for caption in builtin_captions()}
    assert {text: words for text, words in found.items() if words} == {}


def test_the_vocabulary_test_can_fail(aesthetic_words):
    assert aesthetic_words("A lonely man in the gloomy light of a sunset, slightly blurred.")


def test_white_space_becomes_single_spaces():
    assert Caption("a", "  Two boats\n near\ta  pier. ").text == "Two boats near a pier."


@pytest.mark.parametrize(
    "text",
    [
        "一只猫坐在窗台上。",
        "رجل يركب دراجة",
        "<b>bold</b> & <img onerror=x>",
        "🐶",
        "e\u0301tude",
        "\u200fشجرة",
    ],
)
def test_any_script_and_markup_is_text(text):
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "is empty"),
        (" \n\t ", "is empty"),
        (7, "not text"),
        (["a"], "not text"),
        ("a\x00b", "U+0000"),
        ("a\x1b[31mb", "U+001B"),
        ("a\x85b", "U+0085"),
        ("a\ud800b", "U+D800"),
        ("x" * (MAX_CHARACTERS + 1), "2,001 characters long; a caption has at most 2,000"),
    ],
)
def test_what_is_no_caption_is_refused_with_its_place(text, problem):
    with pytest.raises(BadInput) as caught:
        plain_text(text, file="captions.csv", row=3, field="text")
    assert problem in str(caught.value)
    assert str(caught.value).startswith("captions.csv, row 3, field 'text': ")
    assert caught.value.remedy


def test_the_longest_caption_is_accepted():
    assert len(plain_text("x" * MAX_CHARACTERS)) == MAX_CHARACTERS


@given(st.text(max_size=60))
def test_any_text_is_a_clean_line_or_refused(text):
    try:
        line = plain_text(text)
    except BadInput:
        return
    assert line.split() == text.split()
    assert plain_text(line) == line
    line.encode("utf-8")
