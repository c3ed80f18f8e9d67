"""Places outdoors: meadow, forest, desert, snow, mountains."""

from __future__ import annotations

import math
from random import Random

from widespectrum.bonsai.world.palette import RGB, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.places.backdrop import Backdrop, scatter


def _flower(pen: Pen, x: float, y: float, size: float, colour: RGB, leaf: RGB) -> None:
    pen.stroke([(x, y), (x, y - size * 1.6)], 0.012, leaf)
    for dx, dy in ((-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5)):
        pen.dot(x + dx * size, y - size * 1.8 + dy * size, size * 0.45, colour)
    pen.dot(x, y - size * 1.8, size * 0.34, (255, 224, 110))


def _tuft(pen: Pen, x: float, y: float, size: float, colour: RGB) -> None:
    for lean in (-0.7, 0.0, 0.7):
        pen.polygon([(x - 0.3 * size, y), (x + lean * size, y - size), (x + 0.3 * size, y)], colour)


def _fir(
    pen: Pen, x: float, foot: float, height: float, colour: RGB, trunk: RGB, snow: bool
) -> None:
    pen.box(x - 0.012, foot - 0.05, x + 0.012, foot, trunk)
    for level in range(3):
        wide = (0.3 - 0.07 * level) * height
        low, high = (
            foot - 0.04 - height * 0.24 * level,
            foot - 0.04 - height * (0.24 * level + 0.46),
        )
        pen.polygon([(x - wide, low), (x, high), (x + wide, low)], colour)
        pen.polygon([(x, high), (x + wide, low), (x + wide * 0.2, low)], shade(colour, 0.2))
        if snow:
            pen.polygon(
                [
                    (x - wide * 0.45, high + 0.21 * height),
                    (x, high),
                    (x + wide * 0.45, high + 0.21 * height),
                ],
                (250, 252, 255),
            )


def meadow(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Rolling hills, round little trees, flowers."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    if backdrop.scenic:
        backdrop.sun(pen, dice.uniform(0.15, 0.85), 0.17)
    if backdrop.decor:
        backdrop.clouds(pen, dice, 1 + backdrop.decor)
        for share, lift in ((0.62, 0.16), (0.36, 0.09)):
            x, wide = dice.uniform(0.1, 0.9), dice.uniform(0.4, 0.6)
            hill = mix(p.near, p.haze, share)
            pen.oval(x, horizon + 0.06, wide, lift + 0.06, hill)
            pen.oval(1 - x, horizon + 0.08, wide * 0.8, lift, mix(hill, p.near, 0.4))
        for _ in range(2 * backdrop.decor):
            x, size = dice.uniform(0.02, 0.98), dice.uniform(0.02, 0.035)
            foot = horizon + 0.01
            pen.box(x - 0.006, foot - size, x + 0.006, foot, p.wood)
            pen.dot(x, foot - 1.7 * size, size, mix(p.leaf, p.haze, 0.25))
    backdrop.ground(pen, horizon)
    if backdrop.decor:
        pen.oval(dice.uniform(0.1, 0.9), horizon + 0.18, 0.5, 0.09, mix(p.near, p.earth, 0.35))
        for x, y in scatter(dice, 5 * backdrop.decor, horizon + 0.07, 0.97):
            _tuft(pen, x, y, 0.02 + 0.03 * (y - horizon), mix(p.earth, p.leaf, 0.6))
    if backdrop.scenic or backdrop.decor > 1:
        for x, y in scatter(dice, 7 if backdrop.decor > 1 else 4, horizon + 0.1, 0.98):
            _flower(pen, x, y, 0.03 + 0.03 * (y - horizon), dice.choice(p.accents), p.leaf)


def forest(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Firs in three depths of mist."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    if backdrop.scenic:
        light = tint(p.haze, 0.6)
        for x in (0.2, 0.45, 0.7):
            pen.polygon([(x, 0), (x + 0.07, 0), (x - 0.08, horizon), (x - 0.24, horizon)], light)
    if backdrop.decor:
        rows = (
            ((0.7, 0.34, 5), (0.38, 0.42, 4))
            if backdrop.decor == 1
            else ((0.74, 0.3, 7), (0.45, 0.4, 6), (0.12, 0.5, 4))
        )
        for fade, height, number in rows:
            colour = mix(p.leaf, p.haze, fade)
            for i in range(number):
                x = (i + dice.uniform(0.1, 0.9)) / number
                _fir(pen, x, horizon + 0.03, height * dice.uniform(0.8, 1.1), colour, p.wood, False)
    backdrop.ground(pen, horizon + 0.02)
    if backdrop.decor:
        for x, y in scatter(dice, 6 * backdrop.decor, horizon + 0.06, 0.98):
            _tuft(pen, x, y, 0.03 + 0.03 * (y - horizon), mix(p.earth, p.leaf, 0.7))
    if backdrop.decor > 1 or backdrop.scenic:
        for x, y in scatter(dice, 4, horizon + 0.12, 0.97):
            pen.box(x - 0.012, y - 0.05, x + 0.012, y, (244, 236, 220))
            pen.pie(x, y - 0.04, 0.04, 0.045, 180, 360, p.accents[1])


def desert(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Dunes, table mountains, cacti."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    if backdrop.scenic:
        backdrop.sun(pen, dice.uniform(0.2, 0.8), horizon - 0.16, 0.16)
    if backdrop.decor:
        rock = mix(p.earth, p.haze, 0.34)
        for _ in range(1 + backdrop.decor):
            x, high, wide = dice.uniform(0, 1), dice.uniform(0.1, 0.2), dice.uniform(0.1, 0.18)
            top = [(x - wide * 0.7, horizon - high), (x + wide * 0.7, horizon - high)]
            pen.polygon([(x - wide, horizon + 0.02), *top, (x + wide, horizon + 0.02)], rock)
            pen.polygon(
                [top[1], (x + wide, horizon + 0.02), (x + wide * 0.3, horizon)], shade(rock, 0.14)
            )
    backdrop.ground(pen, horizon)
    if backdrop.decor:
        for i in range(2 + backdrop.decor):
            y, x = horizon + 0.1 + 0.1 * i, dice.uniform(0, 1)
            pen.oval(x, y, 0.42, 0.05, mix(p.near, p.earth, 0.22 * i))
            pen.oval(x + 0.04, y + 0.025, 0.42, 0.045, mix(p.near, p.earth, 0.22 * i + 0.3))
        cactus = mix(p.leaf, (60, 140, 100), 0.5)
        for _ in range(2 * backdrop.decor - 1):
            x = dice.choice((dice.uniform(0.04, 0.26), dice.uniform(0.74, 0.96)))
            foot, high = horizon + dice.uniform(0.03, 0.12), dice.uniform(0.14, 0.22)
            pen.stroke([(x, foot), (x, foot - high)], 0.04, cactus)
            pen.dot(x, foot - high, 0.02, cactus)
            for side, lift in ((-1, 0.4), (1, 0.6)):
                y = foot - high * lift
                pen.stroke(
                    [(x, y), (x + side * 0.05, y), (x + side * 0.05, y - 0.06)], 0.026, cactus
                )
            if backdrop.decor > 1:
                pen.dot(x, foot - high - 0.02, 0.018, p.accents[2])
    if backdrop.decor > 1:
        for x, y in scatter(dice, 6, horizon + 0.12, 0.97):
            pen.oval(x, y, 0.03, 0.018, shade(p.earth, 0.2))


def _range(
    pen: Pen, dice: Random, foot: float, high: float, number: int, colour: RGB, snow: bool
) -> None:
    for i in range(number):
        x = (i + dice.uniform(0.2, 0.8)) / number
        peak = foot - high * dice.uniform(0.7, 1.1)
        wide = (foot - peak) * dice.uniform(0.9, 1.15)
        pen.polygon([(x - wide, foot), (x, peak), (x + wide, foot)], colour)
        pen.polygon([(x, peak), (x + wide, foot), (x + wide * 0.16, foot)], shade(colour, 0.16))
        if snow:
            cut = peak + (foot - peak) * 0.36
            side = wide * 0.36
            pen.polygon(
                [
                    (x - side, cut),
                    (x, peak),
                    (x + side, cut),
                    (x + side * 0.4, cut - 0.03),
                    (x, cut + 0.02),
                    (x - side * 0.4, cut - 0.02),
                ],
                (250, 252, 255),
            )


def snow(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """A white field with firs and flakes in the air."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    if backdrop.scenic:
        backdrop.sun(pen, dice.uniform(0.2, 0.8), 0.16, 0.08)
        _range(pen, dice, horizon + 0.02, 0.3, 3, mix(p.sky, (92, 108, 150), 0.45), snow=True)
    if backdrop.decor:
        pen.oval(dice.uniform(0, 1), horizon + 0.05, 0.6, 0.12, mix(p.near, p.haze, 0.4))
        for _ in range(2 + 2 * backdrop.decor):
            x = dice.uniform(0.02, 0.98)
            _fir(
                pen,
                x,
                horizon + 0.02,
                dice.uniform(0.18, 0.32),
                mix(p.leaf, p.haze, 0.2),
                p.wood,
                True,
            )
    backdrop.ground(pen, horizon)
    if backdrop.decor:
        pen.oval(dice.uniform(0.1, 0.9), horizon + 0.2, 0.5, 0.07, tint(p.near, 0.5))
        for _ in range(9 * backdrop.decor):
            pen.dot(dice.random(), dice.random(), dice.uniform(0.006, 0.012), (255, 255, 255))
    if backdrop.decor > 1:
        x = dice.choice((0.14, 0.86))
        for y, radius in ((0.0, 0.075), (-0.1, 0.056), (-0.175, 0.042)):
            pen.dot(x, horizon + 0.12 + y, radius, (250, 251, 255))
        pen.polygon(
            [(x, horizon - 0.06), (x + 0.06, horizon - 0.045), (x, horizon - 0.04)], (240, 140, 60)
        )
        pen.box(x - 0.05, horizon - 0.01, x + 0.05, horizon + 0.012, p.accents[2])


def mountains(pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Ranges behind ranges, and a lake before them where it is scenic."""
    p, horizon = backdrop.palette, backdrop.horizon
    backdrop.heaven(pen)
    if backdrop.scenic:
        backdrop.sun(pen, dice.uniform(0.25, 0.75), 0.2, 0.09)
    rock = mix(p.sky, (84, 92, 132), 0.6)
    if backdrop.decor:
        backdrop.clouds(pen, dice, backdrop.decor)
        _range(
            pen, dice, horizon + 0.02, 0.44, 2 + backdrop.decor, mix(rock, p.haze, 0.3), snow=True
        )
    _range(pen, dice, horizon + 0.02, 0.24, 3, mix(rock, p.leaf, 0.4), snow=False)
    backdrop.ground(pen, horizon)
    if backdrop.scenic:
        pen.oval(0.5, horizon + 0.1, 0.46, 0.06, mix(p.sky, p.haze, 0.3))
        pen.oval(0.46, horizon + 0.085, 0.3, 0.02, tint(p.haze, 0.5))
    if backdrop.decor:
        for _ in range(4 * backdrop.decor):
            x = dice.uniform(0.0, 1.0)
            _fir(pen, x, horizon + 0.03, dice.uniform(0.08, 0.14), p.leaf, p.wood, False)
        for x, y in scatter(dice, 4 * backdrop.decor, horizon + 0.14, 0.97):
            _tuft(pen, x, y, 0.03, mix(p.earth, p.leaf, 0.6))
    if backdrop.decor > 1:
        for x, y in scatter(dice, 6, horizon + 0.14, 0.97):
            _flower(pen, x, y, 0.035, dice.choice(p.accents), p.leaf)


def wave_line(pen: Pen, x: float, y: float, wide: float, colour: RGB) -> None:
    """A short wave with two crests."""
    pen.curve(
        lambda t: (x - wide + 2 * wide * t, y - 0.012 * math.sin(6.28 * t)), 0.013, colour, steps=5
    )
