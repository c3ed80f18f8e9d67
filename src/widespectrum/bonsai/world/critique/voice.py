"""What is done to voice and attention: censorship, screens."""

from __future__ import annotations

import math
from functools import partial

from widespectrum.bonsai.world.critique.stage import Stage
from widespectrum.bonsai.world.palette import COLOURS, INK, PAPER, RGB, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.things.people import bust

_BAR: RGB = (22, 20, 26)


def _poster(pen: Pen, x: float, y: float, tone: RGB, redacted: bool) -> None:
    pen.box(x - 0.115, y - 0.15, x + 0.115, y + 0.15, PAPER)
    if redacted:
        for i, (left, right) in enumerate(
            ((0.0, 0.9), (0.1, 1.0), (0.0, 0.6), (0.2, 1.0), (0.0, 0.8))
        ):
            top = y - 0.12 + 0.05 * i
            pen.box(x - 0.09 + 0.18 * left, top, x - 0.09 + 0.18 * right, top + 0.034, _BAR)
        return
    pen.box(x - 0.095, y - 0.13, x + 0.095, y + 0.02, tone)
    pen.dot(x, y - 0.05, 0.05, tint(tone, 0.6))
    for i in range(3):
        pen.box(
            x - 0.09,
            y + 0.045 + 0.034 * i,
            x + 0.08 - 0.05 * (i == 2),
            y + 0.06 + 0.034 * i,
            (126, 122, 132),
        )


def _eye(pen: Pen, x: float, y: float, size: float) -> None:
    pen.polygon(
        [
            (x - size * 1.5, y),
            (x - size * 0.5, y - size * 0.8),
            (x + size * 0.5, y - size * 0.8),
            (x + size * 1.5, y),
            (x + size * 0.5, y + size * 0.8),
            (x - size * 0.5, y + size * 0.8),
        ],
        (250, 248, 240),
    )
    pen.dot(x, y, size * 0.66, (206, 46, 46))
    pen.dot(x, y, size * 0.32, INK)
    pen.stroke(
        [
            (x - size * 1.5, y),
            (x - size * 0.5, y - size * 0.85),
            (x + size * 0.5, y - size * 0.85),
            (x + size * 1.5, y),
        ],
        0.018,
        INK,
    )


def censorship(stage: Stage) -> None:
    """A speaker at a microphone before a wall of posters."""
    pen, p = stage.pen, stage.palette
    wall = mix(p.sky, (196, 186, 172), 0.6)
    if stage.has("watching eyes"):
        wall = mix(wall, (74, 40, 52), 0.72)
    pen.gradient(0, 1, wall, shade(wall, 0.34))
    redacted = stage.has("redacted posters")
    for x, y, tone in ((0.13, 0.42, COLOURS["teal"]), (0.87, 0.42, COLOURS["orange"])):
        _poster(pen, x, y, tone, redacted)
    if stage.has("watching eyes"):
        for x, y, size in (
            (0.14, 0.11, 0.075),
            (0.86, 0.11, 0.075),
            (0.1, 0.76, 0.055),
            (0.91, 0.76, 0.055),
        ):
            _eye(pen, x, y, size)
    person = stage.at(0.5, 0.53, 0.4)
    bust(person, COLOURS["blue"], stage.dice("person"), stage.emotion)
    if stage.has("gag"):
        cloth: RGB = (232, 228, 220)
        person.polygon(
            [
                (-0.62, 0.08),
                (-0.2, 0.14),
                (0.2, 0.14),
                (0.62, 0.08),
                (0.6, 0.4),
                (0.2, 0.5),
                (-0.2, 0.5),
                (-0.6, 0.4),
            ],
            cloth,
        )
        person.stroke([(-0.56, 0.2), (0.0, 0.3), (0.56, 0.2)], 0.05, shade(cloth, 0.3))
        person.stroke([(-0.26, 0.18), (0.26, 0.44)], 0.1, (206, 40, 44))
        person.stroke([(-0.26, 0.44), (0.26, 0.18)], 0.1, (206, 40, 44))
    if stage.has("chains"):
        iron: RGB = (150, 154, 166)
        for slope in (0.16, -0.16):
            for i in range(9):
                t = i / 8
                x, y = 0.18 + 0.64 * t, 0.9 + slope * (t - 0.5)
                pen.oval(x, y, 0.045, 0.027, shade(iron, 0.6))
                pen.oval(x, y, 0.036, 0.019, iron)
                pen.oval(x, y, 0.018, 0.008, COLOURS["blue"])
        pen.round_box(0.43, 0.86, 0.57, 0.98, 0.02, (222, 178, 70))
        pen.dot(0.5, 0.91, 0.02, INK)
    _microphone(pen, stage.has("crossed-out microphone"))


def _microphone(pen: Pen, crossed: bool) -> None:
    pen.stroke([(0.78, 1.0), (0.72, 0.84)], 0.03, INK)
    pen.dot(0.7, 0.79, 0.062, (70, 70, 82))
    pen.dot(0.685, 0.775, 0.022, (176, 178, 190))
    if crossed:
        pen.arc(0.71, 0.81, 0.115, (0, 360), 0.03, (226, 44, 44))
        pen.stroke([(0.63, 0.73), (0.79, 0.89)], 0.03, (226, 44, 44))


_LIGHTS: tuple[RGB, ...] = (
    (64, 214, 250),
    (250, 84, 170),
    (140, 108, 255),
    (90, 236, 170),
    (252, 200, 70),
)


def _screen(pen: Pen, x: float, y: float, wide: float, turn: float, light: RGB, kind: int) -> None:
    cos, sin = math.cos(turn), math.sin(turn)

    def corner(dx: float, dy: float) -> tuple[float, float]:
        return (x + wide * (dx * cos - dy * sin), y + wide * (dx * sin + dy * cos))

    def quad(left: float, top: float, right: float, bottom: float, tone: RGB) -> None:
        pen.polygon(
            [corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)],
            tone,
        )

    quad(-1, -0.72, 1, 0.72, (26, 24, 36))
    quad(-0.88, -0.6, 0.88, 0.6, light)
    match kind % 4:
        case 0:
            for i in range(3):
                quad(
                    -0.7, -0.42 + 0.34 * i, 0.7 - 0.4 * (i % 2), -0.26 + 0.34 * i, tint(light, 0.65)
                )
        case 1:
            pen.polygon([corner(-0.3, -0.4), corner(0.45, 0.0), corner(-0.3, 0.4)], PAPER)
        case 2:
            for i, high in enumerate((0.3, 0.7, 0.45, 0.9)):
                quad(-0.7 + 0.36 * i, 0.5 - high, -0.46 + 0.36 * i, 0.5, PAPER)
        case _:
            pen.dot(*corner(-0.3, -0.1), wide * 0.24, shade(light, 0.5))
            pen.dot(*corner(0.36, -0.1), wide * 0.24, shade(light, 0.5))
            quad(-0.4, 0.26, 0.5, 0.38, shade(light, 0.5))


def screens(stage: Stage) -> None:
    """A head, and everything that wants its attention."""
    pen, p = stage.pen, stage.palette
    wall = mix(p.sky, (226, 206, 184), 0.7)
    if stage.has("screens"):
        wall = mix(wall, (26, 20, 54), 0.88)
    pen.gradient(0, 1, wall, shade(wall, 0.3))
    if stage.has("screens"):
        dice = stage.dice("screens")
        for i, (x, y) in enumerate(
            (
                (0.12, 0.12),
                (0.38, 0.06),
                (0.66, 0.07),
                (0.9, 0.15),
                (0.08, 0.4),
                (0.93, 0.43),
                (0.1, 0.68),
                (0.91, 0.72),
                (0.14, 0.93),
                (0.86, 0.96),
            )
        ):
            light = _LIGHTS[i % 5]
            _screen(pen, x, y, dice.uniform(0.115, 0.15), dice.uniform(-0.5, 0.5), light, i)
    else:
        pen.box(0.1, 0.14, 0.34, 0.5, PAPER)
        pen.box(0.12, 0.16, 0.32, 0.48, (150, 208, 246))
        pen.oval(0.22, 0.48, 0.1, 0.08, (116, 180, 100))
        pen.box(0.1, 0.47, 0.34, 0.5, PAPER)
    person = stage.at(0.5, 0.56, 0.4)
    if stage.has("glow"):
        for side, light in ((-1, _LIGHTS[0]), (1, _LIGHTS[1])):
            pen.oval(0.5 + side * 0.19, 0.5, 0.22, 0.4, mix(light, wall, 0.55))
            pen.oval(0.5 + side * 0.17, 0.5, 0.19, 0.36, mix(light, wall, 0.2))
    bust(
        person, COLOURS["grey"], stage.dice("person"), stage.emotion, hollow=stage.has("tired eyes")
    )
    if stage.has("glow"):
        # Cold light from both sides, along the outline of the face and on the shoulders.
        for side, light in ((-1, _LIGHTS[0]), (1, _LIGHTS[1])):
            person.curve(partial(_outline, side), 0.07, light)
            person.stroke([(side * 0.34, 0.78), (side * 0.7, 0.84), (side * 0.86, 1.1)], 0.1, light)
            person.dot(side * 0.26, 0.02, 0.05, light)
    if stage.has("wires"):
        for i, tone in enumerate((INK, (60, 54, 84), (190, 50, 80), INK)):
            phase = 1.3 * i
            pen.curve(partial(_wire, i, phase), 0.022, tone, steps=18)
    if stage.has("notifications"):
        dice = stage.dice("notifications")
        for i, (x, y) in enumerate(
            ((0.27, 0.25), (0.74, 0.24), (0.25, 0.55), (0.77, 0.58), (0.5, 0.1), (0.68, 0.86))
        ):
            size = dice.uniform(0.05, 0.066)
            if i % 2:
                pen.dot(x, y, size, (240, 48, 62))
                pen.box(x - 0.01, y - size * 0.55, x + 0.01, y + size * 0.2, PAPER)
                pen.dot(x, y + size * 0.5, 0.011, PAPER)
            else:
                pen.round_box(
                    x - size * 1.2, y - size * 0.8, x + size * 1.2, y + size * 0.7, 0.025, PAPER
                )
                pen.polygon(
                    [
                        (x - size * 0.5, y + size * 0.6),
                        (x - size * 0.7, y + size * 1.3),
                        (x + size * 0.2, y + size * 0.6),
                    ],
                    PAPER,
                )
                for dx in (-0.5, 0.0, 0.5):
                    pen.dot(x + dx * size, y, size * 0.19, (66, 120, 236))


def _outline(side: int, t: float) -> tuple[float, float]:
    """One side of a face."""
    return (side * 0.62 * math.cos(2.0 * t - 1.0), -0.02 + 0.66 * math.sin(2.0 * t - 1.0))


def _wire(number: int, phase: float, t: float) -> tuple[float, float]:
    """A cable that loops around neck and shoulders."""
    angle = phase + 6.28 * (1.4 + 0.3 * number) * t
    return (
        -0.05 + 1.1 * t + 0.07 * math.cos(angle),
        0.84 + 0.035 * number + 0.075 * math.sin(angle),
    )
