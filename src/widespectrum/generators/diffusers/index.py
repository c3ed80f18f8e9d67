"""``model_index.json``: which components a pipeline has. Others wrote it, so it chooses no code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from widespectrum.errors import BadInput

INDEX = "model_index.json"
LIBRARIES = ("diffusers", "transformers")


@dataclass(frozen=True)
class PipelineIndex:
    """What a repository says of its pipeline."""

    pipeline: str
    """The class."""
    components: Mapping[str, tuple[str, str]]
    """Name -> library and class, for those that it has."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What else its constructor takes, as ``force_zeros_for_empty_prompt``."""


def read_index(file: Path) -> PipelineIndex:
    """Read a pipeline's index.

    Raises:
        BadInput: it is none, or wants code of the repository's own.
    """
    try:
        stated = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be read ({error})", _AGAIN, file=file) from error
    name = stated.get("_class_name") if isinstance(stated, dict) else None
    if isinstance(name, list):
        raise BadInput(
            "asks for a pipeline class of the repository's own, and such code is not run",
            "Take a repository for a pipeline of diffusers itself.",
            file=file,
        )
    if not isinstance(name, str) or not name.isidentifier():
        raise BadInput("is no index of a diffusers pipeline", _AGAIN, file=file)
    components: dict[str, tuple[str, str]] = {}
    settings: dict[str, Any] = {}
    for key, value in stated.items():
        if key.startswith("_"):
            continue
        if isinstance(value, list) and len(value) == 2 and key.isidentifier():
            library, kind = value
            if kind is not None:
                components[key] = str(library), str(kind)
        elif not isinstance(value, list):
            settings[key] = value
    return PipelineIndex(name, components, settings)


def component_class(library: str, name: str, *, component: str, file: Path) -> Any:
    """The class of a component, which only diffusers and transformers are asked for.

    Raises:
        BadInput: it is of another library, or not known to the installed version.
    """
    import diffusers
    import transformers

    # A few classes, as the safety checker, stand in a package of one pipeline of diffusers.
    homes = {"diffusers": diffusers, "transformers": transformers}
    home = homes.get(library)
    if home is None and library.isidentifier():
        home = getattr(diffusers.pipelines, library, None)
    if home is None:
        raise BadInput(
            f"wants component {component!r} from {library!r}, and code that a repository names "
            "is not run",
            f"Only {' and '.join(LIBRARIES)} are asked.",
            file=file,
        )
    found = getattr(home, name, None) if name.isidentifier() else None
    if not isinstance(found, type) or not hasattr(found, "from_pretrained"):
        version = getattr(homes.get(library, diffusers), "__version__", "?")
        raise BadInput(
            f"wants component {component!r} of class {name!r}, which {library} {version} has not",
            "Install another version: pip install -U diffusers transformers.",
            file=file,
        )
    return found


_AGAIN = "Download it again."
