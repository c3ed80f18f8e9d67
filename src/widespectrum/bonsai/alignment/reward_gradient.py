"""Another method, kept as an example of reward hacking: climb the reward's own gradient.

The present policy paints without gradient up to a late time drawn by chance, predicts the picture
from there in one step, and is moved along the gradient of that picture's reward (ReFL, arXiv
2304.05977, section 4; DRaFT-1, arXiv 2309.17400). It is fast, and it finds what the reward network
likes rather than what the reward stands for: texture and over-exposure that nobody asked for. The
reference penalty is the same as that of the other method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from widespectrum.bonsai.alignment.adapters import Adapter, policy
from widespectrum.bonsai.alignment.rollouts import ask, noise_for
from widespectrum.bonsai.alignment.task import AlignmentTask, Settings, reference_penalty
from widespectrum.bonsai.generator.flow import velocity

_FARTHEST = 1.05
"""Values beyond it have no gradient; a little beyond white is let through, so that white can be
left again."""


@dataclass(frozen=True)
class GradientSettings(Settings):
    """How the method learns."""

    pictures: int = 24
    """Per step, each of a prompt of its own."""
    steps: int = 12
    """From noise to picture."""
    earliest: int = 6
    """Of the steps, the first from which the picture may be predicted."""


class GradientTask(AlignmentTask[GradientSettings]):
    """Alignment by the reward's gradient, for the training loop."""

    name = "alignment by the reward's gradient"

    def build(self) -> nn.Module:
        """An adapter that adds nothing yet."""
        return Adapter(self.base, self.shape)

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Minus the reward of pictures that are predicted in one step, and the penalty."""
        assert isinstance(network, Adapter)
        settings, base = self.settings, self.base.to(device)
        asked = ask(base, self.prompts.draw(rng, settings.pictures), 1, device)
        present = policy(base, network)
        last = int(rng.integers(settings.earliest, settings.steps))
        here = noise_for(asked, base.shape.image_size)
        with torch.no_grad():
            for step in range(last):
                time = torch.full((len(here),), step / settings.steps, device=device)
                way = velocity(present(here, time, asked.text), here, time)
                here = here + way / settings.steps
            time = torch.full((len(here),), last / settings.steps, device=device)
            origin = base(here, time, asked.text)
        picture = present(here, time, asked.text)
        rewards = self.reward.to(device)(picture.clamp(-_FARTHEST, _FARTHEST), asked.tokens)
        self.note(rewards)
        penalty = settings.reference * reference_penalty(picture, origin, time)
        loss: Tensor = penalty - rewards.mean()
        return loss
