"""Scenes as JSON and back, for payloads and files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from widespectrum.bonsai.world.scene import AnyScene, CritiqueScene, Scene
from widespectrum.errors import BadInput

_SCENE: TypeAdapter[Scene] = TypeAdapter(Scene)
_CRITIQUE: TypeAdapter[CritiqueScene] = TypeAdapter(CritiqueScene)


def scene_to_json(scene: AnyScene) -> dict[str, Any]:
    """The scene as JSON values; what has its default value is left out."""
    adapter: TypeAdapter[Any] = _SCENE if isinstance(scene, Scene) else _CRITIQUE
    document: dict[str, Any] = adapter.dump_python(scene, mode="json", exclude_defaults=True)
    return document


def scene_from_json(document: Mapping[str, Any]) -> AnyScene:
    """The scene that `scene_to_json` wrote; a document with a ``topic`` is one of social critique.

    Raises:
        BadInput: a field is missing, unknown or of the wrong type; the message names it.
        UnknownName: a name that the world does not know.
    """
    adapter: TypeAdapter[Any] = _CRITIQUE if "topic" in document else _SCENE
    try:
        scene: AnyScene = adapter.validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "scene"
        raise BadInput(first["msg"], "Correct the scene.", field=field) from error
    except (TypeError, ValueError) as error:
        raise BadInput(f"is not JSON: {error}", "Correct the scene.", field="scene") from error
    return scene
