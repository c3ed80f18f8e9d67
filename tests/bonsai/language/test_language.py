"""Captions and prompts: what is said is understood again, and what is not known is named."""

from __future__ import annotations

import warnings
from random import Random
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.bonsai import (
    CritiqueScene,
    Look,
    ParsedPrompt,
    Scene,
    Thing,
    UnknownWords,
    caption,
    content,
    parse,
    sample_scene,
    truth,
    world_pairs,
)
from widespectrum.bonsai.language import effect_phrases, lexicon, words
from widespectrum.bonsai.language.lexicon import all_wordings, read
from widespectrum.bonsai.language.wordings import (
    COLOUR_WORDS,
    EFFECT_WORDS,
    ELEMENT_WORDS,
    EMOTION_WORDS,
    HIGH_WORDS,
    KIND_WORDS,
    PLACE_WORDS,
    RELATION_WORDS,
    SUBJECT_EFFECTS,
    TOPIC_WORDS,
)
from widespectrum.bonsai.world import (
    ATTRIBUTE_OF,
    ATTRIBUTES,
    COLOURS,
    CRITIQUES,
    EMOTIONS,
    KINDS,
    PLACES,
    RELATIONS,
)
from widespectrum.errors import BadInput
from widespectrum.prompts import WORD_LIMIT, word_count


def quiet(prompt: str) -> ParsedPrompt:
    """Parse a prompt all of whose words must be known."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return parse(prompt)


def test_every_name_of_the_world_has_words() -> None:
    assert set(KIND_WORDS) == set(KINDS)
    assert set(COLOUR_WORDS) == set(COLOURS)
    assert set(PLACE_WORDS) == set(PLACES)
    assert set(RELATION_WORDS) == set(RELATIONS)
    assert set(EMOTION_WORDS) == set(EMOTIONS)
    assert set(EFFECT_WORDS) == set(ATTRIBUTE_OF) == set(effect_phrases())
    assert set(HIGH_WORDS) == set(ATTRIBUTES) - {"emotion", "pairing"}
    assert set(TOPIC_WORDS) == set(ELEMENT_WORDS) == set(CRITIQUES)
    for topic, elements in CRITIQUES.items():
        assert tuple(ELEMENT_WORDS[topic]) == elements
    assert set(SUBJECT_EFFECTS) <= set(ATTRIBUTE_OF)


def test_looks_have_several_wordings() -> None:
    for table in (EFFECT_WORDS, HIGH_WORDS, EMOTION_WORDS, PLACE_WORDS, effect_phrases()):
        assert all(len(set(wordings)) >= 2 for wordings in table.values())


def test_no_wording_means_two_things() -> None:
    assert len(lexicon()) > 700
    for text, idea in all_wordings():
        found = list(read(words(text)))
        assert [f.idea for f in found] == [idea], text


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 2**40), st.sampled_from(["short", "written"]))
def test_a_caption_is_understood_as_the_scene_it_came_from(
    number: int, seed: int, style: Literal["short", "written"]
) -> None:
    scene = sample_scene(Random(number))
    said = caption(scene, seed, style=style)
    parsed = quiet(said)
    assert parsed.scene(scene.seed) == scene, said
    assert not parsed.dropped
    assert word_count(said) < WORD_LIMIT


def test_prompts_of_the_template_writer_are_understood() -> None:
    pairs = world_pairs(60, seed=5)
    for row in pairs.frame.iter_rows(named=True):
        pair = pairs.scenes[row["id"]]
        for prompt, scene in (
            (row["prompt_original"], pair.original),
            (row["prompt_anti"], pair.anti),
        ):
            parsed = quiet(prompt)
            assert set(parsed.effects) == set(scene.look.effects), prompt
            found = parsed.scene(scene.seed)
            assert isinstance(found, Scene)
            assert isinstance(scene, Scene)
            assert (found.subject, found.place, found.companion, found.relation) == (
                scene.subject,
                scene.place,
                scene.companion,
                scene.relation,
            )
        quiet(row["prompt_neutral"])


def test_captions_read_like_prompts() -> None:
    scene = Scene(Thing("boat", "red"), "sea", look=Look(("underexposure", "missed-focus")), seed=3)
    said = {caption(scene, seed) for seed in range(3000)}
    assert "A red boat on the sea, blurry and dark" in said
    assert "Out of focus and dark: a red boat on the sea" in said
    assert len(said) > 60


def test_same_seed_same_caption() -> None:
    scene = sample_scene(Random(4))
    assert caption(scene, 7) == caption(scene, 7)
    assert len({caption(scene, seed) for seed in range(20)}) > 4


def test_content_says_nothing_of_the_look() -> None:
    look = Look(("underexposure", "tiny-subject"), ("richness",))
    said = content(Scene(Thing("boat", "red"), "sea", look=look), 1)
    parsed = quiet(said)
    assert (parsed.kind, parsed.colour, parsed.place) == ("boat", "red", "sea")
    assert parsed.effects == parsed.high == ()


def test_free_text() -> None:
    parsed = quiet(
        "Please draw two photos of a turquoise sailboat next to the tiny lamps at the shore!"
    )
    assert (parsed.kind, parsed.colour) == ("boat", "teal")
    assert (parsed.companion, parsed.relation) == ("lamp", "beside")
    assert parsed.effects == ("tiny-subject",)
    assert parsed.place == "beach"


def test_unknown_words_are_named_once_each() -> None:
    with pytest.warns(UnknownWords, match="'zeppelin', 'flying'") as caught:
        parsed = parse("A zeppelin flying over a flying house, ZEPPELIN")
    assert len(caught) == 1
    assert parsed.unknown == ("zeppelin", "flying")
    assert "house" in parsed.known
    assert parsed.kind == "house"


@pytest.mark.parametrize(
    "prompt", ["", "   ", "the of and with", "zeppelin", "1234 !!!", "日本語のプロンプト"]
)
def test_a_prompt_without_any_known_word_is_refused(prompt: str) -> None:
    with pytest.raises(BadInput, match="no word that Bonsai knows"):
        parse(prompt)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownWords)
        try:
            parsed = parse(f"a blue fish {text}")
        except BadInput:
            pytest.fail("there is a fish")
        assert parsed.scene(3) == parsed.scene(3)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([text for text, _ in all_wordings()]), min_size=1, max_size=8))
def test_any_mixture_of_wordings_makes_a_scene(texts: list[str]) -> None:
    parsed = quiet(", ".join(["a cat", *texts]))
    truth(parsed.scene(1))


def test_contradictions_are_dropped_and_listed() -> None:
    parsed = quiet("A cheerful red cat with a white halo, bright, dark, decaying, on a white void")
    assert parsed.effects == ("cut-out-halo", "underexposure", "decay")
    assert set(parsed.dropped) == {"brightness", "happy", "white-void"}


def test_effects_on_faces_need_a_face() -> None:
    assert quiet("A red cat, streaming tears on every face").dropped == ("grief",)
    assert quiet("A child in red, streaming tears on every face").effects == ("grief",)


def test_what_is_left_open_is_usual_or_drawn_from_the_seed() -> None:
    scene = quiet("An apple").scene()
    assert isinstance(scene, Scene)
    assert (scene.subject, scene.place) == (Thing("apple", "red"), "room")
    drawn = [quiet("dark and blurry").scene(seed) for seed in range(20)]
    kinds = {scene.subject.kind for scene in drawn if isinstance(scene, Scene)}
    assert len(kinds) > 5


def test_portraits() -> None:
    scene = quiet("A portrait of a furious woman in teal in the snow").scene()
    assert isinstance(scene, Scene)
    assert (scene.framing, scene.look.emotion) == ("portrait", "angry")
    assert scene.subject == Thing("person", "teal")


def test_critique_prompts() -> None:
    scene = quiet("A sad speaker at a microphone, with a gagged mouth and watching eyes").scene(5)
    assert scene == CritiqueScene("censorship", ("gag", "watching eyes"), Look(emotion="sad"), 5)
    assert quiet("dead fish, tangled").topic == "pollution"
