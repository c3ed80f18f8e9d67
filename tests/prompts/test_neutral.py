"""The neutral rewrite: as many words as the anti prompt, and nothing asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput
from widespectrum.prompts import builtin_captions, neutral_rewrite, word_count
from widespectrum.prompts.neutral import _LEADS, _LONE_LEADS, MOST_SPARE, STATEMENTS

CAPTION = "Two boats lie near a pier."
WORD = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1)


@settings(deadline=None, max_examples=200)
@given(
    words=st.lists(WORD, min_size=1, max_size=30),
    spare=st.integers(0, 66),
    caption_first=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_exactly_as_many_words_for_any_caption_and_length(words, spare, caption_first, seed):
    caption = " ".join(words)
    filler = ["x"] * spare
    anti = " ".join([*words, *filler] if caption_first else [*filler, *words])
    text = neutral_rewrite(caption, anti, seed)
    assert word_count(text) == word_count(anti)
    assert caption.removesuffix(".").casefold()[1:] in text.casefold()
    assert text == neutral_rewrite(caption, anti, seed)


@pytest.mark.parametrize("spare", range(1, MOST_SPARE + 1))
@pytest.mark.parametrize("caption_first", [True, False])
def test_every_length_can_be_matched(spare, caption_first):
    filler = "x " * spare
    anti = f"{CAPTION} {filler}" if caption_first else f"{filler}{CAPTION}"
    for seed in range(3):
        text = neutral_rewrite(CAPTION, anti, seed)
        assert word_count(text) == 6 + spare
        if spare >= 6:
            assert text.startswith("Two boats") is caption_first


def test_an_anti_prompt_that_is_no_longer_gives_the_caption():
    assert neutral_rewrite("two boats lie near a pier", "Dark boats.", 0) == CAPTION
    assert neutral_rewrite(CAPTION, CAPTION, 0) == CAPTION


def test_an_anti_prompt_beyond_measure_is_refused():
    with pytest.raises(BadInput, match="words longer than its caption"):
        neutral_rewrite(CAPTION, CAPTION + " x" * (MOST_SPARE + 1), 0)


def test_the_wording_asks_for_no_look_and_no_feeling(aesthetic_words):
    wording = [*(s for group in STATEMENTS for s in group), *_LEADS, *_LONE_LEADS]
    assert {text: aesthetic_words(text) for text in wording if aesthetic_words(text)} == {}


def test_the_wording_holds_no_word_of_any_dimension(dimensions):
    wording = " ".join(s for group in STATEMENTS for s in group)
    for dimension in dimensions.values():
        for words in dimension.antonyms:
            assert words.lower() not in wording
        for effect in dimension.effects:
            assert effect.name.lower() not in wording


def test_wording_varies_and_says_nothing_twice():
    texts = [neutral_rewrite(CAPTION, "x " * 34 + CAPTION, seed) for seed in range(200)]
    assert len(set(texts)) > 190
    for text in texts:
        said = [s for group in STATEMENTS for s in group if s in text]
        assert len(said) == len(set(said))
        # No group speaks twice; a statement may be part of a longer one of its own group only.
        assert all(sum(s in text for s in group) <= 2 for group in STATEMENTS)


def test_captions_of_every_shape_stay_grammatical():
    for caption in ["Stop!", "一只猫。", "Anna eats", "a dog. a cat."]:
        for seed in range(10):
            text = neutral_rewrite(caption, "x " * 20 + caption, seed)
            assert "!." not in text
            assert "。." not in text
            assert text[-1] in ".!。"


def test_all_builtin_captions():
    for caption in builtin_captions():
        anti = f"{caption.text} " + "x " * 25
        assert word_count(neutral_rewrite(caption.text, anti, 1)) == word_count(anti)
