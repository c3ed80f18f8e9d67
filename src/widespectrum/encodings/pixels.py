"""What a scorer does to a picture before its network sees it, done ahead of time and once.

A scorer that has `prepare` (`widespectrum.contracts.Prepares`) leaves decoding and resizing to the
engine, which does them in workers while the network computes, and shares the result with every
scorer of an equal `prepare`. The scorer asks for it with `prepared`, and gets the same numbers
whether they were made ahead or not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from widespectrum.images import StoredImage

if TYPE_CHECKING:
    from widespectrum.contracts import Image


def prepared(image: Image, prepare: Callable[[Image], NDArray[Any]]) -> NDArray[Any]:
    """``prepare(image)``, made ahead of time where the engine did so. Not to be changed in place.

    Args:
        image: the picture.
        prepare: a function or callable value; the one that the scorer states.
    """
    if isinstance(image, StoredImage):
        ahead = image.prepared.get(prepare)
        if ahead is not None:
            return ahead
    return prepare(image)
