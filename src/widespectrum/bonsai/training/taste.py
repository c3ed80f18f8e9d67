"""``bonsai-taste``: the encoder, fitted further to what simulated annotators prefer.

The Bradley-Terry loss: the difference of two utilities is the log odds that an annotator prefers
the first picture. The target is the share of annotators who did, which is what many single votes
would average to.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from widespectrum.bonsai.models.encoder import DualEncoder
from widespectrum.bonsai.models.taste import Taste
from widespectrum.bonsai.training.corpus import Corpus
from widespectrum.bonsai.training.encoder import encode_by_length, pixels
from widespectrum.bonsai.training.preferences import Dial, Preferences


@dataclass
class TasteTask:
    """Bradley-Terry training of a taste that grows from a trained encoder."""

    encoder: DualEncoder
    encoder_digest: str
    """Identity of the encoder's weights."""
    corpus: Corpus
    preferences: Preferences
    dial: Dial
    identity: dict[str, Any]
    """Of the corpus."""
    pairs: int = 64
    """Pairs per batch."""
    name: str = "taste"

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "corpus": self.identity,
            "dial": self.dial.describe(),
            "encoder": self.encoder_digest,
            "pairs": self.pairs,
            "shape": asdict(self.encoder.shape),
        }

    def build(self) -> nn.Module:
        """A taste whose encoder is the trained one and whose head has no taste yet."""
        network = Taste(self.encoder.shape)
        network.encoder.load_state_dict(self.encoder.state_dict())
        return network

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Bradley-Terry loss of a batch of pairs."""
        assert isinstance(network, Taste)
        pairs = self.preferences.take(rng.integers(len(self.preferences), size=self.pairs))
        both = np.stack([pairs.first, pairs.second], axis=1)
        images = self.corpus.images[pairs.family[:, None], both]
        wordings = self.corpus.tokens[pairs.family, pairs.prompt]
        choice = rng.integers(wordings.shape[1], size=len(wordings))
        tokens = wordings[np.arange(len(wordings)), choice]
        image = network.encode_images(pixels(images, device))
        prompt = encode_by_length(network, tokens, device).repeat_interleave(2, dim=0)
        utilities = network.utility(image, prompt).view(-1, 2)
        share = torch.from_numpy(pairs.share).to(device)
        return bradley_terry_loss(utilities[:, 0] - utilities[:, 1], share)


def bradley_terry_loss(margin: Tensor, share: Tensor) -> Tensor:
    """Cross entropy of the votes.

    Args:
        margin: ``(n,)`` utility of the first picture minus that of the second.
        share: ``(n,)`` of the annotators who voted for the first.
    """
    return functional.binary_cross_entropy_with_logits(margin.float(), share)
