import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.aesthetics import load_dimensions
from widespectrum.scorers.lexicon import Lexicon, load_lexicon

WORDS = {
    "dark": (("brightness", -1),),
    "bright": (("brightness", 1),),
    "too dark": (("brightness", -1), ("contrast", -1)),
    "blur*": (("sharpness", -1),),
    "noise-free": (("grain", -1),),
    "noise": (("grain", 1),),
}
PHRASES = {"a dark bright secret": (("cast", 1),)}


@pytest.fixture
def lexicon():
    return Lexicon({}, WORDS, PHRASES)


@pytest.mark.parametrize(
    ("prompt", "wishes"),
    [
        ("a cat", {}),
        ("", {}),
        ("a DARK cat", {"brightness": -1}),
        ("too dark a cat", {"brightness": -1, "contrast": -1}),
        ("dark, then bright", {"brightness": 0}),
        ("darkroom and embrace", {}),
        ("blur, blurred and blurry", {"sharpness": -1}),
        ("noise-free", {"grain": -1}),
        ("noise", {"grain": 1}),
        ("not dark", {}),
        ("without any visible noise, but blurred", {"sharpness": -1}),
        ("no cat, and much noise", {"grain": 1}),
        ("a  dark\nbright   secret", {"cast": 1}),
        ("A dark bright secret in the dark", {"cast": 1, "brightness": -1}),
        ("暗い猫", {}),
    ],
)
def test_prompts_are_read(lexicon, prompt, wishes):
    assert lexicon.wishes(prompt) == wishes


def test_an_empty_lexicon_reads_nothing():
    assert Lexicon({}, {}, {}).wishes("a dark cat") == {}


def test_the_phrases_of_known_effects_are_read_whole():
    lexicon = load_lexicon()
    for phrase in load_dimensions().effect("film-grain").phrases:
        assert lexicon.wishes(f"A cat. The picture shows {phrase}.") == {"grain": 1}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_wishes_lie_between_less_and_more(prompt):
    assert all(-1 <= wish <= 1 for wish in load_lexicon().wishes(prompt).values())


def test_a_very_long_prompt_is_read_in_a_moment():
    import time

    start = time.perf_counter()
    load_lexicon().wishes("not very " * 20_000 + "dark " * 20_000)
    assert time.perf_counter() - start < 5
