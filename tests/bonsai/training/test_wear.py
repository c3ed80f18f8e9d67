from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.bonsai import Scene, Thing, render
from widespectrum.bonsai.training.wear import REACH, WAYS, repainted, worn
from widespectrum.images import encode_png

PICTURE = render(Scene(Thing("boat", "red"), "sea", seed=3))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([16, 48, 64]))
def test_pictures_stay_pictures_and_inputs_as_they_were(seed: int, side: int) -> None:
    images = np.stack([PICTURE[:side, :side]] * 5)
    before = images.copy()
    one, two = (worn(images, np.random.default_rng(seed)) for _ in range(2))
    assert one.shape == images.shape
    assert one.dtype == np.uint8
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(images, before)


def test_some_are_repainted_some_mirrored_and_all_are_near() -> None:
    images = np.stack([PICTURE] * 60)
    out = worn(images, np.random.default_rng(0)).astype(float)
    assert len({row.tobytes() for row in out}) > 50
    means = out.mean((1, 2))
    assert np.abs(means - PICTURE.mean((0, 1))).max() < 45, "no colour becomes another"
    cut = slice(REACH + 4, -REACH - 4)
    upright = np.abs(out[:, cut, cut] - PICTURE[cut, cut]).mean((1, 2, 3))
    mirrored = np.abs(out[:, cut, cut] - PICTURE[:, ::-1][cut, cut]).mean((1, 2, 3))
    assert 15 < (mirrored < upright).sum() < 45


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_every_way_changes_a_picture_a_little(way) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(1)
    changes = [np.abs(way(PICTURE, rng).astype(float) - PICTURE).mean() for _ in range(8)]
    assert all(0.3 < change < 20 for change in changes)


def test_compressing_and_blurring_leave_less_to_store() -> None:
    from PIL import Image

    rng = np.random.default_rng(2)
    drawn = len(encode_png(Image.fromarray(PICTURE)))
    soft = WAYS[0](PICTURE, rng)
    edges = [np.abs(np.diff(p.astype(float), axis=1)).mean() for p in (PICTURE, soft)]
    assert edges[1] < edges[0]
    noisy = WAYS[3](PICTURE, rng)
    assert len(encode_png(Image.fromarray(noisy))) > drawn


def test_repainting_is_one_way_or_two() -> None:
    rng = np.random.default_rng(3)
    assert all((repainted(PICTURE, rng) != PICTURE).any() for _ in range(6))
