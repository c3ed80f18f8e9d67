"""What an effect sees of the picture in the making, besides its pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

import numpy as np

from widespectrum.bonsai.world.attributes import Level
from widespectrum.bonsai.world.pen import SIZE
from widespectrum.bonsai.world.places import Palette
from widespectrum.bonsai.world.raster import Floats
from widespectrum.bonsai.world.scene import AnyScene, Look


def _nothing() -> Floats:
    return np.zeros((SIZE, SIZE, 1), dtype=np.float32)


@dataclass
class View:
    """The picture in the making.

    Masks are (64, 64, 1), 0..1, and say what is visible: a thing behind another is hidden by it.
    """

    scene: AnyScene
    palette: Palette
    horizon: float
    backdrop: Floats
    """The picture before anything was put into it."""
    subject: Floats = field(default_factory=_nothing)
    """Where the main object is."""
    things: Floats = field(default_factory=_nothing)
    """Where any thing is, the main object among them."""
    middle: tuple[float, float] = (0.5, 0.5)
    """Of the main object, in shares of the picture's side."""
    radius: float = 0.3
    """Half the height of the main object."""

    @property
    def look(self) -> Look:
        """The scene's look."""
        return self.scene.look

    def level(self, attribute: str) -> Level:
        """The scene's level of an attribute."""
        return self.scene.level(attribute)

    def dice(self, part: str) -> Random:
        """The random stream of one part of the picture."""
        return self.scene.dice(part)

    def noise(self, part: str) -> np.random.Generator:
        """A stream of random numbers by the thousand."""
        return np.random.Generator(np.random.PCG64(self.scene.dice(part).getrandbits(64)))


Effect: TypeAlias = Callable[[Floats, View, Random], Floats]
"""Pixels in, pixels out; the stream is the effect's own. Never changes its argument in place."""

Effects: TypeAlias = dict[str, Effect]
"""Effects by key, in the order in which they apply."""


def apply(effects: Effects, pixels: Floats, view: View) -> Floats:
    """All of these effects that the scene's look names, in their order."""
    for key, effect in effects.items():
        if key in view.look.effects:
            pixels = effect(pixels, view, view.dice(key))
    return pixels
