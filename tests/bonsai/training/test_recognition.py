from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
from PIL import Image

from widespectrum.bonsai import CritiqueScene, Look, Scene, Thing
from widespectrum.bonsai.models.eye import GROUNDS, HUES, THINGS, BonsaiEye, Sight
from widespectrum.bonsai.training.eye_evaluation import (
    calibration,
    confused_colours,
    confused_things,
)
from widespectrum.bonsai.training.recognition import Recognition, recognise

BOAT = Scene(Thing("boat", "red"), "sea", seed=1)
PAIR = Scene(Thing("cat", "grey"), "room", Thing("lamp", "yellow"), "left of", seed=2)


def sight(*pictures: dict[tuple[str, str], float], place: str = "sea") -> Sight:
    """Things seen so likely, each surely in a colour."""
    count = len(pictures)
    things = np.full((count, len(THINGS)), 0.01, np.float32)
    colours = np.full((count, len(THINGS), len(HUES)), 1 / len(HUES), np.float32)
    for row, picture in enumerate(pictures):
        for (colour, thing), likely in picture.items():
            things[row, THINGS.index(thing)] = likely
            colours[row, THINGS.index(thing)] = np.eye(len(HUES))[HUES.index(colour)]
    places = np.tile(np.eye(len(GROUNDS), dtype=np.float32)[GROUNDS.index(place)], (count, 1))
    return Sight(things, colours, places)


def test_thing_and_colour_of_the_subject() -> None:
    seen = Recognition(
        sight(
            {("red", "boat"): 0.9},
            {("blue", "boat"): 0.9},
            {("red", "boat"): 0.4},
            {("red", "car"): 0.9},
        ),
        (BOAT,) * 4,
    )
    assert seen.thing.tolist() == [True, True, False, False]
    assert seen.colour.tolist()[:3] == [True, False, True]
    told = seen.summary()
    assert told["both"]["estimate"] == 0.25
    assert told["both"]["low"] < 0.25 < told["both"]["high"]
    assert told["thing"]["n"] == 4
    assert told["place"]["estimate"] == 1.0
    assert told["stray"]["estimate"] == 0.25, "the car"
    assert told["both_by_thing"].keys() == {"boat"}


def test_a_companion_is_no_stray_and_does_not_stand_for_the_subject() -> None:
    both = {("grey", "cat"): 0.9, ("yellow", "lamp"): 0.9}
    seen = Recognition(sight(both, {("yellow", "lamp"): 0.9}, place="room"), (PAIR, PAIR))
    told = seen.summary()
    assert told["both"]["estimate"] == 0.5
    assert told["both_alone"]["n"] == 0
    assert told["stray"]["estimate"] == 0.0


def test_who_sees_everything_everywhere_is_given_away() -> None:
    everything = {("red", "boat"): 0.9, ("grey", "cat"): 0.9}
    told = Recognition(sight(everything, everything), (BOAT, PAIR)).summary()
    assert told["both"]["estimate"] == told["both_of_another"]["estimate"] == 1.0
    assert told["stray"]["estimate"] == 1.0


def test_strangers_that_an_effect_adds_are_not_held_against_it() -> None:
    crowded = replace(BOAT, look=Look(("crowded-jumble",)))
    seen = Recognition(sight({("red", "boat"): 0.9, ("teal", "clock"): 0.9}), (crowded,))
    assert seen.summary()["stray"]["n"] == 0
    assert calibration(seen)["claims"] == 0


def test_scenes_without_a_subject_are_passed_over() -> None:
    class Eye:
        def see(self, images: list[Image.Image]) -> Sight:
            assert [image.size for image in images] == [(2, 2)]
            return sight({("red", "boat"): 0.9})

    pictures = [Image.new("RGB", (1, 1)), Image.new("RGB", (2, 2))]
    scenes = [CritiqueScene("war", ("ruins",)), BOAT]
    assert len(recognise(cast("BonsaiEye", Eye()), pictures, scenes)) == 1


def test_claims_are_compared_with_the_truth_by_confidence() -> None:
    right, wrong = {("red", "boat"): 0.8}, {("blue", "boat"): 0.8}
    seen = Recognition(sight(right, right, right, wrong, {("red", "boat"): 0.99}), (BOAT,) * 5)
    found = calibration(seen)
    assert found["claims"] == 5
    assert [row["claims"] for row in found["bins"]] == [4, 1]
    assert np.isclose(found["bins"][0]["true"], 0.75)
    assert np.isclose(found["error"], (4 * 0.05 + 0.01) / 5, atol=1e-6)


def test_what_is_taken_for_what() -> None:
    seen = Recognition(
        sight({("red", "car"): 0.9}, {("red", "car"): 0.7}, {}, {("orange", "boat"): 0.9}),
        (BOAT,) * 4,
    )
    assert confused_things(seen) == [
        {"asked": "boat", "said": "car", "times": 2, "of": 4},
        {"asked": "boat", "said": "nothing", "times": 1, "of": 4},
    ]
    assert confused_colours(seen) == [{"asked": "red", "said": "orange", "times": 1, "of": 1}]
