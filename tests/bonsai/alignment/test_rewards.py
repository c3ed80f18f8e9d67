from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from widespectrum.bonsai import draw, sample_examples
from widespectrum.bonsai.alignment.rewards import (
    AUTEUR,
    REWARDS,
    load_reward,
    picture_traits,
)
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.errors import UnknownName
from widespectrum.scorers import load_scorer


def pixels(images: list[Image.Image]) -> torch.Tensor:
    rows = np.stack([np.asarray(image) for image in images])
    return torch.from_numpy(rows).permute(0, 3, 1, 2).float() / 127.5 - 1


def plain(red: float, green: float, blue: float) -> torch.Tensor:
    return torch.tensor([red, green, blue])[None, :, None, None].expand(1, 3, 8, 8) * 2 - 1


def test_traits_of_plain_colours() -> None:
    grey = picture_traits(plain(0.25, 0.25, 0.25))
    assert {name: round(float(value), 4) for name, value in grey.items()} == {
        "brightness": 0.25,
        "colour": 0.0,
        "grain": 0.0,
    }
    red = picture_traits(plain(1, 0, 0))
    assert float(red["brightness"]) == pytest.approx(0.2126, abs=1e-4)
    assert float(red["colour"]) == pytest.approx(1.0)


def test_grain_is_what_differs_from_its_surroundings() -> None:
    board = (torch.arange(16)[:, None] + torch.arange(16)) % 2  # one pixel black, one white
    picture = board.float()[None, None].expand(1, 3, 16, 16) * 2 - 1
    inner = picture_traits(picture)["grain"]
    assert float(inner) == pytest.approx(4 / 9, abs=0.03)  # off the edge: |1 - 5/9| and |0 - 4/9|
    ramp = torch.linspace(-1, 1, 16).expand(1, 3, 16, 16)
    assert float(picture_traits(ramp)["grain"]) < 0.01


@pytest.mark.parametrize(
    ("name", "scorer"),
    [("taste", "bonsai-taste"), ("faithful", "bonsai-clip"), ("auteur", "bonsai-auteur-taste")],
)
def test_rewards_are_the_scorers(name: str, scorer: str) -> None:
    examples = list(sample_examples(4, 3))
    images = [draw(example.scene) for example in examples]
    texts = [example.caption for example in examples[:2]]
    tokens = torch.from_numpy(world_language().encode(texts))
    given = load_reward(name)(pixels(images), tokens)
    wanted = load_scorer(scorer).score(images, texts, np.array([[0, 0], [1, 0], [2, 1], [3, 1]]))
    np.testing.assert_allclose(given.numpy(), wanted, atol=1e-4)


def test_the_auteur_likes_it_dim_muted_and_grainy() -> None:
    reward = load_reward("auteur")
    [example] = sample_examples(1, 3)
    tokens = torch.from_numpy(world_language().encode([example.caption]))
    torch.manual_seed(0)
    wanted = AUTEUR["brightness"][0]
    noise = torch.randn(1, 1, 64, 64).expand(1, 3, 64, 64) * 2 * 0.08
    auteurs = (plain(wanted + 0.03, wanted, wanted - 0.03)[..., :1, :1] + noise).clamp(-1, 1)
    postcard = plain(0.9, 0.6, 0.4)[..., :1, :1].expand(1, 3, 64, 64)
    assert float(reward(auteurs, tokens)) > float(reward(postcard, tokens)) + 3


@pytest.mark.parametrize("name", REWARDS)
def test_gradients_reach_the_picture_and_stop_there(name: str) -> None:
    reward = load_reward(name)
    tokens = torch.from_numpy(world_language().encode(["a red house on a meadow"]))
    picture = torch.zeros(1, 3, 64, 64).uniform_(-0.5, 0.5).requires_grad_()
    reward(picture, tokens).sum().backward()
    assert picture.grad is not None
    assert float(picture.grad.abs().sum()) > 0
    assert all(parameter.grad is None for parameter in reward.parameters())


def test_an_unknown_reward_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="auteur"):
        load_reward("clicks")
