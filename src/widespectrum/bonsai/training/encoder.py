"""``bonsai-clip``: trained contrastively, aligned to nobody's taste.

A batch holds whole families, so that among the wrong captions of a picture are always those of its
siblings: the same scene in another look, and another scene in the same look. Telling them apart is
what makes the encoder listen to aesthetic words. The loss is the symmetric InfoNCE of CLIP
(arXiv 2103.00020, section 2.3).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from widespectrum.bonsai.models.encoder import PADDING, DualEncoder, EncoderShape, to_pixels
from widespectrum.bonsai.models.taste import Taste
from widespectrum.bonsai.training.corpus import Corpus


@dataclass
class EncoderTask:
    """Contrastive training on a corpus."""

    shape: EncoderShape
    corpus: Corpus
    identity: dict[str, Any]
    """Of the corpus."""
    families: int = 24
    """Families per batch. Few: in equal time, many small steps teach far more than few large."""
    name: str = "encoder"

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {"corpus": self.identity, "families": self.families, "shape": asdict(self.shape)}

    def build(self) -> nn.Module:
        """A dual encoder with random weights."""
        return DualEncoder(self.shape)

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """InfoNCE of a batch of families."""
        assert isinstance(network, DualEncoder)
        chosen = np.sort(rng.choice(len(self.corpus), self.families, replace=False))
        images = self.corpus.images[chosen]
        tokens = draw_captions(self.corpus.tokens[chosen], rng)
        image = network.encode_images(pixels(images, device))
        prompt = encode_by_length(network, tokens, device)
        return contrastive_loss(image, prompt, network.scale)


def contrastive_loss(image: Tensor, prompt: Tensor, scale: Tensor) -> Tensor:
    """Symmetric cross entropy of every picture among all prompts and every prompt among pictures.

    Args:
        image: ``(n, embedding)`` unit vectors.
        prompt: ``(n, embedding)``; row i belongs to picture i.
        scale: the inverse temperature.
    """
    logits = scale * image.float() @ prompt.float().T
    places = torch.arange(len(logits), device=logits.device)
    return (
        functional.cross_entropy(logits, places) + functional.cross_entropy(logits.T, places)
    ) / 2


def pixels(images: Any, device: torch.device) -> Tensor:
    """Bytes ``(..., 64, 64, 3)`` -> network input ``(n, 3, 64, 64)`` on the device."""
    flat = np.ascontiguousarray(images).reshape(-1, *images.shape[-3:])
    return to_pixels(torch.from_numpy(flat).to(device))


def encode_by_length(
    network: DualEncoder | Taste, tokens: Any, device: torch.device, groups: int = 4
) -> Tensor:
    """Vectors of prompts, ``(..., limit)`` token ids -> ``(n, embedding)``.

    Prompts of like length are encoded together, so that little arithmetic is spent on padding.
    """
    flat = tokens.reshape(-1, tokens.shape[-1]).astype(np.int64)
    lengths = (flat != PADDING).sum(axis=1)
    order = np.argsort(lengths, kind="stable")
    parts = [
        network.encode_prompts(torch.from_numpy(flat[rows][:, : lengths[rows].max()]).to(device))
        for rows in np.array_split(order, groups)
        if len(rows)
    ]
    return torch.cat(parts)[torch.from_numpy(np.argsort(order)).to(device)]


def draw_captions(tokens: Any, rng: np.random.Generator) -> Any:
    """One wording of each: ``(n, variants, captions, limit)`` -> ``(n, variants, limit)``."""
    families, variants, captions, _ = tokens.shape
    choice = rng.integers(captions, size=(families, variants))
    return np.take_along_axis(tokens, choice[:, :, None, None], axis=2)[:, :, 0]
