from __future__ import annotations

import math

import pytest
import torch

from widespectrum.bonsai.generator import flow


def test_noise_at_the_beginning_and_the_picture_at_the_end() -> None:
    clean, noise = torch.rand(2, 3, 4, 4), torch.randn(2, 3, 4, 4)
    torch.testing.assert_close(flow.mix(clean, noise, torch.zeros(2)), noise)
    torch.testing.assert_close(flow.mix(clean, noise, torch.ones(2)), clean)


def test_the_velocity_of_the_true_picture_leads_to_it() -> None:
    clean, noise = torch.rand(3, 3, 4, 4), torch.randn(3, 3, 4, 4)
    time = torch.tensor([0.0, 0.35, 0.9])
    noisy = flow.mix(clean, noise, time)
    along = flow.velocity(clean, noisy, time)
    torch.testing.assert_close(along, clean - noise, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(noisy + (1 - time)[:, None, None, None] * along, clean)


def test_the_loss_is_that_of_the_velocity() -> None:
    clean = torch.zeros(1, 3, 4, 4)
    predicted = torch.full_like(clean, 0.2)
    expected = math.log(0.2**2 / 0.5**2 + flow.LEAST)
    torch.testing.assert_close(
        flow.flow_loss(predicted, clean, torch.tensor([0.5])), torch.tensor(expected)
    )
    # Near the end the time left is not counted as less than SHORTEST.
    late = flow.flow_loss(predicted, clean, torch.tensor([0.999]))
    torch.testing.assert_close(late, torch.tensor(math.log(0.04 / 0.01 + flow.LEAST)))


def test_a_weight_says_where_an_error_counts() -> None:
    clean = torch.zeros(1, 3, 2, 2)
    predicted = torch.tensor([[1.0, 0.0], [0.0, 0.0]]).expand(1, 3, 2, 2)
    weight = torch.tensor([[2.5, 0.5], [0.5, 0.5]]).expand(1, 1, 2, 2)
    half = torch.tensor([0.0])
    expected = math.log(2.5 / 4 + flow.LEAST)
    assert flow.flow_loss(predicted, clean, half, weight).item() == pytest.approx(expected)
    even = flow.flow_loss(predicted, clean, half, torch.ones(1, 1, 2, 2))
    torch.testing.assert_close(even, flow.flow_loss(predicted, clean, half))


def test_a_hopeless_picture_does_not_drown_the_others() -> None:
    clean = torch.zeros(2, 3, 4, 4)
    predicted = torch.zeros(2, 3, 4, 4, requires_grad=True)
    off = predicted + torch.tensor([0.1, 10.0])[:, None, None, None]
    flow.flow_loss(off, clean, torch.tensor([0.5, 0.5])).backward()
    assert predicted.grad is not None
    good, bad = predicted.grad.square().sum(dim=(1, 2, 3))
    assert good > bad


def test_times_are_logit_normal() -> None:
    torch.manual_seed(0)
    times = flow.draw_times(20_000, torch.device("cpu"))
    logits = torch.logit(times)
    assert 0 < times.min() < times.max() < 1
    assert abs(logits.mean() - flow.MEAN) < 0.03
    assert abs(logits.std() - flow.SPREAD) < 0.03
