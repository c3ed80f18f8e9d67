"""The shape of the base model, from its ``config.json``, as far as the weights do not decide it.

The embedding of both rewards has a row per token of the vocabulary and one for the reward's token,
fewer than their base models keep. So the number of rows is read off the checkpoint.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.errors import BadInput
from widespectrum.scorers.hpsv3.images import FRAMES, MERGED, Sight

if TYPE_CHECKING:
    from transformers import PretrainedConfig


def base_config(file: Path, model_type: str, rows: int, sight: Sight) -> PretrainedConfig:
    """The configuration of a base model.

    Args:
        file: its ``config.json``, of today's form or the flat one of 2024.
        model_type: ``qwen2_vl`` or ``qwen3_vl``.
        rows: of the embedding in the checkpoint.
        sight: how pictures are cut up; the vision tower must agree.

    Raises:
        BadInput: it is no configuration of such a model.
    """
    from transformers import Qwen2VLConfig, Qwen3VLConfig

    kinds = {"qwen2_vl": Qwen2VLConfig, "qwen3_vl": Qwen3VLConfig}
    try:
        stated = json.loads(file.read_text(encoding="utf-8"))
        found = stated.get("model_type")
        config: Any = kinds[model_type].from_dict(stated) if found == model_type else None
    except Exception as error:  # transformers checks it with errors of many kinds
        reason = str(error).strip().partition("\n")[0][:160]
        raise BadInput(f"is no configuration ({reason})", _TAKE, file=file) from error
    if config is None:
        raise BadInput(f"describes a model of type {found!r}, not {model_type!r}", _TAKE, file=file)
    vision = config.vision_config
    seen = (vision.patch_size, vision.temporal_patch_size, vision.spatial_merge_size)
    if seen != (sight.patch, FRAMES, MERGED):
        raise BadInput(
            f"cuts pictures into patches of {seen[0]} pixels and {seen[1]} frames, "
            f"{seen[2]} x {seen[2]} to a token, where this reward needs {sight.patch}, {FRAMES} "
            f"and {MERGED}",
            _TAKE,
            file=file,
        )
    config.text_config.vocab_size = rows
    config.text_config.pad_token_id = None
    config._attn_implementation = "sdpa"
    return config  # type: ignore[no-any-return]


_TAKE = "Take config.json of the base model, as docs/models/hpsv3.md says."
