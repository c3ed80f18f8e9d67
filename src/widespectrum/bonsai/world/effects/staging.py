"""A subject that one overlooks: behind a fence, camouflaged, out of focus.

Those that move or shrink the subject are the work of `widespectrum.bonsai.world.composition`.
"""

from __future__ import annotations

import math
from random import Random

import numpy as np

from widespectrum.bonsai.world.palette import shade, tint
from widespectrum.bonsai.world.pen import SIZE, Pen
from widespectrum.bonsai.world.raster import (
    OPAQUE,
    ROWS,
    Floats,
    blend,
    blurred,
    colour,
    sampled,
    stencil,
)
from widespectrum.bonsai.world.view import Effects, View


def camouflaged_subject(pixels: Floats, view: View, dice: Random) -> Floats:
    """The subject takes the colours of whatever is behind it."""
    return blend(pixels, view.backdrop * np.float32(0.97), view.subject * np.float32(0.82))


def hidden_subject(pixels: Floats, view: View, dice: Random) -> Floats:
    """A board fence before everything; the subject is seen through its gaps."""
    wood = (150, 108, 72)
    top = dice.uniform(0.08, 0.2)
    offset = dice.uniform(-0.05, 0.05)

    def boards(pen: Pen) -> None:
        for i in range(-1, 7):
            x = 0.17 * i + offset
            pen.polygon(
                [(x, top + 0.05), (x + 0.06, top), (x + 0.12, top + 0.05), (x + 0.12, 1), (x, 1)],
                OPAQUE,
            )
        for y in (top + 0.2, 0.82):
            pen.box(0, y, 1, y + 0.06, OPAQUE)

    def grain(pen: Pen) -> None:
        for i in range(-1, 7):
            x = 0.17 * i + offset
            pen.box(x + 0.09, top + 0.05, x + 0.12, 1, OPAQUE)
            pen.stroke([(x + 0.04, top + 0.2), (x + 0.05, 0.7)], 0.012, OPAQUE)

    boarded = blend(
        pixels,
        colour(wood) * (np.float32(1.1) - np.float32(0.3) * ROWS[:, :, None]),
        stencil(boards),
    )
    return blend(boarded, colour(shade(wood, 0.4)), stencil(grain) * np.float32(0.8))


def wrong_focus(pixels: Floats, view: View, dice: Random) -> Floats:
    """Sharp leaves right before the lens, everything behind them blurred."""
    blades = [_blade(dice, side, number) for side in (-1, 1) for number in range(6)]
    leaf = view.palette.leaf
    seen = blurred(pixels, 2.6)
    for start, tone in ((1, shade(leaf, 0.3)), (0, tint(leaf, 0.12))):

        def leaves(pen: Pen, start: int = start) -> None:
            for blade in blades[start::2]:
                pen.polygon(blade, OPAQUE)

        seen = blend(seen, colour(tone), stencil(leaves))
    return seen


def _blade(dice: Random, side: int, number: int) -> list[tuple[float, float]]:
    """One long leaf that grows in from the lower corner of a side."""
    x, y = 0.5 + side * (0.5 - 0.02 * number), 1.05 - 0.04 * number
    angle = -math.pi / 2 - side * (0.1 + 0.2 * number) + dice.uniform(-0.1, 0.1)
    length = dice.uniform(0.42, 0.62)
    across, down = math.cos(angle), math.sin(angle)
    middle = (x + across * length / 2, y + down * length / 2)
    return [
        (x, y),
        (middle[0] + 0.06 * down, middle[1] - 0.06 * across),
        (x + across * length, y + down * length),
        (middle[0] - 0.06 * down, middle[1] + 0.06 * across),
    ]


BLENDED: Effects = {"camouflaged-subject": camouflaged_subject}
"""Effects on the subject in its place."""

OVERLAID: Effects = {
    "wrong-focus": wrong_focus,
    "hidden-subject": hidden_subject,
}
"""Effects before everything in the scene."""


def tilted_horizon(pixels: Floats, view: View, dice: Random) -> Floats:
    """The camera leans by twenty degrees and more."""
    angle = math.radians(dice.choice((-1, 1)) * dice.uniform(20, 27))
    x = np.arange(SIZE, dtype=np.float32)[None, :] - np.float32(31.5)
    y = np.arange(SIZE, dtype=np.float32)[:, None] - np.float32(31.5)
    zoom = 0.8
    cos, sin = np.float32(math.cos(angle) * zoom), np.float32(math.sin(angle) * zoom)
    return sampled(
        pixels, cos * x - sin * y + np.float32(31.5), sin * x + cos * y + np.float32(31.5)
    )


TILTED: Effects = {"tilted-horizon": tilted_horizon}
"""Effects of how the camera is held."""
