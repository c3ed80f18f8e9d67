"""Blurs given by what they do to each spatial frequency, and an edge-keeping smoother.

A Gaussian weakens every frequency more, the wider it is. The difference from the original therefore
grows with the width on any picture, which is why the blurs of the darkroom are Gaussian at heart.
The picture is taken to go on mirrored beyond its borders.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, special

from widespectrum.images.darkroom.operation import Picture, Plane

Response = Callable[[Plane, Plane], NDArray[np.inexact[Any]]]
"""Vertical and horizontal frequency in cycles per pixel -> what is left of that frequency."""


def convolve(image: Picture, response: Response, reach: float) -> Picture:
    """The picture filtered by a frequency response whose kernel reaches `reach` pixels far."""
    height, width = image.shape[:2]
    margin = int(np.ceil(reach)) + 1
    rows = fft.next_fast_len(height + 2 * margin, real=True)
    columns = fft.next_fast_len(width + 2 * margin, real=True)
    padded = np.pad(
        image,
        ((margin, rows - height - margin), (margin, columns - width - margin), (0, 0)),
        mode="symmetric",
    )
    spectrum = fft.rfft2(padded, axes=(0, 1))
    vertical = fft.fftfreq(rows).astype(np.float32)[:, None]
    horizontal = fft.rfftfreq(columns).astype(np.float32)[None, :]
    spectrum *= response(vertical, horizontal)[..., None]
    filtered = fft.irfft2(spectrum, s=(rows, columns), axes=(0, 1))
    result: Picture = filtered[margin : margin + height, margin : margin + width]
    return result.astype(np.float32)


def blur(image: Picture, sigma: float) -> Picture:
    """Gaussian blur, `sigma` in pixels."""
    return convolve(
        image, lambda v, h: np.exp(-2 * (np.pi * sigma) ** 2 * (v * v + h * h)), 3 * sigma
    )


def streak(image: Picture, sigma: float, angle: float) -> Picture:
    """Gaussian blur along one direction, `sigma` in pixels, `angle` in radians from horizontal."""
    down, right = np.sin(angle), np.cos(angle)
    return convolve(
        image,
        lambda v, h: np.exp(-2 * (np.pi * sigma * (v * down + h * right)) ** 2),
        3 * sigma,
    )


def disc(image: Picture, radius: float) -> Picture:
    """Blur as of a lens out of focus: every point becomes a soft disc.

    A sharp disc would bring back some frequencies, inverted, as it grows. Only the main lobe of its
    response is kept, and damped by a Gaussian, so that every frequency falls and stays down.
    """

    def response(v: Plane, h: Plane) -> Plane:
        frequency = 2 * np.pi * radius * np.sqrt(v * v + h * h)
        safe = np.maximum(frequency, 1e-6)
        lobe = np.where(safe < special.jn_zeros(1, 1)[0], 2 * special.j1(safe) / safe, 0)
        return np.asarray(lobe * np.exp(-((frequency / 4) ** 2) / 2), np.float32)

    return convolve(image, response, 2 * radius)


def smooth(plane: Plane, sigma: float) -> Plane:
    """Gaussian blur of one plane, for masks and guides, where exactness does not matter."""
    return ndimage.gaussian_filter(plane, sigma, mode="nearest", truncate=3)


def guided(plane: Plane, guide: Plane, radius: float, tolerance: float) -> Plane:
    """`plane` smoothed except across edges of `guide` (guided filter, He et al. 2010).

    Args:
        plane: what is smoothed.
        guide: where its values jump by much more than `tolerance`, an edge is kept.
        radius: of the window, in pixels.
        tolerance: difference of guide values that counts as flat.
    """
    size = max(1, 2 * round(radius) + 1)

    def mean(values: Plane) -> Plane:
        return ndimage.uniform_filter(values, size, mode="nearest")

    guide_mean, plane_mean = mean(guide), mean(plane)
    covariance = mean(guide * plane) - guide_mean * plane_mean
    variance = mean(guide * guide) - guide_mean * guide_mean
    slope = covariance / (variance + tolerance**2)
    offset = plane_mean - slope * guide_mean
    return mean(slope) * guide + mean(offset)
