"""Flow matching in a straight line from noise to picture.

At time t a picture is ``t * clean + (1 - t) * noise``; its velocity is ``clean - noise``. The
network answers with the clean picture, from which the velocity follows; the loss is the squared
error of the velocity (arXiv 2511.13720, equation 6). Of each picture's loss the logarithm is taken:
grainy pictures, whose noise nobody can predict, would otherwise drown the rest.
"""

from __future__ import annotations

import torch
from torch import Tensor

SHORTEST = 0.1
"""Time left to a clean picture is counted as at least this much in the loss."""
LEAST = 0.01
"""Added to a picture's loss before its logarithm is taken."""
MEAN, SPREAD = -0.6, 1.0
"""Of the normal distribution whose logistic function training times are."""


def draw_times(count: int, device: torch.device) -> Tensor:
    """Training times, ``(count,)``, logit-normal (arXiv 2403.03206, section 3.1)."""
    return torch.sigmoid(torch.randn(count, device=device) * SPREAD + MEAN)


def mix(clean: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """Pictures at their times.

    Args:
        clean: ``(n, 3, size, size)`` from -1 to 1.
        noise: of the same shape, standard normal.
        time: ``(n,)``.
    """
    time = time[:, None, None, None]
    return time * clean + (1 - time) * noise


def velocity(clean: Tensor, noisy: Tensor, time: Tensor) -> Tensor:
    """Where a noisy picture goes, if `clean` is where it ends."""
    left = (1 - time).clamp(min=1e-3)[:, None, None, None]
    return (clean - noisy) / left


def flow_loss(
    predicted: Tensor, clean: Tensor, time: Tensor, weight: Tensor | None = None
) -> Tensor:
    """Mean over the pictures of the logarithm of the velocity's squared error.

    Args:
        predicted: clean pictures as the network answers them, ``(n, 3, size, size)``.
        clean: as they are.
        time: ``(n,)``.
        weight: what each pixel counts, ``(n, 1, size, size)``, 1 on average over a picture;
            ``None`` for the same everywhere.
    """
    squares = (predicted - clean).square()
    error = (squares if weight is None else squares * weight).mean(dim=(1, 2, 3))
    return torch.log(error / (1 - time).clamp(min=SHORTEST).square() + LEAST).mean()
