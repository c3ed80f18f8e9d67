"""Plans of pairs: what is planned, what it is called, what it depends on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from widespectrum.aesthetics import load_dimensions
from widespectrum.errors import BadInput, UnknownName
from widespectrum.images import builtin_photographs, load_image
from widespectrum.images.darkroom import apply, darkroom_pairs, describe, make_pair, pair_table
from widespectrum.tables import PAIR_SCHEMA

DIMENSIONS = load_dimensions()
PHOTOS = [(p.id, p.path, p.caption) for p in builtin_photographs()]
REACHED = [
    effect.key
    for key in DIMENSIONS.enabled
    for effect in DIMENSIONS[key].effects
    if effect.darkroom is not None
]


def test_every_photograph_every_effect_every_severity() -> None:
    plans = darkroom_pairs(PHOTOS[:2], DIMENSIONS, severities=(0.5, 1.0))
    assert len(plans) == 2 * len(REACHED) * 2
    assert len({plan.id for plan in plans}) == len(plans)
    assert {plan.effects[0] for plan in plans} == set(REACHED)
    for plan in plans:
        assert plan.dimensions == (DIMENSIONS.dimension_of(plan.effects[0]).key,)


def test_effects_are_shared_out_evenly() -> None:
    plans = darkroom_pairs(PHOTOS, DIMENSIONS, effects_per_photo=6, severities=(1.0,))
    per_photo = Counter(plan.photo for plan in plans)
    assert set(per_photo.values()) == {6}
    per_effect = Counter(plan.effects[0] for plan in plans)
    times = [per_effect.get(key, 0) for key in REACHED]
    assert max(times) - min(times) <= 1


def test_severities_share_accident_and_wording() -> None:
    plans = darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=["film-grain"])
    assert [plan.severity for plan in plans] == [0.25, 0.5, 0.75, 1.0]
    assert len({plan.seed for plan in plans}) == len({plan.prompt_anti for plan in plans}) == 1


def test_same_seed_same_plans_and_another_seed_other_ones() -> None:
    def plans(seed: int):
        return darkroom_pairs(PHOTOS, DIMENSIONS, effects_per_photo=3, seed=seed)

    assert plans(1) == plans(1)
    assert plans(1) != plans(2)


def test_plans_do_not_depend_on_the_other_photographs() -> None:
    alone = darkroom_pairs(PHOTOS[3:4], DIMENSIONS)
    among = [plan for plan in darkroom_pairs(PHOTOS, DIMENSIONS) if plan.photo == PHOTOS[3][0]]
    assert alone == among


@pytest.mark.parametrize(
    ("caption", "sentence"),
    [
        ("a tabby cat", "A tabby cat."),
        (" Two dogs  play. ", "Two dogs play."),
        ("Who is there?", "Who is there?"),
        ("猫が寝ている", "猫が寝ている."),
        ("<b>bold</b>", "<b>bold</b>."),
    ],
)
def test_captions_become_sentences(caption: str, sentence: str) -> None:
    assert describe(caption) == sentence


def test_phrases_are_listed() -> None:
    assert describe("a cat", ["fog"]) == "A cat. The picture shows fog."
    assert describe("a cat", ["fog", "grain"]) == "A cat. The picture shows fog and grain."
    listed = describe("a cat", ["fog", "grain", "a tilted horizon"])
    assert listed == "A cat. The picture shows fog, grain and a tilted horizon."
    with pytest.raises(BadInput, match="caption is empty"):
        describe("  ")


def test_anti_prompt_is_the_caption_and_one_phrase_of_the_effect() -> None:
    (plan,) = darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=["motion-blur"], severities=[1])
    assert plan.prompt_original == "A tabby cat with green eyes looking past the camera."
    phrases = DIMENSIONS.effect("motion-blur").phrases
    assert plan.prompt_anti in {
        f"{plan.prompt_original} The picture shows {phrase}." for phrase in phrases
    }


def test_make_pair_is_the_photograph_and_its_effect() -> None:
    (plan,) = darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=["flat-fill"], severities=[0.75])
    original, anti = make_pair(plan)
    assert original.tobytes() == load_image(PHOTOS[0][1]).tobytes()
    parameters = DIMENSIONS.effect("flat-fill").darkroom.parameters
    assert (
        anti.tobytes()
        == apply("emptied_background", original, 0.75, plan.seed, **parameters).tobytes()
    )
    assert parameters


def test_payload_is_json_and_exact() -> None:
    (plan,) = darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=["flat-fill"], severities=[0.5])
    payload = plan.payload("anti", "cat.jpg")
    assert json.loads(json.dumps(payload)) == payload
    assert payload["path"] == "cat.jpg"
    assert payload["seed"] < 2**53
    assert plan.payload("original")["effects"] == []
    assert Path(plan.payload("original")["path"]) == plan.path


def test_table_has_the_columns_of_pairs() -> None:
    table = pair_table(darkroom_pairs(PHOTOS[:2], DIMENSIONS, effects_per_photo=2))
    assert table.height == 16
    assert {name: PAIR_SCHEMA[name] for name in table.columns} == dict(table.schema)
    assert set(table["generator"]) == {"darkroom"}
    assert set(table["cluster"]) == {PHOTOS[0][0], PHOTOS[1][0]}
    assert pair_table([]).schema == table.schema


def test_a_dimension_of_the_users_own_is_taken_up(tmp_path: Path) -> None:
    file = tmp_path / "pixelated.toml"
    file.write_text(
        """
key = "pixelated"
title = "Pixelated"
low = "Nothing but squares."
neutral = "Some squares."
high = "No squares."
antonyms = ["smooth"]
[[effects]]
key = "huge-pixels"
name = "huge pixels"
phrases = ["nothing but huge pixels"]
darkroom = { operation = "pixelation" }
"""
    )
    plans = darkroom_pairs(PHOTOS[:1], load_dimensions([file]), effects=["huge-pixels"])
    assert plans[0].dimensions == ("pixelated",)
    assert plans[0].prompt_anti.endswith("The picture shows nothing but huge pixels.")
    text = file.read_text()
    file.write_text(text.replace('"pixelation"', '"pixel_sort"'))
    with pytest.raises(
        UnknownName, match=r"'huge-pixels' cannot be given.*no operation 'pixel_sort'"
    ):
        darkroom_pairs(PHOTOS[:1], load_dimensions([file]))
    file.write_text(text.replace('"pixelation"', '"pixelation", size = 3'))
    with pytest.raises(BadInput, match=r"'huge-pixels'.*takes no parameter 'size'"):
        darkroom_pairs(PHOTOS[:1], load_dimensions([file]))


@pytest.mark.parametrize("severity", [0, -1, 1.5, float("nan")])
def test_severities_outside_their_range(severity: float) -> None:
    with pytest.raises(BadInput, match=r"outside \(0, 1\]"):
        darkroom_pairs(PHOTOS[:1], DIMENSIONS, severities=[severity])


def test_wrong_requests() -> None:
    with pytest.raises(BadInput, match="cannot give the effect 'grief'"):
        darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=["grief"])
    with pytest.raises(UnknownName, match="motion-blur"):
        darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=["motion-blurr"])
    with pytest.raises(BadInput, match="no effect to apply"):
        darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=[])
    with pytest.raises(BadInput, match="row cat: appears twice"):
        darkroom_pairs([PHOTOS[0], PHOTOS[0]], DIMENSIONS)


def test_a_photograph_that_is_gone(tmp_path: Path) -> None:
    (plan,) = darkroom_pairs(PHOTOS[:1], DIMENSIONS, effects=["ghosting"], severities=[1])
    with pytest.raises(BadInput, match="no such image"):
        make_pair(replace(plan, path=tmp_path / "gone.jpg"))
