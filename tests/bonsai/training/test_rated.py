from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from widespectrum.bonsai.splits import held_out
from widespectrum.bonsai.training import rated
from widespectrum.bonsai.training.rated import MARKS, draw_rated, open_rated, rated_scene
from widespectrum.bonsai.world import ATTRIBUTES, Level, render


def test_scenes_are_of_their_split_and_follow_from_seed_and_index() -> None:
    for index in range(40):
        assert not held_out(rated_scene(1, "train", index))
        assert held_out(rated_scene(1, "test", index))
    assert rated_scene(1, "train", 3) == rated_scene(1, "train", 3)
    assert rated_scene(1, "train", 3) != rated_scene(2, "train", 3)


def test_what_was_drawn_is_what_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rated, "SHARD", 3)
    assert list(draw_rated(tmp_path, 7, 5, "train", 1))[-1] == 7
    found = open_rated(tmp_path, 7, 5, "train")
    scenes = [rated_scene(5, "train", index) for index in range(7)]
    assert len(found) == 7
    for picture, index in zip(found.pictures.take([6, 0, 3]), [6, 0, 3], strict=True):
        np.testing.assert_array_equal(picture, render(scenes[index]))
    for scene, levels, marks in zip(scenes, found.levels, found.marks, strict=True):
        assert [Level(level + 1) for level in levels] == [scene.level(name) for name in ATTRIBUTES]
        named = [mark for mark, there in zip(MARKS, marks, strict=True) if there]
        assert sorted(named) == sorted({*scene.look.effects, scene.look.mood})
