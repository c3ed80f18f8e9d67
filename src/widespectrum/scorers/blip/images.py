"""An image as a square, its shape not kept: what BLIP's matching sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as pil

from widespectrum.images import to_rgb
from widespectrum.scorers.clip.preprocessing import CLIP_DEVIATION, CLIP_MEAN

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image

_MEAN = np.array(CLIP_MEAN, dtype=np.float32)
_DEVIATION = np.array(CLIP_DEVIATION, dtype=np.float32)
_DEEP = ("F", "I", "I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True)
class Squash:
    """The whole image at `size` times `size`, normalised as CLIP's are, ``(3, size, size)``.

    As BLIP's own evaluation and the hub's processor do it: RGB first (transparency is dropped),
    then PIL's bicubic filter. Pictures of more than eight bits, which they would clip, are scaled.
    """

    size: int

    def __call__(self, image: Image) -> FloatArray:
        """The picture as the network sees it.

        Raises:
            BadImage: its mode has no agreed black and white.
        """
        rgb = (to_rgb(image) if image.mode in _DEEP else image).convert("RGB")
        square = rgb.resize((self.size, self.size), pil.Resampling.BICUBIC)
        scaled = np.asarray(square, dtype=np.float32) / np.float32(255)
        return np.ascontiguousarray(((scaled - _MEAN) / _DEVIATION).transpose(2, 0, 1))
