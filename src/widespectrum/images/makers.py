"""Makers of a run's images that need no generator: the darkroom, and files that exist already.

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
from widespectrum.images.darkroom.apply import VERSION, Step, apply_effects
from widespectrum.images.loading import MAX_PIXELS, decode, load_image
from widespectrum.images.store import EncodedImage

T = TypeVar("T")


class Request(Protocol):
    """What a maker asks of a request: a mapping of JSON values."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """All that the maker needs to know."""
        ...


class DarkroomMaker:
    """Makes darkroom images of photographs.

    A payload has ``path`` (of the photograph), ``effects`` (a list of ``operation``, ``severity``
    and optional ``parameters``; empty gives the photograph itself) and ``seed``.

    Args:
        root: folder that relative paths in payloads start from.
        max_pixels: as for `load_image`.
    """

    name = "darkroom"

    def __init__(self, root: Path | str = ".", *, max_pixels: int = MAX_PIXELS) -> None:
        self.root = Path(root)
        self.max_pixels = max_pixels
        self.fingerprint = _fingerprint(f"darkroom {VERSION}")

    def make(self, requests: Sequence[Request]) -> list[Image.Image | EncodedImage | Failure]:
        """One picture or `Failure` per request, in order."""
        return [_or_failure(self._make, request.payload) for request in requests]

    def _make(self, payload: Mapping[str, Any]) -> Image.Image:
        steps = [_step(entry) for entry in _field(payload, "effects", list)]
        seed = _field(payload, "seed", int)
        photo = load_image(self.root / _field(payload, "path", str), max_pixels=self.max_pixels)
        return apply_effects(photo, steps, seed)


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
        self.fingerprint = _fingerprint("files 1")

    def make(self, requests: Sequence[Request]) -> list[Image.Image | EncodedImage | Failure]:
        """One file or `Failure` per request, in order."""
        return [_or_failure(self._make, request.payload) for request in requests]

    def _make(self, payload: Mapping[str, Any]) -> Image.Image | EncodedImage:
        path = self.root / _field(payload, "path", str)
        decoded = decode(path, max_pixels=self.max_pixels)
        if decoded.plain:
            return EncodedImage(decoded.data, decoded.format)
        return decoded.image


def _or_failure(make: Callable[[Mapping[str, Any]], T], payload: Mapping[str, Any]) -> T | Failure:
    try:
        return make(payload)
    except WidespectrumError as error:
        return Failure(error.kind, str(error))
    except MemoryError:
        return Failure("out_of_memory", "The picture needs more memory than there is.")


def _step(entry: Any) -> Step:
    if not isinstance(entry, Mapping):
        raise BadInput(
            "an effect is not a mapping", "Give operation and severity.", field="effects"
        )
    severity = entry.get("severity")
    if isinstance(severity, bool) or not isinstance(severity, int | float):
        raise BadInput(f"is {severity!r}, not a number", "Use 0 to 1.", field="severity")
    parameters = entry.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise BadInput("is not a mapping", "Give names and values.", field="parameters")
    return Step(_field(entry, "operation", str), float(severity), dict(parameters))


def _field(payload: Mapping[str, Any], name: str, kind: type[T]) -> T:
    value = payload.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadInput(
            f"is {value!r:.60}, not a {kind.__name__}", "Correct the request.", field=name
        )
    return value


def _fingerprint(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()
