from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import torch

from widespectrum.bonsai import sample_scenes, truth
from widespectrum.bonsai.models.rater import RaterShape
from widespectrum.bonsai.training.judging import (
    JudgeTask,
    NamingRater,
    dimension_classes,
    mirrored,
)
from widespectrum.bonsai.training.loop import Device, Training
from widespectrum.bonsai.training.rated import RatedPictures
from widespectrum.bonsai.training.schedules import Schedule
from widespectrum.bonsai.training.shards import Shards, draw_shards, open_shards
from widespectrum.bonsai.world import ATTRIBUTES, DIMENSION_ATTRIBUTES

DIMENSIONS = tuple(DIMENSION_ATTRIBUTES)


def test_classes_are_the_truth_of_the_world() -> None:
    scenes = list(sample_scenes(200, 5))
    levels = np.array([[int(s.level(each)) - 1 for each in ATTRIBUTES] for s in scenes])
    told = [[int(truth(scene)[each]) for each in DIMENSIONS] for scene in scenes]
    assert {0, 1, 2} == set(np.ravel(told))
    np.testing.assert_array_equal(dimension_classes(levels), told)


def test_pictures_are_mirrored_one_by_one() -> None:
    images = np.arange(8 * 2 * 3 * 1).reshape(8, 2, 3, 1)
    turned = mirrored(images, np.random.default_rng(0))
    same = (turned == images).all(axis=(1, 2, 3))
    assert same.any()
    assert not same.all()
    np.testing.assert_array_equal(turned[~same], images[~same][:, :, ::-1])


def take(table: dict[str, np.ndarray], rows: range) -> dict[str, np.ndarray]:
    return {name: column[rows.start : rows.stop] for name, column in table.items()}


def test_learns_to_see_brightness(tmp_path: Path) -> None:
    """Grey pictures whose level follows from their brightness alone."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 256)
    grey = (classes * 90 + 20)[:, None, None, None] + rng.integers(0, 20, (256, 16, 16, 3))
    levels = np.zeros((256, len(ATTRIBUTES)), dtype=np.int8)
    levels[:, ATTRIBUTES.index("brightness")] = classes - 1
    shards = Shards(tmp_path / "rated", "toy", 256, 1)
    dark = (classes == 0)[:, None].astype(np.uint8)
    table = {"images": grey.astype(np.uint8), "levels": levels, "marks": dark}
    list(draw_shards(shards, partial(take, table), 256, 1))
    read, pictures = open_shards(shards, 256, ("levels", "marks"))
    shape = RaterShape(len(DIMENSIONS), width=20, blocks=1, image_size=16)
    task = JudgeTask(shape, RatedPictures(**read, pictures=pictures), {"toy": 1}, pictures=32)
    training = Training(
        task, Schedule(60, 1e-2, seed=0, warmup=5), Device(threads=1), tmp_path, checkpoint_every=60
    )
    reports = list(training.run())
    assert reports[-1].loss < 0.5 * reports[0].loss
    network = training.network
    assert isinstance(network, NamingRater)
    pixels = torch.from_numpy(table["images"][:8]).permute(0, 3, 1, 2).float() / 127.5 - 1
    rated, named = network(pixels)
    torch.testing.assert_close(rated, network.rater(pixels))
    np.testing.assert_array_equal((named[:, 0] > 0).numpy(), classes[:8] == 0)
    said = rated[:, DIMENSIONS.index("color brightness")].argmax(-1)
    np.testing.assert_array_equal(said.numpy(), classes[:8])
