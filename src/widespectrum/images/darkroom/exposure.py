"""Too little light, too much, and what stands in its way."""

from __future__ import annotations

import numpy as np

from widespectrum.images.darkroom.filters import blur
from widespectrum.images.darkroom.operation import Picture, operation
from widespectrum.images.darkroom.pictures import (
    clouds,
    expose,
    grey,
    grid,
    mix,
    rgb,
    saturate,
    shorter,
    smoothstep,
)
from widespectrum.images.darkroom.subject import subject_of


@operation("Underexposure", "color brightness")
def underexposure(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Exposed five stops too short: nearly black."""
    return expose(image, -5.0 * severity)


@operation("Overexposure", "color aesthetic", "lighting aesthetic")
def overexposure(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Exposed more than three stops too long: highlights burn out and take the colour along."""
    bright = expose(image, 3.2 * severity)
    burnt = smoothstep(bright.max(axis=-1), 0.8, 1.0)
    return mix(bright, 1.0, 0.75 * severity * burnt)


@operation("Crushed shadows", "color brightness")
def crushed_shadows(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Everything below the highlights sinks into solid black."""
    crushed = smoothstep(grey(image), 0.38, 0.98)[..., None] * image
    return mix(image, np.minimum(image, crushed), severity)


@operation("Dark smoke", "color brightness", "lighting distinction")
def dark_smoke(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Dense black smoke rolls over the scene."""
    density = smoothstep(clouds(image.shape, rng, 0.55), 0.1, 0.62)
    lit = clouds(image.shape, rng, 0.3)[..., None] * rgb(0.15, 0.14, 0.135)
    return mix(image, 0.02 + lit, severity * (0.55 + 0.43 * density))


@operation("Dim bulb", "color brightness")
def dim_bulb(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """One feeble warm bulb lights a small patch; the rest is dark."""
    subject = subject_of(image)
    rows, columns = grid(image.shape)
    distance = np.hypot(rows - subject.row, columns - subject.column)
    stops = -0.9 - 5.5 * smoothstep(distance, 0.0, 0.75)
    warm = rgb(0.0, -0.5, -1.6)
    return expose(image, severity * (stops[..., None] + warm))


@operation("Silhouettes", "color brightness", "lighting distinction")
def silhouettes(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The subject is a black shape against dim grey."""
    subject = subject_of(image)
    dusk = saturate(blur(image, 0.01 * shorter(image)), 0.25) * 0.3 + 0.2
    return mix(image, mix(dusk, 0.012, subject.mask), severity)
