"""The identity of a picture's pixels, whatever file or object they are in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from widespectrum.images import to_rgb

if TYPE_CHECKING:
    from widespectrum.contracts import Image


def pixel_digest(image: Image) -> str:
    """sha256 of width, height and 8-bit RGB values, as 64 hexadecimal digits.

    Equal for a picture and its losslessly stored copy; unlike the sha256 of a file it does not
    depend on format or metadata.

    Raises:
        BadImage: the mode has no agreed black and white (`widespectrum.images.to_rgb`).
    """
    rgb = to_rgb(image)
    digest = hashlib.sha256(f"{rgb.width}x{rgb.height}:".encode())
    digest.update(rgb.tobytes())
    return digest.hexdigest()
