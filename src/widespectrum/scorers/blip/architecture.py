"""The shape of a BLIP, and the numbers that its weights do not show.

A wrong number of heads or a wrong epsilon loads without complaint and scores wrongly. So nothing
here is left to a library's defaults: sizes are read off the weights, and what cannot be read off
them is either a constant of BLIP or checked against it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.errors import BadInput

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BlipConfig

HEAD_WIDTH = 64
"""Channels per attention head in every BLIP: vision 1024 / 16 or 768 / 12, text 768 / 12.
`BlipTextConfig` would take 8 heads by default."""
VISION_EPSILON = 1e-6
"""Of the vision tower's layer norms in BLIP's own code. The converted checkpoints on the hub state
1e-5, and are used with that."""
TEXT_EPSILON = 1e-12


def config_of_weights(tensors: Mapping[str, Tensor], file: Path, who: str) -> BlipConfig:
    """The configuration of weights in BLIP's own layout, under transformers' names.

    Raises:
        BadInput: they have no BLIP's shapes.
    """
    from transformers import BlipConfig

    try:
        patches = tensors["vision_model.embeddings.patch_embedding.weight"].shape
        positions = tensors["vision_model.embeddings.position_embedding"].shape[1]
        vision_mlp, width = tensors["vision_model.encoder.layers.0.mlp.fc1.weight"].shape
        words, text_width = tensors["text_encoder.embeddings.word_embeddings.weight"].shape
        places = tensors["text_encoder.embeddings.position_embeddings.weight"].shape[0]
        text_mlp = tensors["text_encoder.encoder.layer.0.intermediate.dense.weight"].shape[0]
    except (KeyError, ValueError, IndexError) as error:
        raise _no_blip(file, who, f"it lacks {error}") from error
    side = round((positions - 1) ** 0.5)
    if side * side != positions - 1 or width % HEAD_WIDTH or text_width % HEAD_WIDTH:
        raise _no_blip(file, who, f"a tower of {positions} places and {width} channels is none")
    return BlipConfig(
        vision_config={
            "hidden_size": width,
            "intermediate_size": vision_mlp,
            "num_hidden_layers": _layers(tensors, "vision_model.encoder.layers."),
            "num_attention_heads": _heads(width),
            "image_size": side * patches[-1],
            "patch_size": patches[-1],
            "hidden_act": "gelu",
            "layer_norm_eps": VISION_EPSILON,
        },
        text_config={
            "vocab_size": words,
            "hidden_size": text_width,
            "encoder_hidden_size": width,
            "intermediate_size": text_mlp,
            "num_hidden_layers": _layers(tensors, "text_encoder.encoder.layer."),
            "num_attention_heads": _heads(text_width),
            "max_position_embeddings": places,
            "hidden_act": "gelu",
            "layer_norm_eps": TEXT_EPSILON,
            "is_decoder": True,  # only this gives the text encoder its cross-attention
        },
    )


def config_of_repository(file: Path) -> BlipConfig:
    """The configuration that a hub repository's ``config.json`` states, checked.

    Raises:
        BadInput: it is no BLIP's, or states what no BLIP has.
    """
    from transformers import BlipConfig

    try:
        stated = json.loads(file.read_text(encoding="utf-8"))
        config = BlipConfig.from_dict(stated)
    except Exception as error:  # transformers checks it with errors of many kinds
        reason = str(error).strip().partition("\n")[0]
        raise BadInput(f"is no configuration ({reason})", _REPOSITORY, file=file) from error
    if stated.get("model_type") != "blip":
        raise BadInput(
            f"describes a model of type {stated.get('model_type')!r}, not 'blip'",
            _REPOSITORY,
            file=file,
        )
    vision: Any = config.vision_config
    text: Any = config.text_config
    expected: dict[str, tuple[Any, Any]] = {
        "text_config.num_attention_heads": (text.num_attention_heads, _heads(text.hidden_size)),
        "text_config.hidden_act": (text.hidden_act, "gelu"),
        "text_config.layer_norm_eps": (text.layer_norm_eps, TEXT_EPSILON),
        "vision_config.num_attention_heads": (
            vision.num_attention_heads,
            _heads(vision.hidden_size),
        ),
        "vision_config.hidden_act": (vision.hidden_act, "gelu"),
    }
    for field, (found, wanted) in expected.items():
        if found != wanted:
            raise BadInput(
                f"states {found!r} where BLIP has {wanted!r}: the weights would load, and score "
                "wrongly",
                "Take a revision of the repository from after April 2023, when this was mended.",
                file=file,
                field=field,
            )
    text.is_decoder = True
    return config


_REPOSITORY = "Name a repository or folder of a BLIP for image-text matching."


def _heads(width: int) -> int:
    return width // HEAD_WIDTH


def _layers(tensors: Mapping[str, Tensor], prefix: str) -> int:
    numbers = {name[len(prefix) :].partition(".")[0] for name in tensors if name.startswith(prefix)}
    return len(numbers)


def _no_blip(file: Path, who: str, why: str) -> BadInput:
    return BadInput(
        f"is no {who} checkpoint: {why}",
        "Name the checkpoint of this model, or the model of this checkpoint.",
        file=file,
    )
