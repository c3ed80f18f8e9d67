"""The one training loop: any network, any loss, killed at any moment and resumed as if it were not.

A step's data and randomness follow from (seed, step) and nothing else, so a resumed training sees
exactly what the undisturbed one would have seen and, on one machine with one number of threads,
ends in the same weights bit for bit.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from widespectrum.bonsai.training.checkpoints import (
    Progress,
    checkpoints,
    load_checkpoint,
    load_newest,
    save_checkpoint,
)
from widespectrum.bonsai.training.schedules import Pace
from widespectrum.errors import BadInput, InvalidResult

_SMOOTHING = 0.02


@dataclass(frozen=True)
class Device:
    """Where and how the arithmetic is done. Part of what decides the weights to the bit."""

    name: str = "cpu"
    """``cpu`` or ``cuda``."""
    precision: str = "float32"
    """``float32``, or ``bfloat16`` for mixed precision over float32 weights."""
    threads: int = 2

    def prepare(self) -> torch.device:
        """Set the number of threads and hand out the device.

        Raises:
            BadInput: there is no such device here.
        """
        if self.name == "cuda" and not torch.cuda.is_available():
            raise BadInput("there is no CUDA device here", "Use --device cpu.", field="device")
        if self.name not in ("cpu", "cuda"):
            raise BadInput(f"is {self.name!r}", "Give cpu or cuda.", field="device")
        torch.set_num_threads(self.threads)
        return torch.device(self.name)


def best_precision(device: str) -> str:
    """bfloat16 where the hardware computes in it, else float32."""
    if device == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    able = torch.cpu.get_capabilities()
    return "bfloat16" if able.get("avx512_bf16") or able.get("amx_bf16") else "float32"


class Task(Protocol):
    """What is trained, and on what."""

    name: str

    def describe(self) -> dict[str, Any]:
        """All that decides the outcome besides schedule and device, as JSON values."""
        ...

    def build(self) -> nn.Module:
        """The network before training; random numbers come from torch's seeded generator."""
        ...

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """The loss of one step on data drawn with `rng`."""
        ...


@dataclass(frozen=True)
class Report:
    """What the loop says after each step."""

    step: int
    steps: int
    loss: float
    """Smoothed over about 50 steps."""
    seconds: float
    """Since this process began to train."""


@dataclass(frozen=True)
class Branch:
    """Where a training leaves another one: it goes on from that one's newest checkpoint."""

    folder: Path
    recipe: dict[str, Any]
    """Of the training that is left: `Training.recipe`."""


def adamw(network: nn.Module, schedule: Pace) -> list[torch.optim.Optimizer]:
    """AdamW for all weights."""
    decay = schedule.weight_decay
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return [torch.optim.AdamW(learned, schedule.learning_rate, (0.9, 0.98), weight_decay=decay)]


class Training:
    """One training: begun or resumed when it is run, with checkpoints in a folder.

    Args:
        task: what is trained.
        schedule: how long and how fast.
        device: where.
        folder: of the checkpoints.
        checkpoint_every: steps between two of them; there is one after the last step, too.
        keep: called with step and network (its average, where one is kept) before each checkpoint
            is written, so that whatever it stores is there for every step that a resumed training
            does not repeat.
        optimisers: makes what takes the steps. Their learning rates are the greatest ones.
        averaging: share of the old that a running average of the weights keeps per step; ``None``
            keeps no average.
        branch: the training that this one leaves, if its folder holds no checkpoint yet.

    Attributes:
        network: the network, trained once `run` is exhausted.
        average: its running average, or ``None``.
    """

    def __init__(
        self,
        task: Task,
        schedule: Pace,
        device: Device,
        folder: Path,
        *,
        checkpoint_every: int = 200,
        keep: Callable[[int, nn.Module], object] | None = None,
        optimisers: Callable[[nn.Module, Pace], Sequence[torch.optim.Optimizer]] = adamw,
        averaging: float | None = None,
        branch: Branch | None = None,
    ) -> None:
        self.keep = keep
        self.task, self.schedule, self.device = task, schedule, device
        self.folder, self.checkpoint_every = folder, checkpoint_every
        self.place = device.prepare()
        torch.manual_seed(schedule.seed)
        self.network = task.build().to(self.place)
        self.average = copy.deepcopy(self.network) if averaging is not None else None
        self.averaging, self.branch = averaging, branch
        self.optimisers = optimisers(self.network, schedule)

    @property
    def recipe(self) -> dict[str, Any]:
        """What decides the outcome but for rounding: task, data, schedule and precision."""
        return {
            "task": self.task.name,
            "data": self.task.describe(),
            "schedule": self.schedule.describe(),
            "precision": self.device.precision,
        }

    def run(self) -> Iterator[Report]:
        """Train to the end, or go on from the newest checkpoint. Yields a report per step.

        Raises:
            ForeignRun: the folder holds a training with other settings.
            InvalidResult: the loss is not a finite number.
            StorageFailed: a checkpoint could not be written.
        """
        schedule = self.schedule
        at = self._begin()
        greatest = [
            (group, group["lr"])
            for optimiser in self.optimisers
            for group in optimiser.param_groups
        ]
        smoothed, begun = at.loss, time.perf_counter()
        self.network.train()
        for step in range(at.step, schedule.steps):
            for group, rate in greatest:
                group["lr"] = rate * schedule.share(step)
            value = self._step(step)
            smoothed = value if smoothed is None else smoothed + (value - smoothed) * _SMOOTHING
            done = step + 1
            if done % self.checkpoint_every == 0 or done == schedule.steps:
                self._keep(Progress(done, smoothed))
            yield Report(done, schedule.steps, smoothed, time.perf_counter() - begun)
        self.network.eval()

    def _begin(self) -> Progress:
        """Go to the newest checkpoint: one's own, or else that of the training that is left."""
        everything = self.network, self.optimisers, self.average
        if self.branch is not None and not checkpoints(self.folder):
            newest = checkpoints(self.branch.folder)[-1]
            return load_checkpoint(newest, self.branch.recipe, *everything)
        return load_newest(self.folder, self.recipe, *everything)

    def _keep(self, progress: Progress) -> None:
        if self.keep is not None:
            self.keep(progress.step, self.network if self.average is None else self.average)
        save_checkpoint(
            self.folder, self.recipe, progress, self.network, self.optimisers, self.average
        )

    def _step(self, step: int) -> float:
        # Nothing that a step draws depends on the steps before it.
        torch.manual_seed(_step_seed(self.schedule.seed, step))
        rng = np.random.default_rng([self.schedule.seed, step])
        low = self.device.precision == "bfloat16"
        with torch.autocast(self.place.type, torch.bfloat16, enabled=low):
            loss = self.task.loss(self.network, rng, self.place)
        value = float(loss.detach())
        if not np.isfinite(value):
            raise InvalidResult(
                f"the loss of step {step} is {value}",
                "Train again with a lower learning rate; checkpoints up to here are kept.",
            )
        self.network.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.schedule.largest_gradient)
        for optimiser in self.optimisers:
            optimiser.step()
        self._follow(step)
        return value

    @torch.no_grad()
    def _follow(self, step: int) -> None:
        """Let the average follow: at first closely, so that it forgets the random beginning."""
        if self.average is None or self.averaging is None:
            return
        kept = min(self.averaging, (step + 1) / (step + 10))
        torch._foreach_lerp_(
            list(self.average.parameters()), list(self.network.parameters()), 1 - kept
        )


def _step_seed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence([seed, step, 1]).generate_state(1)[0])
