"""Faces, and the five emotions that a person reads in them at a glance.

A face is drawn around (0, 0) of its pen; the head is about 1 wide to each side. Emotions are drawn
as cartoonists do: by the slant of the brows, how wide the eyes are open, and the mouth; the skin
flushes with anger and pales with fear.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from widespectrum.bonsai.world.palette import INK, RGB, mix, shade, tint
from widespectrum.bonsai.world.pen import Pen

EMOTIONS = ("calm", "happy", "sad", "angry", "fearful")
"""Every emotion of a face or a scene; calm is the neutral one."""

SKINS: tuple[RGB, ...] = (
    (255, 221, 192),
    (244, 198, 160),
    (222, 168, 122),
    (170, 116, 78),
    (122, 80, 56),
)
HAIRS: tuple[RGB, ...] = (
    (48, 36, 36),
    (104, 66, 42),
    (226, 178, 92),
    (188, 84, 44),
    (86, 52, 40),
)
STYLES = ("short", "long", "bob", "bun", "curly", "tufts")

_TEAR: RGB = (70, 156, 244)
_TEETH: RGB = (255, 253, 246)
_WHITE: RGB = (255, 255, 255)


@dataclass(frozen=True)
class Features:
    """What makes one person differ from another."""

    skin: RGB
    hair: RGB
    style: str
    freckles: bool
    glasses: bool

    @classmethod
    def drawn(cls, dice: Random) -> Features:
        """The features of one of many people."""
        return cls(
            skin=dice.choice(SKINS),
            hair=dice.choice(HAIRS),
            style=dice.choice(STYLES),
            freckles=dice.random() < 0.2,
            glasses=dice.random() < 0.15,
        )


def draw_head(pen: Pen, features: Features, emotion: str, *, hollow: bool = False) -> None:
    """A head with hair and the face of an emotion.

    Args:
        pen: placed on the middle of the head.
        features: whose head.
        emotion: one of `EMOTIONS`.
        hollow: dark rings and a stare at nothing, over whatever the emotion is.
    """
    skin = features.skin
    if emotion == "angry":
        skin = mix(skin, (226, 50, 36), 0.46)
    elif emotion == "fearful":
        skin = mix(skin, (206, 222, 236), 0.55)
    elif emotion == "sad" or hollow:
        skin = mix(skin, (172, 182, 206), 0.3)
    _hair_behind(pen, features)
    for side in (-1, 1):
        pen.oval(side * 0.84, 0.1, 0.14, 0.2, shade(skin, 0.1))
    pen.oval(0, 0.08, 0.84, 0.92, skin)
    pen.oval(0, 0.3, 0.74, 0.7, skin)
    _hair_in_front(pen, features)
    if features.freckles and emotion in ("calm", "happy"):
        for x, y in (
            (-0.5, 0.22),
            (-0.38, 0.3),
            (-0.6, 0.34),
            (0.5, 0.22),
            (0.38, 0.3),
            (0.6, 0.34),
        ):
            pen.dot(x, y, 0.04, shade(skin, 0.3))
    _FACES[emotion](pen, skin, features)
    if hollow:
        _hollow_eyes(pen, skin)
    elif features.glasses and emotion != "happy":
        for side in (-1, 1):
            pen.arc(side * 0.36, 0.06, 0.29, (0, 360), 0.06, INK)
        pen.stroke([(-0.08, 0.04), (0.08, 0.04)], 0.06, INK)


def _hair_behind(pen: Pen, features: Features) -> None:
    hair = features.hair
    match features.style:
        case "long":
            pen.oval(0, -0.05, 1.04, 1.0, hair)
            pen.round_box(-1.04, -0.1, 1.04, 1.3, 0.3, hair)
            pen.round_box(-0.66, 0.4, 0.66, 1.34, 0.2, shade(hair, 0.35))
        case "bob":
            pen.oval(0, -0.05, 1.06, 1.0, hair)
            pen.round_box(-1.06, -0.1, 1.06, 0.86, 0.34, hair)
        case "bun":
            pen.dot(0, -1.04, 0.36, hair)
            pen.dot(-0.1, -1.12, 0.14, tint(hair, 0.2))
        case "curly":
            for i in range(11):
                angle = math.pi * (0.86 + 1.28 * i / 10)
                x, y = 0.9 * math.cos(angle), 0.02 + 0.84 * math.sin(angle)
                pen.dot(x, y, 0.3, hair if i % 2 else shade(hair, 0.15))
        case "tufts":
            for side in (-1, 1):
                pen.dot(side * 0.96, -0.5, 0.36, hair)
                pen.dot(side * 0.8, -0.42, 0.1, (232, 84, 96))
        case _:
            pen.oval(0, -0.16, 0.92, 0.84, hair)


def _hair_in_front(pen: Pen, features: Features) -> None:
    hair = features.hair
    if features.style == "curly":
        for i in range(6):
            pen.dot(-0.62 + 0.25 * i, -0.66 - 0.1 * math.sin(math.pi * i / 5), 0.24, hair)
        return
    pen.pie(0, -0.1, 0.92, 0.9, 180, 360, hair)
    light = tint(hair, 0.16)
    match features.style:
        case "short":
            pen.polygon([(-0.9, -0.16), (-0.7, -0.42), (0.9, -0.3), (0.9, -0.12)], hair)
            pen.polygon([(-0.3, -0.94), (0.1, -1.12), (0.34, -0.9)], hair)
        case "bob" | "long":
            pen.polygon(
                [(-0.92, -0.16), (-0.2, -0.5), (0.3, -0.14), (0.92, -0.12), (0.5, -0.6)], hair
            )
        case _:
            pen.polygon(
                [(-0.92, -0.16), (0.0, -0.42), (0.92, -0.16), (0.4, -0.6), (-0.4, -0.6)], hair
            )
    pen.stroke([(-0.56, -0.62), (-0.16, -0.82), (0.2, -0.84)], 0.07, light)


def _eye(
    pen: Pen, x: float, y: float, rx: float, ry: float, pupil: float, look: float = 0.0
) -> None:
    pen.oval(x, y, rx + 0.035, ry + 0.035, INK)
    pen.oval(x, y, rx, ry, _WHITE)
    pen.dot(x, y + look, pupil, INK)
    if pupil > 0.1:
        pen.dot(x - 0.05, y + look - 0.06, pupil * 0.36, _WHITE)


def _nose(pen: Pen, skin: RGB) -> None:
    pen.stroke([(0.0, 0.16), (-0.08, 0.34), (0.06, 0.36)], 0.06, shade(skin, 0.28))


def _calm(pen: Pen, skin: RGB, features: Features) -> None:
    for side in (-1, 1):
        pen.oval(side * 0.34, 0.1, 0.12, 0.17, INK)
        pen.dot(side * 0.34 - 0.04, 0.03, 0.05, _WHITE)
        pen.stroke([(side * 0.2, -0.22), (side * 0.5, -0.22)], 0.07, shade(features.hair, 0.2))
        pen.oval(side * 0.56, 0.38, 0.14, 0.08, mix(skin, (250, 110, 104), 0.3))
    _nose(pen, skin)
    pen.arch(0, 0.58, 0.2, -0.05, 0.08, (150, 66, 66))


def _happy(pen: Pen, skin: RGB, features: Features) -> None:
    for side in (-1, 1):
        x = side * 0.37
        pen.arch(x, 0.1, 0.21, 0.24, 0.1, INK)
        pen.arch(x, -0.26, 0.19, 0.1, 0.075, shade(features.hair, 0.2))
        pen.oval(side * 0.6, 0.34, 0.2, 0.14, mix(skin, (255, 92, 100), 0.5))
    pen.pie(0, 0.36, 0.46, 0.48, 0, 180, (132, 30, 42))
    pen.round_box(-0.36, 0.36, 0.36, 0.5, 0.04, _TEETH)
    pen.oval(0, 0.72, 0.22, 0.1, (244, 106, 112))
    pen.arch(0, 0.34, 0.52, -0.04, 0.06, (132, 30, 42))


def _sad(pen: Pen, skin: RGB, features: Features) -> None:
    for side in (-1, 1):
        x = side * 0.36
        pen.polygon(
            [
                (x - 0.12, 0.2),
                (x + 0.12, 0.2),
                (x + side * 0.04 + 0.12, 0.8),
                (x + side * 0.04 - 0.12, 0.8),
            ],
            mix(_TEAR, skin, 0.25),
        )
        _eye(pen, x, 0.1, 0.17, 0.15, 0.12, look=0.05)
        pen.polygon(
            [(side * 0.1, -0.14), (side * 0.62, -0.14), (side * 0.62, 0.12), (side * 0.1, -0.04)],
            skin,
        )
        pen.stroke([(side * 0.14, -0.04), (side * 0.58, 0.1)], 0.06, INK)
        pen.stroke([(side * 0.1, -0.4), (side * 0.6, -0.16)], 0.11, shade(features.hair, 0.25))
        pen.oval(x + side * 0.04, 0.74, 0.13, 0.17, _TEAR)
        pen.dot(x + side * 0.0, 0.68, 0.045, _WHITE)
    _nose(pen, skin)
    pen.arch(0, 0.8, 0.28, 0.24, 0.1, (126, 48, 56))
    pen.stroke([(-0.1, 0.84), (0.1, 0.84)], 0.06, shade(skin, 0.3))


def _angry(pen: Pen, skin: RGB, features: Features) -> None:
    for side in (-1, 1):
        x = side * 0.37
        _eye(pen, x, 0.1, 0.19, 0.15, 0.09)
        pen.polygon(
            [(side * 0.08, -0.16), (side * 0.66, -0.3), (side * 0.66, -0.02), (side * 0.08, 0.1)],
            skin,
        )
        pen.stroke([(side * 0.06, 0.1), (side * 0.64, -0.28)], 0.17, INK)
        pen.stroke([(side * 0.2, 0.3), (side * 0.5, 0.28)], 0.05, shade(skin, 0.35))
        pen.stroke([(side * 0.2, 0.36), (side * 0.4, 0.52)], 0.05, shade(skin, 0.35))
    for x in (-0.07, 0.07):
        pen.stroke([(x, -0.24), (x * 0.8, -0.02)], 0.05, shade(skin, 0.45))
    pen.oval(0, 0.34, 0.14, 0.09, shade(skin, 0.22))
    pen.round_box(-0.44, 0.5, 0.44, 0.86, 0.1, (70, 14, 22))
    pen.round_box(-0.37, 0.55, 0.37, 0.81, 0.05, _TEETH)
    for x in (-0.19, 0.0, 0.19):
        pen.stroke([(x, 0.55), (x, 0.81)], 0.045, (70, 14, 22))
    pen.stroke([(-0.37, 0.68), (0.37, 0.68)], 0.045, (70, 14, 22))


def _fearful(pen: Pen, skin: RGB, features: Features) -> None:
    for side in (-1, 1):
        x = side * 0.38
        _eye(pen, x, 0.02, 0.27, 0.31, 0.07)
        brow = [(side * 0.14, -0.56), (side * 0.4, -0.5), (side * 0.64, -0.34)]
        pen.stroke(brow, 0.09, shade(features.hair, 0.2))
    for x, y in ((-0.66, -0.34), (0.7, -0.22), (0.74, 0.3)):
        pen.oval(x, y, 0.07, 0.11, (126, 200, 250))
    pen.oval(0, 0.66, 0.24, 0.3, (56, 16, 26))
    pen.oval(0, 0.84, 0.14, 0.09, (186, 62, 74))
    for y in (0.36, 0.42):
        pen.stroke([(-0.1, y), (0.1, y)], 0.03, shade(skin, 0.2))


def _hollow_eyes(pen: Pen, skin: RGB) -> None:
    for side in (-1, 1):
        pen.oval(side * 0.37, 0.12, 0.28, 0.26, mix(shade(skin, 0.55), (70, 60, 110), 0.4))
        pen.oval(side * 0.37, 0.08, 0.17, 0.15, (232, 232, 226))
        pen.dot(side * 0.37, 0.08, 0.055, INK)
        pen.polygon(
            [(side * 0.12, -0.14), (side * 0.64, -0.14), (side * 0.64, 0.04), (side * 0.12, 0.02)],
            shade(skin, 0.3),
        )


_FACES: dict[str, Callable[[Pen, RGB, Features], None]] = {
    "calm": _calm,
    "happy": _happy,
    "sad": _sad,
    "angry": _angry,
    "fearful": _fearful,
}
