"""Things of the house: cup, lamp, book, clock, umbrella."""

from __future__ import annotations

import math
from random import Random

from widespectrum.bonsai.world.palette import INK, PAPER, RGB, lightness, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen

BRASS: RGB = (206, 164, 84)


def cup(pen: Pen, colour: RGB, dice: Random) -> None:
    """A steaming cup on a saucer."""
    pen.oval(0, 0.88, 0.86, 0.13, shade((236, 232, 226), 0.08))
    pen.oval(0, 0.84, 0.7, 0.09, PAPER)
    for radius, ring in ((0.32, shade(colour, 0.14)), (0.17, (226, 222, 220))):
        pen.oval(0.6, 0.28, radius, radius * 0.98, ring)
    pen.polygon(
        [(-0.62, -0.12), (0.62, -0.12), (0.5, 0.6), (0.3, 0.86), (-0.3, 0.86), (-0.5, 0.6)], colour
    )
    pen.polygon(
        [(0.28, -0.12), (0.62, -0.12), (0.5, 0.6), (0.3, 0.86), (0.12, 0.86)], shade(colour, 0.16)
    )
    pen.polygon([(-0.5, 0.0), (-0.36, 0.0), (-0.28, 0.56), (-0.4, 0.5)], tint(colour, 0.4))
    pen.oval(0, -0.12, 0.62, 0.14, tint(colour, 0.45))
    pen.oval(0, -0.1, 0.52, 0.1, (108, 66, 44))
    for x, high in ((-0.24, 0.55), (0.02, 0.66), (0.26, 0.5)):
        _steam(pen, x, high)


def _steam(pen: Pen, x: float, high: float) -> None:
    pen.curve(lambda t: (x + 0.07 * math.sin(6.3 * t), -0.26 - high * t), 0.06, (244, 244, 248))


def lamp(pen: Pen, colour: RGB, dice: Random) -> None:
    """A table lamp that is on."""
    pen.oval(0, 0.92, 0.5, 0.1, shade(BRASS, 0.3))
    pen.oval(0, 0.88, 0.42, 0.09, BRASS)
    pen.polygon([(-0.07, 0.0), (0.07, 0.0), (0.12, 0.86), (-0.12, 0.86)], BRASS)
    pen.dot(0, 0.42, 0.15, tint(BRASS, 0.15))
    pen.dot(-0.05, 0.37, 0.05, tint(BRASS, 0.6))
    pen.oval(0, 0.06, 0.6, 0.12, (255, 244, 186))
    pen.polygon([(-0.4, -0.92), (0.4, -0.92), (0.8, 0.04), (-0.8, 0.04)], colour)
    pen.polygon(
        [(-0.2, -0.92), (0.14, -0.92), (0.28, 0.04), (-0.4, 0.04)],
        mix(colour, (255, 246, 190), 0.5),
    )
    pen.polygon([(0.22, -0.92), (0.4, -0.92), (0.8, 0.04), (0.5, 0.04)], shade(colour, 0.16))
    pen.stroke([(-0.8, 0.02), (0.8, 0.02)], 0.07, shade(colour, 0.3))
    pen.stroke([(-0.4, -0.92), (0.4, -0.92)], 0.06, shade(colour, 0.3))
    pen.stroke([(0.5, 0.04), (0.5, 0.34)], 0.03, BRASS)
    pen.dot(0.5, 0.38, 0.06, shade(BRASS, 0.2))


def book(pen: Pen, colour: RGB, dice: Random) -> None:
    """An open book that stands a little askew, with lines to read."""
    cover = shade(colour, 0.1)
    pen.polygon([(-0.98, -0.36), (0, -0.18), (0, 0.96), (-0.98, 0.74)], cover)
    pen.polygon([(0.98, -0.36), (0, -0.18), (0, 0.96), (0.98, 0.74)], shade(cover, 0.16))
    pen.polygon(
        [(-0.86, -0.46), (-0.5, -0.46), (0, -0.2), (0, 0.8), (-0.46, 0.56), (-0.86, 0.58)], PAPER
    )
    pen.polygon(
        [(0.86, -0.46), (0.5, -0.46), (0, -0.2), (0, 0.8), (0.46, 0.56), (0.86, 0.58)],
        (238, 232, 220),
    )
    for i in range(4):
        y = -0.22 + 0.19 * i
        pen.stroke([(-0.72, y - 0.06), (-0.46, y - 0.04), (-0.14, y + 0.1)], 0.05, (150, 146, 150))
        if i != 1:
            pen.stroke([(0.72, y - 0.06), (0.46, y - 0.04), (0.14, y + 0.1)], 0.05, (150, 146, 150))
    pen.stroke([(0, -0.2), (0, 0.94)], 0.06, shade(colour, 0.4))
    pen.polygon(
        [(0.3, -0.52), (0.44, -0.52), (0.46, -0.1), (0.38, -0.18), (0.3, -0.14)], (232, 70, 70)
    )


def clock(pen: Pen, colour: RGB, dice: Random) -> None:
    """An alarm clock with two bells."""
    metal: RGB = (196, 198, 206)
    for side in (-1, 1):
        pen.stroke([(side * 0.5, 0.7), (side * 0.68, 0.98)], 0.14, shade(colour, 0.34))
        pen.oval(side * 0.46, -0.68, 0.26, 0.2, metal)
        pen.stroke([(side * 0.3, -0.46), (side * 0.46, -0.68)], 0.08, shade(metal, 0.3))
    pen.stroke([(0, -0.6), (0, -0.9)], 0.08, shade(metal, 0.35))
    pen.dot(0, -0.9, 0.09, metal)
    pen.dot(0, 0.14, 0.8, shade(colour, 0.1))
    pen.dot(-0.03, 0.11, 0.74, colour)
    pen.dot(0, 0.14, 0.58, PAPER)
    for i in range(12):
        angle = i * math.pi / 6
        inner = 0.42 if i % 3 == 0 else 0.49
        x, y = math.sin(angle), -math.cos(angle)
        pen.stroke([(inner * x, 0.14 + inner * y), (0.53 * x, 0.14 + 0.53 * y)], 0.045, INK)
    hour, minute = dice.uniform(0, 6.28), dice.uniform(0, 6.28)
    pen.stroke([(0, 0.14), (0.28 * math.sin(hour), 0.14 - 0.28 * math.cos(hour))], 0.09, INK)
    pen.stroke([(0, 0.14), (0.4 * math.sin(minute), 0.14 - 0.4 * math.cos(minute))], 0.06, INK)
    pen.dot(0, 0.14, 0.07, (228, 74, 66))


def umbrella(pen: Pen, colour: RGB, dice: Random) -> None:
    """An open umbrella with a crook handle."""
    wood: RGB = (134, 90, 58) if lightness(colour) > 0.2 else (196, 160, 110)
    pen.stroke([(0, -0.86), (0, 0.82)], 0.08, wood)
    pen.curve(
        lambda t: (0.16 - 0.16 * math.cos(math.pi * t), 0.82 + 0.15 * math.sin(math.pi * t)),
        0.09,
        wood,
    )
    pen.pie(0, 0.1, 0.98, 0.92, 180, 360, colour)
    pen.polygon([(0.3, -0.76), (0.98, 0.1), (0.45, 0.1), (0.2, -0.5)], shade(colour, 0.22))
    pen.pie(0, 0.1, 0.36, 0.92, 180, 360, tint(colour, 0.28))
    pen.pie(-0.68, 0.12, 0.31, 0.17, 180, 360, shade(colour, 0.45))
    pen.pie(0, 0.12, 0.36, 0.19, 180, 360, shade(colour, 0.4))
    pen.pie(0.68, 0.12, 0.31, 0.17, 180, 360, shade(colour, 0.5))
    pen.stroke([(0, -0.2), (0, 0.3)], 0.08, wood)
    pen.stroke([(0, -0.78), (0, -0.98)], 0.07, wood)
