from __future__ import annotations

import numpy as np
import pytest

from widespectrum.bonsai import sample_scenes
from widespectrum.bonsai.world import EFFECTS, Level, Look, Scene, Thing, render, seen, truth
from widespectrum.bonsai.world.visibility import LEAST, without

HOUSE = Scene(Thing("house", "red"), "meadow")


def test_what_stands_alone_and_is_plain_to_see_is_seen() -> None:
    scene = Scene(Thing("house", "red"), "meadow", look=Look(("unlit-night",), ("detail",), "calm"))
    assert seen(scene)["color brightness"] is Level.LOW
    assert seen(HOUSE) == truth(HOUSE)


def test_what_leaves_no_trace_is_neutral_and_the_rest_is_the_truth() -> None:
    hidden = 0
    for scene in sample_scenes(60, 1, split="test"):
        drawn, shown = truth(scene), seen(scene)
        assert {name for name in drawn if shown[name] not in (drawn[name], Level.NEUTRAL)} == set()
        hidden += sum(drawn[name] is not shown[name] for name in drawn)
        assert seen(scene, least=0) == drawn
    assert hidden > 0


def test_a_trace_is_the_mean_difference_of_the_picture_drawn_without() -> None:
    scene = Scene(Thing("house", "red"), "meadow", look=Look(high=("clarity",)))
    trace = float(np.abs(render(scene).astype(int) - render(HOUSE).astype(int)).mean())
    assert trace > 0
    assert seen(scene, least=trace * 0.99)["clarity"] is Level.HIGH
    assert seen(scene, least=trace * 1.01)["clarity"] is Level.NEUTRAL
    assert LEAST == 1.0


@pytest.mark.parametrize("attribute", ["clarity", "grain", "emotion", "realism"])
def test_without_an_attribute_nothing_else_changes(attribute: str) -> None:
    scene = Scene(
        Thing("person", "red"),
        "meadow",
        look=Look((*(EFFECTS[each][0] for each in ("clarity", "grain", "realism")), "grief")),
    )
    plain = without(scene, attribute)
    assert plain.level(attribute) is Level.NEUTRAL
    others = [name for name in EFFECTS if name != attribute]
    assert [plain.level(name) for name in others] == [scene.level(name) for name in others]
