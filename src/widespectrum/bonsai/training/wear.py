"""Pictures as a generator may paint them, made from drawn ones.

Whoever learns from drawn pictures alone learns what no generator keeps to: edges sharp to the
pixel, flat colours, things on their places. So a picture is mirrored and moved a little, and one in
two is also **repainted**: softened, drawn from fewer pixels, grained, compressed or toned, so
slightly that everybody would still call things and colours by the same names.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

REPAINTED = 0.5
"""Share of the pictures that are repainted."""
REACH = 4
"""Farthest move in pixels."""

Bytes: TypeAlias = NDArray[np.uint8]
Generator: TypeAlias = np.random.Generator


def worn(images: Bytes, rng: Generator) -> Bytes:
    """Every picture mirrored by chance, moved by chance, repainted by chance.

    Args:
        images: ``(n, height, width, 3)``.
        rng: decides everything.
    """
    rows = np.empty_like(images)
    for row, image in zip(rows, images, strict=True):
        row[:] = _moved(image[:, ::-1] if rng.random() < 0.5 else image, rng)
        if rng.random() < REPAINTED:
            row[:] = repainted(row, rng)
    return rows


def repainted(image: Bytes, rng: Generator) -> Bytes:
    """One or two of `WAYS`, in their order. ``(height, width, 3)`` -> the same."""
    for way in np.sort(rng.choice(len(WAYS), rng.integers(1, 3), replace=False)):
        image = WAYS[way](image, rng)
    return image


def _moved(image: Bytes, rng: Generator) -> Bytes:
    """Shifted; what comes into view repeats the edge."""
    down, right = rng.integers(0, 2 * REACH + 1, 2)
    wide = np.pad(image, ((REACH, REACH), (REACH, REACH), (0, 0)), mode="edge")
    return wide[down : down + image.shape[0], right : right + image.shape[1]]


def _softened(image: Bytes, rng: Generator) -> Bytes:
    blur = ImageFilter.GaussianBlur(rng.uniform(0.4, 1.1))
    return np.asarray(Image.fromarray(image).filter(blur))


def _coarsened(image: Bytes, rng: Generator) -> Bytes:
    """Drawn from fewer pixels."""
    height, width = image.shape[:2]
    share = rng.uniform(0.55, 0.9)
    small = (max(1, round(width * share)), max(1, round(height * share)))
    picture = Image.fromarray(image).resize(small, Image.Resampling.BILINEAR)
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))


def _toned(image: Bytes, rng: Generator) -> Bytes:
    """Contrast and brightness a little off, the channels a little apart."""
    gain = rng.uniform(0.88, 1.1) * rng.uniform(0.97, 1.03, 3)
    return _rounded((image.astype(np.float32) - 128) * gain + 128 + rng.uniform(-10, 10))


def _grained(image: Bytes, rng: Generator) -> Bytes:
    """Noise of single pixels, or in blotches as unfinished denoising leaves them."""
    height, width = image.shape[:2]
    fine = rng.normal(size=(height, width, 3))
    if rng.random() < 0.5:
        coarse = rng.normal(size=((height + 3) // 4, (width + 3) // 4, 3))
        fine = coarse.repeat(4, axis=0).repeat(4, axis=1)[:height, :width]
    return _rounded(image + fine * rng.uniform(2, 11))


def _compressed(image: Bytes, rng: Generator) -> Bytes:
    file = BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=int(rng.integers(35, 85)))
    return np.asarray(Image.open(file))


WAYS: tuple[Callable[[Bytes, Generator], Bytes], ...] = (
    _softened,
    _coarsened,
    _toned,
    _grained,
    _compressed,
)
"""Of repainting, in the order in which two of them follow each other."""


def _rounded(values: Any) -> Bytes:
    bytes_: Bytes = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return bytes_
