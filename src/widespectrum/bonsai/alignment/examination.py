"""Reward and drift of an aligned copy, on prompts and noise that are always the same.

Drift is how far the copy's answers have moved from the base's: both are shown the base's own
pictures under noise, at several times, and the root mean square of the difference is taken. Pixels
run from -1 to 1, so 0.1 is a twentieth of the way from black to white.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from widespectrum.bonsai.alignment.adapters import Adapter, Policy, policy
from widespectrum.bonsai.alignment.prompts import Prompts
from widespectrum.bonsai.alignment.rewards import Reward
from widespectrum.bonsai.alignment.rollouts import Asked, ask, paint
from widespectrum.bonsai.generator.flow import mix
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import Sampler
from widespectrum.bonsai.generator.painter import draw_noise

BATCH = 8
TIMES = (0.1, 0.3, 0.5, 0.7, 0.9)
SEED = 57


@dataclass(frozen=True)
class Grade:
    """What an examination found."""

    reward: float
    """Mean over the pictures."""
    drift: float
    """See the module."""


class Examination:
    """An examination that any number of copies of one base can take.

    Args:
        base: the generator.
        reward: who rewards.
        prompts: what is to be painted.
        pictures: how many, a multiple of eight.
        sampler: as pictures are painted for use.
        precision: of the arithmetic.
    """

    def __init__(
        self,
        base: GeneratorNetwork,
        reward: Reward,
        prompts: Prompts,
        pictures: int = 64,
        sampler: Sampler | None = None,
        precision: str = "float32",
    ) -> None:
        self.base, self.reward, self.precision = base, reward, precision
        self.sampler = sampler or Sampler()
        rng = np.random.default_rng(SEED)
        self._tokens = [prompts.draw(rng, BATCH) for _ in range(pictures // BATCH)]
        self._shown: list[Tensor] | None = None

    @torch.no_grad()
    def grade(self, adapter: Adapter) -> Grade:
        """Examine one copy."""
        low = self.precision == "bfloat16"
        with torch.autocast(self.base.places.device.type, torch.bfloat16, enabled=low):
            return self._grade(policy(self.base, adapter))

    def _grade(self, copy: Policy) -> Grade:
        if self._shown is None:
            self._shown = [picture for picture, _ in self._painted(self.base)]
        rewards, squares = [], []
        for shown, (picture, asked) in zip(self._shown, self._painted(copy), strict=True):
            rewards.append(self.reward(picture, asked.tokens))
            squares.append(self._moved(copy, shown, asked))
        return Grade(float(torch.cat(rewards).mean()), float(torch.stack(squares).mean().sqrt()))

    def _painted(self, painter: Policy) -> list[tuple[Tensor, Asked]]:
        place = self.base.places.device
        painted = []
        for number, tokens in enumerate(self._tokens):
            asked = ask(self.base, tokens, 1, place)
            noise = self._noise(number, place)
            painted.append((paint(painter, self.sampler, asked, noise), asked))
        return painted

    def _moved(self, copy: Policy, shown: Tensor, asked: Asked) -> Tensor:
        squares = []
        for number, now in enumerate(TIMES):
            time = torch.full((len(shown),), now, device=shown.device)
            noisy = mix(shown, self._noise(number, shown.device), time)
            before, after = self.base(noisy, time, asked.text), copy(noisy, time, asked.text)
            squares.append((after - before).square().mean())
        return torch.stack(squares).mean()

    def _noise(self, number: int, place: torch.device) -> Tensor:
        size = self.base.shape.image_size
        seeds = range(number * BATCH, (number + 1) * BATCH)
        return torch.from_numpy(np.stack([draw_noise(seed, size) for seed in seeds])).to(place)
