"""How the generator reads: with the text half of an encoder, trained further as it learns to paint.

As Stable Diffusion 3 and FLUX read with CLIP's text tower (arXiv 2403.03206, section 4), Bonsai's
generator begins with ``bonsai-clip``'s. That one has learned what the wordings of looks mean, and
little of things; so, other than there, it is not frozen. It gives one vector per word, which join
the picture's tokens, and one for the whole prompt, which modulates every block. Neither depends on
picture or time: a prompt is read once.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from widespectrum.bonsai.models.encoder import PADDING, Block, DualEncoder, EncoderShape


class Text(NamedTuple):
    """Prompts as the generator's network takes them."""

    words: Tensor
    """``(n, length, text_width)``."""
    whole: Tensor
    """``(n, embedding)``, entries of spread about one."""
    real: Tensor
    """``(n, length)`` booleans: which words are no padding."""


class PromptReader(nn.Module):
    """The text half of a dual encoder. Its parameters have the names that they have there."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        width = shape.width
        self.words = nn.Embedding(shape.vocabulary, width)
        self.text_places = nn.Parameter(torch.zeros(1, shape.token_limit, width))
        self.text_blocks = nn.ModuleList(
            Block(width, shape.heads) for _ in range(shape.text_blocks)
        )
        self.text_norm = nn.LayerNorm(width)
        self.text_out = nn.Linear(width, shape.embedding)

    def copy_from(self, encoder: DualEncoder) -> None:
        """Take over the weights of a trained encoder of the same shape."""
        theirs = encoder.state_dict()
        self.load_state_dict({name: theirs[name] for name in self.state_dict()})

    def forward(self, tokens: Tensor) -> Text:
        """Read prompts.

        Args:
            tokens: ``(n, length)`` integers, filled up with `PADDING`.
        """
        real = tokens != PADDING
        mask = torch.zeros(tokens.shape, device=tokens.device).masked_fill(~real, -1e4)
        mixed = self.words(tokens) + self.text_places[:, : tokens.shape[1]]
        for block in self.text_blocks:
            mixed = block(mixed, mask[:, None, None])
        mixed = self.text_norm(mixed)
        weight = real[..., None].to(mixed.dtype)
        pooled = self.text_out((mixed * weight).sum(1) / weight.sum(1))
        whole = functional.normalize(pooled.float(), dim=-1) * pooled.shape[-1] ** 0.5
        return Text(mixed * weight, whole, real)
