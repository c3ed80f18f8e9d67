"""The held-out rule: a share, never all of anything, and no leak from test to training."""

from __future__ import annotations

from itertools import combinations

from widespectrum.bonsai import (
    CritiqueScene,
    Look,
    Scene,
    Thing,
    held_out,
    sample_examples,
    sample_scenes,
)
from widespectrum.bonsai.language import words
from widespectrum.bonsai.language.lexicon import effect_phrases
from widespectrum.bonsai.language.wordings import EFFECT_WORDS, HIGH_WORDS, PLACE_WORDS
from widespectrum.bonsai.splits import held_out_combination, held_out_effects, wordings_for
from widespectrum.bonsai.world import ATTRIBUTE_OF, COLOURS, CRITIQUES, KINDS, PLACES

FIRST_COMBINATIONS = [
    ("cat", "red", "desert"),
    ("cat", "orange", "meadow"),
    ("cat", "orange", "forest"),
    ("cat", "orange", "mountains"),
]
FIRST_PAIRS = [
    ("motion-blur", "double-exposure"),
    ("motion-blur", "mixed-white-balance"),
    ("motion-blur", "empty-center"),
]


def test_one_combination_in_ten_and_every_thing_colour_and_place_on_both_sides() -> None:
    reserved = [
        (kind, colour, place)
        for kind in KINDS
        for colour in COLOURS
        for place in PLACES
        if held_out_combination(kind, colour, place)
    ]
    share = len(reserved) / (len(KINDS) * len(COLOURS) * len(PLACES))
    assert 0.08 < share < 0.12
    for column, names in enumerate((KINDS, COLOURS, PLACES)):
        for name in names:
            held = sum(combination[column] == name for combination in reserved)
            assert 0 < held < 0.25 * len(KINDS) * len(COLOURS) * len(PLACES) / len(names)


def test_one_pair_of_effects_in_sixteen_whatever_the_order() -> None:
    pairs = list(combinations(ATTRIBUTE_OF, 2))
    reserved = [pair for pair in pairs if held_out_effects(pair)]
    assert 0.05 < len(reserved) / len(pairs) < 0.075
    first = reserved[0]
    assert held_out_effects(first[::-1])
    assert held_out_effects((*first, "decay"))
    assert not any(held_out_effects((effect,)) for effect in ATTRIBUTE_OF)


def test_the_rule_is_the_same_for_ever() -> None:
    """Changing the rule would let models that exist be tested on what they were trained on."""
    combinations_ = [
        (k, c, p)
        for k in ("cat", "boat")
        for c in COLOURS
        for p in PLACES
        if held_out_combination(k, c, p)
    ]
    assert combinations_[:4] == FIRST_COMBINATIONS
    assert [pair for pair in combinations(ATTRIBUTE_OF, 2) if held_out_effects(pair)][
        :3
    ] == FIRST_PAIRS


def test_some_wordings_are_reserved_and_never_all() -> None:
    reserved = 0
    for table in (EFFECT_WORDS, HIGH_WORDS, PLACE_WORDS, effect_phrases()):
        for wordings in table.values():
            train = wordings_for(wordings, "train")
            assert train
            assert set(train) <= set(wordings)
            test = wordings_for(wordings, "test")
            if len(train) < len(wordings):
                assert set(test) == set(wordings) - set(train)
                reserved += len(test)
            else:
                assert test == tuple(wordings)
            assert wordings_for(wordings, None) == tuple(wordings)
    assert 40 < reserved < 120


def test_splits_do_not_share_scenes_or_reserved_words() -> None:
    train = list(sample_examples(300, 1, split="train"))
    test = list(sample_examples(300, 1, split="test"))
    assert not any(held_out(example.scene) for example in train)
    assert all(held_out(example.scene) for example in test)
    for table in (EFFECT_WORDS, effect_phrases()):
        for wordings in table.values():
            for wording in set(wordings) - set(wordings_for(wordings, "train")):
                if len(words(wording)) > 3:
                    said = f" {' '.join(words(wording))} "
                    assert not any(said in f" {' '.join(words(e.caption))} " for e in train)


def test_companions_count_and_critique_goes_by_its_elements() -> None:
    held = next(
        (k, c, p) for k in KINDS for c in COLOURS for p in PLACES if held_out_combination(k, c, p)
    )
    free = next((k, c) for k in KINDS for c in COLOURS if not held_out_combination(k, c, held[2]))
    assert held_out(Scene(Thing(*held[:2]), held[2]))
    assert not held_out(Scene(Thing(*free), held[2]))
    assert held_out(Scene(Thing(*free), held[2], Thing(*held[:2]), "behind"))
    subsets = [
        CritiqueScene(topic, some)
        for topic, elements in CRITIQUES.items()
        for size in range(len(elements) + 1)
        for some in combinations(elements, size)
    ]
    assert 0.04 < sum(map(held_out, subsets)) / len(subsets) < 0.2
    pair = next(p for p in combinations(ATTRIBUTE_OF, 2) if held_out_effects(p))
    if ATTRIBUTE_OF[pair[0]] != ATTRIBUTE_OF[pair[1]]:
        assert held_out(Scene(Thing(*free), held[2], look=Look(pair)))


def test_both_splits_are_large_enough() -> None:
    assert len(list(sample_scenes(50, 2, split="test"))) == 50
