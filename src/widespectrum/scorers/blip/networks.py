"""The networks, built on transformers' classes and filled strictly from checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn
from transformers import BlipForImageTextRetrieval
from transformers.models.blip.modeling_blip import BlipVisionModel
from transformers.models.blip.modeling_blip_text import BlipTextModel

from widespectrum.checkpoints import load_strictly
from widespectrum.scorers.blip.architecture import config_of_weights
from widespectrum.scorers.blip.layout import from_imagereward

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BlipConfig

MEAN, DEVIATION = 0.16717362830052426, 1.0333394966054072
"""ImageReward's own normalisation of its score (`ImageReward.py`, class ``ImageReward``)."""
_WIDTHS = (1024, 128, 64, 16, 1)


@dataclass(frozen=True)
class Blip:
    """Two towers and what is read off the state of ``[CLS]``."""

    vision: BlipVisionModel
    text: BlipTextModel
    head: nn.Linear
    """From a state of the text tower to matching logits (2), or to a reward (1)."""
    image_projection: nn.Linear | None = None
    text_projection: nn.Linear | None = None

    @property
    def image_size(self) -> int:
        """Pixels to a side."""
        return int(cast("int", self.vision.config.image_size))

    @property
    def positions(self) -> int:
        """So many tokens have a place in the text tower."""
        return int(self.text.config.max_position_embeddings)

    @property
    def words(self) -> int:
        """Size of the vocabulary."""
        return int(self.text.config.vocab_size)

    def to(self, device: torch.device, dtype: torch.dtype) -> Blip:
        """The same on another device; the head, which costs nothing, stays in single precision."""
        for part in (self.vision, self.text):
            cast("nn.Module", part).to(device, dtype)
        for head in (self.head, self.image_projection, self.text_projection):
            if head is not None:
                head.to(device, torch.float32)
        return self


class ImageRewardNetwork(nn.Module):
    """What ImageReward's checkpoint holds: BLIP's towers, and five linear layers for the score."""

    def __init__(self, config: BlipConfig) -> None:
        super().__init__()
        text: Any = config.text_config
        self.vision_model = BlipVisionModel(cast("Any", config.vision_config))
        self.text_encoder = BlipTextModel(text, add_pooling_layer=False)
        self.mlp = ScoreLayers(text.hidden_size)


class ScoreLayers(nn.Module):
    """ImageReward's "MLP": five linear layers, and nothing but dropout between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        linear = [nn.Linear(a, b) for a, b in zip((width, *_WIDTHS), _WIDTHS, strict=False)]
        layers: list[nn.Module] = []
        for number, layer in enumerate(linear):
            # A dropout follows each of the first three; it is nothing here, but has a number.
            layers += [layer, nn.Identity()] if number < 3 else [layer]
        self.layers = nn.Sequential(*layers)

    def collapsed(self) -> nn.Linear:
        """The one affine map that they are, with ImageReward's normalisation behind it.

        Multiplied in double precision, so that it is nearer to the layers' exact result than their
        own evaluation in single precision.
        """
        linear = [layer for layer in self.layers if isinstance(layer, nn.Linear)]
        weight = torch.eye(linear[0].in_features, dtype=torch.float64)
        bias = torch.zeros(linear[0].in_features, dtype=torch.float64)
        for layer in linear:
            step = layer.weight.double()
            weight, bias = step @ weight, step @ bias + layer.bias.double()
        head = nn.Linear(linear[0].in_features, 1).requires_grad_(False)
        head.weight.copy_(weight / DEVIATION)
        head.bias.copy_((bias - MEAN) / DEVIATION)
        return head


def matching_network(config: BlipConfig, tensors: Mapping[str, Tensor], file: Path) -> Blip:
    """BLIP for image-text matching from weights in transformers' layout.

    Raises:
        BadInput: these are not the weights of such a network of this configuration.
    """
    with torch.device("meta"):
        network = BlipForImageTextRetrieval(config)
    load_strictly(network, tensors, who="BLIP matching", file=file, drop=_PASSED_BY)
    _number_positions(network.text_encoder)
    return Blip(
        network.vision_model,
        network.text_encoder,
        network.itm_head,
        network.vision_proj,
        network.text_proj,
    )


def imagereward_network(tensors: Mapping[str, Tensor], file: Path) -> Blip:
    """ImageReward from weights in its own layout.

    Raises:
        BadInput: these are not the weights of such a network.
    """
    renamed = from_imagereward(tensors)
    config = config_of_weights(renamed, file, "ImageReward")
    with torch.device("meta"):
        network = ImageRewardNetwork(config)
    # The projections were for BLIP's contrastive training, and have no part in the score.
    drop = (*_PASSED_BY, "vision_proj.*", "text_proj.*")
    load_strictly(network, renamed, who="ImageReward", file=file, drop=drop)
    _number_positions(network.text_encoder)
    return Blip(network.vision_model, network.text_encoder, network.mlp.collapsed())


_PASSED_BY = ("text_encoder.embeddings.position_ids",)
"""A buffer that counts 0, 1, 2 ..., kept by older versions."""


def _number_positions(text_encoder: BlipTextModel) -> None:
    """A network built on the meta device has no content in buffers that no checkpoint holds."""
    places = torch.arange(text_encoder.config.max_position_embeddings)
    text_encoder.embeddings.register_buffer("position_ids", places[None], persistent=False)
