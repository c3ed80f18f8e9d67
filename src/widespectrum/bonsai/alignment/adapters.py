"""Low-rank adapters: what alignment adds to a generator's matrices, as small factors.

A matrix ``W`` becomes ``W + scale * up @ down`` (LoRA, arXiv 2106.09685, section 4.1). The base
network is never written to while an adapter learns: a policy is the base called with other
matrices, so base, present and former policy share one network, and an adapter at scale 0 is the
base to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.func import functional_call

from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.text import Text

Policy: TypeAlias = Callable[[Tensor, Tensor, Text], Tensor]
"""(noisy pictures, times, prompts) -> clean pictures, as `GeneratorNetwork`."""


@dataclass(frozen=True)
class AdapterShape:
    """What decides the shapes of an adapter's weights, besides its generator."""

    rank: int = 8
    """Of what is added to each matrix."""


class Adapter(nn.Module):
    """Factors for every matrix of a generator's blocks. New ones add nothing.

    Args:
        network: the generator that it is for.
        shape: its rank.
    """

    def __init__(self, network: GeneratorNetwork, shape: AdapterShape) -> None:
        super().__init__()
        self.shape = shape
        self.down, self.up = nn.ParameterDict(), nn.ParameterDict()
        for name, matrix in adapted_matrices(network).items():
            rows, columns = matrix.shape
            self.down[_key(name)] = nn.Parameter(torch.randn(shape.rank, columns) * columns**-0.5)
            self.up[_key(name)] = nn.Parameter(torch.zeros(rows, shape.rank))

    def applied(self, network: GeneratorNetwork, scale: float = 1.0) -> dict[str, Tensor]:
        """The generator's matrices with what the adapter adds, by name."""
        found = adapted_matrices(network)
        # In full precision, so that a policy in training is the one that its file gives.
        place = next(iter(found.values())).device.type
        with torch.autocast(place, enabled=False):
            return {
                name: matrix + scale * (self.up[_key(name)] @ self.down[_key(name)])
                for name, matrix in found.items()
            }


def adapted_matrices(network: GeneratorNetwork) -> dict[str, Tensor]:
    """The matrices that an adapter changes: attention and perceptron of every block."""
    return {
        f"blocks.{name}.weight": layer.weight
        for name, layer in network.blocks.named_modules()
        if isinstance(layer, nn.Linear)
    }


def policy(network: GeneratorNetwork, adapter: Adapter, scale: float = 1.0) -> Policy:
    """The generator with an adapter. Gradients reach the adapter, if they are asked for."""
    matrices = adapter.applied(network, scale)

    def answer(noisy: Tensor, time: Tensor, text: Text) -> Tensor:
        clean: Tensor = functional_call(network, matrices, (noisy, time, text))
        return clean

    return answer


@torch.no_grad()
def merge(network: GeneratorNetwork, adapter: Adapter, scale: float = 1.0) -> None:
    """Write what an adapter adds into the network itself, for painting at the base's speed."""
    own = dict(network.named_parameters())
    for name, matrix in adapter.applied(network, scale).items():
        own[name].copy_(matrix)


def _key(name: str) -> str:
    # Parameters are registered by name, and names have no dots.
    return name.removesuffix(".weight").replace(".", "-")
