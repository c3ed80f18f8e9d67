"""Which CLIP: the two that the rewards are made of, or the one that a ``config.json`` describes.

The activation is part of it and stands in no checkpoint: weights of a ViT-H/14 load just as well
into a network with the other activation, and every score is then wrong. So it is said here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from widespectrum.errors import BadInput

KNOWN: Mapping[str, Mapping[str, Any]] = {
    "ViT-L/14": {
        "projection_dim": 768,
        "text_config": {
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "hidden_act": "quick_gelu",
        },
        "vision_config": {
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "num_hidden_layers": 24,
            "num_attention_heads": 16,
            "hidden_act": "quick_gelu",
            "patch_size": 14,
            "image_size": 224,
        },
    },
    "ViT-H/14": {
        "projection_dim": 1024,
        "text_config": {
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "num_hidden_layers": 24,
            "num_attention_heads": 16,
            "hidden_act": "gelu",
        },
        "vision_config": {
            "hidden_size": 1280,
            "intermediate_size": 5120,
            "num_hidden_layers": 32,
            "num_attention_heads": 16,
            "hidden_act": "gelu",
            "patch_size": 14,
            "image_size": 224,
        },
    },
}
"""ViT-L/14 is OpenAI's (quick GELU, 427.6 M parameters), ViT-H/14 LAION's (GELU, 986.1 M)."""


@dataclass(frozen=True)
class Architecture:
    """A CLIP without its weights: a configuration as transformers writes it."""

    name: str
    config: Mapping[str, Any]

    @property
    def image_size(self) -> int:
        """Side of the square that the network sees, in pixels."""
        return int(self.vision.get("image_size", 224))

    @property
    def token_limit(self) -> int:
        """Tokens that it reads, the sign of beginning and the sign of the end counted."""
        return int(self.text.get("max_position_embeddings", 77))

    @property
    def text(self) -> Mapping[str, Any]:
        """The configuration of its text side."""
        return self._side("text_config")

    @property
    def vision(self) -> Mapping[str, Any]:
        """The configuration of its image side."""
        return self._side("vision_config")

    def _side(self, key: str) -> Mapping[str, Any]:
        # Files written by the first versions of transformers have `text_config_dict` instead.
        side = self.config.get(key) or self.config.get(f"{key}_dict") or {}
        return side if isinstance(side, Mapping) else {}


def read_architecture(name: str) -> Architecture:
    """The architecture that a setting names: a known one, or a file ``config.json``.

    Raises:
        BadInput: it is neither, or the file describes no CLIP.
    """
    if name in KNOWN:
        return Architecture(name, KNOWN[name])
    path = Path(name)
    if path.suffix != ".json":
        raise BadInput(
            f"is {name!r}, which is no architecture",
            f"Give {' or '.join(KNOWN)}, or the config.json of a CLIP.",
            field="architecture",
        )
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            f"is no configuration ({error})", "Name a config.json.", file=path
        ) from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != "clip":
        raise BadInput(
            f"describes a model of type {kind!r}, not a CLIP",
            "Name the config.json of a CLIPModel (its model_type is clip).",
            file=path,
        )
    return Architecture(str(config.get("_name_or_path") or path.parent.name), config)
