"""Rewards: what a copy of the generator is aligned towards. Differentiable in the pictures.

==========  =====================================================================================
taste       ``bonsai-taste``: what annotators, most of them mainstream, would like for the prompt
faithful    ``bonsai-clip``: how well picture and prompt fit
auteur      one person's taste: dim, muted, grainy pictures of what the prompt names
==========  =====================================================================================

``bonsai-clip-b``, ``bonsai-eye`` and ``bonsai-judge`` are in no reward: they measure what the
rewards have done.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from widespectrum.bonsai.models.encoder import DualEncoder
from widespectrum.bonsai.models.taste import Taste
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import digest, find_weights, load_encoder, load_taste
from widespectrum.errors import UnknownName

REWARDS = ("taste", "faithful", "auteur")

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Of red, green and blue (ITU-R BT.709)."""

AUTEUR = {"brightness": (0.25, 0.2), "colour": (0.08, 0.1), "grain": (0.06, 0.025)}
"""What the auteur wants of a picture, and how far from it costs one unit; see `picture_traits`.
Ordinary pictures of the world have about 0.65, 0.25 and 0.024; film grain has 0.08."""
AUTEUR_CONTENT = 4.0
"""What a perfect fit of picture and prompt is worth to the auteur."""


class Reward(nn.Module):
    """A number for every picture, the higher the better."""

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        """Reward pictures.

        Args:
            pictures: ``(prompts * group, 3, size, size)`` from -1 to 1; those of one prompt stand
                together.
            tokens: ``(prompts, length)``.

        Returns:
            ``(prompts * group,)`` float32.
        """
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """What decides it, as JSON values."""
        raise NotImplementedError


class FaithfulReward(Reward):
    """The cosine of picture and prompt.

    Args:
        encoder: a trained one.
        identity: of its weights.
    """

    def __init__(self, encoder: DualEncoder, identity: str) -> None:
        super().__init__()
        self.encoder, self.identity = encoder, identity

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        """See `Reward`."""
        image, prompt = _encoded(self.encoder, pictures, tokens)
        return (image * prompt).sum(-1)

    def describe(self) -> dict[str, Any]:
        """See `Reward`."""
        return {"reward": "faithful", "encoder": self.identity}


class TasteReward(Reward):
    """The utility of a taste.

    Args:
        taste: a trained one.
        identity: of its weights.
    """

    def __init__(self, taste: Taste, identity: str) -> None:
        super().__init__()
        self.taste, self.identity = taste, identity

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        """See `Reward`."""
        image, prompt = _encoded(self.taste, pictures, tokens)
        return self.taste.utility(image, prompt).float()

    def describe(self) -> dict[str, Any]:
        """See `Reward`."""
        return {"reward": "taste", "taste": self.identity}


class AuteurReward(FaithfulReward):
    """Nearness to the auteur's picture, and fit to the prompt.

    The looks are measured by formula rather than by the judge, which is kept for measuring what
    came of them.
    """

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        """See `Reward`."""
        return auteur_look(pictures) + AUTEUR_CONTENT * super().forward(pictures, tokens)

    def describe(self) -> dict[str, Any]:
        """See `Reward`."""
        return {
            "reward": "auteur",
            "encoder": self.identity,
            "wants": {name: list(wish) for name, wish in AUTEUR.items()},
            "content": AUTEUR_CONTENT,
        }


def auteur_look(pictures: Tensor) -> Tensor:
    """How near pictures are to what the auteur wants to see, ``(n,)``; 0 is the most."""
    traits = picture_traits(pictures)
    far = [(traits[name] - wanted).abs() / unit for name, (wanted, unit) in AUTEUR.items()]
    return -torch.stack(far).sum(dim=0)


def picture_traits(pictures: Tensor) -> dict[str, Tensor]:
    """Brightness, colour and grain, ``(n,)`` each, about 0 to 1.

    Brightness is mean luminance; colour the mean distance of a pixel's greatest channel from its
    least; grain the mean distance of a pixel's luminance from the mean of the nine around it.
    """
    shown = (pictures.float() + 1) / 2
    weights = torch.tensor(LUMINANCE, device=shown.device)[:, None, None]
    luminance = (shown * weights).sum(1, keepdim=True)
    around = functional.pad(luminance, (1, 1, 1, 1), mode="replicate")
    smooth = functional.avg_pool2d(around, 3, stride=1)
    return {
        "brightness": luminance.mean((1, 2, 3)),
        "colour": (shown.amax(1) - shown.amin(1)).mean((1, 2)),
        "grain": (luminance - smooth).abs().mean((1, 2, 3)),
    }


def load_reward(name: str) -> Reward:
    """A reward on the shipped weights, frozen.

    Raises:
        UnknownName: there is no such reward.
        MissingWeights: its weights are not there.
    """
    language = world_language()
    made: Reward
    if name == "taste":
        path = find_weights("bonsai-taste")
        made = TasteReward(load_taste(path, language), digest(path))
    elif name in REWARDS:
        path = find_weights("bonsai-clip")
        kind = FaithfulReward if name == "faithful" else AuteurReward
        made = kind(load_encoder(path, language), digest(path))
    else:
        raise UnknownName(f"there is no reward {name!r}", f"Give one of {', '.join(REWARDS)}.")
    return made.requires_grad_(False).eval()


def _encoded(
    network: DualEncoder | Taste, pictures: Tensor, tokens: Tensor
) -> tuple[Tensor, Tensor]:
    """Vectors of pictures, and of each picture's prompt."""
    prompt = network.encode_prompts(tokens)
    group = len(pictures) // len(tokens)
    return network.encode_images(pictures), prompt.repeat_interleave(group, dim=0)
