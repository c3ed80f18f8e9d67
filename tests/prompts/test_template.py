"""The template writer: what it promises of any caption and any dimensions."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from widespectrum.aesthetics import Dimension, Effect, load_dimensions
from widespectrum.contracts import Failure
from widespectrum.errors import BadInput
from widespectrum.prompts import (
    WORD_LIMIT,
    PromptWriter,
    TemplateWriter,
    WritingRequest,
    WrittenPrompt,
    builtin_captions,
    sample_dimensions,
    word_count,
)
from widespectrum.prompts.frames import CAPTION_FIRST, EFFECTS_FIRST, PICTURE_WORDS
from widespectrum.prompts.grammar import fit
from widespectrum.prompts.people import mentions_people

KNOWN = load_dimensions()
FRIENDLY = [
    keys
    for size in (1, 2, 3, 4)
    for keys in combinations(KNOWN, size)
    if not any(b in KNOWN[a].conflicts for a, b in combinations(keys, 2))
]
PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1)
"""Words: anything visible, punctuation and markup and all scripts included."""


def write_one(caption, dimensions, seed=0):
    return TemplateWriter().write([WritingRequest(caption, tuple(dimensions), seed)])[0]


def phrases_in(text, dimension):
    """The dimension's phrases that stand in `text`, whatever the case of their first letter."""
    return [
        phrase
        for effect in dimension.effects
        for phrase in effect.phrases
        if phrase.lower() in text.lower()
    ]


def dimension(key, *phrases, conflicts=(), people=False):
    effects = tuple(
        Effect(f"{key}-{i}", f"{key} {i}", (phrase,), people=people)
        for i, phrase in enumerate(phrases)
    )
    return Dimension(key, key.title(), "low", "neutral", "high", True, effects, conflicts, ("x",))


def test_it_is_a_prompt_writer():
    assert isinstance(TemplateWriter(), PromptWriter)
    assert TemplateWriter().fingerprint == TemplateWriter().fingerprint


@settings(deadline=None, max_examples=300)
@given(
    words=st.lists(PRINTABLE, min_size=1, max_size=40),
    keys=st.sampled_from(FRIENDLY),
    seed=st.integers(0, 2**32 - 1),
)
@example(words=["{effects}"], keys=("clarity", "emotion"), seed=0)
@example(words=["A"] * 40, keys=("background", "main object", "object pairing", "clarity"), seed=1)
def test_any_caption_of_40_words(words, keys, seed):
    caption = " ".join(" ".join(words).split()[:40])
    asked = [KNOWN[key] for key in keys]
    prompt = write_one(caption, asked, seed)
    assert isinstance(prompt, WrittenPrompt)
    # Fewer than 70 words, one line.
    assert word_count(prompt.text) < WORD_LIMIT
    assert prompt.text == " ".join(prompt.text.split())
    # The caption's words in order; its first letter and a final full stop may change.
    assert caption.removesuffix(".").casefold()[1:] in prompt.text.casefold()
    # One phrase of every dimension asked for, or two, each of an effect that is declared.
    around = prompt.text.casefold().replace(caption.removesuffix(".").casefold(), "")
    for dimension in asked:
        assert 1 <= len(phrases_in(prompt.text, dimension)) <= 2
    assert {KNOWN.dimension_of(effect).key for effect in prompt.effects} == set(keys)
    assert len(set(prompt.effects)) == len(prompt.effects)
    # None of any other dimension.
    for key in set(KNOWN) - set(keys):
        assert phrases_in(around, KNOWN[key]) == []


def test_nothing_is_added_but_frames_and_phrases():
    """Without caption and phrases, what remains is glue: the frames' own few words."""
    words = "a an the this is it with and plus shown in that shows also has but"
    glue = {*words.split(), *PICTURE_WORDS}
    sets = sample_dimensions([KNOWN[key] for key in KNOWN.enabled], 360, seed=3)
    for caption, asked in zip(builtin_captions(), sets, strict=True):
        prompt = write_one(caption.text, asked)
        rest = prompt.text.lower().replace(caption.text.lower().rstrip("."), " ")
        for dimension in asked:
            for phrase in sorted(phrases_in(rest, dimension), key=len, reverse=True):
                rest = rest.replace(phrase.lower(), " ")
        assert set(rest.translate(str.maketrans(",;:.", "    ")).split()) <= glue, prompt.text


def test_the_same_request_gives_the_same_prompt_and_seeds_differ():
    asked = [KNOWN["clarity"], KNOWN["emotion"], KNOWN["richness"]]
    prompts = {write_one("A dog runs.", asked, seed).text for seed in range(50)}
    assert write_one("A dog runs.", asked, 7) == write_one("A dog runs.", asked, 7)
    assert len(prompts) > 45


def test_a_known_prompt():
    """Pinned: prompts that were written once must be written again. Raise `_VERSION` with it."""
    asked = [dimension("fog", "a thick fog over everything"), dimension("rain", "heavy rain")]
    prompts = [write_one("A dog runs.", asked, seed).text for seed in range(4)]
    assert prompts == [
        "A picture with a thick fog over everything and heavy rain: a dog runs.",
        "A dog runs, but the picture shows a thick fog over everything and heavy rain.",
        "A thick fog over everything and heavy rain: a dog runs.",
        "A dog runs. The photo has a thick fog over everything and heavy rain.",
    ]


def test_neighbours_in_the_batch_do_not_matter():
    requests = [
        WritingRequest(c.text, (KNOWN["clarity"], KNOWN["emotion"]), 3)
        for c in builtin_captions()[:20]
    ]
    alone = [TemplateWriter().write([request])[0] for request in requests]
    assert TemplateWriter().write(requests) == alone
    assert TemplateWriter().write([]) == []


def test_effects_come_first_two_times_in_three():
    asked = [KNOWN["clarity"], KNOWN["emotion"]]
    first = [write_one("A dog runs.", asked, seed).text.startswith("A dog") for seed in range(600)]
    assert 150 < sum(first) < 250


def test_every_frame_is_used():
    texts = [
        write_one("A dog runs.", [dimension(k, f"{k}-x", f"{k}-y") for k in keys], seed).text
        for keys in (("q",), ("q", "w"), ("q", "w", "e"), ("q", "w", "e", "r"))
        for seed in range(80)
    ]
    shapes = set()
    for text in texts:
        for word in PICTURE_WORDS:
            text = text.replace(f"an {word}", "a P").replace(f"a {word}", "a P")
            text = text.replace(word, "P").replace(word.title(), "P")
        shapes.add(text.split("q-")[0] + "|" + text[-3:])
    assert len(shapes) >= len(EFFECTS_FIRST) + len(CAPTION_FIRST) - 3


@pytest.mark.parametrize(
    "caption", ["People cross a road.", "Anna eats lunch.", "一只猫在睡觉。", "Stop!"]
)
@pytest.mark.parametrize("seed", range(30))
def test_capitals_and_stops_stay_where_they_belong(caption, seed):
    text = write_one(caption, [KNOWN["clarity"], KNOWN["background"]], seed).text
    assert text[0].isupper() or not text[0].isascii()
    assert text[-1] in ".!。"
    for wrong in ("..", "!.", "。.", ",,", "!,", "。,", " ,", ", Anna", ", 一"):
        assert wrong not in text


def test_a_caption_too_long_is_a_failure_and_never_cut():
    result = write_one("word " * 64 + "end.", [KNOWN["clarity"], KNOWN["emotion"]])
    assert isinstance(result, Failure)
    assert result.kind == "bad_input"
    assert "65 words" in result.reason
    assert "shorten the caption" in result.reason


def test_room_is_used_to_the_last_word():
    """69 words are allowed: a caption that leaves room for the shortest phrases is written."""
    asked = [dimension("fog", "fog"), dimension("rain", "rain")]
    assert word_count(write_one("word " * 65 + "end.", asked).text) == 69
    assert isinstance(write_one("word " * 66 + "end.", asked), Failure)


def test_effects_that_need_people_are_kept_for_captions_with_people():
    def effects(caption):
        asked = [KNOWN["emotion"], KNOWN["clarity"]]
        return [KNOWN.effect(e) for s in range(60) for e in write_one(caption, asked, s).effects]

    assert not any(effect.people for effect in effects("A jar of honey next to a loaf."))
    assert any(effect.people for effect in effects("A nurse reads a chart."))


def test_a_dimension_that_is_all_about_people_is_still_asked_for():
    asked = [dimension("tears", "tears on every face", people=True), dimension("fog", "thick fog")]
    assert "tears on every face" in write_one("A loaf.", asked).text.lower()


@pytest.mark.parametrize(
    ("caption", "people"),
    [
        ("A nurse's cap", True),
        ("Two WOMEN talk", True),
        ("A manned kiosk", False),
        ("Ein Mann", False),
        ("", False),
    ],
)
def test_people_are_recognised(caption, people):
    assert mentions_people(caption) is people


def test_incompatible_effects_do_not_meet():
    for seed in range(300):
        asked = sample_dimensions([KNOWN[key] for key in KNOWN.enabled], 1, (4, 4), seed=seed)[0]
        effects = write_one("A nurse reads.", asked, seed).effects
        for one, other in combinations(effects, 2):
            if KNOWN.dimension_of(one) != KNOWN.dimension_of(other):
                assert KNOWN.compatible(one, other), (one, other)


def test_conflicting_dimensions_are_written_when_they_are_asked_for():
    asked = [KNOWN["color brightness"], KNOWN["lighting distinction"]]
    assert asked[1].key in asked[0].conflicts
    for seed in range(40):
        prompt = write_one("A dog runs.", asked, seed)
        assert all(phrases_in(prompt.text, dimension) for dimension in asked)


def test_words_with_a_spelling_of_their_own_keep_it():
    for seed in range(30):
        text = write_one("iPhone on a desk.", [KNOWN["clarity"], KNOWN["background"]], seed).text
        assert "iPhone on a desk" in text


@pytest.mark.parametrize("keys", [(), ("clarity", "clarity")])
def test_requests_need_dimensions_that_differ(keys):
    with pytest.raises(BadInput, match="none, or one of them comes twice"):
        WritingRequest("A dog runs.", tuple(KNOWN[key] for key in keys), 0)


def test_requests_need_a_caption():
    with pytest.raises(BadInput, match="is empty"):
        WritingRequest("  ", (KNOWN["clarity"],), 0)
    assert WritingRequest(" A\n dog", (KNOWN["clarity"],), 0).caption == "A dog"


def test_effects_that_leave_no_choice_are_a_failure():
    fog = dimension("fog", "thick fog")
    clear = dimension("clear", "clear air")
    clear = replace(clear, effects=(replace(clear.effects[0], conflicts=("fog",)),))
    result = write_one("A dog runs.", [fog, clear])
    assert isinstance(result, Failure)
    assert "rule each other out" in result.reason


def test_some_prompts_have_a_second_effect():
    asked = [KNOWN["clarity"], KNOWN["object pairing"]]
    sizes = Counter(len(write_one("A dog runs.", asked, seed).effects) for seed in range(200))
    assert sizes.keys() == {2, 3, 4}
    assert len(write_one("A dog runs.", [KNOWN["background"], KNOWN["richness"]]).effects) == 2


def test_every_effect_and_every_phrase_can_be_drawn():
    drawn = set()
    clarity = KNOWN["clarity"]
    for seed in range(1500):
        drawn.update(phrases_in(write_one("A dog runs.", [clarity], seed).text, clarity))
    assert drawn == {phrase for effect in clarity.effects for phrase in effect.phrases}


def test_frames_reckon_their_words_exactly():
    caption = fit("A dog runs.")
    for frame in (*EFFECTS_FIRST, *CAPTION_FIRST):
        for effects in (3, 4):
            if frame.suits(caption, effects):
                text = frame.fill(caption, ["one two three"] * effects, "photo")
                assert word_count(text) == 69 - frame.room(caption, effects, 69) + 3 * effects
