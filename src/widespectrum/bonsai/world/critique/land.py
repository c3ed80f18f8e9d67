"""What is done to land and people: pollution, war, inequality."""

from __future__ import annotations

from widespectrum.bonsai.world.critique.stage import Stage
from widespectrum.bonsai.world.palette import COLOURS, RGB, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.things import outdoors
from widespectrum.bonsai.world.things.people import figure

_SOOT: RGB = (58, 52, 58)


def _smoke(
    pen: Pen, stage: Stage, part: str, x: float, y: float, lean: float, rise: float, tone: RGB
) -> None:
    dice = stage.dice(part)
    for i in range(9):
        t = i / 8
        size = 0.035 + 0.075 * t
        drift = (x + lean * t + dice.uniform(-0.02, 0.02), y - rise * t)
        pen.dot(*drift, size, mix(tone, (120, 110, 112), t * 0.5))


def pollution(stage: Stage) -> None:
    """A river through meadows, a child on its bank."""
    pen, p = stage.pen, stage.palette
    dirty = stage.has("smoke")
    sky, haze = (
        (mix(p.sky, (150, 126, 96), 0.6), mix(p.haze, (206, 166, 110), 0.6))
        if dirty
        else (p.sky, p.haze)
    )
    pen.gradient(0, 0.5, sky, haze)
    pen.gradient(0.5, 1, p.near, p.earth)
    for x, wide in ((0.15, 0.3), (0.8, 0.36)):
        pen.oval(x, 0.52, wide, 0.08, p.distance)
    pen.gradient(0.5, 1, p.near, p.earth)
    foul = stage.has("litter") or stage.has("dead fish")
    water: RGB = (104, 104, 66) if foul else (74, 160, 214)
    pen.polygon(
        [
            (0.5, 0.5),
            (0.56, 0.5),
            (0.66, 0.64),
            (1.02, 0.8),
            (1.02, 1.02),
            (0.18, 1.02),
            (0.4, 0.68),
        ],
        water,
    )
    for x, y, wide in ((0.53, 0.58, 0.03), (0.55, 0.7, 0.06), (0.8, 0.86, 0.1), (0.44, 0.93, 0.1)):
        pen.stroke([(x - wide, y), (x, y - 0.008), (x + wide, y)], 0.012, tint(water, 0.4))
    if stage.has("factory"):
        brick: RGB = (132, 84, 76)
        for x, high in ((0.64, 0.34), (0.74, 0.4), (0.84, 0.3)):
            pen.polygon(
                [(x - 0.03, 0.5), (x - 0.02, 0.5 - high), (x + 0.02, 0.5 - high), (x + 0.03, 0.5)],
                brick,
            )
            pen.box(x - 0.022, 0.5 - high + 0.03, x + 0.022, 0.5 - high + 0.055, (232, 224, 214))
        pen.box(0.58, 0.36, 0.96, 0.52, shade(brick, 0.3))
        for i in range(3):
            left = 0.58 + 0.127 * i
            pen.polygon([(left, 0.36), (left, 0.28), (left + 0.127, 0.36)], shade(brick, 0.44))
        for i in range(5):
            pen.box(0.61 + 0.07 * i, 0.41, 0.645 + 0.07 * i, 0.45, (250, 206, 100))
        pen.box(0.56, 0.5, 0.6, 0.535, shade(brick, 0.5))
    if stage.has("smoke"):
        for i, (x, y) in enumerate(((0.64, 0.16), (0.74, 0.1), (0.84, 0.2))):
            _smoke(pen, stage, f"smoke {i}", x, y, -0.5 - 0.12 * i, 0.06, _SOOT)
    if stage.has("litter"):
        dice = stage.dice("litter")
        tyre = (0.62, 0.82)
        pen.oval(*tyre, 0.07, 0.045, (34, 34, 38))
        pen.oval(*tyre, 0.032, 0.018, water)
        for x, y, tone in (
            (0.46, 0.82, (120, 196, 220)),
            (0.84, 0.93, (98, 178, 110)),
            (0.58, 0.7, (206, 214, 220)),
        ):
            pen.round_box(x - 0.055, y - 0.02, x + 0.035, y + 0.02, 0.014, tone)
            pen.box(x + 0.035, y - 0.01, x + 0.06, y + 0.01, (224, 70, 62))
        for x, y in ((0.34, 0.92), (0.74, 0.86), (0.53, 0.95)):
            pen.round_box(
                x - 0.022,
                y - 0.038,
                x + 0.022,
                y + 0.038,
                0.01,
                dice.choice(((214, 62, 58), (236, 188, 60))),
            )
            pen.oval(x, y - 0.038, 0.022, 0.01, (214, 216, 222))
        pen.polygon([(0.28, 1.0), (0.33, 0.9), (0.38, 0.89), (0.43, 1.0)], (60, 62, 72))
        pen.polygon([(0.32, 0.91), (0.35, 0.86), (0.39, 0.9)], (60, 62, 72))
    if stage.has("dead fish"):
        for x, y, size in ((0.72, 0.97, 0.1), (0.5, 0.76, 0.07)):
            belly: RGB = (186, 194, 190)
            pen.oval(x, y, size, size * 0.42, belly)
            pen.oval(x, y - size * 0.16, size * 0.8, size * 0.22, (236, 238, 230))
            pen.polygon(
                [
                    (x - size * 0.8, y),
                    (x - size * 1.4, y - size * 0.4),
                    (x - size * 1.4, y + size * 0.4),
                ],
                shade(belly, 0.2),
            )
            ex, ey, arm = x + size * 0.55, y, size * 0.17
            pen.stroke([(ex - arm, ey - arm), (ex + arm, ey + arm)], 0.014, (40, 30, 34))
            pen.stroke([(ex - arm, ey + arm), (ex + arm, ey - arm)], 0.014, (40, 30, 34))
    person = stage.at(0.2, 0.72, 0.25)
    figure(person, COLOURS["yellow"], stage.dice("person"), stage.emotion)
    if stage.has("mask"):
        person.round_box(-0.3, -0.34, 0.3, -0.02, 0.1, (246, 248, 250))
        person.stroke([(-0.46, -0.34), (-0.28, -0.26)], 0.05, (246, 248, 250))
        person.stroke([(0.46, -0.34), (0.28, -0.26)], 0.05, (246, 248, 250))
        person.stroke([(-0.2, -0.18), (0.2, -0.18)], 0.035, (170, 186, 196))


def _block(pen: Pen, x: float, wide: float, top: float, wall: RGB, broken: bool) -> None:
    """A house of several floors, whole or bombed."""
    left, right, foot = x - wide, x + wide, 0.72
    if broken:
        ragged = [
            (left, foot),
            (left, top + 0.04),
            (left + 0.3 * wide, top),
            (left + 0.55 * wide, top + 0.13),
            (left + 0.9 * wide, top + 0.08),
            (left + 1.2 * wide, top + 0.24),
            (left + 1.6 * wide, top + 0.17),
            (right, top + 0.3),
            (right, foot),
        ]
        wall = mix(wall, (108, 100, 98), 0.72)
        pen.polygon(ragged, wall)
        pen.polygon(
            [
                (left, foot),
                (left, top + 0.04),
                (left + 0.12 * wide, top + 0.03),
                (left + 0.12 * wide, foot),
            ],
            shade(wall, 0.3),
        )
    else:
        pen.box(left, top, right, foot, wall)
        pen.polygon([(left - 0.02, top), (x, top - 0.1), (right + 0.02, top)], shade(wall, 0.45))
    glass: RGB = (30, 26, 32) if broken else (255, 230, 150)
    for row in range(3):
        for column in range(2):
            wx, wy = left + wide * (0.4 + 0.85 * column), top + 0.09 + 0.14 * row
            if broken and (wy < top + 0.2 and column == 1):
                continue
            pen.box(wx - 0.028, wy, wx + 0.028, wy + 0.07, glass)
            if broken:
                pen.polygon(
                    [
                        (wx - 0.028, wy),
                        (wx - 0.01, wy - 0.07),
                        (wx + 0.02, wy - 0.05),
                        (wx + 0.028, wy),
                    ],
                    shade(wall, 0.5),
                )


def war(stage: Stage) -> None:
    """A street of houses, and what a war leaves of it."""
    pen, p = stage.pen, stage.palette
    broken = stage.has("ruins")
    burning = stage.has("fire")
    sky, haze = p.sky, p.haze
    if burning:
        sky, haze = mix(sky, (70, 42, 52), 0.75), mix(haze, (236, 120, 62), 0.7)
    elif broken:
        sky, haze = mix(sky, (128, 130, 138), 0.7), mix(haze, (190, 184, 178), 0.7)
    ground = mix(p.near, (120, 110, 104), 0.75) if broken else p.near
    pen.gradient(0, 0.72, sky, haze)
    if burning:
        for i, x in enumerate((0.26, 0.7)):
            _smoke(pen, stage, f"war smoke {i}", x, 0.34, 0.12, 0.36, (48, 40, 44))
    for x, wide, top, wall in (
        (0.2, 0.16, 0.26, (222, 168, 120)),
        (0.54, 0.14, 0.34, (170, 186, 206)),
        (0.86, 0.15, 0.22, (214, 142, 128)),
    ):
        _block(pen, x, wide, top, wall, broken)
    pen.gradient(0.72, 1, ground, shade(ground, 0.3))
    if broken:
        dice = stage.dice("rubble")
        for _ in range(22):
            x, y, size = dice.random(), dice.uniform(0.7, 0.96), dice.uniform(0.02, 0.05)
            tone = mix((122, 112, 106), (86, 78, 76), dice.random())
            pen.polygon(
                [
                    (x - size, y + size * 0.6),
                    (x - size * 0.4, y - size),
                    (x + size * 0.8, y - size * 0.4),
                    (x + size, y + size * 0.6),
                ],
                tone,
            )
    if burning:
        for x, y, size in ((0.26, 0.44, 0.12), (0.6, 0.6, 0.1), (0.78, 0.46, 0.13)):
            for tone, share in (
                ((226, 62, 30), 1.0),
                ((250, 150, 40), 0.68),
                ((255, 232, 130), 0.36),
            ):
                s = size * share
                pen.polygon(
                    [
                        (x - s, y),
                        (x - s * 0.9, y - s * 0.7),
                        (x - s * 0.5, y - s * 0.5),
                        (x - s * 0.2, y - s * 1.8),
                        (x + s * 0.25, y - s * 0.8),
                        (x + s * 0.6, y - s * 1.2),
                        (x + s, y),
                    ],
                    tone,
                )
                pen.oval(x, y, s, s * 0.35, tone)
    if stage.has("helmet"):
        pen.stroke([(0.84, 0.97), (0.84, 0.66)], 0.026, (96, 66, 44))
        pen.stroke([(0.76, 0.8), (0.92, 0.8)], 0.024, (96, 66, 44))
        pen.pie(0.84, 0.7, 0.105, 0.12, 180, 360, (86, 98, 70))
        pen.round_box(0.715, 0.685, 0.965, 0.72, 0.015, (66, 76, 56))
        pen.dot(0.87, 0.64, 0.018, (26, 24, 26))
    if stage.has("mourner"):
        kneeling(stage.at(0.42, 0.78, 0.22), (60, 56, 74))
    else:
        figure(stage.at(0.42, 0.75, 0.2), COLOURS["blue"], stage.dice("person"), stage.emotion)
    if stage.has("toy"):
        fur: RGB = (196, 140, 88)
        bear = stage.at(0.15, 0.9, 0.1)
        bear.oval(0.5, 0.3, 0.75, 0.5, fur)
        for x, y in ((0.2, 0.8), (0.9, 0.85), (1.2, 0.4)):
            bear.dot(x, y, 0.26, shade(fur, 0.12))
        bear.dot(-0.5, 0.1, 0.56, fur)
        for side in (-1, 1):
            bear.dot(-0.5 + 0.42 * side, -0.36, 0.22, shade(fur, 0.2))
            bear.dot(-0.5 + 0.2 * side, 0.02, 0.08, (30, 22, 24))
        bear.oval(-0.5, 0.28, 0.22, 0.16, tint(fur, 0.5))
        bear.dot(-0.5, 0.22, 0.08, (30, 22, 24))
        bear.stroke([(0.36, 0.1), (0.66, 0.4)], 0.1, (236, 232, 222))


def kneeling(pen: Pen, colour: RGB) -> None:
    """A figure on its knees, the face in its hands."""
    pen.polygon(
        [(-0.5, 1), (-0.45, 0.3), (-0.1, -0.1), (0.3, 0.0), (0.5, 0.4), (0.75, 0.72), (0.8, 1)],
        colour,
    )
    pen.polygon([(0.1, 0.6), (0.75, 0.72), (0.8, 1), (0.1, 1)], shade(colour, 0.3))
    pen.dot(0.34, -0.14, 0.36, (86, 60, 48))
    pen.dot(0.44, -0.06, 0.26, (226, 176, 136))
    pen.stroke([(0.0, 0.3), (0.36, 0.46), (0.52, 0.08)], 0.2, shade(colour, 0.18))
    pen.dot(0.54, 0.02, 0.15, (226, 176, 136))
    pen.oval(0.66, 0.3, 0.06, 0.1, (90, 160, 240))


def inequality(stage: Stage) -> None:
    """Two quarters of one city, side by side."""
    pen, p = stage.pen, stage.palette
    ground = mix(p.near, p.earth, 0.3)
    pen.gradient(0, 0.62, p.sky, p.haze)
    if stage.has("shacks"):
        for row in range(16):
            pen.box(
                0,
                0.04 * row,
                0.5,
                0.04 * row + 0.04,
                mix(mix(p.sky, p.haze, row / 16), (120, 116, 118), 0.55),
            )
    pen.gradient(0.62, 1, ground, p.earth)
    if stage.has("shacks"):
        pen.box(0, 0.62, 0.5, 1, (128, 108, 88))
        pen.oval(0.2, 0.9, 0.12, 0.03, (104, 86, 70))
    if stage.has("towers"):
        for x, wide, top, tone in (
            (0.64, 0.06, 0.2, (250, 208, 110)),
            (0.78, 0.075, 0.05, (120, 200, 236)),
            (0.92, 0.065, 0.15, (252, 222, 140)),
        ):
            pen.polygon(
                [
                    (x - wide, 0.7),
                    (x - wide, top + 0.06),
                    (x, top),
                    (x + wide, top + 0.06),
                    (x + wide, 0.7),
                ],
                tone,
            )
            pen.polygon(
                [(x, 0.7), (x, top), (x + wide, top + 0.06), (x + wide, 0.7)], shade(tone, 0.14)
            )
            for row in range(6):
                y = top + 0.1 + 0.085 * row
                if y < 0.64:
                    pen.box(x - wide * 0.7, y, x + wide * 0.7, y + 0.03, tint(tone, 0.65))
        pen.box(0.54, 0.68, 1, 1, (126, 196, 104))
        pen.oval(0.79, 0.86, 0.15, 0.055, (96, 196, 232))
        pen.stroke([(0.79, 0.86), (0.79, 0.74)], 0.02, (230, 246, 255))
        for side in (-1, 1):
            jet = [(0.0, 0.74), (0.025, 0.715), (0.05, 0.74), (0.08, 0.84)]
            pen.stroke([(0.79 + side * x, y) for x, y in jet], 0.014, (230, 246, 255))
    else:
        outdoors.house(stage.at(0.78, 0.6, 0.19), COLOURS["yellow"], stage.dice("right"))
    if stage.has("shacks"):
        for x, foot, size, tone in (
            (0.1, 0.68, 0.1, (140, 120, 100)),
            (0.3, 0.7, 0.11, (118, 110, 116)),
            (0.2, 0.8, 0.12, (152, 118, 88)),
        ):
            pen.polygon(
                [
                    (x - size, foot),
                    (x - size * 0.9, foot - size * 1.2),
                    (x + size * 0.95, foot - size),
                    (x + size, foot),
                ],
                tone,
            )
            pen.polygon(
                [
                    (x - size * 1.15, foot - size * 1.1),
                    (x - size * 0.2, foot - size * 1.55),
                    (x + size * 1.15, foot - size * 0.9),
                ],
                shade(tone, 0.45),
            )
            pen.box(x - size * 0.2, foot - size * 0.75, x + size * 0.25, foot, (46, 38, 40))
            pen.polygon(
                [
                    (x + size * 0.4, foot - size * 0.7),
                    (x + size * 0.8, foot - size * 0.8),
                    (x + size * 0.75, foot - size * 0.3),
                ],
                (82, 124, 150),
            )
    else:
        outdoors.house(stage.at(0.22, 0.6, 0.19), COLOURS["teal"], stage.dice("left"))
    if stage.has("wall"):
        brick: RGB = (150, 140, 136)
        pen.polygon([(0.44, 1.02), (0.47, 0.3), (0.55, 0.28), (0.58, 1.02)], brick)
        pen.polygon([(0.53, 1.02), (0.53, 0.285), (0.55, 0.28), (0.58, 1.02)], shade(brick, 0.35))
        for row in range(9):
            y = 0.37 + 0.07 * row
            pen.stroke([(0.467 - 0.003 * row, y), (0.53, y)], 0.01, shade(brick, 0.4))
            cut = 0.49 if row % 2 else 0.51
            pen.stroke([(cut, y - 0.07), (cut, y)], 0.01, shade(brick, 0.4))
    if stage.has("barbed wire"):
        top = 0.27 if stage.has("wall") else 0.66
        wire: RGB = (44, 42, 48)
        for i in range(4):
            pen.arc(0.455 + 0.033 * i, top - 0.02, 0.036, (0, 360), 0.011, wire)
        for i in range(5):
            x = 0.44 + 0.033 * i
            pen.stroke([(x - 0.014, top - 0.06), (x + 0.014, top + 0.01)], 0.01, wire)
    if stage.has("queue"):
        for i in range(4):
            figure(
                stage.at(0.07 + 0.11 * i, 0.85 + 0.01 * (i % 2), 0.115),
                (104 + 8 * i, 98, 96),
                stage.dice(f"queue {i}"),
                "sad",
            )
