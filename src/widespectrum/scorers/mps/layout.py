"""Names of MPS's weights, in the copies that hold tensors only.

The authors publish a whole pickled module, which is never opened here. Its state has a CLIP under
``model.`` and the crossing module under ``cross_model.``; copies put ``mps.`` before both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_PREFIXES = (("cross_model.", "crossing."), ("model.", "clip."))
_WRAPPER = re.compile(r"(layers\.\d+\.[01])\.fn\.")
"""Upstream wraps each block into one that adds its input."""

DROPPED = ("*.position_ids", "crossing.*.rotary_emb.inv_freq")
"""Buffers that only count, or follow from the width of a head."""


def from_mps(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights under ``clip.`` (the names of `CLIPModel`) and ``crossing.`` (`Crossing`).

    What is unknown keeps its name, for a strict loader to refuse.
    """
    return {_renamed(name.removeprefix("mps.")): tensor for name, tensor in tensors.items()}


def _renamed(name: str) -> str:
    for prefix, ours in _PREFIXES:
        if name.startswith(prefix):
            return _WRAPPER.sub(r"\1.", ours + name.removeprefix(prefix))
    return name
