"""The taste: how much annotators would like a picture as an answer to a prompt, as one number.

The difference of two pictures' utilities is the log odds that an annotator prefers the first to the
second (Bradley and Terry, 1952); reward models such as HPSv3 and ImageReward are fitted so.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from widespectrum.bonsai.models.encoder import DualEncoder, EncoderShape

HIDDEN = 128
COSINE_SCALE = 5.0
"""Utility of a perfect fit at the start of training, when the head has learned nothing yet."""


class TasteHead(nn.Module):
    """Utility from the unit vectors of picture and prompt."""

    def __init__(self, embedding: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(3 * embedding, HIDDEN)
        self.out = nn.Linear(HIDDEN, 1)
        self.cosine_scale = nn.Parameter(torch.tensor(COSINE_SCALE))
        # It starts as the encoder it grew from: fit alone, no taste.
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, image: Tensor, prompt: Tensor) -> Tensor:
        """``(n, embedding)`` twice -> ``(n,)`` utilities, in log odds."""
        both = image * prompt
        # Entries of unit vectors are small; brought to a spread of about one.
        joined = torch.cat([image, prompt, both * image.shape[-1] ** 0.5], dim=-1)
        joined = joined * image.shape[-1] ** 0.5
        taste: Tensor = self.out(nn.functional.gelu(self.hidden(joined))).squeeze(-1)
        return taste.float() + self.cosine_scale * both.sum(-1)


class Taste(nn.Module):
    """A dual encoder with a taste."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        self.encoder = DualEncoder(shape)
        self.head = TasteHead(shape.embedding)

    @property
    def shape(self) -> EncoderShape:
        """The encoder's shape."""
        return self.encoder.shape

    def encode_images(self, pixels: Tensor) -> Tensor:
        """See `DualEncoder.encode_images`."""
        return self.encoder.encode_images(pixels)

    def encode_prompts(self, tokens: Tensor) -> Tensor:
        """See `DualEncoder.encode_prompts`."""
        return self.encoder.encode_prompts(tokens)

    def utility(self, image: Tensor, prompt: Tensor) -> Tensor:
        """``(n, embedding)`` twice -> ``(n,)`` utilities, in log odds."""
        utilities: Tensor = self.head(image, prompt)
        return utilities
