"""Colours that jar: wrong, clashing, bleeding, sick, or gone."""

from __future__ import annotations

import numpy as np

from widespectrum.images.darkroom.filters import blur, smooth, streak
from widespectrum.images.darkroom.operation import Picture, operation
from widespectrum.images.darkroom.pictures import (
    grey,
    grid,
    mix,
    noise,
    recolour,
    rgb,
    saturate,
    shorter,
    smoothstep,
)

# Neighbours in each scale fight: their hues are far apart and all of them are loud.
_CLASHES = (
    ((0.30, 0.00, 0.42), (0.42, 0.45, 0.00), (1.00, 0.08, 0.62), (0.55, 1.00, 0.10)),
    ((0.00, 0.20, 0.45), (0.85, 0.25, 0.00), (0.20, 0.75, 0.30), (1.00, 0.45, 0.85)),
    ((0.35, 0.05, 0.05), (0.00, 0.50, 0.48), (1.00, 0.50, 0.00), (0.90, 1.00, 0.00)),
)


@operation("Clashing recolour", "color aesthetic")
def clashing_recolour(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Acid colours that fight each other replace the natural ones."""
    scale = np.array(_CLASHES[rng.integers(len(_CLASHES))], np.float32)
    luminance = np.clip(grey(image), 0, 1)
    # Hue decides as well as brightness, so that things of one tone still fall apart.
    warmth = smooth(image[..., 0] - image[..., 2], shorter(image) / 250)
    position = np.clip(3 * (luminance + 0.25 * np.clip(warmth, -0.6, 0.6)), 0, 2.999)
    step = smoothstep(position % 1, 0.3, 0.7)[..., None]
    below = position.astype(np.int64)
    acid = scale[below] + step * (scale[below + 1] - scale[below])
    toned = recolour(acid, 0.25 * grey(acid) + 0.75 * luminance)
    return mix(image, np.clip(toned, 0, 1), severity)


@operation("Wrong colours", "color aesthetic", "detail realism")
def wrong_colours(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Familiar things have plainly wrong colours: hues turned a third round, brightness kept."""
    # Farther round, the way there would lead through grey.
    angle = rng.uniform(1.75, 2.3) * rng.choice([-1, 1])
    vivid = saturate(image, 1.7)
    return mix(image, np.clip(_turn_hue(vivid, angle), 0, 1), severity)


def _turn_hue(image: Picture, angle: float) -> Picture:
    """Rotate all colours about the grey axis, keeping luminance."""
    axis = np.full((3, 3), 1 / 3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    rotation = np.cos(angle) * (np.eye(3) - axis) + axis + np.sin(angle) * cross
    return recolour(np.asarray(image @ rotation.T, np.float32), grey(image))


@operation("Sickly cast", "color aesthetic")
def sickly_cast(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A jaundiced yellow-green lies over everything."""
    ill = saturate(image, 0.5) * rgb(0.86, 0.9, 0.3) + rgb(0.05, 0.08, 0.0)
    return mix(image, ill, severity)


@operation("Fading", "color aesthetic")
def fading(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Washed out like an old receipt: pale, low in contrast, a little pink."""
    pale = 0.62 + 0.34 * (saturate(image, 0.28) - 0.5)
    return mix(image, pale + rgb(0.09, 0.045, 0.0), severity)


@operation("Mixed white balance", "color aesthetic")
def mixed_white_balance(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """One side of the frame is orange as under a bulb, the other blue as in shade."""
    angle, side = rng.uniform(-0.4, 0.4), rng.choice([-1, 1])
    rows, columns = grid(image.shape)
    across = side * (columns * np.cos(angle) + rows * np.sin(angle))
    across = across + 0.12 * (noise(image.shape, rng, 0.4) - 0.5)
    share = smoothstep(across, -0.11, 0.11)
    luminance = grey(image)[..., None]
    bulb = (0.5 * image + 0.5 * luminance) * rgb(1.32, 0.82, 0.3) + rgb(0.07, 0.02, 0)
    shade = (0.5 * image + 0.5 * luminance) * rgb(0.36, 0.78, 1.4) + rgb(0, 0.02, 0.1)
    return mix(image, np.clip(mix(bulb, shade, share), 0, 1), severity)


@operation("Bleeding saturation", "color aesthetic", "clarity")
def bleeding_saturation(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Colours cranked up until they smear over their outlines."""
    unit = shorter(image)
    chroma = image - grey(image)[..., None]
    bled = streak(blur(chroma, 0.012 * unit), 0.022 * unit, 0.0)
    strongest = np.abs(bled).max(axis=-1, keepdims=True)
    gain = 4.2 / (1 + 1.8 * strongest / 0.2)  # greys stay calm, weak colours scream
    return mix(image, np.clip(grey(image)[..., None] + gain * bled + 0.6 * chroma, 0, 1), severity)


@operation("Mud mixture", "color aesthetic", "color brightness")
def mud_mixture(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Colours stirred together into brown-green mud."""
    stirred = blur(image, 0.03 * shorter(image))
    mud = saturate(stirred, 0.25) * rgb(0.78, 0.66, 0.36)
    shaded = mud + 0.5 * (grey(image) - grey(stirred))[..., None]
    stain = 0.8 + 0.3 * noise(image.shape, rng, 0.3)
    return mix(image, np.clip(shaded * stain[..., None], 0, 1), severity)
