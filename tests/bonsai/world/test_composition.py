"""Who stands where: relations hold, what is placed explicitly stays, nothing gets lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from widespectrum.bonsai.world import RELATIONS, Look, Scene, Thing, compose

PAIRS = [("cat", "house"), ("boat", "bird"), ("person", "car"), ("star", "lamp")]


def placed(first: str, second: str, relation: str, seed: int, *, large: bool = False):  # type: ignore[no-untyped-def]
    look = Look((), ("prominence",) if large else ())
    scene = Scene(
        Thing(first, "red"), "meadow", Thing(second, "blue"), relation, look=look, seed=seed
    )
    composition = compose(scene)
    return (
        composition,
        composition.subject,
        next(p for p in composition.placements if p.role == "companion"),
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("large", [False, True])
def test_relations(first: str, second: str, seed: int, large: bool) -> None:
    def put(relation: str):  # type: ignore[no-untyped-def]
        return placed(first, second, relation, seed, large=large)

    _, me, other = put("left of")
    assert me.x < other.x - 0.3
    _, me, other = put("right of")
    assert me.x > other.x + 0.3
    _, me, other = put("above")
    assert me.foot <= other.box[1]
    _, me, other = put("under")
    assert other.foot <= me.box[1]
    _, me, other = put("on")
    assert abs(me.foot - other.box[1]) < 0.1
    assert me.foot < other.foot
    composition, me, other = put("in front of")
    assert composition.placements.index(me) > composition.placements.index(other)
    assert abs(me.x - other.x) < me.size + other.size
    composition, me, other = put("behind")
    assert composition.placements.index(me) < composition.placements.index(other)
    assert abs(me.x - other.x) < me.size + other.size
    _, me, other = put("beside")
    assert abs(me.x - other.x) > 0.6 * (me.size + other.size) or large


@pytest.mark.parametrize("relation", RELATIONS)
def test_both_are_in_the_picture(relation: str) -> None:
    for first, second in PAIRS:
        for seed in range(8):
            _, me, other = placed(first, second, relation, seed)
            for p in (me, other):
                left, top, right, bottom = p.box
                width = min(1, right) - max(0, left)
                height = min(1, bottom) - max(0, top)
                assert width * height > 0.8 * (right - left) * (bottom - top)


def test_effects_leave_the_horizon_and_the_side_alone() -> None:
    scene = Scene(Thing("cat", "red"), "meadow", seed=11)
    before = compose(scene)
    for effect in ("white-void", "motion-blur", "floating-items", "crowded-jumble"):
        after = compose(replace(scene, look=Look((effect,))))
        assert after.horizon == before.horizon
        assert after.subject == before.subject


def test_what_the_scene_says_of_size_and_place_is_done() -> None:
    thing = Thing("cup", "red", size=0.2, position=(0.3, 0.7))
    me = compose(Scene(thing, "room", seed=1)).subject
    assert (me.x, me.foot, me.size) == (0.3, 0.7, 0.2)


@pytest.mark.parametrize(
    ("effect", "more"),
    [
        ("floating-items", 3),
        ("crowded-jumble", 9),
        ("many-equals", 8),
        ("unrelated-props", 2),
        ("wrong-sizes", 2),
        ("surreal-pairing", 2),
        ("awkward-overlaps", 3),
        ("lopsided-weight", 3),
    ],
)
def test_intruders_come_with_the_effect_and_do_not_belong(effect: str, more: int) -> None:
    scene = Scene(Thing("cat", "red"), "meadow", seed=4)
    found = compose(replace(scene, look=Look((effect,)))).placements
    strangers = [p.thing.kind for p in found if p.role == "intruder"]
    assert len(strangers) == more
    if effect != "many-equals":
        assert not {"cat", "person"} & set(strangers)


def test_portraits_fill_the_frame() -> None:
    me = compose(Scene(Thing("person", "red"), "city", framing="portrait", seed=4)).subject
    assert me.portrait
    assert me.size >= 0.5
