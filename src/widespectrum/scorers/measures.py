"""Measurements of a picture's pixels, all at one working size.

Every picture is first brought to about 256 x 256 pixels in area, its shape kept, so that the same
photograph measures alike at 512 and at 4000 pixels. What only shows at full size (fine grain, a
slight blur) is therefore not measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as pil
from scipy import ndimage

if TYPE_CHECKING:
    from widespectrum.contracts import Image

Array: TypeAlias = NDArray[np.float64]

WORKING_SIZE = 256
"""Side of the square that has the working area, in pixels."""
SMALLEST_SIDE = 16
"""No side gets shorter than this, so that every filter has something to see."""

_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


def working_copy(image: Image, size: int = WORKING_SIZE) -> Array:
    """The picture as ``(height, width, 3)`` RGB in [0, 1], its area about ``size ** 2`` pixels."""
    rgb = image.convert("RGB")
    scale = size / float(np.sqrt(rgb.width * rgb.height))
    wide, high = (
        max(SMALLEST_SIDE, min(round(side * scale), size * SMALLEST_SIDE))
        for side in (rgb.width, rgb.height)
    )
    if (wide, high) != rgb.size:
        # Lanczos widens with the reduction, so that shrinking does not alias.
        rgb = rgb.resize((wide, high), pil.Resampling.LANCZOS)
    return np.asarray(rgb, dtype=np.float64) / 255.0


def luma(rgb: Array) -> Array:
    """Grey picture, ``(height, width)`` in [0, 1] (ITU-R BT.601 weights)."""
    grey: Array = rgb @ _LUMA
    return grey


def brightness(rgb: Array) -> float:
    """Mean luma, in [0, 1]."""
    return float(luma(rgb).mean())


def sharpness(rgb: Array) -> float:
    """log10 of the variance of the Laplacian; about -6 for an empty picture, -1 for a busy one.

    The variance of the Laplacian is the usual focus measure (Pech-Pacheco et al., 2000). It rises
    with grain too.
    """
    return float(np.log10(ndimage.laplace(luma(rgb), mode="nearest").var() + 1e-6))


def colourfulness(rgb: Array) -> float:
    """Hasler and Suesstrunk's M3 (2003): 0 for grey, 59 very, 109 extremely colourful.

    With ``rg = R - G`` and ``yb = (R + G) / 2 - B`` on the scale 0 to 255:
    ``sqrt(sd_rg^2 + sd_yb^2) + 0.3 sqrt(mean_rg^2 + mean_yb^2)``. No picture reaches 300: no
    colour is further than 285 from grey, and the weights of spread and offset share that length.
    """
    red, green, blue = np.moveaxis(rgb * 255.0, -1, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    spread = np.sqrt((opponents.std(axis=(1, 2)) ** 2).sum())
    offset = np.sqrt((opponents.mean(axis=(1, 2)) ** 2).sum())
    return float(spread + 0.3 * offset)


def contrast(rgb: Array) -> float:
    """Distance from the 5th to the 95th percentile of luma, in [0, 1]."""
    low, high = np.percentile(luma(rgb), [5, 95])
    return float(high - low)


def glare(rgb: Array) -> float:
    """log10 of the share of pixels with a luma above 0.96; -2 where there is none, 0 for all."""
    return float(np.log10((luma(rgb) > 0.96).mean() * 0.99 + 0.01))


def grain(rgb: Array) -> float:
    """log10 of the noise in the calmest quarter of the picture, where texture hides it least.

    The operator cancels everything that changes linearly (Immerkaer, 1996).
    """
    noise = np.abs(ndimage.convolve(luma(rgb), _NOISE, mode="nearest"))
    return float(np.log10(np.percentile(_tiles(noise), 25) + 1e-4))


def blockiness(rgb: Array) -> float:
    """log10 of how unevenly steps between neighbours fall on columns, and on rows.

    A grid of blocks puts its steps into few columns and few rows; a scene hardly into both.
    """
    grey = luma(rgb)
    unevenness = []
    for axis in (0, 1):
        steps = np.abs(np.diff(grey, axis=axis)).mean(axis=1 - axis)
        ripple = steps - ndimage.median_filter(steps, size=5, mode="nearest")
        unevenness.append(ripple.std() / (steps.mean() + 1e-4))
    return float(np.log10(min(unevenness) + 1e-3))


def line_pattern(rgb: Array) -> float:
    """log10 of the ripple from row to row against that from column to column.

    Above 0 where the picture is broken up by horizontal lines, as in scanlines and streaks.
    """
    grey = luma(rgb)
    rows, columns = (
        np.abs(mean - ndimage.median_filter(mean, size=7, mode="nearest")).mean()
        for mean in (grey.mean(axis=1), grey.mean(axis=0))
    )
    return float(np.log10((rows + 1e-4) / (columns + 1e-4)))


def fringing(rgb: Array) -> float:
    """How little the fine structure of two colour channels agrees, in [0, 2]; the worst two.

    One minus their correlation. Edges lie in one place in all channels unless colours are split.
    """
    fine = rgb - ndimage.gaussian_filter(rgb, sigma=(2, 2, 0), mode="nearest")
    power = np.sqrt((fine**2).mean(axis=(0, 1)) + 1e-5)
    agreement = [
        (fine[..., one] * fine[..., other]).mean() / (power[one] * power[other])
        for one, other in ((0, 1), (1, 2), (0, 2))
    ]
    return float(1 - min(agreement))


def cast(rgb: Array) -> float:
    """Distance of the mean colour from grey, in [0, 1]."""
    mean = rgb.mean(axis=(0, 1))
    return float(np.linalg.norm(mean - mean.mean()))


def monotony(rgb: Array) -> float:
    """log10 of the share of pixels that have one of the picture's 8 commonest luma levels of 256.

    0 for an empty frame and for a few flat tones, about -0.9 for an ordinary photograph.
    """
    levels = np.bincount((luma(rgb) * 255).round().astype(np.int64).ravel(), minlength=256)
    return float(np.log10(np.sort(levels)[-8:].sum() / levels.sum()))


def vignetting(rgb: Array) -> float:
    """How much darker the corners are than the middle, as a difference of mean luma."""
    grey = luma(rgb)
    y, x = (np.linspace(-1, 1, side) for side in grey.shape)
    radius = np.hypot(*np.meshgrid(x, y))
    return float(grey[radius < 0.6].mean() - grey[radius > 1.1].mean())


_NOISE = np.array([[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]])
_TILE = 16


def _tiles(values: Array) -> Array:
    """Means over square tiles; what does not fill a tile is left out."""
    high, wide = (side // _TILE for side in values.shape)
    whole = values[: high * _TILE, : wide * _TILE]
    means: Array = whole.reshape(high, _TILE, wide, _TILE).mean(axis=(1, 3))
    return means
