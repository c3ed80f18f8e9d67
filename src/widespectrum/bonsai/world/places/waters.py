"""Places by the water: sea and beach."""

from __future__ import annotations

from random import Random

from widespectrum.bonsai.world.palette import RGB, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.places.backdrop import Backdrop, scatter
from widespectrum.bonsai.world.places.nature import wave_line


def _gull(pen: Pen, x: float, y: float, size: float, colour: RGB) -> None:
    pen.stroke(
        [(x - size, y - size * 0.5), (x - size * 0.4, y - size * 0.6), (x, y)], 0.014, colour
    )
    pen.stroke(
        [(x, y), (x + size * 0.4, y - size * 0.6), (x + size, y - size * 0.5)], 0.014, colour
    )


def _far_sail(pen: Pen, x: float, y: float, size: float, colour: RGB) -> None:
    pen.polygon([(x, y - size), (x, y), (x + size * 0.6, y)], (252, 250, 244))
    pen.polygon(
        [(x - size * 0.5, y), (x + size * 0.7, y), (x + size * 0.4, y + size * 0.3)], colour
    )


def sea(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Open water with waves, far sails and gulls."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    light = tint(p.near, 0.5)
    x = dice.uniform(0.3, 0.7)
    if backdrop.scenic:
        backdrop.sun(pen, x, horizon - 0.12, 0.12)
    backdrop.ground(pen, horizon)
    if backdrop.scenic:
        for i in range(7):
            y, wide = horizon + 0.03 + 0.06 * i, 0.05 + 0.018 * i * dice.uniform(0.7, 1.2)
            pen.oval(x + dice.uniform(-0.03, 0.03), y, wide, 0.011, (255, 232, 158))
    if backdrop.decor:
        backdrop.clouds(pen, dice, 1 + backdrop.decor)
        pen.stroke([(0, horizon), (1, horizon)], 0.008, tint(p.haze, 0.4))
        for x, y in scatter(dice, 5 + 5 * backdrop.decor, horizon + 0.04, 0.97):
            wave_line(pen, x, y, 0.04 + 0.1 * (y - horizon), light)
    if backdrop.decor > 1:
        for x in (dice.uniform(0.05, 0.35), dice.uniform(0.65, 0.95)):
            _far_sail(pen, x, horizon + 0.005, 0.07, p.accents[0])
        for _ in range(3):
            _gull(pen, dice.uniform(0.1, 0.9), dice.uniform(0.1, 0.36), 0.045, (70, 76, 96))


def beach(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Sand, a strip of sea with foam, a palm."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    sea_colour = mix(p.sky, (30, 120, 190), 0.55)
    far = horizon - 0.14
    if backdrop.scenic:
        backdrop.sun(pen, dice.uniform(0.25, 0.75), far - 0.12, 0.1)
    if backdrop.decor:
        backdrop.clouds(pen, dice, backdrop.decor)
    if backdrop.flat:
        pen.box(0, far, 1, horizon, sea_colour)
    else:
        pen.gradient(far, horizon, sea_colour, tint(sea_colour, 0.3))
    backdrop.ground(pen, horizon)
    slope = dice.uniform(-0.02, 0.02)
    pen.polygon(
        [
            (0, horizon - 0.012),
            (0.5, horizon + slope),
            (1, horizon - 0.012),
            (1, horizon + 0.03),
            (0.5, horizon + 0.03 + slope),
            (0, horizon + 0.03),
        ],
        (252, 253, 255),
    )
    if backdrop.decor:
        for _ in range(3 * backdrop.decor):
            wave_line(
                pen,
                dice.random(),
                dice.uniform(far + 0.03, horizon - 0.03),
                0.05,
                tint(sea_colour, 0.5),
            )
        for x, y in scatter(dice, 6 * backdrop.decor, horizon + 0.07, 0.97):
            pen.dot(x, y, 0.009, shade(p.earth, 0.18))
        side = dice.choice((-1, 1))
        _palm(pen, 0.5 + side * 0.4, horizon + 0.1, -side, p.wood, p.leaf)
    if backdrop.decor > 1:
        _far_sail(pen, dice.uniform(0.2, 0.8), far + 0.02, 0.07, p.accents[1])
        for x, y in scatter(dice, 3, horizon + 0.12, 0.96):
            for i in range(3):
                pen.pie(
                    x, y, 0.035 - 0.009 * i, 0.035 - 0.009 * i, 180, 360, tint(p.accents[i], 0.3)
                )
        for _ in range(2):
            _gull(pen, dice.uniform(0.1, 0.9), dice.uniform(0.08, 0.3), 0.04, (80, 86, 104))


def _palm(pen: Pen, x: float, foot: float, lean: int, wood: RGB, leaf: RGB) -> None:
    top = (x + lean * 0.07, foot - 0.42)
    pen.curve(lambda t: (x + lean * 0.07 * t * t, foot - 0.42 * t), 0.028, wood, steps=4)
    for dx, dy in ((-0.2, 0.06), (-0.15, -0.08), (0.0, -0.12), (0.15, -0.08), (0.2, 0.06)):
        middle = (top[0] + dx * 0.55, top[1] + dy * 0.5 - 0.05)
        end = (top[0] + dx, top[1] + dy + 0.05)
        pen.polygon(
            [top, middle, end, (middle[0], middle[1] + 0.045)],
            leaf if dx < 0 else shade(leaf, 0.14),
        )
    pen.dot(top[0], top[1] + 0.02, 0.022, shade(wood, 0.3))
