"""Random weights under which a tiny network answers to everything that it is told."""

from __future__ import annotations

from typing import TypeVar

import torch

Network = TypeVar("Network", bound=torch.nn.Module)


def stir(network: Network, seed: int, *, gain: float = 1.0) -> Network:
    """Draw every matrix anew, and put the network into evaluation.

    Fresh blocks begin with modulations of zero, so that a new network ignores its prompt, and some
    tokens are allocated without a value: a test on such a network shows nothing. Matrices are
    drawn with a variance of `gain` squared over their inputs; norms and biases stay.
    """
    source = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1:
                drawn = torch.randn(parameter.shape, generator=source)
                parameter.copy_(gain * drawn / parameter[0].numel() ** 0.5)
    return network.eval()
