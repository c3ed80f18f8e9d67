"""The method: a policy learns from its own pictures, good and bad, by flow matching.

Diffusion negative-aware finetuning (DiffusionNFT, arXiv 2509.16117). A slowly following copy of the
policy, the *former* one, paints a group of pictures for each prompt; the reward makes of each an
optimality r from 0 to 1. The picture is covered with noise anew, and the policy learns

    r |x+ - x|^2 + (1 - r) |x- - x|^2        x+ = former + beta (present - former)
                                             x- = former - beta (present - former)

where x is the picture and the others are predictions of it: the present policy is drawn towards
what was good, and its mirror image at the former one towards what was bad, which drives itself
away. At r = 1/2 the two pulls cancel and hold it where it was. Each error is divided by its own
size, so that no time outweighs the others.

Why this one, at this size: Flow-GRPO (arXiv 2505.05470) needs a stochastic sampler, the likelihood
of each of its steps and a backward pass through as many of them as are to learn; here any sampler
will do, a picture needs one backward pass at one time, and what is minimised is the loss that the
generator was trained with. The network predicts pictures, in which the loss is stated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from widespectrum.bonsai.alignment.adapters import Adapter, AdapterShape, policy
from widespectrum.bonsai.alignment.rollouts import ROLLOUT, ask, noise_for, optimality, paint
from widespectrum.bonsai.alignment.task import AlignmentTask, Settings, reference_penalty
from widespectrum.bonsai.generator.flow import mix
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import Sampler


@dataclass(frozen=True)
class ForwardSettings(Settings):
    """How the method learns."""

    prompts: int = 6
    """Per step."""
    group: int = 8
    """Pictures per prompt."""
    times: int = 2
    """Noisy copies of each picture that are learned from."""
    beta: float = 1.0
    """How far the present policy stands from the former one in the predictions."""
    following: float = 0.5
    """Share of itself that the former policy keeps per step, once it has begun."""
    sampler: Sampler = ROLLOUT


class Learner(nn.Module):
    """What a checkpoint holds: the adapters of the present and of the former policy."""

    def __init__(self, network: GeneratorNetwork, shape: AdapterShape) -> None:
        super().__init__()
        self.present = Adapter(network, shape)
        self.former = Adapter(network, shape)
        self.former.load_state_dict(self.present.state_dict())
        self.former.requires_grad_(False)

    @torch.no_grad()
    def follow(self, share: float) -> None:
        """Bring the former policy nearer to the present one; it keeps `share` of itself."""
        torch._foreach_lerp_(
            list(self.former.parameters()), list(self.present.parameters()), 1 - share
        )


class ForwardTask(AlignmentTask[ForwardSettings]):
    """Alignment by the forward process, for the training loop."""

    name = "alignment by the forward process"

    def build(self) -> nn.Module:
        """Adapters that add nothing yet."""
        return Learner(self.base, self.shape)

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Paint, reward, and learn from it."""
        assert isinstance(network, Learner)
        settings, base = self.settings, self.base.to(device)
        network.follow(settings.following)
        former = policy(base, network.former)
        asked = ask(base, self.prompts.draw(rng, settings.prompts), settings.group, device)
        size = base.shape.image_size
        pictures = paint(former, settings.sampler, asked, noise_for(asked, size))
        with torch.no_grad():
            rewards = self.reward.to(device)(pictures, asked.tokens)
        self.note(rewards)
        good = optimality(rewards, settings.group)
        present = policy(base, network.present)
        losses = []
        for _ in range(settings.times):
            time = torch.rand(len(pictures), device=device)
            noisy = mix(pictures, torch.randn_like(pictures), time)
            with torch.no_grad():
                before = former(noisy, time, asked.text)
                origin = base(noisy, time, asked.text)
            now = present(noisy, time, asked.text)
            learned = forward_loss(now, before, pictures, good, settings.beta)
            losses.append(learned + settings.reference * reference_penalty(now, origin, time))
        return torch.stack(losses).mean()


def forward_loss(now: Tensor, before: Tensor, picture: Tensor, good: Tensor, beta: float) -> Tensor:
    """The method's loss; see the module.

    Args:
        now: ``(n, 3, size, size)``, the present policy's predictions.
        before: the former policy's.
        picture: what both predict.
        good: ``(n,)`` optimality, 0 to 1.
        beta: as `ForwardSettings.beta`.
    """
    step = beta * (now - before)
    drawn, driven = _own_size(before + step, picture), _own_size(before - step, picture)
    return ((good * drawn + (1 - good) * driven) / beta).mean()


def _own_size(predicted: Tensor, picture: Tensor) -> Tensor:
    """Squared error over mean absolute error, ``(n,)``; the divisor is taken as given."""
    error = predicted - picture
    own = error.detach().abs().mean((1, 2, 3)).clamp(min=1e-5)
    return error.square().mean((1, 2, 3)) / own
