"""The distribution that models learn from: reproducible, and as the recipe says."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from widespectrum.aesthetics import load_dimensions
from widespectrum.bonsai import (
    ORDINARY,
    CritiqueScene,
    Level,
    Scene,
    sample_examples,
    sample_scenes,
)
from widespectrum.bonsai.world import (
    ATTRIBUTE_OF,
    ATTRIBUTES,
    COLOURS,
    EFFECTS,
    EMOTIONS,
    KINDS,
    PLACES,
    compose,
)
from widespectrum.errors import BadInput

MANY = list(sample_scenes(3000, 11))
SCENES = [scene for scene in MANY if isinstance(scene, Scene)]


def test_same_arguments_same_scenes_and_a_part_is_the_same_part() -> None:
    again = list(islice(sample_scenes(10**6, 11), 20))
    assert again == MANY[:20]
    assert MANY[:5] != list(sample_scenes(5, 12))
    one, other = (list(sample_examples(5, 11)) for _ in range(2))
    assert one == other
    assert [example.scene for example in one] == MANY[:5]


def test_everything_occurs() -> None:
    assert {s.subject.kind for s in SCENES} == set(KINDS)
    assert {s.subject.colour for s in SCENES} == set(COLOURS)
    assert {s.place for s in SCENES} == set(PLACES)
    effects = Counter(effect for s in MANY for effect in s.look.effects)
    assert set(effects) == set(ATTRIBUTE_OF)
    for attribute in ATTRIBUTES:
        levels = Counter(s.level(attribute) for s in SCENES)
        assert levels[Level.LOW] > 30
        assert levels[Level.HIGH] > 30
        assert levels[Level.NEUTRAL] > len(SCENES) / 2


def test_large_things_and_faces_are_common_and_grain_is_not() -> None:
    large = sum(compose(s).subject.size > 0.33 for s in SCENES) / len(SCENES)
    portraits = sum(s.framing == "portrait" for s in SCENES) / len(SCENES)
    assert large > 0.35
    assert 0.08 < portraits < 0.15
    lowered = Counter(a for s in MANY for a in {ATTRIBUTE_OF[e] for e in s.look.effects})
    others = [lowered[a] for a in ATTRIBUTES if a != "grain"]
    assert lowered["grain"] < 0.75 * sum(others) / len(others)
    faces = Counter(s.look.mood for s in SCENES if s.subject.kind == "person")
    assert set(faces) == set(EMOTIONS)
    assert min(faces.values()) > 0.1 * sum(faces.values())


def test_effects_of_one_picture_are_compatible() -> None:
    known = load_dimensions()
    for scene in MANY:
        effects = scene.look.effects
        for i, first in enumerate(effects):
            assert all(known.compatible(first, second) for second in effects[i + 1 :])


def test_critique_scenes_come_whole_in_part_and_without() -> None:
    critique = [s for s in MANY if isinstance(s, CritiqueScene)]
    assert 0.04 < len(critique) / len(MANY) < 0.09
    assert {len(s.elements) for s in critique} >= {0, 1, 2, 3, 5}


def test_two_things_do_not_look_misplaced() -> None:
    two = [s for s in SCENES if s.companion is not None]
    assert 0.2 < len(two) / len(SCENES) < 0.35
    for scene in two:
        assert scene.companion is not None
        if scene.relation == "above":
            assert KINDS[scene.subject.kind].hovers
        if scene.relation == "under":
            assert KINDS[scene.companion.kind].hovers
        if scene.relation == "beside":
            assert scene.natural


def test_ordinary_pictures_have_no_effects_and_no_sorrow() -> None:
    for scene in sample_scenes(400, 1, recipe=ORDINARY):
        assert isinstance(scene, Scene)
        assert scene.look.effects == ()
        assert scene.look.mood in ("calm", "happy")


def test_every_effect_is_about_as_frequent_as_its_neighbours() -> None:
    counts = Counter(effect for s in MANY for effect in s.look.effects)
    for attribute, effects in EFFECTS.items():
        if attribute == "emotion":
            continue  # half of them need a face
        found = [counts[effect] for effect in effects]
        assert max(found) < 4 * max(1, min(found)), attribute


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(BadInput):
        list(sample_scenes(-1, 0))
