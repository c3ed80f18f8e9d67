"""A picture as patches: sizes in double precision, pixels bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as pil
from upstream import resized

from widespectrum.errors import BadImage
from widespectrum.scorers.hpsv3 import HPSv3, HPSv3PlusPlus
from widespectrum.scorers.hpsv3.images import AREA, UNIT, smart_size

SIDES = st.integers(min_value=1, max_value=30_000)


@pytest.mark.parametrize(
    ("size", "brought_to"),
    [
        ((1024, 1024), (448, 448)),
        ((512, 512), (448, 448)),
        ((640, 640), (448, 448)),
        ((1000, 1000), (448, 448)),
        ((2048, 2048), (448, 448)),
        ((768, 768), (420, 420)),  # 768 / sqrt(768 * 768 / AREA) falls just short of 448
        ((1536, 1536), (420, 420)),
        ((1024, 1536), (364, 532)),
        ((768, 1344), (336, 588)),
        ((1080, 1920), (336, 588)),
        ((480, 640), (364, 504)),
        ((300, 200), (560, 392)),
        ((1, 1), (448, 448)),
    ],
)
def test_known_sizes(size, brought_to):
    assert smart_size(*size, UNIT, AREA, AREA) == brought_to


@given(SIDES, SIDES)
@settings(max_examples=300, deadline=None)
def test_sizes_are_whole_squares_of_about_the_area(high, wide):
    sides = smart_size(high, wide, UNIT, AREA, AREA)
    assert all(side % UNIT == 0 and side >= UNIT for side in sides)
    if max(high, wide) <= 200 * min(high, wide):
        # Rounded down or up by one square a side at most.
        assert (sides[0] - UNIT) * (sides[1] - UNIT) <= AREA
        assert (sides[0] + UNIT) * (sides[1] + UNIT) >= AREA


def test_a_ribbon_has_a_size_too():
    high, wide = smart_size(20, 20_000, UNIT, AREA, AREA)
    assert (high, wide) == (28, 14_140)
    assert high * wide // UNIT**2 < 600


@pytest.mark.parametrize("kind", [HPSv3, HPSv3PlusPlus])
def test_patches_are_those_of_the_base_models_processor(kind, pictures):
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    sight = kind.sight
    processor = Qwen2VLImageProcessorPil(
        patch_size=sight.patch,
        size={"shortest_edge": sight.fewest, "longest_edge": sight.most},
        image_mean=list(sight.mean),
        image_std=list(sight.deviation),
    )
    for image in pictures.values():
        theirs = processor(images=resized(image), return_tensors="np")
        patches, grid = sight.cut(sight(image))
        assert [1, *grid] == theirs["image_grid_thw"][0].tolist()
        np.testing.assert_array_equal(patches, theirs["pixel_values"])
        assert sight.size(image.height, image.width) == tuple(side * sight.patch for side in grid)


def test_plusplus_resizes_a_second_time():
    """To squares of 32 pixels, after squares of 28; one resize would give other pixels."""
    image = pil.effect_noise((640, 480), 60).convert("RGB")
    assert resized(image).size == (504, 364)
    assert HPSv3PlusPlus.sight.size(480, 640) == (352, 512)
    assert HPSv3.sight.size(480, 640) == (364, 504)


def test_sixteen_bits_are_scaled_not_clipped():
    levels = np.arange(64 * 64, dtype=np.uint16) * 16
    deep = pil.fromarray(levels.reshape(64, 64))
    patches, _ = HPSv3.sight.cut(HPSv3.sight(deep))
    assert len(np.unique(patches)) > 300


def test_pixels_without_black_and_white_are_refused():
    with pytest.raises(BadImage):
        HPSv3.sight(pil.new("F", (30, 30)))
