"""Both methods on a tiny generator and the plainest of rewards, brightness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import torch
from alignment_toys import Brightness
from torch import Tensor

from widespectrum.bonsai.alignment.adapters import Adapter, AdapterShape
from widespectrum.bonsai.alignment.examination import Examination
from widespectrum.bonsai.alignment.forward_process import ForwardSettings, ForwardTask, forward_loss
from widespectrum.bonsai.alignment.prompts import Prompts
from widespectrum.bonsai.alignment.reward_gradient import GradientSettings, GradientTask
from widespectrum.bonsai.alignment.task import reference_penalty
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import Sampler
from widespectrum.bonsai.training.loop import Device, Training
from widespectrum.bonsai.training.schedules import Plateau

QUICK = Sampler(steps=4, guidance=1.0)
STEPS = 40


Task: TypeAlias = ForwardTask | GradientTask


def forward(base: GeneratorNetwork, prompts: Prompts, reference: float = 0.0) -> ForwardTask:
    settings = ForwardSettings(prompts=2, group=8, reference=reference, sampler=QUICK)
    return ForwardTask(base, "toy", Brightness(), prompts, settings, AdapterShape(rank=4))


def gradient(base: GeneratorNetwork, prompts: Prompts, reference: float = 0.0) -> GradientTask:
    settings = GradientSettings(pictures=8, steps=4, earliest=2, reference=reference)
    return GradientTask(base, "toy", Brightness(), prompts, settings, AdapterShape(rank=4))


def training(task: Task, folder: Path, steps: int = STEPS) -> Training:
    pace = Plateau(steps, 1e-2, warmup=5, largest_gradient=1.0)
    return Training(task, pace, Device(threads=1), folder, checkpoint_every=5)


def aligned(task: Task, folder: Path, steps: int = STEPS) -> Adapter:
    made = training(task, folder, steps)
    for _ in made.run():
        pass
    network = made.network
    return network if isinstance(network, Adapter) else network.present


def state(task: Task, folder: Path, stop: int | None = None) -> dict[str, Tensor]:
    made = training(task, folder, 12)
    for report in made.run():
        if report.step == stop:
            break
    return made.network.state_dict()


@pytest.mark.parametrize("make", [forward, gradient])
def test_the_reward_rises(
    make: Callable[..., Task], tmp_path: Path, base: GeneratorNetwork, prompts: Prompts
) -> None:
    task = make(base, prompts)
    examination = Examination(base, task.reward, prompts, pictures=16, sampler=QUICK)
    before = examination.grade(Adapter(base, AdapterShape(rank=4)))
    after = examination.grade(aligned(task, tmp_path))
    assert before.drift == 0
    assert after.reward > before.reward + 0.15
    assert after.drift > 0


@pytest.mark.parametrize("make", [forward, gradient])
def test_the_reference_penalty_holds_it_back(
    make: Callable[..., Task], tmp_path: Path, base: GeneratorNetwork, prompts: Prompts
) -> None:
    examination = Examination(base, Brightness(), prompts, pictures=8, sampler=QUICK)
    free = examination.grade(aligned(make(base, prompts), tmp_path / "free", 20))
    held = examination.grade(aligned(make(base, prompts, 100.0), tmp_path / "held", 20))
    assert held.drift < 0.5 * free.drift


@pytest.mark.parametrize("make", [forward, gradient])
@pytest.mark.parametrize("stop", [3, 7])
def test_a_stopped_alignment_ends_in_the_same_weights(
    make: Callable[..., Task], stop: int, tmp_path: Path, base: GeneratorNetwork, prompts: Prompts
) -> None:
    undisturbed = state(make(base, prompts), tmp_path / "undisturbed")
    state(make(base, prompts), tmp_path / "stopped", stop)
    resumed = state(make(base, prompts), tmp_path / "stopped")
    assert undisturbed.keys() == resumed.keys()
    assert all(torch.equal(undisturbed[name], resumed[name]) for name in undisturbed)


def test_half_good_pulls_nowhere_and_good_and_bad_pull_apart() -> None:
    torch.manual_seed(0)
    picture, before = torch.randn(2, 3, 4, 4), torch.randn(2, 3, 4, 4)
    for share, sign in ((0.5, 0.0), (1.0, 1.0), (0.0, -1.0)):
        now = before.clone().requires_grad_()
        forward_loss(now, before, picture, torch.full((2,), share), beta=1.0).backward()
        assert now.grad is not None
        pull = float((-now.grad * (picture - before)).sum())
        if sign == 0:
            assert abs(pull) < 1e-7
        else:
            assert pull * sign > 0


def test_the_loss_against_its_formula() -> None:
    torch.manual_seed(1)
    now, before, picture = torch.randn(3, 2, 3, 4, 4)
    good, beta = torch.tensor([0.2, 0.9]), 0.5
    plus, minus = before + beta * (now - before), before - beta * (now - before)
    wanted = 0.0
    for row in range(2):
        for prediction, weight in ((plus, good[row]), (minus, 1 - good[row])):
            error = prediction[row] - picture[row]
            wanted += float(weight * error.square().mean() / error.abs().mean()) / beta / 2
    assert float(forward_loss(now, before, picture, good, beta)) == pytest.approx(wanted, rel=1e-5)


def test_the_penalty_is_the_velocitys_squared_distance() -> None:
    now, origin = torch.full((2, 3, 4, 4), 0.3), torch.zeros(2, 3, 4, 4)
    time = torch.tensor([0.0, 0.5])
    wanted = (0.09 + 0.09 / 0.25) / 2
    assert float(reference_penalty(now, origin, time)) == pytest.approx(wanted, rel=1e-5)


def test_says_how_the_reward_does(tmp_path: Path, base: GeneratorNetwork, prompts: Prompts) -> None:
    task = forward(base, prompts)
    assert task.reward_so_far is None
    next(training(task, tmp_path).run())
    assert task.reward_so_far is not None
    assert -1 <= task.reward_so_far <= 1
