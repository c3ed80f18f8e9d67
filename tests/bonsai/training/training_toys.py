"""A toy task, and a script that trains it: what the kill test kills."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from widespectrum.bonsai.training.loop import Device, Training
from widespectrum.bonsai.training.schedules import Schedule

STEPS = 40


class Regression:
    """Learn the sum of eight numbers. Dropout, so that the state of torch's dice matters too."""

    name = "toy-regression"

    def describe(self) -> dict[str, Any]:
        return {"numbers": 8}

    def build(self) -> nn.Module:
        return nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Dropout(0.1), nn.Linear(32, 1))

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        numbers = torch.from_numpy(rng.normal(size=(16, 8)).astype(np.float32)).to(device)
        loss: Tensor = ((network(numbers).squeeze(-1) - numbers.sum(1)) ** 2).mean()
        return loss


def toy_training(folder: Path, *, steps: int = STEPS, seed: int = 0, every: int = 5) -> Training:
    schedule = Schedule(steps=steps, learning_rate=1e-2, seed=seed, warmup=5)
    return Training(Regression(), schedule, Device(threads=1), folder, checkpoint_every=every)


if __name__ == "__main__":
    for report in toy_training(Path(sys.argv[1])).run():
        print(report.step, flush=True)
