"""People: a small whole figure for scenes, and head and shoulders for portraits."""

from __future__ import annotations

from random import Random

from widespectrum.bonsai.world.faces import Features, draw_head
from widespectrum.bonsai.world.palette import RGB, lightness, shade, tint
from widespectrum.bonsai.world.pen import Pen

_Point = tuple[float, float]

_ARMS: dict[str, tuple[_Point, _Point]] = {
    # elbow and hand of the right arm; the left mirrors it
    "calm": ((0.42, 0.44), (0.44, 0.66)),
    "happy": ((0.6, 0.1), (0.74, -0.3)),
    "sad": ((0.36, 0.48), (0.32, 0.76)),
    "angry": ((0.66, 0.4), (0.38, 0.56)),
    "fearful": ((0.58, 0.34), (0.46, 0.0)),
}


def figure(
    pen: Pen, colour: RGB, dice: Random, emotion: str = "calm", *, hollow: bool = False
) -> None:
    """A whole person with a large head; the colour is that of the clothes."""
    features = Features.drawn(dice)
    skin, trousers, shoes = features.skin, shade(colour, 0.42), (66, 50, 54)
    if lightness(colour) < 0.3:
        trousers = tint(colour, 0.3)
    for side in (-1, 1):
        pen.round_box(side * 0.15 - 0.12, 0.6, side * 0.15 + 0.12, 0.96, 0.05, trousers)
        pen.oval(side * 0.19, 0.95, 0.17, 0.07, shoes)
    elbow, hand = _ARMS["sad" if hollow else emotion]
    for side in (-1, 1):
        shoulder = (side * 0.24, 0.26)
        bent, end = (side * elbow[0], elbow[1]), (side * hand[0], hand[1])
        pen.stroke([shoulder, bent, end], 0.17, shade(colour, 0.14))
        pen.dot(*end, 0.1, skin)
    pen.round_box(-0.32, 0.14, 0.32, 0.74, 0.16, colour)
    pen.round_box(0.1, 0.2, 0.32, 0.74, 0.1, shade(colour, 0.12))
    pen.dot(0, 0.42, 0.04, tint(colour, 0.6))
    pen.dot(0, 0.58, 0.04, tint(colour, 0.6))
    head = Pen(pen.draw, *pen.at((0, -0.38)), pen.unit * 0.54, flip=pen.stretch < 0)
    draw_head(head, features, emotion, hollow=hollow)
    if emotion == "fearful":
        for side in (-1, 1):
            pen.oval(side * 0.46, -0.06, 0.1, 0.15, skin)


def bust(
    pen: Pen, colour: RGB, dice: Random, emotion: str = "calm", *, hollow: bool = False
) -> None:
    """Head and shoulders; the lower edge of the picture cuts them."""
    features = Features.drawn(dice)
    drop = 0.16 if emotion in ("sad", "angry") else 0.1
    pen.round_box(-0.86, 0.62 + drop, 0.86, 1.6, 0.32, colour)
    pen.round_box(0.3, 0.62 + drop, 0.86, 1.6, 0.3, shade(colour, 0.14))
    pen.polygon([(-0.26, 0.66), (0.26, 0.66), (0.0, 1.0)], shade(features.skin, 0.16))
    pen.box(-0.22, 0.4, 0.22, 0.76, shade(features.skin, 0.16))
    collar = tint(colour, 0.55)
    pen.polygon([(-0.3, 0.66), (-0.02, 0.98), (-0.32, 0.98)], collar)
    pen.polygon([(0.3, 0.66), (0.02, 0.98), (0.32, 0.98)], collar)
    head = Pen(pen.draw, *pen.at((0, -0.1)), pen.unit * 0.74, flip=pen.stretch < 0)
    draw_head(head, features, emotion, hollow=hollow)
    if emotion == "fearful":
        for side in (-1, 1):
            pen.stroke([(side * 0.78, 1.2), (side * 0.66, 0.56)], 0.22, shade(colour, 0.12))
            pen.oval(side * 0.62, 0.34, 0.13, 0.24, features.skin)
            for i in range(3):
                x = side * (0.52 + 0.1 * i)
                pen.stroke([(x, 0.3), (x - side * 0.02, 0.04)], 0.08, features.skin)
