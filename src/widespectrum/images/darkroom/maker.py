"""The darkroom as a maker of a run's images."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from widespectrum.contracts import Failure
from widespectrum.errors import BadInput
from widespectrum.images.darkroom.applying import VERSION, Step, apply_effects
from widespectrum.images.loading import MAX_PIXELS, load_image
from widespectrum.images.makers import Payload, Request, answer_each, field_of
from widespectrum.images.store import EncodedImage


class DarkroomMaker:
    """Makes darkroom images of photographs.

    A payload has ``path`` (of the photograph), ``effects`` (a list of ``operation``, ``severity``
    and optional ``parameters``; empty gives the photograph itself) and ``seed``; `PairPlan.payload`
    writes it.

    Args:
        root: folder that relative paths in payloads start from.
        max_pixels: as for `load_image`.
    """

    name = "darkroom"

    def __init__(self, root: Path | str = ".", *, max_pixels: int = MAX_PIXELS) -> None:
        self.root = Path(root)
        self.max_pixels = max_pixels
        self.fingerprint = hashlib.sha256(f"darkroom {VERSION}".encode()).hexdigest()

    def make(self, requests: Sequence[Request]) -> list[Image.Image | EncodedImage | Failure]:
        """One picture or `Failure` per request, in order."""
        return answer_each(self._make, requests)

    def _make(self, payload: Payload) -> Image.Image:
        steps = [_step(entry) for entry in field_of(payload, "effects", list)]
        seed = field_of(payload, "seed", int)
        photo = load_image(self.root / field_of(payload, "path", str), max_pixels=self.max_pixels)
        return apply_effects(photo, steps, seed)


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
    return Step(field_of(entry, "operation", str), float(severity), dict(parameters))
