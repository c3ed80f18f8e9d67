"""Judges that obey arithmetic."""

import numpy as np
from PIL import Image

from widespectrum.errors import UnknownName


def three(expected):
    """Probabilities ``(..., 3)`` whose expected value is `expected`: two neighbouring classes."""
    expected = np.asarray(expected, dtype=np.float64)
    return np.stack(
        [np.clip(1 - expected, 0, 1), 1 - np.abs(expected - 1), np.clip(expected - 1, 0, 1)], -1
    ).astype(np.float32)


class GreyJudge:
    """Rates brightness by the mean level, richness by its spread."""

    name, fingerprint = "grey", "grey-1"
    dimensions = ("color brightness", "richness")

    def measure(self, image, dimension):
        levels = np.asarray(image.convert("L"), dtype=np.float64) / 255
        return {"color brightness": levels.mean(), "richness": levels.std()}[dimension] * 2

    def rate(self, images, dimensions):
        for dimension in dimensions:
            if dimension not in self.dimensions:
                raise UnknownName(f"there is no dimension {dimension!r}")
        rated = np.empty((len(images), len(dimensions), 3), dtype=np.float32)
        for row, image in enumerate(images):
            for column, dimension in enumerate(dimensions):
                rated[row, column] = three(self.measure(image, dimension))
        return rated


def grey(level, size=(16, 16)):
    return Image.new("RGB", size, (level, level, level))


def gradient(high=255, size=(24, 16)):
    levels = np.linspace(0, high, size[0])[None].repeat(size[1], 0).astype(np.uint8)
    return Image.fromarray(levels).convert("RGB")
