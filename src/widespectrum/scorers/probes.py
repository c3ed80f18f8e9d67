"""What the conformance kit shows to a scorer when it is given nothing else: drawn by arithmetic.

Small scenes of different shape, light, colour, sharpness and grain, and prompts that speak of such
things, so that a scorer that reads prompts at all has something to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as pil
from PIL import ImageFilter

if TYPE_CHECKING:
    from widespectrum.contracts import Image

PROMPTS = (
    "a red ball on a green field under a blue sky",
    "a sharp, bright and colourful picture of a garden",
    "a dark, blurred and grainy photograph of a kitchen table",
    "two dogs running along an empty beach, pale and washed out",
    "a blocky, pixelated street at night with heavy vignetting",
)

EMPTY_PROMPT = ""
LONG_PROMPT = "a house with a garden, and beside it " * 400
OTHER_PROMPTS = (
    "一只猫在黑暗的房间里",  # Chinese
    "صورة ضبابية لشارع في الليل",  # Arabic, right to left
    "тёмная, размытая фотография",  # Russian
    '🌋🐢 <b>"quoted"</b> \\ {braces} %s \u202e\u0000',
)


def probe_images() -> list[Image]:
    """Six different pictures, the same pixels every time."""
    scene = _scene(192, 144)
    return [
        scene,
        _scene(120, 200, ball=(40, 90, 210), field=(190, 120, 60)),
        scene.point(lambda value: value // 4),
        scene.filter(ImageFilter.GaussianBlur(4)),
        _noisy(scene),
        scene.convert("L").convert("RGB").resize((256, 256)),
    ]


def odd_images() -> dict[str, Image]:
    """Pictures of shapes that are rare and allowed, by how a message describes them."""
    return {
        "of 1 x 1 pixels": pil.new("RGB", (1, 1), (200, 30, 90)),
        "of 1600 x 4 pixels": _scene(1600, 4),
        "of 3 x 900 pixels": _scene(3, 900),
        "that is all black": pil.new("RGB", (64, 64), (0, 0, 0)),
        "that is all white": pil.new("RGB", (64, 64), (255, 255, 255)),
    }


def _scene(
    wide: int,
    high: int,
    *,
    ball: tuple[int, int, int] = (220, 40, 30),
    field: tuple[int, int, int] = (60, 150, 50),
) -> Image:
    """A ball on a field under a sky."""
    y, x = np.mgrid[0:high, 0:wide].astype(np.float64)
    sky = np.stack([90 + 80 * y / high, 140 + 60 * y / high, np.full_like(y, 230)], axis=-1)
    furrows = 0.85 + 0.15 * np.sin(x / 3 + y / 2)
    ground = np.array(field) * furrows[..., None]
    pixels = np.where((y > 0.55 * high)[..., None], ground, sky)
    inside = np.hypot(x - 0.4 * wide, y - 0.5 * high) < 0.22 * min(wide, high)
    pixels = np.where(inside[..., None], np.array(ball) * (1.1 - 0.4 * y / high)[..., None], pixels)
    return pil.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _noisy(image: Image) -> Image:
    noise = np.random.default_rng(7).normal(0, 30, (image.height, image.width, 3))
    return pil.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))
