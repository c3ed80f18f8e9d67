from __future__ import annotations

import pytest

from widespectrum.bonsai import Split, sample_scenes
from widespectrum.judges.measurement import as_the_world


def rows(**right: list[float]) -> dict[int, dict[str, dict[str, float]]]:
    numbers = range(len(next(iter(right.values()))))
    return {n: {who: {"accuracy": right[who][n]} for who in right} for n in numbers}


def test_scenes_count_as_often_as_the_world_draws_so_many_effects() -> None:
    found = as_the_world(
        rows(judge=[1.0, 0.0, 0.0], majority=[0.0, 1.0, 0.0], neutral=[0.3, 0.3, 0.3]), seed=0
    )
    drawn = [len(scene.look.effects) for scene in sample_scenes(20_000, 0, split=None)]
    counted = sum(number < 3 for number in drawn)
    assert found["judge"] == pytest.approx(drawn.count(0) / counted)
    assert found["majority"] == pytest.approx(drawn.count(1) / counted)
    assert found["neutral"] == pytest.approx(0.3)


def test_the_rule_of_the_splits_holds_out_crowded_scenes() -> None:
    """Why scenes are weighted at all."""

    def crowd(split: Split | None) -> float:
        scenes = sample_scenes(2_000, 0, split=split)
        return sum(len(scene.look.effects) for scene in scenes) / 2_000

    assert crowd("train") < crowd(None) < crowd("test")
