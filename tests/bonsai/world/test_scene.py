"""Scene descriptions: what they refuse, what is true of them, and their JSON."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.bonsai import sample_scene
from widespectrum.bonsai.world import (
    ATTRIBUTE_OF,
    CritiqueScene,
    Level,
    Look,
    Scene,
    Thing,
    scene_from_json,
    scene_to_json,
)
from widespectrum.errors import BadInput, UnknownName

CAT = Thing("cat", "grey")
PERSON = Thing("person", "red")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Thing("unicorn", "red"),
        lambda: Thing("cat", "mauve"),
        lambda: Scene(CAT, "heaven"),
        lambda: Scene(CAT, "sea", CAT, "inside"),
        lambda: Scene(CAT, "sea", framing="x-ray"),
        lambda: Look(("sparkle",)),
        lambda: Look((), ("emotion",)),
        lambda: Look((), ("pairing",)),
        lambda: Look(emotion="bored"),
        lambda: CritiqueScene("weather", ()),
        lambda: CritiqueScene("war", ("litter",)),
        lambda: Scene(CAT, "sea").level("smell"),
    ],
)
def test_unknown_names_are_refused_with_those_known(make: object) -> None:
    with pytest.raises(UnknownName, match="Choose one of"):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Thing("cat", "red", size=0.9),
        lambda: Thing("cat", "red", size=0),
        lambda: Thing("cat", "red", position=(0.5, 1.5)),
        lambda: Scene(CAT, "sea", CAT),
        lambda: Scene(CAT, "sea", relation="beside"),
        lambda: Scene(CAT, "sea", framing="portrait"),
        lambda: Scene(PERSON, "sea", CAT, "beside", framing="portrait"),
        lambda: Scene(CAT, "sea", seed=-1),
        lambda: Scene(CAT, "sea", look=Look(("grief",))),
        lambda: Look(("underexposure",), ("brightness",)),
        lambda: Look(("decay",), emotion="happy"),
        lambda: Look(("grief",), emotion="angry"),
        lambda: Look(("grief", "hostility")),
        lambda: Look(("white-void", "trash-clutter")),
        lambda: CritiqueScene("war", (), Look(("tiny-subject",))),
        lambda: CritiqueScene("war", (), Look((), ("richness",))),
    ],
)
def test_contradictions_are_refused_with_a_remedy(make: object) -> None:
    with pytest.raises(BadInput) as caught:
        make()  # type: ignore[operator]
    assert caught.value.remedy


def test_order_and_repetition_of_effects_change_nothing() -> None:
    one = Look(("film-grain", "motion-blur", "film-grain"), ("richness", "harmony"))
    assert one == Look(("motion-blur", "film-grain"), ("harmony", "richness"))


@pytest.mark.parametrize("effect", list(ATTRIBUTE_OF))
def test_an_effect_lowers_its_attribute_and_no_other(effect: str) -> None:
    scene = Scene(PERSON, "meadow", look=Look((effect,)))
    for attribute in dict.fromkeys(ATTRIBUTE_OF.values()):
        expected = Level.LOW if attribute == ATTRIBUTE_OF[effect] else Level.NEUTRAL
        assert scene.level(attribute) is expected


def test_levels_of_emotion_and_pairing() -> None:
    assert Scene(CAT, "sea", look=Look(emotion="happy")).level("emotion") is Level.HIGH
    assert Scene(CAT, "sea", look=Look(emotion="fearful")).level("emotion") is Level.LOW
    assert Scene(CAT, "room", Thing("cup", "red"), "beside").level("pairing") is Level.HIGH
    assert Scene(CAT, "room", Thing("kite", "red"), "beside").level("pairing") is Level.NEUTRAL
    assert Scene(CAT, "room", Thing("cup", "red"), "behind").level("pairing") is Level.NEUTRAL
    low = Scene(CAT, "room", Thing("cup", "red"), "beside", look=Look(("crowded-jumble",)))
    assert low.level("pairing") is Level.LOW


def test_facial_effects_bring_the_emotion_of_the_face() -> None:
    assert Look(("hostility",)).mood == "angry"
    assert Look(("empty-stare",)).mood == "calm"
    assert Look(emotion="sad").mood == "sad"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**40))
def test_json_round_trip(number: int) -> None:
    scene = sample_scene(Random(number))
    text = json.dumps(scene_to_json(scene))
    assert scene_from_json(json.loads(text)) == scene


def test_json_keeps_size_and_position() -> None:
    scene = Scene(Thing("star", "pink", size=0.25, position=(0.25, 0.75)), "moon", seed=2**62)
    assert scene_from_json(json.loads(json.dumps(scene_to_json(scene)))) == scene


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "subject"),
        ({"subject": {"kind": "cat", "colour": "red"}, "place": 3}, "place"),
        ({"subject": {"kind": "cat", "colour": "red"}, "place": "sea", "hat": 1}, "hat"),
        (
            {"subject": {"kind": "cat", "colour": "red", "size": "big"}, "place": "sea"},
            "subject.size",
        ),
        ({"topic": "war"}, "elements"),
        ({"topic": "war", "elements": "ruins"}, "elements"),
        ({"subject": {"kind": "cat", "colour": "red"}, "place": "sea", "seed": True}, "seed"),
        ({"subject": {"kind": "cat", "colour": "red"}, "place": float("nan")}, "place"),
        ({"subject": object(), "place": "sea"}, "scene"),
    ],
)
def test_json_errors_name_the_field(document: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        scene_from_json(document)
    assert caught.value.place.field == field
