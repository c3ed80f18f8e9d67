"""What is encoded, named by its content: equal content, equal key, wherever it comes from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from widespectrum.images import StoredImage

if TYPE_CHECKING:
    from widespectrum.contracts import Image


def content_key(image: Image) -> str:
    """The sha256 of all that a scorer can see of a picture, as hexadecimal digits.

    Mode, size, pixels, and palette with its transparency: two pictures of one key get one score. A
    picture out of a run's store has the sha256 of its file for a key: it need not be decoded.
    """
    if isinstance(image, StoredImage):
        return image.digest
    seen = hashlib.sha256(f"{image.mode} {image.width} {image.height} ".encode())
    if image.mode in ("P", "PA"):
        seen.update(repr(image.palette and image.palette.mode).encode())
        seen.update(bytes(image.getpalette(None) or ()))
    seen.update(repr(image.info.get("transparency")).encode())
    seen.update(image.tobytes())
    return seen.hexdigest()


def text_key(text: str) -> str:
    """The sha256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
