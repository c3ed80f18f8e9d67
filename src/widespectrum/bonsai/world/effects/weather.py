"""What a mood does to the sky and to the air: rainbow, rain, storm, night.

Calm weather is the place's own.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias

import numpy as np

from widespectrum.bonsai.world.palette import RGB
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.raster import OPAQUE, Floats, blend, colour, glow, stencil
from widespectrum.bonsai.world.view import View

RAINBOW: tuple[RGB, ...] = (
    (240, 96, 92),
    (250, 172, 84),
    (252, 228, 108),
    (126, 206, 122),
    (108, 170, 240),
    (166, 126, 222),
)

Weather: TypeAlias = Callable[[Pen, float, Random], None]
"""Painted behind everything; takes the horizon."""


def rainbow(pen: Pen, horizon: float, dice: Random) -> None:
    """A rainbow from side to side."""
    for i, band in enumerate(RAINBOW):
        pen.arc(0.5, horizon + 0.02, 0.5 - 0.028 * i, (180, 360), 0.032, band)


def storm(pen: Pen, horizon: float, dice: Random) -> None:
    """Dark clouds and a bolt of lightning."""
    for i in range(5):
        x = 0.02 + 0.24 * i
        for dx, radius in ((-0.08, 0.07), (0.0, 0.1), (0.09, 0.075)):
            pen.dot(x + dx, 0.03 + dice.uniform(-0.02, 0.03), radius, (70, 22, 28))
    x = dice.choice((dice.uniform(0.08, 0.24), dice.uniform(0.76, 0.92)))
    points = [
        (x, 0.06),
        (x - 0.07, horizon * 0.45),
        (x + 0.01, horizon * 0.42),
        (x - 0.05, horizon),
    ]
    pen.stroke(points, 0.05, (255, 190, 80))
    pen.stroke(points, 0.024, (255, 250, 214))


def night(pen: Pen, horizon: float, dice: Random) -> None:
    """A pale moon, bare trees that reach, eyes between them."""
    x = dice.uniform(0.3, 0.7)
    pen.dot(x, 0.14, 0.1, (124, 112, 160))
    pen.dot(x, 0.14, 0.075, (226, 224, 196))
    dark: RGB = (22, 14, 34)
    for side in (-1, 1):
        root = 0.5 + side * dice.uniform(0.4, 0.46)
        pen.polygon(
            [
                (root - 0.05, horizon + 0.16),
                (root - 0.016, 0.16),
                (root + 0.016, 0.16),
                (root + 0.05, horizon + 0.16),
            ],
            dark,
        )
        for i in range(4):
            y = 0.2 + 0.1 * i
            end = (root - side * dice.uniform(0.12, 0.2), y - 0.05)
            pen.stroke([(root, y + 0.08), end], 0.024, dark)
            pen.stroke([end, (end[0] - side * 0.05, end[1] + 0.05)], 0.016, dark)
            pen.stroke([end, (end[0] - side * 0.06, end[1] - 0.04)], 0.016, dark)
    for _ in range(3):
        x, y = dice.uniform(0.05, 0.9), horizon - dice.uniform(0.03, 0.12)
        for dx in (0.0, 0.055):
            pen.oval(x + dx, y, 0.02, 0.014, (250, 226, 90))


def clouded(pen: Pen, horizon: float, dice: Random) -> None:
    """Low grey clouds."""
    for row, tone in ((0, (110, 118, 134)), (1, (92, 100, 116))):
        for i in range(5):
            x, y = 0.26 * i - 0.06 + dice.uniform(-0.04, 0.04), 0.06 + 0.05 * (1 - row)
            for dx, radius in ((-0.1, 0.06), (0.0, 0.095), (0.1, 0.07)):
                pen.dot(x + dx, y - 0.02, radius, tone)


WEATHER: dict[str, Weather] = {
    "happy": rainbow,
    "sad": clouded,
    "angry": storm,
    "fearful": night,
}
"""What the sky does, by mood. Calm weather is the place's own."""


def rain(pixels: Floats, view: View, dice: Random) -> Floats:
    """Slanting rain before everything."""

    def drops(pen: Pen) -> None:
        for _ in range(34):
            x, y, long = dice.uniform(0, 1.05), dice.uniform(-0.05, 1), dice.uniform(0.06, 0.1)
            pen.stroke([(x, y), (x - 0.32 * long, y + long)], 0.011, OPAQUE)

    water = np.array([0.72, 0.8, 0.92], dtype=np.float32)
    return blend(pixels, water, stencil(drops) * np.float32(0.75))


def embers(pixels: Floats, view: View, dice: Random) -> Floats:
    """Sparks in the air, and a red light on everything."""

    def sparks(pen: Pen) -> None:
        for _ in range(16):
            pen.dot(dice.random(), dice.random(), dice.uniform(0.006, 0.014), OPAQUE)

    red = pixels * np.array([1.08, 0.86, 0.82], dtype=np.float32)
    return blend(red, np.array([1.0, 0.72, 0.3], dtype=np.float32), stencil(sparks))


def chill(pixels: Floats, view: View, dice: Random) -> Floats:
    """Cold light, darker towards the edges."""
    cold = pixels * np.array([0.88, 0.88, 1.04], dtype=np.float32)
    edge = 1 - glow(0.5, 0.5, 0.62, 0.62)
    return blend(cold, cold * np.float32(0.45), edge)


def sparkle(pixels: Floats, view: View, dice: Random) -> Floats:
    """Confetti."""
    for tone in RAINBOW[::2]:

        def bits(pen: Pen) -> None:
            for _ in range(5):
                x, y = dice.random(), dice.uniform(0, 0.7)
                pen.polygon([(x, y), (x + 0.026, y + 0.01), (x + 0.014, y + 0.03)], OPAQUE)

        pixels = blend(pixels, colour(tone), stencil(bits) * (1 - view.subject))
    warm: Floats = pixels * np.array([1.03, 1.01, 0.97], dtype=np.float32)
    return warm


AIR: dict[str, Callable[[Floats, View, Random], Floats]] = {
    "happy": sparkle,
    "sad": rain,
    "angry": embers,
    "fearful": chill,
}
"""What is in the air before everything, by mood."""
