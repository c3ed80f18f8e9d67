"""What the lens does to clarity: blur, shake, smears, ghosts."""

from __future__ import annotations

from random import Random

import numpy as np
from PIL import Image

from widespectrum.bonsai.world.pen import SIZE
from widespectrum.bonsai.world.raster import (
    Floats,
    blend,
    blurred,
    from_image,
    glow,
    shifted,
    to_image,
)
from widespectrum.bonsai.world.view import Effects, View


def motion_blur(pixels: Floats, view: View, dice: Random) -> Floats:
    """Streaks to the side, a fifth of the picture long."""
    length = dice.randrange(13, 20, 2)
    padded = np.pad(pixels, ((0, 0), (length // 2 + 1, length // 2), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=1, dtype=np.float32)
    streaked: Floats = (sums[:, length:] - sums[:, :-length]) / np.float32(length)
    return streaked


def missed_focus(pixels: Floats, view: View, dice: Random) -> Floats:
    """Everything out of focus."""
    return blurred(pixels, dice.uniform(2.3, 3.2))


def camera_shake(pixels: Floats, view: View, dice: Random) -> Floats:
    """Four copies along a jittery path."""
    x, y = 0, 0
    total = pixels.copy()
    side = dice.choice((-1, 1))
    for _ in range(3):
        x += side * dice.randint(2, 3)
        y += dice.randint(-3, 3)
        total += shifted(pixels, x, y)
    shaken: Floats = total * np.float32(0.25)
    return shaken


def greasy_lens(pixels: Floats, view: View, dice: Random) -> Floats:
    """Thumbprints that soften and lighten most of the picture."""
    smear = np.zeros((SIZE, SIZE, 1), dtype=np.float32)
    for _ in range(4):
        spot = glow(dice.random(), dice.random(), dice.uniform(0.2, 0.45), dice.uniform(0.15, 0.35))
        smear = np.maximum(smear, spot)
    soft = blurred(pixels, 3.4) * np.float32(0.86) + np.float32(0.14) * _daylight(pixels)
    return blend(pixels, soft, np.clip(smear * np.float32(1.5), 0, 1))


def fogged_glass(pixels: Floats, view: View, dice: Random) -> Floats:
    """A milky pane between us and the scene."""
    fog = np.array([0.86, 0.89, 0.92], dtype=np.float32) * _daylight(pixels)
    clearer = glow(dice.uniform(0.3, 0.7), dice.uniform(0.3, 0.7), 0.45, 0.4) * np.float32(0.2)
    return blend(blurred(pixels, dice.uniform(1.6, 2.2)), fog, np.float32(0.72) - clearer)


def _daylight(pixels: Floats) -> np.float32:
    """What scatters in fog and grease is the scene's own light: a dark scene stays dark."""
    return np.float32(min(1.0, 2.2 * float(pixels.mean())))


def upscaled_thumbnail(pixels: Floats, view: View, dice: Random) -> Floats:
    """A dozen pixels blown up until everything is mush."""
    side = dice.choice((10, 11, 12))
    small = to_image(pixels).resize((side, side), Image.Resampling.BOX)
    return from_image(small.resize((SIZE, SIZE), Image.Resampling.BICUBIC))


def ghosting(pixels: Floats, view: View, dice: Random) -> Floats:
    """Two paler copies trail to one side."""
    step = dice.choice((-1, 1)) * dice.randint(6, 8)
    once, twice = shifted(pixels, step, 0), shifted(pixels, 2 * step, 1)
    trailed: Floats = pixels * np.float32(0.5) + once * np.float32(0.3) + twice * np.float32(0.2)
    return trailed


def double_exposure(pixels: Floats, view: View, dice: Random) -> Floats:
    """The same film exposed twice: a larger, mirrored copy shines through."""
    inner = pixels[10:54, 10:54][:, ::-1]
    zoomed = from_image(to_image(inner).resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    screened: Floats = 1 - (1 - pixels * np.float32(0.62)) * (1 - zoomed * np.float32(0.55))
    return screened


EFFECTS: Effects = {
    "ghosting": ghosting,
    "double-exposure": double_exposure,
    "camera-shake": camera_shake,
    "motion-blur": motion_blur,
    "missed-focus": missed_focus,
    "upscaled-thumbnail": upscaled_thumbnail,
    "greasy-lens": greasy_lens,
    "fogged-glass": fogged_glass,
}
