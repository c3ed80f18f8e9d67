"""Encoders that count what they are given, and images to give them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class CountingEncoder:
    """Encodes text by its letters, and remembers every text that it was asked for."""

    def __init__(self, width: int = 4, dtype: str = "float32") -> None:
        self.asked: list[str] = []
        self.width, self.dtype = width, dtype

    def __call__(self, texts: Sequence[str]) -> NDArray[np.generic]:
        self.asked += texts
        rows = [[sum(map(ord, text)) + place for place in range(self.width)] for text in texts]
        return np.array(rows, dtype=self.dtype)


def coloured(colour: int, mode: str = "RGB", size: tuple[int, int] = (6, 4)) -> Image.Image:
    """An image of one colour."""
    return Image.new("RGB", size, (colour, 255 - colour, 7)).convert(mode)
