"""What a place is painted with: its colours, how much there is to see, its horizon."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from widespectrum.bonsai.world.palette import PAPER, RGB, mix, tint
from widespectrum.bonsai.world.pen import Pen


@dataclass(frozen=True)
class Palette:
    """The colours of a place. Indoors the sky is the wall and the ground is the floor."""

    sky: RGB
    """At the upper edge."""
    haze: RGB
    """At the horizon."""
    near: RGB
    """The ground at the horizon."""
    earth: RGB
    """The ground at the lower edge."""
    accents: tuple[RGB, RGB, RGB]
    """Flowers, curtains, sails: small spots of colour."""
    wood: RGB = (138, 96, 62)
    leaf: RGB = (70, 140, 72)

    @property
    def cloud(self) -> RGB:
        """Clouds take some colour from the sky."""
        return mix(self.sky, PAPER, 0.84)

    @property
    def distance(self) -> RGB:
        """Far things fade into the haze."""
        return mix(self.near, self.haze, 0.55)


@dataclass(frozen=True)
class Backdrop:
    """One place, about to be painted."""

    palette: Palette
    horizon: float
    """Height of the horizon, 0 at the upper edge and 1 at the lower."""
    decor: int
    """How much there is to see: 0 nothing but sky and ground, 1 something, 2 a lot."""
    scenic: bool
    """Whether the place is worth a journey: its sun, rainbow, path of light or rays."""
    flat: bool
    """Without any gradient."""

    def heaven(self, pen: Pen) -> None:
        """The sky, or the wall; first of all."""
        if self.flat:
            pen.box(0, 0, 1, self.horizon + 0.05, self.palette.sky)
        else:
            pen.gradient(0, self.horizon + 0.05, self.palette.sky, self.palette.haze)

    def ground(self, pen: Pen, top: float) -> None:
        """The ground, over the feet of whatever stands behind it."""
        p = self.palette
        if self.flat:
            pen.box(0, top, 1, 1, p.near)
        else:
            pen.gradient(top, 1, p.near, p.earth)

    def sun(self, pen: Pen, x: float, y: float, radius: float = 0.1) -> None:
        """A sun with two rings of glow."""
        light: RGB = (255, 224, 112)
        sky = mix(self.palette.sky, self.palette.haze, y / self.horizon)
        pen.dot(x, y, radius * 1.75, mix(sky, light, 0.22))
        pen.dot(x, y, radius * 1.35, mix(sky, light, 0.5))
        pen.dot(x, y, radius, light)
        pen.dot(x - radius * 0.2, y - radius * 0.2, radius * 0.6, tint(light, 0.4))

    def clouds(self, pen: Pen, dice: Random, number: int) -> None:
        """Puffs of three in the upper sky."""
        cloud = self.palette.cloud
        below = mix(cloud, self.palette.sky, 0.28)
        for _ in range(number):
            x, y = dice.uniform(0.02, 0.98), dice.uniform(0.07, self.horizon * 0.5)
            size = dice.uniform(0.045, 0.075)
            for colour, drop in ((below, 0.22), (cloud, 0.0)):
                for dx, radius in ((-1.25, 0.62), (-0.3, 0.95), (0.75, 0.78), (1.5, 0.45)):
                    pen.dot(x + dx * size, y + (drop + 0.7 - radius) * size, radius * size, colour)


def scatter(dice: Random, number: int, top: float, bottom: float) -> list[tuple[float, float]]:
    """So many places on the ground, the farthest first."""
    points = [(dice.uniform(0.02, 0.98), dice.uniform(top, bottom)) for _ in range(number)]
    return sorted(points, key=lambda point: point[1])
