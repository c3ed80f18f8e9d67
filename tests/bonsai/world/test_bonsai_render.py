"""Pictures: their shape, their colours, and that the same scene is always the same picture."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.bonsai import sample_scene, sample_scenes, scene_to_json
from widespectrum.bonsai.world import (
    ATTRIBUTE_OF,
    COLOURS,
    EMOTIONS,
    KINDS,
    PLACES,
    Look,
    Scene,
    Thing,
    draw,
    render,
    render_many,
)
from widespectrum.bonsai.world.effects import (
    colour,
    exposure,
    finish,
    lighting,
    moods,
    optics,
    reduction,
    signal,
    staging,
    structure,
    surroundings,
)
from widespectrum.bonsai.world.view import View

STAGES = (
    colour,
    exposure,
    finish,
    lighting,
    moods,
    optics,
    reduction,
    signal,
    staging,
    structure,
    surroundings,
)

BOAT = Scene(Thing("boat", "red"), "sea", seed=3)


def test_shape_and_type() -> None:
    pixels = render(BOAT)
    assert pixels.shape == (64, 64, 3)
    assert pixels.dtype == np.uint8
    assert draw(BOAT).mode == "RGB"
    assert np.array_equal(np.asarray(draw(BOAT)), pixels)


def test_same_bytes_in_another_process() -> None:
    scenes = list(sample_scenes(60, 4)) + list(sample_scenes(10, 4, split="test"))
    here = hashlib.sha256(b"".join(render(scene).tobytes() for scene in scenes)).hexdigest()
    script = (
        "import hashlib, json, sys\n"
        "from widespectrum.bonsai import render, scene_from_json\n"
        "scenes = [scene_from_json(d) for d in json.load(sys.stdin)]\n"
        "print(hashlib.sha256(b''.join(render(s).tobytes() for s in scenes)).hexdigest())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([scene_to_json(scene) for scene in scenes]),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
    )
    assert there.stdout.strip() == here


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**40))
def test_any_scene_draws_alike_twice_and_is_not_blank(number: int) -> None:
    scene = sample_scene(Random(number))
    pixels = render(scene)
    assert np.array_equal(pixels, render(scene))
    assert pixels.std() > 1


@pytest.mark.parametrize("effect", ["", *ATTRIBUTE_OF])
def test_effects_stay_in_single_precision(effect: str) -> None:
    """Twice the bytes would be half the speed."""
    pixels = np.full((64, 64, 3), 0.5, dtype=np.float32)
    scene = Scene(Thing("person", "red"), "meadow", look=Look((effect,) if effect else ()))
    stages = [effects for module in STAGES for effects in vars(module).values()]
    for effects in stages:
        if isinstance(effects, dict) and effect in effects and effects is not surroundings.PAINTED:
            painted = effects[effect](
                pixels, View(scene, PLACES["meadow"].palette, 0.6, pixels), Random(1)
            )
            assert painted.dtype == np.float32
            assert painted.shape == (64, 64, 3)
            assert (pixels == 0.5).all(), "changed in place"


def test_order_of_drawing_does_not_matter() -> None:
    scenes = list(sample_scenes(12, 1))
    forward = [render(scene) for scene in scenes]
    backward = [render(scene) for scene in reversed(scenes)][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(forward, backward, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_every_thing_is_there_in_its_colour(kind: str) -> None:
    look = Look((), ("prominence",))
    plain = np.asarray(render(Scene(Thing(kind, "red"), "snow", look=look, seed=7)), dtype=int)
    other = np.asarray(render(Scene(Thing(kind, "blue"), "snow", look=look, seed=7)), dtype=int)
    redder = (plain[..., 0] - plain[..., 2]) - (other[..., 0] - other[..., 2])
    assert (redder > 60).mean() > 0.03


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_is_recognised_among_all(colour: str) -> None:
    """The body of a large balloon is nearest to the colour that was asked for."""
    scene = Scene(Thing("balloon", colour), "snow", look=Look((), ("prominence",)), seed=2)
    body = render(scene)[14:34, 24:40].reshape(-1, 3).astype(float)
    middle = np.median(body, axis=0)
    nearest = min(COLOURS, key=lambda name: float(np.abs(middle - COLOURS[name]).sum()))
    assert nearest == colour


def test_places_differ_from_each_other() -> None:
    pictures = {
        place: render(Scene(Thing("cup", "red"), place, seed=5)).astype(int) for place in PLACES
    }
    for place, picture in pictures.items():
        for other, another in pictures.items():
            if place != other:
                assert np.abs(picture - another).mean() > 12, (place, other)


@pytest.mark.parametrize("place", PLACES)
def test_place_can_be_bare_ordinary_rich_and_scenic(place: str) -> None:
    def at(*high: str) -> np.ndarray:
        return render(Scene(Thing("cup", "red"), place, look=Look((), high), seed=5)).astype(int)

    assert np.abs(at("richness") - at()).mean() > 0.5
    assert np.abs(at("background") - at()).mean() > 0.5


def test_faces_of_one_emotion_are_alike_and_of_two_are_not() -> None:
    """The face itself, without weather: the middle of a portrait in a room without air."""

    def face(emotion: str, seed: int) -> np.ndarray:
        scene = Scene(
            Thing("person", "blue"),
            "room",
            framing="portrait",
            look=Look(emotion=emotion),
            seed=seed,
        )
        return render(scene)[24:58, 14:50].astype(float)

    for seed in range(4):
        faces = {emotion: face(emotion, seed) for emotion in EMOTIONS}
        for emotion, picture in faces.items():
            for other, another in faces.items():
                if emotion != other:
                    assert np.abs(picture - another).mean() > 12, (emotion, other)


def test_an_effect_moves_nothing_else() -> None:
    """Blur and darkness leave everything in its place: the pictures correlate strongly."""
    for scene in sample_scenes(20, 9):
        calm = replace(scene, look=Look())
        one = render(calm).astype(float).mean(axis=2).ravel()
        other = (
            render(replace(calm, look=Look(("underexposure",)))).astype(float).mean(axis=2).ravel()
        )
        assert np.corrcoef(one, other)[0, 1] > 0.9


def test_many_in_order_whatever_the_workers() -> None:
    scenes = list(sample_scenes(270, 3))
    alone = render_many(scenes)
    assert alone.shape == (270, 64, 64, 3)
    assert np.array_equal(alone[5], render(scenes[5]))
    assert np.array_equal(alone, render_many(scenes, workers=2))
