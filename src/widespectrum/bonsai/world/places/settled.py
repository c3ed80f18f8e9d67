"""Places that people made: city and room, and the one they left behind: the moon."""

from __future__ import annotations

from random import Random

from widespectrum.bonsai.world.palette import PAPER, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.places.backdrop import Backdrop, scatter


def city(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """A skyline with lit windows above a street."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    if backdrop.scenic:
        backdrop.sun(pen, dice.uniform(0.2, 0.8), 0.2, 0.11)
    if backdrop.decor:
        backdrop.clouds(pen, dice, backdrop.decor)
        x = -0.04
        while x < 1:
            wide, high = dice.uniform(0.07, 0.12), dice.uniform(0.26, 0.46)
            pen.box(x, horizon - high, x + wide, horizon, mix(p.haze, (92, 104, 140), 0.3))
            x += wide
    x = -0.03
    while x < 1:
        wide, high = dice.uniform(0.13, 0.19), dice.uniform(0.14, 0.34)
        wall = mix(mix(p.haze, (74, 84, 124), 0.6), dice.choice(p.accents), 0.34)
        pen.box(x, horizon - high, x + wide - 0.012, horizon, wall)
        pen.box(x + wide - 0.045, horizon - high, x + wide - 0.012, horizon, shade(wall, 0.16))
        if backdrop.decor:
            columns = int((wide - 0.03) / 0.045)
            for row in range(int((high - 0.03) / 0.062)):
                for column in range(columns):
                    lit = (255, 226, 128) if dice.random() < 0.5 else shade(wall, 0.3)
                    left, top = x + 0.02 + 0.045 * column, horizon - high + 0.028 + 0.062 * row
                    pen.box(left, top, left + 0.018, top + 0.03, lit)
            if dice.random() < 0.5:
                pen.stroke(
                    [(x + wide / 2, horizon - high), (x + wide / 2, horizon - high - 0.06)],
                    0.01,
                    wall,
                )
        x += wide
    backdrop.ground(pen, horizon)
    if backdrop.decor:
        pen.box(0, horizon, 1, horizon + 0.035, tint(p.near, 0.4))
        for i in range(5):
            left = 0.22 * i - 0.04
            pen.box(left, horizon + 0.15, left + 0.11, horizon + 0.168, (248, 240, 214))
    if backdrop.decor > 1:
        for x in (dice.uniform(0.05, 0.14), dice.uniform(0.86, 0.95)):
            pen.stroke([(x, horizon + 0.08), (x, horizon - 0.24)], 0.02, (58, 60, 72))
            pen.dot(x, horizon - 0.25, 0.035, (255, 236, 160))
        for x, y in scatter(dice, 3, horizon + 0.03, horizon + 0.05):
            pen.box(x - 0.03, y - 0.03, x + 0.03, y, p.wood)
            pen.dot(x, y - 0.06, 0.045, p.leaf)


def room(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """A wall with a window, a floor of boards, a rug."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    backdrop.ground(pen, horizon)
    if backdrop.decor:
        for i in range(6):
            x = 0.03 + 0.18 * i
            pen.box(x, 0, x + 0.03, horizon, mix(p.sky, p.haze, 0.0 if i % 2 else 0.9))
    left = dice.random() < 0.5
    x = 0.24 if left else 0.76
    if backdrop.decor:
        glass = mix((150, 208, 246), p.sky, 0.15)
        pen.box(x - 0.17, 0.07, x + 0.17, 0.43, PAPER)
        pen.box(x - 0.145, 0.095, x + 0.145, 0.405, glass)
        pen.oval(x, 0.4, 0.14, 0.07, mix(p.leaf, glass, 0.4))
        pen.box(x - 0.15, 0.405, x + 0.15, 0.43, PAPER)
        pen.stroke([(x, 0.095), (x, 0.405)], 0.02, PAPER)
        pen.stroke([(x - 0.145, 0.24), (x + 0.145, 0.24)], 0.02, PAPER)
        for side in (-1, 1):
            pen.polygon(
                [
                    (x + side * 0.2, 0.05),
                    (x + side * 0.09, 0.05),
                    (x + side * 0.15, 0.46),
                    (x + side * 0.2, 0.46),
                ],
                p.accents[0],
            )
        pen.stroke([(x - 0.22, 0.05), (x + 0.22, 0.05)], 0.022, p.wood)
    if backdrop.scenic:
        other = 1 - x
        for dx, dy, tone in ((-0.11, 0.0, 0), (0.07, 0.04, 1)):
            pen.box(other + dx - 0.075, 0.14 + dy, other + dx + 0.075, 0.34 + dy, p.wood)
            pen.box(
                other + dx - 0.055,
                0.16 + dy,
                other + dx + 0.055,
                0.32 + dy,
                tint(p.accents[tone], 0.4),
            )
            pen.oval(other + dx, 0.3 + dy, 0.05, 0.04, p.accents[2])
        pen.polygon(
            [
                (x - 0.14, horizon),
                (x + 0.14, horizon),
                (x + (0.34 if left else 0.06), 1),
                (x - (0.06 if left else 0.34), 1),
            ],
            tint(p.near, 0.3),
        )
    if backdrop.decor:
        for i in range(5):
            y = horizon + 0.05 + 0.02 * i * (i + 1)
            pen.stroke([(0, y), (1, y)], 0.008, shade(p.near, 0.14 + 0.03 * i))
        pen.oval(0.5, horizon + 0.24, 0.44, 0.12, mix(p.accents[1], p.near, 0.25))
        pen.oval(0.5, horizon + 0.24, 0.36, 0.09, tint(p.accents[1], 0.3))
    pen.box(0, horizon - 0.025, 1, horizon + 0.008, shade(p.haze, 0.18))
    if backdrop.decor > 1:
        far = 0.92 if left else 0.08
        pen.polygon(
            [
                (far - 0.06, horizon),
                (far + 0.06, horizon),
                (far + 0.045, horizon + 0.12),
                (far - 0.045, horizon + 0.12),
            ],
            (196, 108, 74),
        )
        for dx, dy in ((-0.08, -0.12), (0.0, -0.2), (0.08, -0.12), (-0.04, -0.05), (0.05, -0.06)):
            pen.oval(far + dx, horizon + dy, 0.045, 0.07, p.leaf)
        shelf = 1 - x
        pen.box(shelf - 0.16, 0.5, shelf + 0.16, 0.525, p.wood)
        for i in range(7):
            pen.box(
                shelf - 0.14 + 0.035 * i,
                0.42 + 0.012 * (i % 3),
                shelf - 0.112 + 0.035 * i,
                0.5,
                p.accents[i % 3],
            )


def moon(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Grey dust and craters under a violet sky, the Earth above."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    if backdrop.decor:
        for _ in range(14 * backdrop.decor):
            pen.dot(
                dice.random(), dice.uniform(0, horizon), dice.uniform(0.004, 0.01), (255, 250, 226)
            )
        x, y = dice.choice((0.2, 0.8)), dice.uniform(0.15, 0.24)
        radius = 0.12 if backdrop.scenic else 0.085
        pen.dot(x, y, radius * 1.25, mix(p.sky, (140, 190, 255), 0.35))
        pen.dot(x, y, radius, (76, 146, 226))
        pen.oval(x - radius * 0.3, y - radius * 0.25, radius * 0.42, radius * 0.34, (110, 190, 110))
        pen.oval(x + radius * 0.36, y + radius * 0.3, radius * 0.34, radius * 0.26, (110, 190, 110))
        pen.oval(x - radius * 0.1, y + radius * 0.55, radius * 0.5, radius * 0.14, (240, 246, 255))
    if backdrop.scenic:
        x = dice.uniform(0.3, 0.7)
        pen.polygon(
            [(x, 0.24), (x + 0.26, 0.08), (x + 0.03, 0.26)], mix(p.sky, (255, 240, 190), 0.5)
        )
        pen.dot(x, 0.26, 0.035, (255, 244, 200))
    backdrop.ground(pen, horizon)
    if backdrop.decor:
        for _ in range(2):
            pen.oval(dice.random(), horizon + 0.02, dice.uniform(0.14, 0.24), 0.07, p.near)
        for x, y in scatter(dice, 4 + 3 * backdrop.decor, horizon + 0.07, 0.97):
            size = 0.03 + 0.12 * (y - horizon)
            pen.oval(x, y, size, size * 0.42, shade(p.earth, 0.22))
            pen.oval(x, y + size * 0.1, size * 0.86, size * 0.32, mix(p.near, p.earth, 0.6))
    if backdrop.decor > 1:
        x, foot = (0.12, 0.88)[dice.randrange(2)], horizon + 0.07
        pen.stroke([(x, foot), (x, foot - 0.26)], 0.014, (226, 228, 236))
        pen.polygon(
            [(x, foot - 0.26), (x + 0.12, foot - 0.25), (x + 0.12, foot - 0.17), (x, foot - 0.16)],
            p.accents[2],
        )
