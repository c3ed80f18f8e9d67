from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from widespectrum.bonsai.language import words
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.splits import held_out
from widespectrum.bonsai.training import gallery as galleries
from widespectrum.bonsai.training.gallery import draw_gallery, draw_scene, open_gallery
from widespectrum.bonsai.world import Scene, render
from widespectrum.errors import BadInput
from widespectrum.prompts.neutral import STATEMENTS


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(galleries, "SHARD", 3)


def test_scenes_are_of_their_split_and_follow_from_seed_and_index() -> None:
    for index in range(40):
        assert not held_out(draw_scene(1, "train", index)[0])
        assert held_out(draw_scene(1, "test", index)[0])
    assert draw_scene(1, "train", 3) == draw_scene(1, "train", 3)
    assert draw_scene(1, "train", 3) != draw_scene(2, "train", 3)


def test_many_pictures_have_no_effect_and_captions_say_what_there_is() -> None:
    drawn = [draw_scene(0, "train", index) for index in range(400)]
    plain = [scene for scene, _ in drawn if not scene.look.effects]
    assert 0.35 < len(plain) / len(drawn) < 0.5
    # Unknown words would warn, and warnings are errors here.
    world_language().encode([line for _, captions in drawn for line in captions])
    remarks = [s for group in STATEMENTS for s in group]
    remarked = [c for _, both in drawn for c in both if any(f"It {r}" in c for r in remarks)]
    assert 0.03 < len(remarked) / (2 * len(drawn)) < 0.1


@pytest.mark.usefixtures("small_files")
def test_a_gallery_is_what_was_drawn(tmp_path: Path) -> None:
    assert list(draw_gallery(tmp_path, 7, 5, "train", 1))[-1] == 7
    found = open_gallery(tmp_path, 7, 5, "train")
    assert len(found) == 7
    scenes = [draw_scene(5, "train", index) for index in range(7)]
    pictures = found.images([6, 0, 3])
    for row, index in zip(pictures, [6, 0, 3], strict=True):
        assert np.array_equal(row, render(scenes[index][0]))
    length = len(words(scenes[4][1][1]))
    expected = world_language().encode([scenes[4][1][1]])[0]
    assert np.array_equal(found.tokens[4, 1], expected)
    assert (found.tokens[4, 1] != 0).sum() == length


@pytest.mark.usefixtures("small_files")
def test_frames_hold_the_things_and_plain_pictures_are_told(tmp_path: Path) -> None:
    list(draw_gallery(tmp_path, 30, 5, "train", 1))
    found = open_gallery(tmp_path, 30, 5, "train")
    scenes = [draw_scene(5, "train", index)[0] for index in range(30)]
    assert found.plain.tolist() == [not scene.look.effects for scene in scenes]
    for scene, (subject, companion) in zip(scenes, found.frames, strict=True):
        assert (subject[2] > subject[0]) == isinstance(scene, Scene)
        assert (companion[2] > companion[0]) == (getattr(scene, "companion", None) is not None)


def test_a_frame_is_where_the_thing_is() -> None:
    """Another colour of the subject changes pixels inside its frame and next to none outside."""
    scenes = [s for s, _ in (draw_scene(5, "train", i) for i in range(200)) if isinstance(s, Scene)]
    plain = [s for s in scenes if not s.look.effects and s.framing != "portrait"][:8]
    assert len(plain) == 8
    for scene in plain:
        other = "blue" if scene.subject.colour != "blue" else "red"
        turned = replace(scene, subject=replace(scene.subject, colour=other))
        changed = np.abs(render(scene).astype(int) - render(turned).astype(int)).max(-1) > 25
        left, top, right, bottom = (galleries.frames(scene)[0] * 64).round().astype(int)
        inside = changed[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1].sum()
        assert inside > 30
        assert inside > 0.9 * changed.sum()


@pytest.mark.usefixtures("small_files")
def test_only_what_is_missing_is_drawn(tmp_path: Path) -> None:
    list(draw_gallery(tmp_path, 6, 5, "train", 1))
    first, second = sorted(tmp_path.iterdir())
    before = second.stat().st_mtime_ns
    first.unlink()
    with pytest.raises(BadInput, match="drawn anew"):
        open_gallery(tmp_path, 6, 5, "train")
    assert list(draw_gallery(tmp_path, 6, 5, "train", 1)) == [3, 6]
    assert second.stat().st_mtime_ns == before
    assert list(draw_gallery(tmp_path, 6, 5, "train", 1)) == [6]
