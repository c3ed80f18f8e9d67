"""A picture as patches, the way Qwen-VL's own code cuts it up, with PIL and numpy alone.

Both rewards first bring a picture to about 256 squares of 28 pixels, keeping its shape roughly;
then the base model's processor resizes it once more to whole squares of its own (of 28 pixels for
Qwen2-VL, which changes nothing, and of 32 for Qwen3-VL, which does).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image as pil

from widespectrum.images import to_rgb

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image

UNIT = 28
"""Both sides become multiples of it, in pixels."""
AREA = 256 * UNIT * UNIT
"""The area that a picture is brought to, in pixels."""
FRAMES = 2
"""A picture is a film of so many equal frames: the vision tower looks at two at a time."""
MERGED = 2
"""Patches per side of the square that becomes one token."""

_DEEP = ("F", "I", "I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True)
class Sight:
    """How a base model looks at a picture: what its own image processor is set to."""

    patch: int
    """Side of a patch, in pixels."""
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    fewest: int
    """Smallest area, in pixels."""
    most: int
    """Largest area, in pixels."""

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width that a picture has when it is cut up, in pixels."""
        first = smart_size(height, width, UNIT, AREA, AREA)
        return smart_size(*first, MERGED * self.patch, self.fewest, self.most)

    def __call__(self, image: Image) -> NDArray[np.uint8]:
        """A picture of any size and mode as it is cut up, ``(height, width, 3)``.

        This is what can be done ahead of the network (`contracts.Prepares`).
        """
        rgb = _rgb(image)
        height, width = smart_size(rgb.height, rgb.width, UNIT, AREA, AREA)
        rgb = rgb.resize((width, height), pil.Resampling.BICUBIC)
        height, width = smart_size(height, width, MERGED * self.patch, self.fewest, self.most)
        if (width, height) != rgb.size:
            rgb = rgb.resize((width, height), pil.Resampling.BICUBIC)
        return np.asarray(rgb, dtype=np.uint8)

    def cut(self, pixels: NDArray[np.uint8]) -> tuple[FloatArray, tuple[int, int]]:
        """What `__call__` gave, as patches.

        Returns:
            ``(patches, 3 * 2 * patch * patch)`` normalised values, patches of one token together;
            and how many patches there are down and across.
        """
        mean, deviation = (np.array(each, np.float32) for each in (self.mean, self.deviation))
        # Divided in double precision, as there.
        values = ((pixels * (1 / 255)).astype(np.float32) - mean) / deviation
        height, width, channels = values.shape
        step = MERGED * self.patch
        squares = values.reshape(
            height // step, MERGED, self.patch, width // step, MERGED, self.patch, channels
        )
        patches = squares.transpose(0, 3, 1, 4, 6, 2, 5)
        film = np.repeat(patches[:, :, :, :, :, None], FRAMES, axis=5)
        flat = film.reshape(-1, channels * FRAMES * self.patch * self.patch)
        return np.ascontiguousarray(flat), (height // self.patch, width // self.patch)


def smart_size(height: int, width: int, unit: int, fewest: int, most: int) -> tuple[int, int]:
    """Height and width in multiples of `unit`, of an area from `fewest` to `most` pixels.

    Qwen-VL's rule, in double precision as it stands there: some squares fall just short of a
    multiple, so that 768 x 768 becomes 420 x 420 while 1024 x 1024 becomes 448 x 448. Where
    upstream refuses (one side more than 200 times the other), a side here never falls below `unit`.
    """
    high, wide = (max(unit, round(side / unit) * unit) for side in (height, width))
    if high * wide > most:
        shrink = math.sqrt(height * width / most)
        high, wide = (
            max(unit, math.floor(side / shrink / unit) * unit) for side in (height, width)
        )
    elif high * wide < fewest:
        grow = math.sqrt(fewest / (height * width))
        high, wide = (math.ceil(side * grow / unit) * unit for side in (height, width))
    return high, wide


def _rgb(image: Image) -> Image:
    """As upstream: transparency is dropped. More than eight bits, which it would clip, are scaled.

    Raises:
        BadImage: the mode has no agreed black and white.
    """
    return (to_rgb(image) if image.mode in _DEEP else image).convert("RGB")
