"""A CLIP with its weights in it: built without memory, filled strictly, put where it computes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.checkpoints import device_of, dtype_of, load_strictly, read_tensors
from widespectrum.errors import BadInput, MissingExtra
from widespectrum.scorers.clip.architectures import Architecture
from widespectrum.scorers.clip.layout import DROPPED, to_clip_model

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel


def empty_network(architecture: Architecture) -> CLIPModel:
    """A `CLIPModel` on the meta device: names and shapes, no memory.

    Raises:
        MissingExtra: transformers is not installed.
        BadInput: the configuration is none that a CLIP can be built from.
    """
    try:
        import torch
        from transformers import CLIPConfig, CLIPModel
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"a CLIP needs {error.name!r}, which is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    try:
        # transformers changes the dictionary that it is given.
        parsed = CLIPConfig.from_dict(copy.deepcopy(dict(architecture.config)))
        with torch.device("meta"):
            return CLIPModel(parsed)
    except Exception as error:  # its checks raise whatever they please
        raise BadInput(
            f"configuration {architecture.name!r} does not describe a CLIP ({error})",
            "Mend it, or take the one that was published with the weights.",
            field="architecture",
        ) from error


def load_network(
    architecture: Architecture,
    file: Path,
    *,
    who: str,
    key: str | None = None,
    rehost: str | None = None,
    device: str = "auto",
    dtype: str = "float32",
) -> CLIPModel:
    """The network with the weights of a checkpoint, in whichever known layout they are.

    Args:
        architecture: which network it is.
        file: the checkpoint.
        who: whose weights they should be, for messages.
        key: where in a PyTorch file the weights stand.
        rehost: as for `read_tensors`.
        device: where it computes.
        dtype: its precision.

    Raises:
        BadInput: the file is damaged, or holds another model.
    """
    from torch import nn

    network = empty_network(architecture)
    # All but the scale, which is one number, and of which half precision would take a percent.
    for part in (
        network.text_model,
        network.vision_model,
        network.text_projection,
        network.visual_projection,
    ):
        nn.Module.to(part, dtype_of(dtype))
    tensors = to_clip_model(read_tensors(file, key=key, rehost=rehost))
    _refuse_another(tensors, network.state_dict(), who, file)
    load_strictly(network, tensors, who=who, file=file, drop=DROPPED)
    _number_positions(network)
    # Called on the class of modules: the annotation of transformers' own is wrong.
    return nn.Module.to(network, device_of(device))


def describe_weights(tensors: Mapping[str, Tensor]) -> str | None:
    """Which CLIP weights are, by width and depth of both sides; ``None`` if they are no CLIP's."""
    parts = []
    for side, place in (("vision", "class_embedding"), ("text", "token_embedding.weight")):
        embedding = tensors.get(f"{side}_model.embeddings.{place}")
        if embedding is None:
            return None
        start = f"{side}_model.encoder.layers."
        layers = {
            name[len(start) :].partition(".")[0] for name in tensors if name.startswith(start)
        }
        parts.append(f"{side} width {embedding.shape[-1]}, {len(layers)} layers")
    return "; ".join(parts)


def _refuse_another(
    given: Mapping[str, Tensor], wanted: Mapping[str, Tensor], who: str, file: Path
) -> None:
    """Say which CLIP it is, where it is another one, before single weights are compared."""
    is_one, should_be = describe_weights(given), describe_weights(wanted)
    if is_one is not None and is_one != should_be:
        raise BadInput(
            f"is no {who} checkpoint: it holds a CLIP of {is_one}; {who} has {should_be}",
            "Name the checkpoint of this model, or the model of this checkpoint.",
            file=file,
        )


def _number_positions(network: Any) -> None:
    """Fill the two buffers that no checkpoint has: they only count."""
    import torch

    for side in (network.text_model, network.vision_model):
        embeddings = side.embeddings
        count = embeddings.position_embedding.num_embeddings
        embeddings.register_buffer(
            "position_ids", torch.arange(count).expand(1, -1), persistent=False
        )
