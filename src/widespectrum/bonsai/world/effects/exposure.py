"""Eight ways to be dark."""

from __future__ import annotations

from random import Random

import numpy as np

from widespectrum.bonsai.world.pen import SIZE
from widespectrum.bonsai.world.raster import COLUMNS, ROWS, Floats, blend, colour, glow, grey
from widespectrum.bonsai.world.view import Effects, View


def underexposure(pixels: Floats, view: View, dice: Random) -> Floats:
    """More than two stops too dark."""
    dark: Floats = np.clip(pixels, 0, 1) ** np.float32(1.2) * np.float32(dice.uniform(0.19, 0.27))
    return dark


def crushed_shadows(pixels: Floats, view: View, dice: Random) -> Floats:
    """Only the brightest parts stand out of solid black."""
    floor = np.quantile(grey(pixels), 0.72)
    dark: Floats = pixels * np.clip((grey(pixels) - floor) * np.float32(3.2) + 0.06, 0.0, 0.55)
    return dark


def unlit_night(pixels: Floats, view: View, dice: Random) -> Floats:
    """Moonless blue-black."""
    tone = np.array([0.1, 0.14, 0.27], dtype=np.float32) * np.float32(dice.uniform(0.8, 1.0))
    dark: Floats = grey(pixels) * tone + pixels * np.float32(0.06)
    return dark


def silhouettes(pixels: Floats, view: View, dice: Random) -> Floats:
    """Black outlines against grey; how dim the grey is, `dimmed` makes sure of in the end."""
    behind = grey(pixels) * np.array([0.5, 0.52, 0.57], dtype=np.float32) + np.float32(0.04)
    return blend(behind, pixels * np.float32(0.05), view.things)


def dimmed(pixels: Floats, view: View, dice: Random) -> Floats:
    """No brighter than dusk, whatever has happened since."""
    dim: Floats = pixels * np.float32(min(1.0, 0.22 / max(0.01, float(pixels.mean()))))
    return dim


def heavy_vignette(pixels: Floats, view: View, dice: Random) -> Floats:
    """Black creeps in from the corners."""
    radius = dice.uniform(0.3, 0.36)
    light = glow(0.5, 0.52, radius, radius) * np.float32(0.82)
    dark: Floats = pixels * np.clip(light * np.float32(1.15), 0.0, 0.8)
    return dark


def dim_bulb(pixels: Floats, view: View, dice: Random) -> Floats:
    """One weak warm lamp, from above."""
    x, y = dice.uniform(0.25, 0.75), dice.uniform(0.05, 0.2)
    light = glow(x, y, 0.3, 0.42)
    bulb = glow(x, y, 0.045, 0.045) * np.array([1.0, 0.86, 0.5], dtype=np.float32)
    warm = np.array([1.0, 0.72, 0.36], dtype=np.float32)
    dark: Floats = pixels * (np.float32(0.09) + light * warm * np.float32(0.58))
    return dark + bulb * np.float32(0.75)


def dark_smoke(pixels: Floats, view: View, dice: Random) -> Floats:
    """Billows of soot."""
    noise = np.zeros((SIZE, SIZE, 1), dtype=np.float32)
    for _ in range(9):
        x, y, size = dice.random(), dice.uniform(-0.05, 0.8), dice.uniform(0.14, 0.3)
        noise = np.maximum(noise, glow(x, y, size, size * 0.8))
    billow = np.clip(np.float32(0.9) - np.abs(noise - np.float32(0.55)) * np.float32(2.2), 0, 1)
    soot = colour((26, 24, 28)) + billow * np.float32(0.1)
    return blend(pixels * np.float32(0.42), soot, np.clip(noise * np.float32(1.25), 0, 0.95))


def charcoal_palette(pixels: Floats, view: View, dice: Random) -> Floats:
    """Every colour sunk to black and darkest brown."""
    luma = grey(pixels)
    muted = luma + (pixels - luma) * np.float32(0.3)
    steps = np.round(muted * np.float32(5)) / np.float32(5)
    dark: Floats = steps * np.array([0.3, 0.25, 0.22], dtype=np.float32)
    return dark


def brightened(pixels: Floats) -> Floats:
    """The high end: luminous, without losing the lightest tones."""
    bright: Floats = 1 - (1 - np.clip(pixels, 0, 1)) ** np.float32(1.5)
    return bright


def dramatic(pixels: Floats, side: int) -> Floats:
    """The high end of lighting: a low warm sun from one side, deep tones on the other."""
    x = np.float32(0.0 if side < 0 else 1.0)
    light = np.exp(-((COLUMNS - x) ** 2 + (ROWS * np.float32(0.9)) ** 2) * 2)[:, :, None]
    warm = np.array([0.2, 0.13, 0.02], dtype=np.float32)
    lit: Floats = pixels * (np.float32(0.62) + light * np.float32(0.62)) + light * warm
    return lit


OUTLINED: Effects = {"silhouettes": silhouettes}
"""Needs to know where things are, so it comes before anything moves them."""

EFFECTS: Effects = {
    "silhouettes": dimmed,
    "dark-smoke": dark_smoke,
    "crushed-shadows": crushed_shadows,
    "charcoal-palette": charcoal_palette,
    "unlit-night": unlit_night,
    "underexposure": underexposure,
    "dim-bulb": dim_bulb,
    "heavy-vignette": heavy_vignette,
}
