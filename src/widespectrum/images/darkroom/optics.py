"""What the lens and the hand that holds the camera do wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from widespectrum.errors import BadInput
from widespectrum.images.darkroom.filters import blur, convolve, disc, streak
from widespectrum.images.darkroom.operation import Picture, Plane, operation
from widespectrum.images.darkroom.pictures import (
    clouds,
    displace,
    eager,
    from_middle,
    grid,
    half_sides,
    mix,
    noise,
    resample,
    rgb,
    shorter,
    smoothstep,
)


@operation("Motion blur", "clarity")
def motion_blur(
    image: Picture, severity: float, rng: np.random.Generator, *, angle: float | None = None
) -> Picture:
    """The camera was swung while the shutter was open: everything streaks one way.

    `angle` is in degrees from horizontal; by default drawn within 25 degrees of it.
    """
    if angle is not None and not (isinstance(angle, int | float) and np.isfinite(angle)):
        raise BadInput(f"the angle is {angle!r}", "Give degrees from horizontal.", field="angle")
    drawn = rng.uniform(-25, 25)
    direction = np.radians(drawn if angle is None else angle)
    return streak(image, 0.065 * severity * shorter(image), float(direction))


@operation("Camera shake", "clarity")
def camera_shake(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A jittery hand doubles and trebles every edge."""
    # The hand jerks to a few places, and trembles at each of them while the exposure goes on.
    jerks = np.repeat(np.cumsum(rng.normal(0, 0.026, (4, 2)), axis=0), 5, axis=0)
    path = (jerks - jerks[0] + rng.normal(0, 0.003, jerks.shape)) * shorter(image)
    wobble = convolve(image, lambda v, h: _phases(v, h, path), float(np.abs(path).max()) + 1)
    return mix(image, wobble, eager(severity))


def _phases(v: Plane, h: Plane, path: Plane) -> NDArray[np.complex64]:
    """Frequency response of exposing in equal parts at every point of a path."""
    total = sum(np.exp(-2j * np.pi * (v * down + h * right)) for down, right in path)
    return np.asarray(total / len(path), np.complex64)


@operation("Missed focus", "clarity")
def defocus(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The focus is far off: points become discs and every outline dissolves."""
    return disc(image, 0.065 * severity**1.2 * shorter(image))


@operation("Greasy lens", "clarity")
def greasy_lens(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Thumbprints on the front glass: smeared, glowing patches."""
    angle = rng.uniform(0, np.pi)
    patches = smoothstep(clouds(image.shape, rng, 0.5), 0.2, 0.55)
    unit = shorter(image)
    smear = streak(blur(image, 0.018 * unit), 0.05 * unit, angle)
    glow = 1 - (1 - smear) * (1 - 0.3 * blur(image, 0.12 * unit))
    return mix(image, glow, eager(severity) * (0.35 + 0.65 * patches))


@operation("Fogged glass", "clarity", "lighting distinction")
def fogged_glass(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A misted pane stands before the scene; only vague shapes come through."""
    patches = clouds(image.shape, rng, 0.7)
    mist = mix(blur(image, 0.045 * shorter(image)), 0.82, 0.35 + 0.3 * patches)
    return mix(image, mist, eager(severity))


@operation("Chromatic aberration", "color aesthetic", "clarity", metric="displacement")
def chromatic_aberration(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Red and blue land beside green, as from a cheap lens: every edge has coloured fringes."""
    offset = rng.uniform(0.006, 0.010, 2) * rng.choice([-1, 1], 2)
    height, width = image.shape[:2]
    rows, columns = grid(image.shape)
    unit = shorter(image)
    result = image.copy()
    for channel, side in ((0, 1.0), (2, -1.0)):
        stretch = 1 + 0.035 * severity * side
        down = (rows * stretch + side * severity * offset[0]) * unit + (height - 1) / 2
        right = (columns * stretch + side * severity * offset[1]) * unit + (width - 1) / 2
        result[..., channel] = resample(image, down, right)[..., channel]
    return result


@operation("Ghosting", "clarity")
def ghosting(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Faint copies trail behind every shape."""
    step = rng.uniform(0.035, 0.05) * rng.choice([-1, 1])
    drop = rng.uniform(-0.012, 0.012)
    flat = np.zeros(image.shape[:2], np.float32)
    echoes = [displace(image, flat + k * drop, flat + k * step) for k in (1, 2, 3)]
    trail = 0.4 * image + 0.3 * echoes[0] + 0.19 * echoes[1] + 0.11 * echoes[2]
    return mix(image, trail, severity)


@operation("Double exposure", "clarity", "object pairing")
def double_exposure(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A second, enlarged and mirrored exposure of the scene shines through the first."""
    angle = rng.uniform(0.2, 0.5) * rng.choice([-1, 1])
    centre = rng.uniform(-0.15, 0.15, 2)
    height, width = image.shape[:2]
    rows, columns = grid(image.shape)
    down = 0.62 * (rows * np.cos(angle) - columns * np.sin(angle)) + centre[0]
    right = -0.62 * (rows * np.sin(angle) + columns * np.cos(angle)) + centre[1]
    unit = shorter(image)
    second = resample(image, down * unit + (height - 1) / 2, right * unit + (width - 1) / 2)
    both = 1 - (1 - 0.62 * image) * (1 - 0.72 * second)
    return mix(image, both, severity)


@operation("Vignette", "color brightness")
def vignette(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Darkness closes in from the corners."""
    return mix(image, 0.0, severity * smoothstep(from_middle(image.shape), 0.25, 1.02))


@operation("Light leak", "color aesthetic", "lighting aesthetic")
def light_leak(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Fiery streaks where light got into the camera body."""
    side, tilt = rng.choice([-1, 1]), rng.uniform(-0.35, 0.35)
    rows, columns = grid(image.shape)
    ragged = 0.3 * (noise(image.shape, rng, 0.45) - 0.5)
    # Distance from the leaking edge.
    inward = half_sides(image.shape)[1] - side * columns + tilt * rows + ragged
    leak = np.zeros_like(image)
    for start, reach, colour in (
        (0.0, 0.75, (1.0, 0.28, 0.02)),
        (0.0, 0.4, (1.0, 0.62, 0.12)),
        (0.5, 0.2, (0.95, 0.12, 0.12)),
    ):
        strength = np.exp(-(((inward - start) / (0.55 * reach)) ** 2))
        if start == 0:
            strength[inward < 0] = 1
        leak = 1 - (1 - leak) * (1 - strength[..., None] * rgb(*colour))
    return 1 - (1 - image) * (1 - severity * leak)
