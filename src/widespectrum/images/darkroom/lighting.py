"""Light that does nothing for the scene: from everywhere, from the wrong side, off a flashgun."""

from __future__ import annotations

import numpy as np

from widespectrum.images.darkroom.filters import blur, guided, smooth
from widespectrum.images.darkroom.operation import Picture, Plane, operation
from widespectrum.images.darkroom.pictures import (
    clouds,
    expose,
    grey,
    grid,
    half_sides,
    mix,
    recolour,
    rgb,
    saturate,
    shorter,
    smoothstep,
)
from widespectrum.images.darkroom.subject import subject_of


def _illumination(image: Picture) -> Plane:
    """Light and shadow: the broad part of luminance, which stops at edges."""
    luminance = grey(image)
    return guided(luminance, luminance, 0.08 * shorter(image), 0.12)


@operation("Flat light", "lighting distinction")
def flat_light(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Light from everywhere: shadows are filled, highlights gone, only surface colour is left."""
    luminance, light = grey(image), _illumination(image)
    even = 0.52 + 0.16 * (light - 0.52) + 0.55 * (luminance - light)
    return mix(image, saturate(recolour(image, even), 0.85), severity)


@operation("Grey overcast", "lighting distinction", "color aesthetic")
def grey_overcast(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A featureless grey sky: no shadow, no sparkle, cold and dull."""
    luminance = 0.5 + 0.34 * (grey(image) - 0.5) - 0.05
    dull = saturate(recolour(image, luminance), 0.3) + rgb(-0.02, 0.0, 0.02)
    return mix(image, dull, severity)


@operation("Lost highlights", "lighting distinction")
def lost_highlights(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Every glint and bright surface is pressed down to the same dull tone."""
    luminance = grey(image)
    local = smooth(luminance, 0.02 * shorter(image))
    ceiling = np.minimum(0.34 + 0.08 * local, 0.42)
    over = np.maximum(luminance - ceiling, 0)
    return mix(image, saturate(recolour(image, luminance - 0.9 * over), 0.8), severity)


@operation("Cut paper", "lighting distinction", "detail refinement")
def cut_paper(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Every surface becomes a flat sheet of one colour, without shade or texture."""
    flat = image
    for _ in range(2):
        guide = grey(flat)
        flat = np.stack(
            [guided(flat[..., c], guide, 0.03 * shorter(image), 0.09) for c in range(3)], axis=-1
        )
    tones = np.floor(np.clip(grey(flat), 0, 0.999) * 5) / 5 + 0.1
    sheets = saturate(recolour(flat, 0.3 + 0.55 * tones), 1.15)
    return mix(image, sheets, severity)


@operation("Hard flash", "lighting aesthetic", "color aesthetic")
def hard_flash(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A flash from the camera bleaches what is near and leaves the rest in the dark."""
    subject = subject_of(image)
    rows, columns = grid(image.shape)
    distance = np.hypot(rows - 0.8 * subject.row, columns - 0.8 * subject.column)
    stops = 2.6 - 6.0 * smoothstep(distance, 0.12, 0.85)
    cold = rgb(-0.1, 0.0, 0.15)
    return expose(image, severity * (stops[..., None] + cold))


@operation("Failing flash", "lighting aesthetic", "color brightness")
def failing_flash(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A weak flash lights the near ground and dies out halfway into the scene."""
    rows, columns = grid(image.shape)
    upwards = 0.5 - 0.5 * rows / half_sides(image.shape)[0]
    far = smoothstep(upwards + 0.1 * columns**2, 0.1, 0.8)
    return expose(image, severity * (0.5 - 6.2 * far))


@operation("Light from below", "lighting aesthetic")
def under_lighting(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Ghoulish light strikes everything from below; the upper part falls into the dark."""
    upwards = 0.5 - 0.5 * grid(image.shape)[0] / half_sides(image.shape)[0]
    broad = smooth(grey(image), 0.02 * shorter(image))
    rise = np.gradient(broad, axis=0) if image.shape[0] > 1 else np.zeros_like(broad)
    relief = np.clip(1.2 * shorter(image) * rise, -1, 1)  # bright where a surface faces down
    stops = 1.9 - 5.0 * upwards + 1.2 * relief
    green = rgb(-0.25, 0.0, -0.45)
    return expose(image, severity * (stops[..., None] + green))


@operation("Spotty light", "lighting aesthetic")
def spotty_light(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Blotches of glare and shade lie over everything at random."""
    blotches = smoothstep(clouds(image.shape, rng, 0.28), 0.42, 0.58)
    return expose(image, severity * (-3.0 + 4.6 * blotches))


@operation("Veiling glare", "lighting aesthetic", "clarity")
def veiling_glare(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Stray light washes over half the frame and drowns what is behind it."""
    angle = rng.uniform(-np.pi, 0)
    rows, columns = grid(image.shape)
    toward = rows * np.sin(angle) + columns * np.cos(angle)
    veil = smoothstep(toward / max(float(np.abs(toward).max()), 1e-6), -0.55, 0.6)
    glow = 1 - (1 - blur(image, 0.01 * shorter(image))) * (1 - rgb(0.92, 0.88, 0.76))
    return mix(image, glow, severity * veil)
