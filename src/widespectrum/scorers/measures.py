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
    ``sqrt(sd_rg^2 + sd_yb^2) + 0.3 sqrt(mean_rg^2 + mean_yb^2)``.
    """
    red, green, blue = np.moveaxis(rgb * 255.0, -1, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    spread = np.sqrt((opponents.std(axis=(1, 2)) ** 2).sum())
    offset = np.sqrt((opponents.mean(axis=(1, 2)) ** 2).sum())
    return float(spread + 0.3 * offset)
