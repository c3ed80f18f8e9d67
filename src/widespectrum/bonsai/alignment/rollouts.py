"""Rollouts: pictures that a policy paints, several for each prompt, and how good they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from widespectrum.bonsai.alignment.adapters import Policy
from widespectrum.bonsai.alignment.prompts import Tokens
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import EMPTY, Sampler
from widespectrum.bonsai.generator.sampling import sample
from widespectrum.bonsai.generator.text import Text

ROLLOUT = Sampler(steps=8, guidance=1.0)
"""Without guidance, as in arXiv 2509.16117: what learns is the policy that is asked, and half of
the arithmetic is spared."""


@dataclass(frozen=True)
class Asked:
    """Prompts as they are needed: read once, and repeated for every picture of their group."""

    tokens: Tensor
    """``(prompts, length)``."""
    text: Text
    """Of every picture, ``prompts * group``; those of one prompt stand together."""
    empty: Text
    """The empty prompt, as often."""


def ask(network: GeneratorNetwork, tokens: Tokens, group: int, place: torch.device) -> Asked:
    """Read prompts for `group` pictures each."""
    given = torch.from_numpy(np.ascontiguousarray(tokens)).to(place)
    with torch.no_grad():
        text = network.read(given)
        empty = network.read(torch.tensor([[EMPTY]], device=place))
    pictures = len(given) * group
    return Asked(
        given,
        Text(*(each.repeat_interleave(group, dim=0) for each in text)),
        Text(*(each.expand(pictures, *each.shape[1:]) for each in empty)),
    )


@torch.no_grad()
def paint(painter: Policy, sampler: Sampler, asked: Asked, noise: Tensor) -> Tensor:
    """Pictures from -1 to 1 of the noise's shape."""
    return sample(painter, sampler, noise, asked.text, asked.empty)


@torch.no_grad()
def optimality(rewards: Tensor, group: int) -> Tensor:
    """How good each picture is among those of its prompt, 0 to 1 (arXiv 2509.16117).

    Half, plus half of the distance from the group's mean, in standard deviations of all such
    distances and cut at one. The deviation is that of the whole rollout: where the pictures of a
    prompt hardly differ, nothing is to be learned from them.

    Args:
        rewards: ``(prompts * group,)``; those of one prompt stand together.
        group: pictures per prompt.
    """
    grouped = rewards.float().view(-1, group)
    ahead = grouped - grouped.mean(dim=1, keepdim=True)
    spread = ahead.square().mean().sqrt().clamp(min=1e-6)
    return (0.5 + 0.5 * (ahead / spread).clamp(-1, 1)).flatten()


def noise_for(asked: Asked, size: int) -> Tensor:
    """Noise from torch's own dice, other for every picture of a prompt; they differ in it alone."""
    count = len(asked.text.words)
    return torch.randn(count, 3, size, size, device=asked.tokens.device)
