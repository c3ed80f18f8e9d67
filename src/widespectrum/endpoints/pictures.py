"""A picture as it is sent: the PNG of its RGB pixels, and the hash by which the records name it."""

from __future__ import annotations

import base64
import hashlib
import threading
from functools import cached_property
from typing import TYPE_CHECKING

from widespectrum.errors import BadInput
from widespectrum.images import encode_png, to_rgb

if TYPE_CHECKING:
    from widespectrum.contracts import Image


class Picture:
    """One picture of a question. Nothing is encoded before it is needed.

    Args:
        image: of any mode.
        max_side: shrink a longer side to so many pixels; None sends the full size.
    """

    def __init__(self, image: Image, max_side: int | None = None) -> None:
        if max_side is not None and max_side < 1:
            raise BadInput(f"is {max_side}", "Give at least one pixel.", field="max_side")
        self._image = image
        self._max_side = max_side
        self._encoding = threading.Lock()
        self._data: bytes | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as sent."""
        return shrunk(self._image.size, self._max_side)

    @property
    def data(self) -> bytes:
        """The file that is sent; several workers that ask at once encode it once.

        Raises:
            BadImage: the mode has no agreed black and white.
        """
        with self._encoding:
            if self._data is None:
                self._data = self._encoded()
            return self._data

    @cached_property
    def sha256(self) -> str:
        """Of `data`: the picture's name in the records, and in a run that stored it as PNG."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def data_url(self) -> str:
        """`data` as the API takes it."""
        return f"data:image/png;base64,{base64.b64encode(self.data).decode()}"

    def _encoded(self) -> bytes:
        from PIL import Image as pillow

        rgb = to_rgb(self._image)
        if rgb.size != self.size:
            rgb = rgb.resize(self.size, pillow.Resampling.LANCZOS, reducing_gap=3.0)
        return encode_png(rgb)


def shrunk(size: tuple[int, int], max_side: int | None) -> tuple[int, int]:
    """Width and height with the longer side at most `max_side`, each at least 1."""
    longest = max(size)
    if max_side is None or longest <= max_side:
        return size
    width, height = (max(1, round(side * max_side / longest)) for side in size)
    return width, height
