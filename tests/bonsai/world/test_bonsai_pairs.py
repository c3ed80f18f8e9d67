"""Pairs with known truth: the effects asked for are all that differs."""

from __future__ import annotations

import numpy as np
import pytest

from widespectrum.bonsai.world import (
    CritiqueScene,
    Look,
    Scene,
    Thing,
    draw_pair,
    render,
    scene_pair,
    with_effects,
)
from widespectrum.errors import BadInput, UnknownName

BOAT = Scene(Thing("boat", "red"), "sea", look=Look((), ("brightness", "richness")), seed=3)


def test_same_things_place_and_seed() -> None:
    pair = scene_pair(BOAT, ["underexposure", "motion-blur"])
    assert pair.original == BOAT
    assert pair.effects == ("motion-blur", "underexposure")
    assert (pair.anti.subject, pair.anti.place, pair.anti.seed) == (BOAT.subject, "sea", 3)
    assert pair.anti.look.high == ("richness",)


def test_another_seed_for_both() -> None:
    pair = scene_pair(BOAT, ["underexposure"], seed=99)
    assert pair.original.seed == pair.anti.seed == 99


def test_pictures() -> None:
    original, anti = draw_pair(BOAT, ["underexposure"])
    assert np.array_equal(np.asarray(original), render(BOAT))
    assert np.asarray(anti).mean() < 0.5 * np.asarray(original).mean()


def test_no_effect_is_the_same_picture() -> None:
    original, anti = draw_pair(BOAT, [])
    assert np.array_equal(np.asarray(original), np.asarray(anti))


def test_a_lowered_emotion_is_not_happy_and_a_face_has_one() -> None:
    happy = Scene(Thing("person", "red"), "sea", look=Look(emotion="happy"))
    assert with_effects(happy, ["decay"]).look.emotion == "calm"
    assert with_effects(happy, ["underexposure"]).look.emotion == "happy"
    assert with_effects(happy, ["grief"]).look.mood == "sad"
    assert with_effects(with_effects(happy, ["grief"]), ["hostility"]).look.effects == (
        "hostility",
    )


def test_an_effect_replaces_another_unless_they_add_up() -> None:
    void = with_effects(BOAT, ["white-void"])
    assert with_effects(void, ["trash-clutter"]).look.effects == ("trash-clutter",)
    blurred = with_effects(BOAT, ["motion-blur"])
    assert with_effects(blurred, ["ghosting"]).look.effects == ("motion-blur", "ghosting")


def test_refusals() -> None:
    with pytest.raises(UnknownName):
        with_effects(BOAT, ["merged-parts"])
    with pytest.raises(BadInput, match="people"):
        with_effects(BOAT, ["grief"])
    with pytest.raises(BadInput, match="critique"):
        with_effects(CritiqueScene("war", ()), ["tiny-subject"])
