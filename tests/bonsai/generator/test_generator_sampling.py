from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from widespectrum.bonsai.generator.orders import BEND, METHODS, Sampler, padded_length
from widespectrum.bonsai.generator.sampling import sample
from widespectrum.bonsai.generator.text import Text
from widespectrum.errors import BadInput


class Oracle:
    """Answers with the picture that the prompt's first number stands for."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, noisy: Tensor, time: Tensor, text: Text) -> Tensor:
        self.times.append(float(time[0]))
        return text.whole[:, :1, None, None].expand_as(noisy)


def text(value: float, count: int = 2) -> Text:
    whole = torch.full((count, 1), value)
    return Text(whole, whole, whole > -9)


def run(sampler: Sampler, oracle: Oracle, noise: Tensor, **settings: object) -> Tensor:
    return sample(oracle, sampler, noise, text(0.5), text(0.25), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_the_flow_ends_in_the_picture_that_is_answered(method: str, steps: int) -> None:
    noise = torch.randn(2, 3, 4, 4)
    picture = run(Sampler(steps, 1.0, method), Oracle(), noise)
    torch.testing.assert_close(picture, torch.full_like(noise, 0.5))


def test_guidance_goes_beyond_the_prompt() -> None:
    picture = run(Sampler(4, 2.0), Oracle(), torch.randn(2, 3, 4, 4))
    torch.testing.assert_close(picture, torch.full((2, 3, 4, 4), 0.75))


def test_pictures_stay_in_range() -> None:
    picture = run(Sampler(4, 9.0), Oracle(), torch.randn(2, 3, 4, 4))
    assert picture.max() == 1.0


@pytest.mark.parametrize(
    ("method", "guidance", "calls"),
    [("multistep", 1.0, 5), ("multistep", 2.0, 10), ("euler", 2.0, 10), ("heun", 1.0, 9)],
)
def test_how_often_the_network_is_asked(method: str, guidance: float, calls: int) -> None:
    oracle = Oracle()
    run(Sampler(5, guidance, method), oracle, torch.randn(2, 3, 4, 4))
    assert len(oracle.times) == calls


def test_gaussian_pictures_are_reached_and_by_second_order_sooner() -> None:
    """Of normal pictures the best answer is known, and so is the end of every flow."""
    mean, spread = 0.2, 0.3

    def best(noisy: Tensor, time: Tensor, _: Text) -> Tensor:
        t = time[:, None, None, None]
        kept = t**2 * spread**2 + (1 - t) ** 2
        return (t * spread**2 * noisy + (1 - t) ** 2 * mean) / kept

    noise = torch.randn(1, 3, 8, 8).clamp(-2, 2)

    def error(steps: int, method: str) -> float:
        sampler = Sampler(steps, 1.0, method)
        got = sample(best, sampler, noise, text(0, 1), text(0, 1))  # type: ignore[arg-type]
        return float((got - (mean + spread * noise)).abs().max())

    assert error(200, "euler") < 0.02
    assert error(20, "heun") < error(20, "euler") / 3
    assert error(20, "multistep") < error(20, "euler") / 2
    assert error(40, "euler") < 0.6 * error(20, "euler")


@pytest.mark.parametrize("strength", [0.05, 0.3, 0.5, 0.99, 1.0])
def test_times_begin_where_the_start_picture_is_entered(strength: float) -> None:
    times = Sampler(20).times(strength)
    assert times[0] == 1 - strength
    assert times[-1] == 1.0
    places = [time ** (1 / BEND) for time in times]
    lengths = [b - a for a, b in pairwise(places)]
    assert max(lengths) <= 1 / 20 + 1e-9
    assert min(lengths) == pytest.approx(max(lengths))


def test_steps_are_shortest_at_noise() -> None:
    lengths = [b - a for a, b in pairwise(Sampler(10).times())]
    assert len(lengths) == 10
    assert lengths == sorted(lengths)


def test_a_start_picture_is_kept_where_little_noise_covers_it() -> None:
    noise, start = torch.randn(2, 3, 4, 4), torch.full((2, 3, 4, 4), -0.5)
    oracle = Oracle()
    run(Sampler(10, 1.0), oracle, noise, start=start, strength=0.3)
    assert oracle.times == pytest.approx([0.7, 0.7960, 0.8961], abs=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"steps": 2.5},
        {"guidance": -1.0},
        {"guidance": float("nan")},
        {"guidance": "much"},
        {"method": "leap"},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        Sampler(**wrong)  # type: ignore[arg-type]
    assert caught.value.place.field == next(iter(wrong))


def test_prompts_are_filled_up_to_few_lengths() -> None:
    assert [padded_length(n) for n in (1, 16, 17, 33, 72, 90)] == [16, 16, 24, 48, 72, 72]
