from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch

from widespectrum.bonsai import sample_scenes, truth
from widespectrum.bonsai.models.rater import Rater, RaterShape
from widespectrum.bonsai.training.corpus import Corpus
from widespectrum.bonsai.training.judging import (
    JudgeTask,
    NamingRater,
    calibrated,
    class_weights,
    dimension_classes,
    mirrored,
    rating_loss,
)
from widespectrum.bonsai.training.loop import Device, Training
from widespectrum.bonsai.training.schedules import Schedule
from widespectrum.bonsai.world import ATTRIBUTES, DIMENSION_ATTRIBUTES

DIMENSIONS = tuple(DIMENSION_ATTRIBUTES)


def test_classes_are_the_truth_of_the_world() -> None:
    scenes = list(sample_scenes(200, 5))
    levels = np.array([[int(s.level(each)) - 1 for each in ATTRIBUTES] for s in scenes])
    told = [[int(truth(scene)[each]) for each in DIMENSIONS] for scene in scenes]
    assert {0, 1, 2} == set(np.ravel(told))
    np.testing.assert_array_equal(dimension_classes(levels), told)


def test_weights_even_out_the_classes_as_far_as_they_are_told() -> None:
    truth = np.array([[1]] * 90 + [[0]] * 9 + [[2]])
    shares = np.array([0.09, 0.9, 0.01])
    np.testing.assert_allclose(class_weights(truth, 0.0), [[1, 1, 1]], rtol=1e-6)
    full = class_weights(truth, 1.0)[0]
    np.testing.assert_allclose(full * shares, [1 / 3] * 3, rtol=1e-6)
    half = class_weights(truth, 0.5)[0]
    np.testing.assert_allclose(half[0] / half[1], math.sqrt(10), rtol=1e-6)
    np.testing.assert_allclose((half * shares).sum(), 1, rtol=1e-6)


def test_a_class_that_never_occurs_does_no_harm() -> None:
    weights = class_weights(np.ones((8, 2), dtype=np.int64), 0.5)
    assert np.isfinite(weights).all()
    np.testing.assert_allclose(weights[:, 1], 1)


def test_the_loss_of_knowing_nothing_and_of_being_right() -> None:
    truth = torch.tensor([[0, 2], [1, 1]])
    weights = torch.ones(2, 3)
    assert math.isclose(
        float(rating_loss(torch.zeros(2, 2, 3), truth, weights)), math.log(3), rel_tol=1e-6
    )
    sure = torch.nn.functional.one_hot(truth, 3).float() * 50
    assert float(rating_loss(sure, truth, weights)) < 1e-6


def test_a_pictures_class_is_weighted_in_its_own_dimension() -> None:
    weights = torch.tensor([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
    loss = rating_loss(torch.zeros(1, 2, 3), torch.tensor([[2, 0]]), weights)
    assert math.isclose(float(loss), math.log(3) * (3 + 10) / 2, rel_tol=1e-6)


def test_what_ships_says_how_often_a_class_occurs() -> None:
    """A rater that sees nothing: at the least weighted loss, and corrected."""
    shares = torch.tensor([[0.1, 0.85, 0.05], [0.3, 0.3, 0.4]])
    truth = np.stack([np.repeat([0, 1, 2], (shares[d] * 100).int()) for d in range(2)], axis=1)
    weights = torch.from_numpy(class_weights(truth, 0.5))
    rater = Rater(RaterShape(2, width=8, blocks=1, image_size=8))
    with torch.no_grad():
        rater.answers.zero_()
        rater.bias.copy_((shares * weights).log())
    pixels = torch.zeros(1, 3, 8, 8)
    torch.testing.assert_close(calibrated(rater, weights)(pixels).softmax(-1)[0], shares)
    torch.testing.assert_close(rater(pixels)[0], (shares * weights).log())


def test_pictures_are_mirrored_one_by_one() -> None:
    images = np.arange(2 * 4 * 2 * 3 * 1).reshape(2, 4, 2, 3, 1)
    turned = mirrored(images, np.random.default_rng(0))
    same = (turned == images).all(axis=(2, 3, 4))
    assert same.any()
    assert not same.all()
    np.testing.assert_array_equal(turned[~same], images[~same][:, :, ::-1])


def test_learns_to_see_brightness(tmp_path: Path) -> None:
    """Grey pictures whose level follows from their brightness alone."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, (64, 4))
    grey = (classes * 90 + 20)[..., None, None, None] + rng.integers(0, 20, (64, 4, 16, 16, 3))
    levels = np.zeros((64, 4, len(ATTRIBUTES)), dtype=np.int8)
    levels[..., ATTRIBUTES.index("brightness")] = classes - 1
    empty = np.zeros((64, 4, 1, 1), dtype=np.uint16)
    corpus = Corpus(grey.astype(np.uint8), empty, levels, (classes == 0)[..., None], empty[..., 0])
    shape = RaterShape(len(DIMENSIONS), width=20, blocks=1, image_size=16)
    task = JudgeTask(shape, corpus, {"toy": 1}, families=8)
    training = Training(
        task, Schedule(60, 1e-2, seed=0, warmup=5), Device(threads=1), tmp_path, checkpoint_every=60
    )
    reports = list(training.run())
    assert reports[-1].loss < 0.5 * reports[0].loss
    network = training.network
    assert isinstance(network, NamingRater)
    pixels = torch.from_numpy(corpus.images[0]).permute(0, 3, 1, 2).float() / 127.5 - 1
    rated, named = network(pixels)
    torch.testing.assert_close(rated, network.rater(pixels))
    np.testing.assert_array_equal((named[:, 0] > 0).numpy(), classes[0] == 0)
    said = rated[:, DIMENSIONS.index("color brightness")].argmax(-1)
    np.testing.assert_array_equal(said.numpy(), classes[0])
