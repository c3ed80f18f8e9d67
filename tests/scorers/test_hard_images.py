"""What every family does to a picture before its network sees it, on the pictures that are hard.

One pixel, 20,000 x 20, palettes, CMYK, sixteen bits: always the shape that the network takes, and
finite; and where a mode has no black and white, an error that says so.
"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from widespectrum.errors import BadImage
from widespectrum.images import encode_png, load_image, to_rgb
from widespectrum.scorers.blip.images import Squash
from widespectrum.scorers.clip import CLIP_DEVIATION, CLIP_MEAN, Preprocessing
from widespectrum.scorers.hpsv3.images import Sight

SIGHT = Sight(14, CLIP_MEAN, CLIP_DEVIATION, fewest=56 * 56, most=12_845_056)
RULES = {
    "openai": Preprocessing("openai", 56),
    "huggingface": Preprocessing("huggingface", 56),
    "letterbox": Preprocessing("letterbox", 56),
    "squash": Squash(56),
    "sight": lambda image: SIGHT.cut(SIGHT(image))[0],
}


def scene(wide: int = 61, high: int = 47, mode: str = "RGB") -> Image.Image:
    """Slopes, so that every pixel tells where it is."""
    rows, columns = np.mgrid[0:high, 0:wide]
    values = np.stack([rows * 255 // high, columns * 255 // wide, (rows + columns) % 256], axis=-1)
    return Image.fromarray(values.astype(np.uint8)).convert(mode)


def clear_palette() -> Image.Image:
    picture = scene(mode="P")
    picture.info["transparency"] = 0
    return picture


def deep(values: np.ndarray | None = None) -> Image.Image:
    """Sixteen bits of grey."""
    if values is None:
        values = np.linspace(0, 65_535, 47 * 61).reshape(47, 61)
    return Image.fromarray(values.astype(np.uint16))


HARD = {
    "one pixel": scene(1, 1),
    "one row": scene(300, 1),
    "20,000 x 20": scene(20_000, 20),
    "20 x 20,000": scene(20, 20_000),
    "one colour": Image.new("RGB", (33, 33), (200, 0, 10)),
    "palette": scene(mode="P"),
    "palette, transparent": clear_palette(),
    "grey with alpha": scene(mode="LA"),
    "bilevel": scene(mode="1"),
    "CMYK": scene(mode="CMYK"),
    "YCbCr": scene(mode="YCbCr"),
    "sixteen bits": deep(),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("hard", HARD)
def test_every_rule_makes_of_every_picture_what_the_network_takes(rule, hard):
    pixels = np.asarray(RULES[rule](HARD[hard]))
    assert pixels.dtype == np.float32
    assert np.isfinite(pixels).all()
    if rule == "sight":
        assert pixels.shape[1] == 3 * 2 * 14 * 14
        assert 4 <= len(pixels) <= 4 * 1024
    else:
        assert pixels.shape == (3, 56, 56)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("mode", ["F", "I"])
def test_a_mode_without_black_and_white_is_refused(rule, mode):
    with pytest.raises(BadImage, match=f"mode {mode}"):
        RULES[rule](scene(mode="L").convert(mode))


@pytest.mark.parametrize("rule", RULES)
def test_sixteen_bits_are_scaled_and_not_cut_off(rule):
    eight = scene(mode="L")
    sixteen = deep(np.asarray(eight).astype(np.uint16) * 257)
    assert np.array_equal(RULES[rule](sixteen), RULES[rule](eight.convert("RGB")))


@pytest.mark.parametrize("hard", [name for name in HARD if name != "sixteen bits"])
def test_a_run_shows_scorers_what_its_files_show(hard, tmp_path):
    """Between file and scorer a picture is upright 8-bit RGB, so modes no longer matter."""
    stored = load_image(encode_png(HARD[hard]))
    assert stored.mode == "RGB"
    assert np.array_equal(np.asarray(stored), np.asarray(to_rgb(HARD[hard])))
