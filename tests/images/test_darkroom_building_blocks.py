"""Filters, nested spaces, fields and the subject, against references and known answers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from widespectrum.images.darkroom.filters import blur, disc, guided, streak
from widespectrum.images.darkroom.pictures import clouds, displace, grid, noise, smoothstep
from widespectrum.images.darkroom.spaces import blocks, cells, descend, tents, triangles
from widespectrum.images.darkroom.subject import subject_of

RNG = np.random.default_rng(4)
IMAGE = RNG.random((37, 52, 3), dtype=np.float32)


@pytest.mark.parametrize("sigma", [1.0, 2.5, 6.0])
def test_blur_is_the_gaussian_filter(sigma: float) -> None:
    reference = ndimage.gaussian_filter(IMAGE, (sigma, sigma, 0), mode="reflect", truncate=6)
    np.testing.assert_allclose(blur(IMAGE, sigma), reference, atol=2e-3)


def test_streak_is_a_gaussian_along_one_direction() -> None:
    across = ndimage.gaussian_filter1d(IMAGE, 3.0, axis=1, mode="reflect", truncate=6)
    np.testing.assert_allclose(streak(IMAGE, 3.0, 0.0), across, atol=2e-3)
    down = ndimage.gaussian_filter1d(IMAGE, 3.0, axis=0, mode="reflect", truncate=6)
    np.testing.assert_allclose(streak(IMAGE, 3.0, np.pi / 2), down, atol=2e-3)


def test_disc_spreads_a_point_over_a_soft_disc() -> None:
    point = np.zeros((81, 81, 3), np.float32)
    point[40, 40] = 1
    spot = disc(point, 15.0)[..., 0]
    assert spot.sum() == pytest.approx(1, abs=0.01)
    np.testing.assert_allclose(spot, spot.T, atol=1e-6)
    profile = spot[40, 40:] / spot[40, 40]
    assert np.all(np.diff(profile[:22]) < 0)
    assert 11 < np.argmax(profile < 0.5) < 15
    assert np.abs(profile[24:]).max() < 0.03


@pytest.mark.parametrize("filtered", [lambda x: blur(x, 4), lambda x: disc(x, 4)])
def test_blurs_keep_flat_pictures_flat(filtered) -> None:
    flat = np.full((9, 14, 3), 0.3, np.float32)
    np.testing.assert_allclose(filtered(flat), flat, atol=1e-5)


def test_guided_filter_smooths_noise_and_keeps_edges() -> None:
    edge = np.repeat(np.float32([0.1, 0.9]), 20)[None, :] * np.ones((40, 1), np.float32)
    rough = edge + RNG.normal(0, 0.02, edge.shape).astype(np.float32)
    result = guided(rough, rough, 4, 0.1)
    assert result[:, :15].std() < 0.5 * rough[:, :15].std()
    assert (result[:, 21] - result[:, 18]).mean() > 0.7


SPACES = {
    "blocks": [cells(blocks(IMAGE.shape, n)) for n in (16, 8, 4)],
    "triangles": [cells(triangles(*grid(IMAGE.shape), n)) for n in (16.0, 8.0, 4.0)],
    "tents": [tents(IMAGE.shape, 4, n) for n in (2, 1, 0)],
}


@pytest.mark.parametrize("spaces", SPACES.values(), ids=SPACES)
def test_spaces_are_projections_and_nested(spaces) -> None:
    for finer, coarser in pairwise(spaces):
        there = coarser(IMAGE)
        np.testing.assert_allclose(coarser(there), there, atol=1e-5)
        # What lies in the coarser space lies in the finer one, and the way there may go through it.
        np.testing.assert_allclose(finer(there), there, atol=1e-5)
        np.testing.assert_allclose(coarser(finer(IMAGE)), there, atol=1e-5)


@pytest.mark.parametrize("spaces", SPACES.values(), ids=SPACES)
def test_distance_grows_all_the_way_down(spaces) -> None:
    way = [float(np.linalg.norm(descend(IMAGE, s, spaces) - IMAGE)) for s in np.linspace(0, 1, 31)]
    assert np.all(np.diff(way) > -1e-4)
    assert way[0] == 0


def test_blocks_are_square_and_count_along_the_shorter_side() -> None:
    labels = blocks((40, 80), 4)
    assert len(np.unique(labels)) == 4 * 8
    assert np.all(labels[:10, :10] == labels[0, 0])


def test_displace_shows_what_was_elsewhere() -> None:
    still = np.zeros((20, 40), np.float32)
    moved = displace(IMAGE[:20, :40], still + 0.1, still - 0.05)  # 2 pixels down, 1 left
    np.testing.assert_allclose(moved[5, 10], IMAGE[7, 9], atol=1e-5)


@pytest.mark.parametrize("field", [noise, clouds])
@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (50, 40)])
def test_fields_lie_in_the_unit_interval(field, shape: tuple[int, int]) -> None:
    values = field(shape, np.random.default_rng(0), 0.2)
    assert values.shape == shape
    assert values.min() >= 0
    assert values.max() <= 1


def test_smoothstep() -> None:
    values = smoothstep(np.array([-1.0, 0.0, 0.5, 1.0, 2.0]), 0, 1)
    assert values.tolist() == [0, 0, 0.5, 1, 1]


@pytest.mark.parametrize(("row", "column"), [(0.0, 0.0), (0.1, -0.3), (-0.15, 0.35)])
def test_a_plain_subject_is_found(row: float, column: float) -> None:
    rows, columns = grid((90, 130))
    inside = np.hypot(rows - row, columns - column) < 0.2
    image = np.where(inside[..., None], np.float32([0.8, 0.2, 0.1]), np.float32([0.2, 0.4, 0.7]))
    image = image + RNG.normal(0, 0.02, image.shape)
    subject = subject_of(np.clip(image, 0, 1).astype(np.float32))
    overlap = np.minimum(subject.mask, inside).sum() / np.maximum(subject.mask, inside).sum()
    assert overlap > 0.8
    assert subject.row == pytest.approx(row, abs=0.04)
    assert subject.column == pytest.approx(column, abs=0.04)


def test_a_picture_without_subject_has_it_in_the_middle() -> None:
    subject = subject_of(np.full((40, 60, 3), 0.5, np.float32))
    assert subject.row == pytest.approx(0, abs=0.02)
    assert subject.column == pytest.approx(0, abs=0.02)
    assert 0.1 < subject.mask.mean() < 0.6
