"""From pen strokes to numbers: pictures, stencils, and small maps over their 64 x 64 pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from widespectrum.bonsai.world.pen import CANVAS, SCALE, SIZE, Pen

Floats: TypeAlias = NDArray[np.floating[Any]]
"""Single precision throughout. Pictures are (64, 64, 3), masks (64, 64, 1), values 0..1."""

ROWS: Floats = ((np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE)[:, None]
"""y of every row of pixels, (64, 1)."""
COLUMNS: Floats = ((np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE)[None, :]
"""x of every column of pixels, (1, 64)."""

_BYTE = np.float32(1 / 255)


def painted(paint: Callable[[Pen], None]) -> Floats:
    """A picture painted with a pen whose unit is the whole picture."""
    canvas = Image.new("RGB", (CANVAS, CANVAS))
    paint(Pen(ImageDraw.Draw(canvas), 0, 0, CANVAS))
    return from_image(canvas.reduce(SCALE))


def stencil(paint: Callable[[Pen], None]) -> Floats:
    """A mask painted with a pen whose unit is the whole picture; draw it in `OPAQUE`."""
    canvas = Image.new("RGB", (CANVAS, CANVAS))
    paint(Pen(ImageDraw.Draw(canvas), 0, 0, CANVAS))
    return from_image(canvas.reduce(SCALE))[:, :, :1]


OPAQUE = (255, 255, 255)
CLEAR = (0, 0, 0)


def from_image(image: Image.Image) -> Floats:
    """An RGB or L image as floats 0..1."""
    return np.asarray(image, dtype=np.float32) * _BYTE


def to_bytes(pixels: Floats) -> NDArray[np.uint8]:
    """Floats as bytes, rounded, whatever lies outside 0..1 cut off."""
    scaled = np.clip(pixels, 0.0, 1.0) * np.float32(255) + np.float32(0.5)
    return scaled.astype(np.uint8)


def to_image(pixels: Floats) -> Image.Image:
    """Floats as an image."""
    return Image.fromarray(to_bytes(pixels))


def colour(rgb: tuple[int, int, int]) -> Floats:
    """A colour as floats, (3,)."""
    return np.array(rgb, dtype=np.float32) * _BYTE


def blend(below: Floats, above: Floats | float, mask: Floats | float) -> Floats:
    """``above`` over ``below`` where the mask is 1; a number stands for a shade of grey."""
    mixed: Floats = below + (above - below) * mask
    return mixed


def grey(pixels: Floats) -> Floats:
    """Luma, (64, 64, 1)."""
    luma: Floats = pixels @ np.array([[0.299], [0.587], [0.114]], dtype=np.float32)
    return luma


def blurred(pixels: Floats, radius: float) -> Floats:
    """Gaussian blur; the radius is a standard deviation in pixels."""
    if pixels.shape[2] == 1:
        image = Image.fromarray(to_bytes(pixels)[:, :, 0])
        return from_image(image.filter(ImageFilter.GaussianBlur(radius)))[:, :, None]
    return from_image(to_image(pixels).filter(ImageFilter.GaussianBlur(radius)))


def sampled(pixels: Floats, x: Floats, y: Floats) -> Floats:
    """The picture seen at other coordinates (in pixels), bilinear; edges are repeated."""
    x = np.clip(x, 0, SIZE - 1.001)
    y = np.clip(y, 0, SIZE - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    dx, dy = (x - np.floor(x))[:, :, None], (y - np.floor(y))[:, :, None]
    flat = pixels.reshape(SIZE * SIZE, -1)
    start = top * SIZE + left
    upper = flat[start] * (1 - dx) + flat[start + 1] * dx
    lower = flat[start + SIZE] * (1 - dx) + flat[start + SIZE + 1] * dx
    seen: Floats = upper * (1 - dy) + lower * dy
    return seen


def glow(x: float, y: float, rx: float, ry: float) -> Floats:
    """A soft ellipse: 1 in the middle, falling off as a Gaussian, (64, 64, 1)."""
    across = np.exp(-(((COLUMNS - np.float32(x)) / np.float32(rx)) ** 2))
    down = np.exp(-(((ROWS - np.float32(y)) / np.float32(ry)) ** 2))
    light: Floats = (down * across)[:, :, None]
    return light


def shifted(pixels: Floats, x: int, y: int) -> Floats:
    """The picture moved by whole pixels, to the right and down; edges are repeated."""
    rows = np.clip(np.arange(SIZE) - y, 0, SIZE - 1)
    columns = np.clip(np.arange(SIZE) - x, 0, SIZE - 1)
    moved: Floats = pixels[rows[:, None], columns[None, :]]
    return moved


def nearest(pixels: Floats, x: Floats, y: Floats) -> Floats:
    """The picture seen at other coordinates (in pixels), without any smoothing."""
    column = np.clip(x + np.float32(0.5), 0, SIZE - 1).astype(np.int32)
    row = np.clip(y + np.float32(0.5), 0, SIZE - 1).astype(np.int32)
    seen: Floats = pixels[row, column]
    return seen
