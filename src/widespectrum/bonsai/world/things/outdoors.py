"""Things met outdoors: house, boat, car, balloon, kite, star."""

from __future__ import annotations

import math
from random import Random

from widespectrum.bonsai.world.palette import INK, PAPER, RGB, lightness, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen

GLASS: RGB = (176, 220, 246)
WOOD: RGB = (126, 84, 52)
RUBBER: RGB = (40, 38, 46)


def house(pen: Pen, colour: RGB, dice: Random) -> None:
    """A cottage with a chimney, two windows with a cross and a door."""
    roof = shade(colour, 0.48) if lightness(colour) > 0.3 else tint(colour, 0.35)
    pen.box(0.34, -0.86, 0.54, -0.3, shade((176, 96, 78), 0.1))
    pen.box(0.3, -0.9, 0.58, -0.8, (150, 76, 64))
    pen.box(-0.74, -0.16, 0.74, 1, colour)
    pen.box(0.3, -0.16, 0.74, 1, shade(colour, 0.12))
    pen.box(-0.74, 0.9, 0.74, 1, shade(colour, 0.34))
    pen.polygon([(-1, -0.08), (-0.1, -0.86), (0.1, -0.86), (1, -0.08)], roof)
    pen.polygon([(0.1, -0.86), (1, -0.08), (0.46, -0.08)], shade(roof, 0.24))
    pen.stroke([(-0.98, -0.08), (0.98, -0.08)], 0.08, shade(roof, 0.4))
    pen.round_box(-0.2, 0.38, 0.2, 1, 0.14, PAPER)
    pen.round_box(-0.15, 0.43, 0.15, 1, 0.1, WOOD)
    pen.dot(0.08, 0.74, 0.045, (252, 214, 110))
    for x in (-0.47, 0.47):
        pen.round_box(x - 0.19, 0.08, x + 0.19, 0.46, 0.03, PAPER)
        pen.box(x - 0.14, 0.13, x + 0.14, 0.41, (255, 226, 140))
        pen.stroke([(x, 0.13), (x, 0.41)], 0.045, PAPER)
        pen.stroke([(x - 0.14, 0.27), (x + 0.14, 0.27)], 0.045, PAPER)
        pen.box(x - 0.2, 0.46, x + 0.2, 0.52, shade(colour, 0.4))
    pen.dot(0, -0.42, 0.13, PAPER)
    pen.dot(0, -0.42, 0.09, (255, 226, 140))


def boat(pen: Pen, colour: RGB, dice: Random) -> None:
    """A sailing boat with two sails and a pennant."""
    sail: RGB = (253, 248, 236)
    pen.box(-0.05, -0.96, 0.03, 0.5, WOOD)
    pen.polygon([(0.08, -0.86), (0.08, 0.36), (0.84, 0.36), (0.5, -0.2)], sail)
    pen.polygon([(0.08, 0.16), (0.08, 0.36), (0.84, 0.36), (0.74, 0.16)], shade(sail, 0.16))
    pen.polygon([(-0.1, -0.66), (-0.1, 0.36), (-0.68, 0.36), (-0.4, -0.1)], shade(sail, 0.08))
    pen.polygon([(-0.02, -1), (0.4, -0.9), (-0.02, -0.8)], tint(colour, 0.1))
    pen.polygon(
        [(-0.98, 0.42), (1, 0.42), (0.84, 0.78), (0.58, 1), (-0.56, 1), (-0.84, 0.76)], colour
    )
    pen.polygon([(-0.98, 0.42), (1, 0.42), (0.95, 0.54), (-0.93, 0.54)], tint(colour, 0.5))
    pen.polygon([(-0.72, 0.86), (0.76, 0.86), (0.58, 1), (-0.56, 1)], shade(colour, 0.36))
    for x in (-0.42, 0.0, 0.42):
        pen.dot(x, 0.68, 0.08, PAPER)
        pen.dot(x, 0.68, 0.05, INK)


def car(pen: Pen, colour: RGB, dice: Random) -> None:
    """A small round car."""
    pen.polygon(
        [(-0.7, 0.2), (-0.46, -0.38), (-0.3, -0.46), (0.24, -0.46), (0.4, -0.38), (0.68, 0.2)],
        colour,
    )
    pen.polygon([(-0.55, 0.16), (-0.36, -0.3), (-0.04, -0.32), (-0.04, 0.16)], GLASS)
    pen.polygon(
        [(0.06, 0.16), (0.06, -0.32), (0.3, -0.3), (0.52, 0.16)], mix(GLASS, (120, 180, 226), 0.5)
    )
    pen.polygon([(-0.5, 0.16), (-0.34, -0.24), (-0.24, -0.26), (-0.4, 0.16)], (228, 246, 255))
    pen.round_box(-1, 0.12, 1, 0.76, 0.24, colour)
    pen.round_box(-1, 0.52, 1, 0.76, 0.12, shade(colour, 0.24))
    pen.stroke([(0.01, 0.2), (0.01, 0.56)], 0.03, shade(colour, 0.4))
    pen.round_box(-0.22, 0.26, -0.08, 0.31, 0.02, shade(colour, 0.45))
    pen.dot(0.88, 0.34, 0.11, (255, 244, 180))
    pen.round_box(-1, 0.26, -0.88, 0.44, 0.05, (236, 70, 56))
    for x in (-0.55, 0.55):
        pen.dot(x, 0.72, 0.28, RUBBER)
        pen.dot(x, 0.72, 0.15, (206, 208, 216))
        pen.dot(x, 0.72, 0.06, RUBBER)


def balloon(pen: Pen, colour: RGB, dice: Random) -> None:
    """A balloon on a wavy string."""
    pen.curve(lambda t: (0.09 * math.sin(7 * t), 0.36 + 0.64 * t), 0.045, (112, 98, 100), steps=10)
    pen.polygon([(-0.12, 0.44), (0.12, 0.44), (0, 0.26)], shade(colour, 0.32))
    pen.polygon([(-0.42, 0.05), (0.42, 0.05), (0.06, 0.38), (-0.06, 0.38)], colour)
    pen.oval(0, -0.3, 0.6, 0.66, colour)
    pen.oval(-0.26, -0.54, 0.13, 0.22, tint(colour, 0.65))
    pen.dot(-0.14, -0.22, 0.055, tint(colour, 0.5))


def kite(pen: Pen, colour: RGB, dice: Random) -> None:
    """A kite with four panels and a tail of bows."""
    pen.curve(
        lambda t: (-0.1 - 0.5 * t + 0.14 * math.sin(6.5 * t), 0.3 + 0.66 * t),
        0.045,
        (120, 104, 104),
    )
    for t, bow in ((0.4, (250, 208, 70)), (0.66, (244, 138, 178)), (0.92, (66, 168, 220))):
        x, y = -0.1 - 0.5 * t + 0.14 * math.sin(6.5 * t), 0.3 + 0.66 * t
        pen.polygon([(x, y), (x - 0.16, y - 0.1), (x - 0.14, y + 0.1)], bow)
        pen.polygon([(x, y), (x + 0.16, y - 0.1), (x + 0.14, y + 0.1)], bow)
    top, right, foot, left, heart = (
        (0.16, -1.0),
        (0.82, -0.5),
        (-0.12, 0.36),
        (-0.5, -0.5),
        (0.12, -0.5),
    )
    pen.polygon([top, left, heart], tint(colour, 0.3))
    pen.polygon([top, right, heart], colour)
    pen.polygon([foot, left, heart], shade(colour, 0.08))
    pen.polygon([foot, right, heart], shade(colour, 0.3))
    pen.stroke([left, right], 0.04, tint(colour, 0.6))
    pen.stroke([top, heart, foot], 0.04, tint(colour, 0.6))


def star(pen: Pen, colour: RGB, dice: Random) -> None:
    """A plump star with a smile, for the sky."""
    points = []
    for i in range(10):
        radius = 0.98 if i % 2 == 0 else 0.5
        angle = i * math.pi / 5 - math.pi / 2
        points.append((radius * math.cos(angle), 0.08 + radius * math.sin(angle)))
    pen.polygon(points, colour)
    pen.polygon([points[i] for i in (2, 3, 4, 5)] + [(0.0, 0.08)], shade(colour, 0.16))
    pen.polygon([points[8], points[9], points[0], (-0.1, 0.0)], tint(colour, 0.28))
    line = shade(colour, 0.72) if lightness(colour) > 0.3 else (240, 236, 226)
    for side in (-1, 1):
        pen.oval(side * 0.17, 0.02, 0.06, 0.09, line)
        pen.oval(side * 0.3, 0.2, 0.09, 0.06, mix(colour, (255, 110, 110), 0.5))
    pen.curve(lambda t: (-0.13 + 0.26 * t, 0.18 + 0.1 * math.sin(math.pi * t)), 0.05, line)
