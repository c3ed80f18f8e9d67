"""Prompt pairs of the world: what the prompt asks is what the scene shows."""

from __future__ import annotations

import json

import pytest

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.bonsai import Level, held_out, truth, world_pairs
from widespectrum.bonsai.splits import held_out_effects
from widespectrum.bonsai.world import UNSUPPORTED_EFFECTS, scene_to_json
from widespectrum.errors import BadInput
from widespectrum.tables import PROMPT_SCHEMA

PAIRS = world_pairs(40, seed=3)


def test_table_and_scenes() -> None:
    assert PAIRS.frame.height == len(PAIRS.scenes) == 40
    assert dict(PAIRS.frame.schema) == dict(PROMPT_SCHEMA)
    assert PAIRS.frame["id"].n_unique() == 40


def test_the_scene_shows_the_effects_and_lowers_the_dimensions() -> None:
    for row in PAIRS.frame.iter_rows(named=True):
        pair = PAIRS.scenes[row["id"]]
        assert set(pair.effects) == set(row["effects"])
        assert not set(row["effects"]) & set(UNSUPPORTED_EFFECTS)
        before, after = truth(pair.original), truth(pair.anti)
        for dimension in FIXED_ORDER:
            if dimension in row["dimensions"]:
                assert before[dimension] > after[dimension] == Level.LOW
            else:
                assert before[dimension] == after[dimension]


def test_same_seed_same_pairs() -> None:
    again = world_pairs(40, seed=3)
    assert again.frame.equals(PAIRS.frame)
    assert json.dumps([scene_to_json(p.anti) for p in again.scenes.values()]) == json.dumps(
        [scene_to_json(p.anti) for p in PAIRS.scenes.values()]
    )
    assert not world_pairs(40, seed=4).frame.equals(PAIRS.frame)


def test_splits() -> None:
    assert all(held_out(pair.original) for pair in PAIRS.scenes.values())
    train = world_pairs(60, seed=3, split="train")
    assert len(train.scenes) == train.frame.height == 60
    for pair in train.scenes.values():
        assert not held_out(pair.anti)
        assert not held_out_effects(pair.anti.look.effects)


def test_no_pairs_are_refused() -> None:
    with pytest.raises(BadInput):
        world_pairs(0)
