"""The world as a maker of images: payloads in, pictures or failures out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from widespectrum.bonsai import (
    Scene,
    Thing,
    WorldMaker,
    render,
    sample_scenes,
    scene_from_json,
    scene_payload,
)
from widespectrum.contracts import Failure
from widespectrum.runs import ImageMaker, ImageRequest, ImageWork, Plan, Run, work


def request(payload: dict[str, object]) -> ImageRequest:
    return ImageRequest("pair", "original", payload)


def test_fulfils_the_protocol() -> None:
    maker = WorldMaker()
    assert isinstance(maker, ImageMaker)
    assert maker.name == "bonsai-world"
    assert maker.fingerprint == WorldMaker().fingerprint


def test_pictures_in_order() -> None:
    scenes = list(sample_scenes(12, 1))
    requests = [request(json.loads(json.dumps(scene_payload(scene)))) for scene in scenes]
    made = WorldMaker().make(requests)
    for scene, image in zip(scenes, made, strict=True):
        assert isinstance(image, Image.Image)
        assert np.array_equal(np.asarray(image), render(scene))


def test_payload_carries_the_seed_for_the_table() -> None:
    assert scene_payload(Scene(Thing("cat", "red"), "sea", seed=17))["seed"] == 17


def test_a_broken_request_fails_alone() -> None:
    good = request(scene_payload(Scene(Thing("cat", "red"), "sea")))
    broken = [
        request({}),
        request({"scene": "cat"}),
        request({"scene": {"subject": {"kind": "unicorn", "colour": "red"}, "place": "sea"}}),
        request({"scene": {"topic": "war", "elements": ["peace"]}}),
    ]
    made = WorldMaker().make([good, *broken, good])
    assert isinstance(made[0], Image.Image)
    assert isinstance(made[-1], Image.Image)
    failures = [m for m in made[1:-1] if isinstance(m, Failure)]
    assert [f.kind for f in failures] == ["bad_input", "bad_input", "unknown_name", "unknown_name"]
    assert "unicorn" in failures[2].reason


def test_a_run_makes_and_keeps_the_pictures(tmp_path: Path) -> None:
    scenes = list(sample_scenes(3, 5))
    requests = [
        ImageRequest(f"pair-{i}", "original", scene_payload(scene))
        for i, scene in enumerate(scenes)
    ]
    run = Run.create(tmp_path / "run", identity={"world": 1}, settings={})
    progress = list(work(run, Plan(images=[ImageWork(WorldMaker(), requests)])))
    assert progress[-1].done == progress[-1].total == 3
    images = run.table("images").sort("pair_id")
    assert images["seed"].to_list() == [scene.seed for scene in scenes]
    again = [scene_from_json(json.loads(detail)["scene"]) for detail in images["detail"]]
    assert again == scenes
