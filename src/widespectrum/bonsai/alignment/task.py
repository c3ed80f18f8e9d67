"""What the methods of alignment have in common: base, reward, prompts, and a reference penalty."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from torch import Tensor

from widespectrum.bonsai.alignment.adapters import AdapterShape
from widespectrum.bonsai.alignment.prompts import Prompts
from widespectrum.bonsai.alignment.rewards import Reward
from widespectrum.bonsai.generator.flow import SHORTEST
from widespectrum.bonsai.generator.network import GeneratorNetwork

_SMOOTHING = 0.1


@dataclass(frozen=True)
class Settings:
    """What every method can be told."""

    reference: float = 0.02
    """Weight of the reference penalty: the squared distance of the velocity from the base's."""


S = TypeVar("S", bound=Settings)


class AlignmentTask(Generic[S]):
    """A task of the training loop but for the network and the loss, which the method gives.

    Args:
        base: the generator. Its weights are never changed.
        identity: of its weights.
        reward: towards what.
        prompts: what it is asked to paint.
        settings: how it learns.
        shape: of the adapter.

    Attributes:
        reward_so_far: mean reward of what was painted, over about ten steps; ``None`` at first.
    """

    name: str

    def __init__(
        self,
        base: GeneratorNetwork,
        identity: str,
        reward: Reward,
        prompts: Prompts,
        settings: S,
        shape: AdapterShape,
    ) -> None:
        self.base, self.identity = base.requires_grad_(False).eval(), identity
        self.reward, self.prompts = reward, prompts
        self.settings, self.shape = settings, shape
        self.reward_so_far: float | None = None

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "base": self.identity,
            "prompts": self.prompts.identity,
            "reward": self.reward.describe(),
            "settings": asdict(self.settings),
            "adapter": asdict(self.shape),
        }

    def note(self, rewards: Tensor) -> None:
        """Take rewards into `reward_so_far`."""
        mean = float(rewards.detach().mean())
        before = mean if self.reward_so_far is None else self.reward_so_far
        self.reward_so_far = before + (mean - before) * _SMOOTHING


def reference_penalty(now: Tensor, origin: Tensor, time: Tensor) -> Tensor:
    """Mean squared distance of two policies' velocities.

    Args:
        now: ``(n, 3, size, size)``, one policy's predictions.
        origin: the other's.
        time: ``(n,)``.
    """
    left = (1 - time).clamp(min=SHORTEST)
    return ((now - origin).square().mean((1, 2, 3)) / left.square()).mean()
