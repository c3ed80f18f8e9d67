"""The networks: a vision-language model of transformers, and what is read off one of its states.

Built without memory (on the meta device), then filled strictly from the checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn
from transformers import Qwen2VLModel, Qwen3VLModel

from widespectrum.checkpoints import load_strictly
from widespectrum.errors import BadInput
from widespectrum.scorers.hpsv3.layout import PASSED_BY, from_hpsv3, from_plusplus
from widespectrum.scorers.hpsv3.rotations import as_trained

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PretrainedConfig

OUTPUTS = 2
"""mu, and the logarithm of sigma."""
_HIDDEN = (1024, 16)
_CONDITION = 256


class RewardNetwork(nn.Module):
    """A base model and its head. `backbone` has the interface of transformers' Qwen-VL models."""

    who: str
    backbone: Any
    rm_head: nn.Sequential

    def positions(self, ids: Tensor, picture: Tensor, grid: Tensor) -> Tensor:
        """Places of the tokens of one sequence, ``(3, 1, length)``.

        Args:
            ids: the sequence, ``(1, length)``.
            picture: 1 where it has the picture, 0 elsewhere, of the same shape.
            grid: 1, patches down, patches across, ``(1, 3)``.
        """
        raise NotImplementedError


class HPSv3Network(RewardNetwork):
    """HPSv3: Qwen2-VL and the head that upstream calls ranknet (arXiv 2508.03789)."""

    who = "HPSv3"

    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__()
        self.backbone = Qwen2VLModel(cast("Any", config))
        self.rm_head = _head(_width(config))

    def outputs(self, states: Tensor) -> Tensor:
        """From states at the reward's token, ``(n, width)``, to ``(n, 2)``: mu, log sigma."""
        return cast("Tensor", self.rm_head(states.float()))

    def positions(self, ids: Tensor, picture: Tensor, grid: Tensor) -> Tensor:
        """0, 1, 2 ... on all three axes, patches included.

        Upstream hands embeddings to the text model without positions, and transformers 4.45 then
        counts. So HPSv3 was trained; Qwen2-VL's own places, down and across, give other scores.
        """
        return torch.arange(ids.shape[1], device=ids.device).expand(3, 1, -1)


class HPSv3PlusPlusNetwork(RewardNetwork):
    """HPSv3++: Qwen3-VL, and a head conditioned on how able the generator is (arXiv 2606.14657).

    Capability is guessed from the state itself; how far the generator has been trained by
    reinforcement is told. The two scale and shift the state (FiLM) before the head reads it.
    """

    who = "HPSv3++"

    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__()
        width = _width(config)
        self.backbone = Qwen3VLModel(cast("Any", config))
        self.rm_head = _head(width)
        self.cap_encoder = CapabilityEncoder(width)
        self.cond_encoder = nn.Sequential(
            nn.Linear(2, _CONDITION), nn.GELU(), nn.Linear(_CONDITION, _CONDITION)
        )
        self.film_gen = nn.Sequential(
            nn.Linear(_CONDITION, width), nn.ReLU(), nn.Linear(width, 2 * width)
        )

    def outputs(self, states: Tensor, rl_iteration: float) -> Tensor:
        """From states at the reward's token, ``(n, width)``, to ``(n, 2)``: mu, log sigma.

        Each state has a capability of its own. Upstream pools the capability over whatever stands
        in the batch together, and a score then depends on its neighbours; alone, a picture has the
        score there that it has here.
        """
        capability = self.cap_encoder(states)
        iteration = torch.full_like(capability, rl_iteration)
        condition = self.cond_encoder(torch.stack([capability, iteration], dim=-1))
        scale, shift = self.film_gen(condition).chunk(2, dim=-1)
        return cast("Tensor", self.rm_head(states.float() * (1 + scale) + shift))

    def positions(self, ids: Tensor, picture: Tensor, grid: Tensor) -> Tensor:
        """Qwen3-VL's own: patches are placed down and across."""
        places, _ = self.backbone.get_rope_index(ids, picture, image_grid_thw=grid)
        return cast("Tensor", places)


class CapabilityEncoder(nn.Module):
    """How able the generator of a picture is, from 0 to 1. In the precision of the backbone."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, _CONDITION)
        self.pool_attn = nn.Linear(_CONDITION, 1)
        """Weighs pictures of a group that are judged together; of one picture the weight is 1."""
        self.out_proj = nn.Linear(_CONDITION, 1)

    def forward(self, states: Tensor) -> Tensor:
        """``(n, width)`` -> ``(n,)``."""
        return torch.sigmoid(self.out_proj(self.proj(states))).squeeze(-1).float()


def build(
    kind: type[RewardNetwork],
    config: PretrainedConfig,
    tensors: Mapping[str, Tensor],
    file: Path,
    dtype: torch.dtype,
) -> RewardNetwork:
    """A network with the weights of a published checkpoint, on the CPU.

    The base model is in `dtype`; what reads its state stays in single precision, as upstream.

    Raises:
        BadInput: these are not the weights of such a network of this configuration.
    """
    with torch.device("meta"):
        network = kind(config)
    network.backbone.to(dtype)
    if isinstance(network, HPSv3PlusPlusNetwork):
        network.cap_encoder.to(dtype)
    renamed = from_hpsv3(tensors) if kind is HPSv3Network else from_plusplus(tensors)
    load_strictly(network, renamed, who=kind.who, file=file, drop=PASSED_BY)
    as_trained(network.backbone, dtype)
    return network


def rows_of(tensors: Mapping[str, Tensor], kind: type[RewardNetwork], file: Path) -> int:
    """Rows of the embedding in a published checkpoint.

    Raises:
        BadInput: it has no embedding where such a checkpoint has it.
    """
    name = (
        "model.embed_tokens.weight"
        if kind is HPSv3Network
        else "model.language_model.embed_tokens.weight"
    )
    if name not in tensors:
        raise BadInput(
            f"is no {kind.who} checkpoint: it lacks {name!r}",
            "Name the checkpoint of this model, or the model of this checkpoint.",
            file=file,
        )
    return int(tensors[name].shape[0])


def _head(width: int) -> nn.Sequential:
    first, second = _HIDDEN
    return nn.Sequential(
        nn.Linear(width, first),
        nn.ReLU(),
        nn.Dropout(0.05),  # nothing in evaluation, but it has a number
        nn.Linear(first, second),
        nn.ReLU(),
        nn.Linear(second, OUTPUTS),
    )


def _width(config: PretrainedConfig) -> int:
    return int(config.get_text_config().hidden_size)
