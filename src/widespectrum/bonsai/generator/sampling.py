"""From noise to picture: the flow followed in steps, with guidance.

Guidance without a classifier (arXiv 2207.12598) asks the network twice, under the prompt and under
the empty one (or a negative prompt), and goes further along the difference. Both answers are clean
pictures here, and guiding them is the same as guiding velocities.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from widespectrum.bonsai.generator.flow import mix, velocity
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.text import Text
from widespectrum.errors import BadInput

METHODS = ("euler", "heun")


@dataclass(frozen=True)
class Sampler:
    """How the flow is followed.

    Raises:
        BadInput: a value is out of range; the message names it.
    """

    steps: int = 20
    """From noise to picture. Heun's method asks the network twice in every step but the last."""
    guidance: float = 2.0
    """How far to go from the answer without the prompt to the answer under it; 1 is no guidance."""
    method: str = "euler"
    """One of `METHODS`."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise BadInput(f"is {self.steps}", "Take at least one step.", field="steps")
        if not (math.isfinite(self.guidance) and self.guidance >= 0):
            raise BadInput(
                f"is {self.guidance}", "Give 0 or more; 1 is no guidance.", field="guidance"
            )
        if self.method not in METHODS:
            raise BadInput(f"is {self.method!r}", "Give euler or heun.", field="method")

    def times(self, strength: float = 1.0) -> list[float]:
        """Times from where the flow is entered to 1, evenly spaced.

        Args:
            strength: in (0, 1]; the share of the way from noise that is gone. Steps are of the same
                length for every strength, or a little shorter.
        """
        count = max(1, math.ceil(self.steps * strength - 1e-9))
        begin = 1.0 - strength
        return [begin + (1.0 - begin) * step / count for step in range(count + 1)]

    @torch.inference_mode()
    def sample(
        self,
        network: GeneratorNetwork,
        noise: Tensor,
        text: Text,
        against: Text,
        start: Tensor | None = None,
        strength: float = 1.0,
    ) -> Tensor:
        """Pictures from noise, or from start pictures that noise half covers.

        Args:
            network: what answers.
            noise: ``(n, 3, size, size)``, standard normal.
            text: what to show, of `GeneratorNetwork.read`.
            against: what guidance leads away from: the empty prompt, or a negative one.
            start: pictures from -1 to 1, of the noise's shape.
            strength: how far from the start, in (0, 1]; 1 forgets it.

        Returns:
            Pictures of the noise's shape, from -1 to 1.
        """
        times = self.times(strength)
        here = noise
        if start is not None and strength < 1:
            here = mix(start, noise, torch.full((len(noise),), times[0], device=noise.device))
        for now, then in pairwise(times):
            here = self._step(network, here, now, then, text, against)
        return here.clamp(-1, 1)

    def _step(
        self,
        network: GeneratorNetwork,
        here: Tensor,
        now: float,
        then: float,
        text: Text,
        against: Text,
    ) -> Tensor:
        direction = self._velocity(network, here, now, text, against)
        there = here + (then - now) * direction
        if self.method == "euler" or then >= 1:
            return there
        onward = self._velocity(network, there, then, text, against)
        return here + (then - now) * (direction + onward) / 2

    def _velocity(
        self, network: GeneratorNetwork, here: Tensor, now: float, text: Text, against: Text
    ) -> Tensor:
        time = torch.full((len(here),), now, device=here.device)
        clean: Tensor = network(here, time, text)
        if self.guidance != 1:
            # Asked apart rather than in one batch: the empty prompt is much shorter.
            other = network(here, time, against)
            clean = other + self.guidance * (clean - other)
        return velocity(clean, here, time)
