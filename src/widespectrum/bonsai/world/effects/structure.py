"""Reality bends: melting, warping, sprouting, shadows from nowhere."""

from __future__ import annotations

import math
from random import Random

import numpy as np

from widespectrum.bonsai.world.pen import SIZE, Pen
from widespectrum.bonsai.world.raster import (
    OPAQUE,
    ROWS,
    Floats,
    blend,
    blurred,
    grey,
    sampled,
    shifted,
    stencil,
)
from widespectrum.bonsai.world.view import Effects, View

_X = np.broadcast_to(np.arange(SIZE, dtype=np.float32)[None, :], (SIZE, SIZE))
_Y = np.broadcast_to(np.arange(SIZE, dtype=np.float32)[:, None], (SIZE, SIZE))


def melting_forms(pixels: Floats, view: View, dice: Random) -> Floats:
    """Columns sag, each by its own amount, and run into drips."""
    sag = np.zeros(SIZE, dtype=np.float32)
    columns = np.arange(SIZE, dtype=np.float32)
    for _ in range(7):
        middle, wide = dice.uniform(0, SIZE), dice.uniform(2.0, 5.0)
        sag += np.float32(dice.uniform(6, 15)) * np.exp(-(((columns - middle) / wide) ** 2))
    amount = sag[None, :] * (np.float32(0.25) + ROWS * np.float32(1.1))
    wobble = np.float32(2.0) * np.sin(_Y * np.float32(0.28) + np.float32(dice.uniform(0, 6)))
    return sampled(pixels, _X + wobble, _Y - amount)


def warped_lines(pixels: Floats, view: View, dice: Random) -> Floats:
    """Everything straight becomes a wave."""
    amplitude = dice.uniform(4.2, 5.6)
    first, second = dice.uniform(0.3, 0.42), dice.uniform(0.3, 0.42)
    x = _X + np.float32(amplitude) * np.sin(_Y * np.float32(first) + np.float32(dice.uniform(0, 6)))
    y = _Y + np.float32(amplitude) * np.sin(
        _X * np.float32(second) + np.float32(dice.uniform(0, 6))
    )
    return sampled(pixels, x, y)


def extra_parts(pixels: Floats, view: View, dice: Random) -> Floats:
    """Parts of the subject sprout from it again, to the sides and above."""
    radius = max(4, round(view.radius * SIZE))
    upper = view.subject * (ROWS[:, :, None] < np.float32(view.middle[1] + 0.02))
    side = dice.choice((-1, 1))
    sprouted = pixels
    for dx, dy in ((side * 0.75, 0.3), (-side * 0.7, 0.1), (side * 0.3, -0.5)):
        step_x, step_y = round(dx * radius), round(dy * radius)
        sprouted = blend(sprouted, shifted(pixels, step_x, step_y), shifted(upper, step_x, step_y))
    return sprouted


def plastic_surfaces(pixels: Floats, view: View, dice: Random) -> Floats:
    """Everything smooth, over-coloured and glossy, like cheap computer graphics."""
    smooth = blurred(pixels, 1.1)
    luma = grey(smooth)
    gaudy = np.clip(luma + (smooth - luma) * np.float32(1.5), 0, 1)
    relief = blurred(view.things, 2.2)
    slope = (shifted(relief, 2, 2) - shifted(relief, -2, -2)) * view.things
    glossy = gaudy + np.clip(-slope, 0, 1) * np.float32(1.1)
    glossy -= np.clip(slope, 0, 1) * np.float32(0.45)
    return np.clip(blend(gaudy, glossy, view.things), 0, 1)


def wrong_shadows(pixels: Floats, view: View, dice: Random) -> Floats:
    """Hard shadows that belong to nothing and point everywhere."""
    x, y = view.middle

    def shadows(pen: Pen) -> None:
        for i in range(5):
            angle = dice.uniform(-0.5, 0.5) + i * 1.3
            sx, sy = x + 0.36 * math.cos(angle), y + 0.3 * math.sin(angle) + 0.08
            dx, dy = 0.17 * math.cos(angle * 2), 0.09 * math.sin(angle * 3) - 0.03
            pen.polygon(
                [
                    (sx - dx, sy - dy),
                    (sx - dy, sy + dx * 0.5),
                    (sx + dx, sy + dy),
                    (sx + dy, sy - dx * 0.7),
                ],
                OPAQUE,
            )
            pen.dot(sx + dx, sy + dy, 0.055, OPAQUE)

    mask = stencil(shadows) * (1 - view.things * np.float32(0.75))
    return blend(pixels, pixels * np.float32(0.16), mask * np.float32(0.85))


EFFECTS: Effects = {
    "plastic-surfaces": plastic_surfaces,
    "wrong-shadows": wrong_shadows,
    "extra-parts": extra_parts,
    "melting-forms": melting_forms,
    "warped-lines": warped_lines,
}
