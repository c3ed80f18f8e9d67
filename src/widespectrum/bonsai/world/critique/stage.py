"""What every critique scene is drawn with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import ImageDraw

from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.places import Palette


@dataclass(frozen=True)
class Stage:
    """A critique scene about to be drawn, on a canvas whose unit is the whole picture."""

    pen: Pen
    palette: Palette
    elements: tuple[str, ...]
    """Those to draw."""
    emotion: str
    """Of the people in it."""
    dice: Callable[[str], Random]
    """The stream of one part: leaving an element out moves nothing else."""

    def has(self, element: str) -> bool:
        """Whether the element is to be drawn."""
        return element in self.elements

    def at(self, x: float, y: float, size: float, *, flip: bool = False) -> Pen:
        """A pen for a thing there, of that half height."""
        draw: ImageDraw.ImageDraw = self.pen.draw
        return Pen(draw, *self.pen.at((x, y)), self.pen.unit * size, flip=flip)
