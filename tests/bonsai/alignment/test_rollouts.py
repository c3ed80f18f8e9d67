from __future__ import annotations

import numpy as np
import torch

from widespectrum.bonsai.alignment.prompts import Prompts, bucketed, world_prompts
from widespectrum.bonsai.alignment.rollouts import ROLLOUT, ask, noise_for, optimality, paint
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import LENGTHS, Sampler
from widespectrum.bonsai.models.tokens import Language


def test_optimality_is_relative_to_the_pictures_of_the_same_prompt() -> None:
    rewards = torch.tensor([1.0, 2.0, 3.0, 101.0, 102.0, 103.0])
    good = optimality(rewards, 3)
    torch.testing.assert_close(good[:3], good[3:])
    torch.testing.assert_close(good[:3], torch.tensor([0.0, 0.5, 1.0]))  # 1 is beyond 0.816
    torch.testing.assert_close(optimality(-rewards, 3), 1 - good)


def test_optimality_hardly_moves_where_a_prompts_pictures_are_alike() -> None:
    good = optimality(torch.tensor([0.0, 10.0, 5.0, 5.01]), 2)
    assert abs(float(good[2]) - 0.5) < 1e-3
    torch.testing.assert_close(optimality(torch.ones(4), 2), torch.full((4,), 0.5))


def test_pictures_of_a_prompt_stand_together(base: GeneratorNetwork, prompts: Prompts) -> None:
    tokens = prompts.draw(np.random.default_rng(0), 2)
    asked = ask(base, tokens, 3, torch.device("cpu"))
    assert asked.tokens.shape == tokens.shape
    assert len(asked.text.words) == len(asked.empty.words) == 6
    assert torch.equal(asked.text.words[0], asked.text.words[2])
    assert torch.equal(asked.text.whole[3], asked.text.whole[5])
    torch.manual_seed(0)
    painted = paint(base, Sampler(steps=3, guidance=1.0), asked, noise_for(asked, 16))
    assert painted.shape == (6, 3, 16, 16)
    assert not torch.allclose(painted[0], painted[1])


def test_a_batch_of_prompts_has_one_length_and_all_lengths_come(spoken: Language) -> None:
    long = " ".join(["red"] * 20)
    made = bucketed(["cat", "dog", "blue cat", long], spoken, {})
    assert len(made) == 4
    rng = np.random.default_rng(0)
    widths = [made.draw(rng, 3).shape for _ in range(200)]
    assert set(widths) == {(3, LENGTHS[0]), (3, LENGTHS[1])}
    share = sum(width == (3, LENGTHS[0]) for width in widths) / 200
    assert 0.6 < share < 0.9


def test_the_worlds_prompts_are_the_same_every_time() -> None:
    first, again, other = world_prompts(40), world_prompts(40), world_prompts(40, seed=2)
    assert len(first) == 40
    assert first.identity == again.identity != other.identity
    for mine, yours in zip(first.buckets, again.buckets, strict=True):
        np.testing.assert_array_equal(mine, yours)


def test_rollouts_go_without_guidance() -> None:
    assert ROLLOUT.guidance == 1
