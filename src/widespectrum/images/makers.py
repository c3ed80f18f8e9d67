"""Makers of a run's images that need no generator; here, files that exist already.

A maker answers a batch of requests in order. A request that cannot be answered becomes a `Failure`
in its place; the others are answered all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PIL import Image

from widespectrum.contracts import Failure
from widespectrum.errors import BadInput, WidespectrumError
from widespectrum.images.loading import MAX_PIXELS, decode
from widespectrum.images.store import EncodedImage

T = TypeVar("T")
Payload = Mapping[str, Any]


class Request(Protocol):
    """What a maker asks of a request: a mapping of JSON values."""

    @property
    def payload(self) -> Payload:
        """All that the maker needs to know."""
        ...


class FileMaker:
    """Brings in image files that exist already. A payload has ``path``.

    A file that any program shows alike stays as it is, byte for byte; anything unusual (turned by
    EXIF, transparent, 16-bit ...) comes as the picture that `load_image` makes of it.

    Args:
        root: folder that relative paths in payloads start from.
        max_pixels: as for `load_image`.
    """

    name = "files"

    def __init__(self, root: Path | str = ".", *, max_pixels: int = MAX_PIXELS) -> None:
        self.root = Path(root)
        self.max_pixels = max_pixels
        self.fingerprint = hashlib.sha256(b"files 1").hexdigest()

    def make(self, requests: Sequence[Request]) -> list[Image.Image | EncodedImage | Failure]:
        """One file or `Failure` per request, in order."""
        return answer_each(self._make, requests)

    def _make(self, payload: Payload) -> Image.Image | EncodedImage:
        path = self.root / field_of(payload, "path", str)
        decoded = decode(path, max_pixels=self.max_pixels)
        if decoded.plain:
            return EncodedImage(decoded.data, decoded.format, decoded)
        return decoded.image


def answer_each(
    make: Callable[[Payload], Image.Image | EncodedImage], requests: Sequence[Request]
) -> list[Image.Image | EncodedImage | Failure]:
    """What `make` gives for each request, or the `Failure` it ran into."""
    answers: list[Image.Image | EncodedImage | Failure] = []
    for request in requests:
        try:
            answers.append(make(request.payload))
        except WidespectrumError as error:
            answers.append(Failure(error.kind, str(error)))
        except MemoryError:
            answers.append(Failure("out_of_memory", "The picture needs more memory than there is."))
    return answers


def field_of(payload: Payload, name: str, kind: type[T]) -> T:
    """The value of a field of a payload.

    Raises:
        BadInput: it is missing or of another kind.
    """
    value = payload.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadInput(
            f"is {value!r:.60}, not a {kind.__name__}", "Correct the request.", field=name
        )
    return value
