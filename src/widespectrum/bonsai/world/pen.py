"""A pen that draws in the coordinates of a thing, whatever its size and place in the picture.

Pictures are drawn at `SCALE` times their size and averaged down, which gives smooth edges. A pen
has an origin and a unit in those larger pixels; x grows to the right and y downwards. A thing is
drawn within x, y in -1..1 and stands on y = 1; a place is drawn within 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import ImageDraw

from widespectrum.bonsai.world.palette import RGB, mix

SIZE = 64
"""Side of a finished picture in pixels."""
SCALE = 4
"""Supersampling: the canvas is `SIZE` * `SCALE` pixels wide."""
CANVAS = SIZE * SCALE

Point = tuple[float, float]


class Pen:
    """Shapes in the coordinates of a thing.

    Args:
        draw: the PIL drawing to draw on.
        x, y: where the thing's (0, 0) lies, in canvas pixels.
        unit: how many canvas pixels the thing's 1 is.
        flip: mirror left and right.
    """

    def __init__(
        self, draw: ImageDraw.ImageDraw, x: float, y: float, unit: float, *, flip: bool = False
    ) -> None:
        self.draw = draw
        self.x = x
        self.y = y
        self.unit = unit
        self.stretch = -unit if flip else unit

    def at(self, point: Point) -> Point:
        """The point in canvas pixels."""
        return (self.x + point[0] * self.stretch, self.y + point[1] * self.unit)

    def _frame(self, x: float, y: float, rx: float, ry: float) -> tuple[float, float, float, float]:
        cx, cy = self.x + x * self.stretch, self.y + y * self.unit
        rx *= self.unit
        ry *= self.unit
        return (cx - rx, cy - ry, cx + rx, cy + ry)

    def polygon(self, points: Sequence[Point], colour: RGB) -> None:
        """A filled polygon."""
        self.draw.polygon([self.at(point) for point in points], fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: RGB) -> None:
        """A filled rectangle."""
        self.round_box(left, top, right, bottom, 0.0, colour)

    def round_box(
        self, left: float, top: float, right: float, bottom: float, radius: float, colour: RGB
    ) -> None:
        """A filled rectangle with round corners."""
        x0, y0 = self.at((left, top))
        x1, y1 = self.at((right, bottom))
        frame = (min(x0, x1), y0, max(x0, x1), y1)
        if radius:
            self.draw.rounded_rectangle(frame, radius * self.unit, fill=colour)
        else:
            self.draw.rectangle(frame, fill=colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: RGB) -> None:
        """A filled ellipse."""
        self.draw.ellipse(self._frame(x, y, rx, ry), fill=colour)

    def dot(self, x: float, y: float, radius: float, colour: RGB) -> None:
        """A filled circle."""
        self.draw.ellipse(self._frame(x, y, radius, radius), fill=colour)

    def pie(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, colour: RGB
    ) -> None:
        """A filled sector, degrees clockwise from three o'clock; symmetric ones only (no flip)."""
        self.draw.pieslice(self._frame(x, y, rx, ry), start, end, fill=colour)

    def arc(
        self,
        x: float,
        y: float,
        radius: float,
        span: tuple[float, float],
        width: float,
        colour: RGB,
    ) -> None:
        """Part of a circle's line, degrees clockwise from three o'clock; symmetric ones only."""
        frame = self._frame(x, y, radius, radius)
        self.draw.arc(frame, span[0], span[1], fill=colour, width=self._width(width))

    def stroke(self, points: Sequence[Point], width: float, colour: RGB) -> None:
        """A line with round joints through the points."""
        pixels = self._width(width)
        joint = "curve" if len(points) > 2 and pixels > 3 else None
        self.draw.line([self.at(p) for p in points], fill=colour, width=pixels, joint=joint)

    def curve(
        self, path: Callable[[float], Point], width: float, colour: RGB, steps: int = 8
    ) -> None:
        """A line along ``path`` (0..1 -> point)."""
        self.stroke([path(i / steps) for i in range(steps + 1)], width, colour)

    def arch(self, x: float, y: float, half: float, rise: float, width: float, colour: RGB) -> None:
        """A line from (x - half, y) to (x + half, y) that rises in between; it may sink."""
        self.curve(
            lambda t: (x - half + 2 * half * t, y - rise * math.sin(math.pi * t)), width, colour
        )

    def gradient(self, top: float, bottom: float, upper: RGB, lower: RGB) -> None:
        """A vertical gradient over the whole width: one band for each row of the finished picture.

        Cheaper than any resampling, and exact after the averaging down.
        """
        first, last = int(self.at((0, top))[1]) // SCALE, int(self.at((0, bottom))[1]) // SCALE
        rows = max(1, last - first)
        for row in range(rows + 1):
            y = (first + row) * SCALE
            colour = mix(upper, lower, row / rows)
            self.draw.rectangle((0, y, CANVAS, y + SCALE - 1), fill=colour)

    def _width(self, width: float) -> int:
        return max(1, round(width * self.unit))
