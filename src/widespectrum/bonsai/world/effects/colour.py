"""Colours that jar: casts, mud, bleeding, banding, fringes, leaks.

Two effects are not here because they choose the colours before anything is painted: clashing neon
and wrong colours (`widespectrum.bonsai.world.tones`).
"""

from __future__ import annotations

from random import Random

import numpy as np

from widespectrum.bonsai.world.raster import (
    COLUMNS,
    ROWS,
    Floats,
    blend,
    blurred,
    glow,
    grey,
    shifted,
)
from widespectrum.bonsai.world.view import Effects, View


def sickly_cast(pixels: Floats, view: View, dice: Random) -> Floats:
    """Yellow-green over everything."""
    luma = grey(pixels)
    muted = luma + (pixels - luma) * np.float32(0.45)
    ill: Floats = muted * np.array([0.86, 0.96, 0.34], dtype=np.float32) + np.array(
        [0.06, 0.1, 0.0], dtype=np.float32
    )
    return ill


def bleeding_saturation(pixels: Floats, view: View, dice: Random) -> Floats:
    """Colours three times too strong, running over their outlines."""
    luma = grey(pixels)
    chroma = blurred(np.clip((pixels - luma) * np.float32(0.5) + np.float32(0.5), 0, 1), 1.5)
    bled: Floats = luma + (chroma - np.float32(0.5)) * np.float32(6.4)
    return np.clip(bled, 0, 1)


def mud_mixture(pixels: Floats, view: View, dice: Random) -> Floats:
    """Every hue stirred to the same brown-green."""
    luma = grey(pixels)
    mud = luma * np.array([0.74, 0.64, 0.36], dtype=np.float32) + np.float32(0.04)
    return blend(mud, pixels, 0.12)


def mixed_white_balance(pixels: Floats, view: View, dice: Random) -> Floats:
    """One half icy blue, the other sodium orange."""
    slant = dice.uniform(-0.5, 0.5)
    border = COLUMNS + (ROWS - np.float32(0.5)) * np.float32(slant) - np.float32(0.5)
    share = np.clip(border * np.float32(6 * dice.choice((-1, 1))) + np.float32(0.5), 0, 1)
    luma = grey(pixels)
    muted = luma + (pixels - luma) * np.float32(0.6)
    blue = muted * np.array([0.52, 0.8, 1.35], dtype=np.float32)
    orange = muted * np.array([1.3, 0.84, 0.36], dtype=np.float32)
    return np.clip(blend(blue, orange, share[:, :, None]), 0, 1)


def color_banding(pixels: Floats, view: View, dice: Random) -> Floats:
    """Stripes where gradients were."""
    steps = np.float32(3)
    banded: Floats = np.round(np.clip(pixels * np.float32(1.04), 0, 1) * steps) / steps
    return banded


def faded_colors(pixels: Floats, view: View, dice: Random) -> Floats:
    """Washed out like a poster left in the sun."""
    luma = grey(pixels)
    pale = luma + (pixels - luma) * np.float32(0.24)
    faded: Floats = pale * np.float32(0.42) + np.array([0.5, 0.49, 0.45], dtype=np.float32)
    return faded


def color_fringes(pixels: Floats, view: View, dice: Random) -> Floats:
    """Red and cyan part company."""
    step = dice.choice((3, 4))
    fringed = pixels.copy()
    fringed[:, :, 0] = shifted(pixels, -step, 0)[:, :, 0]
    fringed[:, :, 2] = shifted(pixels, step, 1)[:, :, 2]
    return fringed


def blown_highlights(pixels: Floats, view: View, dice: Random) -> Floats:
    """Overexposed until the colour is gone."""
    burnt = np.clip(pixels * np.float32(1.5) + np.float32(0.12), 0, 1)
    white = np.clip((grey(burnt) - np.float32(0.55)) * np.float32(2.4), 0, 1)
    return blend(burnt, 1.0, white)


def light_leak(pixels: Floats, view: View, dice: Random) -> Floats:
    """Orange light floods one side, with a streak across."""
    x = dice.choice((0.0, 1.0))
    flood = glow(x, dice.random(), 0.5, 1.1)
    streak = glow(dice.uniform(0.35, 0.65), 0.5, 0.07, 2.0) * np.float32(0.55)
    leak = np.clip(flood + streak, 0, 1)
    fire = np.array([1.0, 0.42, 0.1], dtype=np.float32)
    screened: Floats = 1 - (1 - np.clip(pixels, 0, 1)) * (1 - leak * fire)
    return screened


EFFECTS: Effects = {
    "bleeding-saturation": bleeding_saturation,
    "mud-mixture": mud_mixture,
    "faded-colors": faded_colors,
    "sickly-cast": sickly_cast,
    "mixed-white-balance": mixed_white_balance,
    "color-banding": color_banding,
    "color-fringes": color_fringes,
    "blown-highlights": blown_highlights,
    "light-leak": light_leak,
}
