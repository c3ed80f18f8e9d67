"""The world as a maker of a run's images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import PIL

from widespectrum.bonsai.world.render import VERSION, draw
from widespectrum.bonsai.world.scene import AnyScene
from widespectrum.bonsai.world.scene_json import scene_from_json, scene_to_json
from widespectrum.contracts import Failure
from widespectrum.errors import BadInput, WidespectrumError

if TYPE_CHECKING:
    from widespectrum.contracts import Image


class Request(Protocol):
    """What a maker asks of a request: a mapping of JSON values."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """All that the maker needs to know."""
        ...


def scene_payload(scene: AnyScene) -> dict[str, Any]:
    """The payload of a request for the scene's picture."""
    return {"scene": scene_to_json(scene), "seed": scene.seed}


class WorldMaker:
    """Draws scenes: a payload has ``scene``, as `scene_payload` writes it.

    Nothing is trained here: the picture is what the scene says, by construction.
    """

    name = "bonsai-world"

    def __init__(self) -> None:
        # Another Pillow may round an edge differently.
        identity = f"bonsai-world {VERSION} pillow {PIL.__version__}"
        self.fingerprint = sha256(identity.encode()).hexdigest()

    def make(self, requests: Sequence[Request]) -> list[Image | Failure]:
        """One picture of 64 x 64 pixels, or `Failure`, per request, in order."""
        return [_made(request.payload) for request in requests]


def _made(payload: Mapping[str, Any]) -> Image | Failure:
    try:
        document = payload.get("scene")
        if not isinstance(document, Mapping):
            raise BadInput("is not a scene", "Write it with scene_payload.", field="scene")
        return draw(scene_from_json(document))
    except WidespectrumError as error:
        return Failure(error.kind, str(error))
