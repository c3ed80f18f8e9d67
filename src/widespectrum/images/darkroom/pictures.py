"""The small vocabulary in which operations are written: blends, light, colour, coordinates, noise.

All lengths are fractions of the picture's shorter side, so that an effect looks the same on a
thumbnail and on a poster.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from widespectrum.images.darkroom.operation import Picture, Plane

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec. 709 weights of linear red, green and blue; close enough for gamma-encoded values here."""


def rgb(red: float, green: float, blue: float) -> Picture:
    """One colour, to be spread over a picture."""
    return np.array([red, green, blue], np.float32)


def shorter(image: Picture | Plane) -> int:
    """Length of the shorter side in pixels."""
    return int(min(image.shape[:2]))


def mix(first: Picture, second: Picture | float, weight: Plane | float) -> Picture:
    """`first` where `weight` is 0, `second` where it is 1; monotone in the weight everywhere."""
    share = weight[..., None] if isinstance(weight, np.ndarray) else weight
    return np.asarray(first + share * (second - first), np.float32)


def eager(severity: float) -> float:
    """A weight that rises faster at first, for blends whose first half would hardly be seen."""
    return 1.0 - float((1 - severity) ** 1.7)


def grey(image: Picture) -> Plane:
    """Luminance of every pixel."""
    return image @ LUMINANCE


def recolour(image: Picture, luminance: Plane) -> Picture:
    """The picture's chroma on another luminance."""
    return image + (luminance - grey(image))[..., None]


def saturate(image: Picture, amount: float) -> Picture:
    """Chroma multiplied by `amount`: 0 is grey, 1 unchanged."""
    lightness = grey(image)[..., None]
    return lightness + amount * (image - lightness)


def expose(image: Picture, stops: Plane | Picture | float) -> Picture:
    """The picture as if exposed for ``2**stops`` times as long; clipped at white as film is.

    Args:
        image: the picture.
        stops: one number, ``(height, width)``, or ``(height, width, 3)`` for coloured light.
    """
    stops = np.asarray(stops, np.float32)
    if stops.ndim == 2:
        stops = stops[..., None]
    # Encoded values follow light with an exponent of about 1 / 2.2.
    exposed: Picture = np.clip(image * np.exp2(stops / 2.2), 0, 1)
    return exposed


def smoothstep(values: Plane, low: float, high: float) -> Plane:
    """0 below `low`, 1 above `high`, an S between."""
    position = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(position * position * (3 - 2 * position), np.float32)


def grid(shape: tuple[int, ...]) -> tuple[Plane, Plane]:
    """Rows and columns of every pixel, in shorter sides, measured from the middle."""
    height, width = shape[:2]
    unit = min(height, width)
    rows = ((np.arange(height) - (height - 1) / 2) / unit).astype(np.float32)
    columns = ((np.arange(width) - (width - 1) / 2) / unit).astype(np.float32)
    down, right = np.meshgrid(rows, columns, indexing="ij")
    return down, right


def half_sides(shape: tuple[int, ...]) -> tuple[float, float]:
    """Largest row and column of `grid`; never quite 0, so that one may divide by them."""
    height, width = shape[:2]
    unit = 2 * min(height, width)
    return max((height - 1) / unit, 1e-6), max((width - 1) / unit, 1e-6)


def from_middle(shape: tuple[int, ...]) -> Plane:
    """Distance from the middle in an ellipse that fits the frame: 1 where it touches the rim."""
    rows, columns = grid(shape)
    high, wide = half_sides(shape)
    return np.asarray(np.hypot(rows / high, columns / wide), np.float32)


def noise(shape: tuple[int, ...], rng: np.random.Generator, scale: float) -> Plane:
    """A smooth random field in [0, 1] whose bumps are about `scale` shorter sides across."""
    height, width = shape[:2]
    step = max(scale * min(height, width), 1.0)
    rows, columns = (max(2, min(side, round(side / step) + 2)) for side in (height, width))
    knots = Image.fromarray(rng.random((rows, columns), dtype=np.float32))
    field = np.asarray(knots.resize((width, height), Image.Resampling.BICUBIC))
    return np.asarray(np.clip(field, 0, 1), np.float32)


def clouds(shape: tuple[int, ...], rng: np.random.Generator, scale: float) -> Plane:
    """Smoke-like noise in [0, 1]: four octaves, each half as large and half as strong."""
    octaves = [noise(shape, rng, scale / 2**k) * 0.5**k for k in range(4)]
    field = np.sum(octaves, axis=0)
    low, high = field.min(), field.max()
    return np.asarray((field - low) / max(high - low, 1e-6), np.float32)


def resample(image: Picture, rows: Plane, columns: Plane) -> Picture:
    """The picture read at other places (in pixels), bilinearly; outside it goes on mirrored."""
    return np.stack(
        [
            ndimage.map_coordinates(image[..., channel], (rows, columns), order=1, mode="mirror")
            for channel in range(3)
        ],
        axis=-1,
    )


def displace(image: Picture, down: Plane, right: Plane) -> Picture:
    """Every pixel shows what was `down` and `right` of it, in shorter sides."""
    height, width = image.shape[:2]
    unit = shorter(image)
    rows = np.arange(height, dtype=np.float32)[:, None] + down * unit
    columns = np.arange(width, dtype=np.float32)[None, :] + right * unit
    return resample(image, rows, columns)


def resize(image: Picture, height: int, width: int) -> Picture:
    """Scaled to another size, bicubically, with the whole area of a pixel averaged."""
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(image[..., channel])).resize(
                (width, height), Image.Resampling.BICUBIC
            )
        )
        for channel in range(3)
    ]
    return np.stack(channels, axis=-1)
