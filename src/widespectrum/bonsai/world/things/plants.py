"""Things that grow: tree, flower, apple, mushroom."""

from __future__ import annotations

import math
from random import Random

from widespectrum.bonsai.world.palette import RGB, lightness, shade, tint
from widespectrum.bonsai.world.pen import Pen

BARK: RGB = (122, 82, 52)
LEAF: RGB = (84, 166, 76)
STEM: RGB = (62, 142, 66)
PISTIL: RGB = (250, 204, 72)


def tree(pen: Pen, colour: RGB, dice: Random) -> None:
    """A round tree with a crown of five clouds."""
    pen.polygon([(-0.2, 1), (-0.1, 0.6), (-0.09, 0), (0.1, 0), (0.12, 0.6), (0.22, 1)], BARK)
    pen.polygon([(0.03, 1), (0.03, 0), (0.1, 0), (0.12, 0.6), (0.22, 1)], shade(BARK, 0.3))
    pen.stroke([(0.02, 0.5), (0.28, 0.18)], 0.07, shade(BARK, 0.2))
    dark, middle = shade(colour, 0.3), shade(colour, 0.14)
    pen.dot(0.46, 0.0, 0.36, dark)
    pen.dot(-0.46, 0.02, 0.36, shade(colour, 0.22))
    pen.dot(0.0, 0.06, 0.4, dark)
    pen.dot(0.2, -0.42, 0.46, middle)
    pen.dot(-0.14, -0.48, 0.47, colour)
    pen.dot(-0.3, -0.14, 0.36, colour)
    pen.dot(-0.24, -0.62, 0.2, tint(colour, 0.28))
    pen.dot(-0.44, -0.2, 0.11, tint(colour, 0.2))
    for _ in range(3):
        x, y = dice.uniform(-0.45, 0.5), dice.uniform(-0.6, 0.15)
        pen.dot(x, y, 0.06, tint(colour, 0.3))


def flower(pen: Pen, colour: RGB, dice: Random) -> None:
    """A daisy with eight petals and two leaves."""
    bend = dice.uniform(-0.08, 0.08)
    pen.curve(lambda t: (bend * math.sin(3 * t), 1.0 - 1.2 * t), 0.11, STEM)
    pen.polygon([(0, 0.8), (0.28, 0.42), (0.62, 0.46), (0.4, 0.74)], LEAF)
    pen.polygon([(0, 0.95), (-0.24, 0.58), (-0.58, 0.6), (-0.36, 0.88)], shade(LEAF, 0.15))
    for ring, radius, petal in ((0, 0.46, shade(colour, 0.16)), (1, 0.42, tint(colour, 0.1))):
        for i in range(4):
            angle = (2 * i + ring) * math.pi / 4 - 1.57
            pen.dot(radius * math.cos(angle), -0.32 + radius * math.sin(angle), 0.27, petal)
    yellowish = colour[0] > 190 and colour[1] > 130 and colour[2] < 120
    heart = (150, 88, 44) if yellowish else PISTIL
    pen.dot(0, -0.32, 0.27, heart)
    pen.dot(-0.07, -0.39, 0.11, tint(heart, 0.45))


def apple(pen: Pen, colour: RGB, dice: Random) -> None:
    """An apple with a leaf and a shine."""
    pen.oval(0.27, 0.3, 0.56, 0.66, shade(colour, 0.14))
    pen.oval(-0.24, 0.3, 0.58, 0.67, colour)
    pen.oval(0.02, 0.84, 0.36, 0.16, shade(colour, 0.14))
    pen.oval(0.02, -0.3, 0.22, 0.09, shade(colour, 0.34))
    pen.curve(lambda t: (0.02 + 0.12 * t * t, -0.28 - 0.55 * t), 0.1, shade(BARK, 0.2))
    pen.polygon([(0.1, -0.6), (0.3, -0.9), (0.66, -0.86), (0.44, -0.56)], LEAF)
    pen.stroke([(0.12, -0.6), (0.56, -0.82)], 0.035, shade(LEAF, 0.3))
    pen.oval(-0.46, 0.05, 0.12, 0.22, tint(colour, 0.6))


def mushroom(pen: Pen, colour: RGB, dice: Random) -> None:
    """A toadstool with dots."""
    stalk: RGB = (246, 236, 216)
    pen.polygon(
        [(-0.25, 0.05), (0.25, 0.05), (0.36, 0.94), (0.2, 1), (-0.2, 1), (-0.36, 0.94)], stalk
    )
    pen.polygon([(0.07, 0.05), (0.25, 0.05), (0.36, 0.94), (0.2, 1), (0.08, 1)], shade(stalk, 0.14))
    pen.oval(0, 0.26, 0.34, 0.1, shade(stalk, 0.1))
    pen.oval(0, 0.06, 0.94, 0.16, shade(colour, 0.34))
    pen.pie(0, 0.06, 0.94, 1.0, 180, 360, colour)
    spot: RGB = (226, 92, 84) if lightness(colour) > 0.85 else (252, 248, 240)
    for x, y, radius in (
        (-0.5, -0.22, 0.17),
        (0.08, -0.56, 0.2),
        (0.55, -0.18, 0.15),
        (-0.08, -0.1, 0.11),
        (-0.3, -0.62, 0.09),
    ):
        pen.dot(x, y, radius, spot)
