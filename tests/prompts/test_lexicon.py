"""The lexicon: what it finds in prompts whose effects are known, and what it leaves alone."""

from dataclasses import replace

import pytest

from widespectrum.aesthetics import Effect
from widespectrum.prompts import Lexicon, TemplateWriter, build_pairs, builtin_captions, told_by
from widespectrum.prompts.lexicon import manner_words, shipped_lexicon


@pytest.fixture(scope="module")
def lexicon():
    return shipped_lexicon()


@pytest.fixture(scope="module")
def pairs(pool):
    return build_pairs(builtin_captions(), TemplateWriter(), pool, 300)


def test_no_caption_that_ships_has_a_sign(lexicon):
    assert [each.text for each in builtin_captions() if lexicon.signs(each.text)] == []


def test_of_the_templates_prompts_it_knows_what_they_ask_for_and_nothing_else(lexicon, pairs):
    for row in pairs.iter_rows(named=True):
        asked = row["dimensions"]
        assert lexicon.told(row["prompt_anti"], asked, row["prompt_original"]) == set(asked)
        assert lexicon.unasked(row["prompt_anti"], asked, row["prompt_original"]) == ()
        assert lexicon.unasked(row["prompt_neutral"], (), row["prompt_original"]) == ()


def test_taken_for_what_nobody_asked_for_every_effect_is_found(lexicon, pairs):
    for row in pairs.head(60).iter_rows(named=True):
        found = lexicon.unasked(row["prompt_anti"], (), row["prompt_original"])
        assert set(row["dimensions"]) <= {sign.dimension for sign in found}


def test_words_alone_tell_most_effects_of_the_dimensions_that_are_drawn(lexicon, pool):
    """Measured on the template's phrases; docs/prompts.md has the table."""
    told = {
        dimension.key: [
            bool(lexicon.told(phrase, [dimension.key], words_only=True))
            for effect in dimension.effects
            for phrase in effect.phrases
        ]
        for dimension in pool
    }
    for key, found in told.items():
        assert sum(found) / len(found) >= 0.65, key
    every = [each for found in told.values() for each in found]
    assert sum(every) / len(every) >= 0.9


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        ("a goat, badly out-of-focus", "clarity", "out-of-focus"),
        ("Blurry and cold", "clarity", "Blurry"),
        ("a face in tears", "emotion", "tears"),
        ("no visible shadows anywhere", "lighting distinction", "no visible shadows"),
    ],
)
def test_signs(lexicon, text, dimension, words):
    found = [(sign.dimension, sign.words) for sign in lexicon.signs(text)]
    assert (dimension, words) in found


@pytest.mark.parametrize("text", ["a noise-free picture", "a darkroom door", "an engraved spoon"])
def test_words_that_only_look_like_one(lexicon, text):
    assert lexicon.signs(text) == ()


def test_the_captions_own_words_are_no_effect(lexicon):
    prompt = "A dark horse, blurred, in a dark stable."
    found = [sign.words for sign in lexicon.unasked(prompt, ["clarity"], "A dark horse.")]
    assert found == []
    found = [sign.words for sign in lexicon.unasked(prompt, ["clarity"], "A horse.")]
    assert found == ["dark", "dark"]


def test_words_shared_by_two_dimensions_speak_for_the_one_that_was_asked_for(lexicon):
    assert lexicon.unasked("an overexposed wall", ["background"]) == ()
    assert lexicon.unasked("an overexposed wall", ["color aesthetic"]) == ()
    assert {s.dimension for s in lexicon.unasked("an overexposed wall", ["clarity"])} == {
        "background",
        "color aesthetic",
    }


def test_spans_that_are_known_to_be_asked_for_are_excused(lexicon):
    text = "a crowd, with faded light"
    assert lexicon.unasked(text, ["emotion"])
    assert lexicon.unasked(text, ["emotion"], excused=[(0, len(text))]) == ()


def test_a_dimension_of_ones_own_is_told_by_its_effects_names(dimensions):
    effect = Effect("huge-squares", "huge squares", ("flat squares instead of every shape",))
    mine = replace(dimensions["clarity"], key="pixel art", effects=(effect,))
    lexicon = Lexicon([*dimensions.values(), mine])
    assert told_by(mine) == (("huge squares",), ())
    assert lexicon.told("a goat made of huge squares", ["pixel art"]) == {"pixel art"}
    assert lexicon.told("a goat, flat squares instead of every shape", ["pixel art"]) == {
        "pixel art"
    }
    assert lexicon.identity != shipped_lexicon().identity


def test_praise_and_interpretation():
    assert manner_words("A stunning, award-winning dog", "praise") == ("stunning", "award-winning")
    assert manner_words("A stunning dog", "praise", "a stunning dog") == ()
    assert manner_words("Hands that evoke a sense of loss", "interpretation") == (
        "evoke",
        "sense of",
    )
