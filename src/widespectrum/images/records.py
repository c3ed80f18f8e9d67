"""How a picture came about: JSON values that travel with it from its maker to the images table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from widespectrum.images.store import EncodedImage

if TYPE_CHECKING:
    from PIL import Image

_KEY = "widespectrum"


def with_record(image: Image.Image, record: Mapping[str, Any]) -> Image.Image:
    """The same picture, with a record. It is not written into a file of the picture."""
    image.info[_KEY] = dict(record)
    return image


def record_of(image: Image.Image | EncodedImage) -> dict[str, Any]:
    """The record of a picture; empty where it has none."""
    found = image.record if isinstance(image, EncodedImage) else image.info.get(_KEY, {})
    return dict(found) if isinstance(found, Mapping) else {}
