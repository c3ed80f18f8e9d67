"""The judge's network: a picture in, three logits per dimension out.

About a million parameters. Convolutions turn 64 x 64 pixels into 8 x 8 tokens; each dimension adds
one learned token that asks for it; all pass three transformer blocks together, and what a dimension
is rated follows from its own token. It shares no weight with the encoders: who is rewarded by those
is not measured by a relative of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from widespectrum.bonsai.models.encoder import Block

CLASSES = 3
"""Low, neutral, high."""


@dataclass(frozen=True)
class RaterShape:
    """What decides the shapes of the judge's weights."""

    dimensions: int
    """How many are rated."""
    width: int = 160
    heads: int = 5
    blocks: int = 3
    image_size: int = 64
    """Side of the picture in pixels; a multiple of 8."""


class Rater(nn.Module):
    """Rates pictures on every dimension at once."""

    def __init__(self, shape: RaterShape) -> None:
        super().__init__()
        self.shape = shape
        width, side = shape.width, shape.image_size // 8
        self.stem = nn.Sequential(
            nn.Conv2d(3, width // 5, 4, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(width // 5, width // 2, 4, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(width // 2, width, 4, stride=2, padding=1),
        )
        self.places = nn.Parameter(torch.randn(1, side * side, width) * 0.02)
        self.asks = nn.Parameter(torch.randn(1, shape.dimensions, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, shape.heads) for _ in range(shape.blocks))
        self.norm = nn.LayerNorm(width)
        self.answers = nn.Parameter(torch.randn(shape.dimensions, width, CLASSES) * width**-0.5)
        self.bias = nn.Parameter(torch.zeros(shape.dimensions, CLASSES))

    def forward(self, pixels: Tensor) -> Tensor:
        """Rate pictures.

        Args:
            pixels: ``(n, 3, size, size)`` floats from -1 to 1.

        Returns:
            ``(n, dimensions, 3)`` float32 logits of low, neutral and high.
        """
        seen = self.stem(pixels).flatten(2).mT + self.places
        tokens = torch.cat([seen, self.asks.expand(len(seen), -1, -1).to(seen.dtype)], dim=1)
        for block in self.blocks:
            tokens = block(tokens)
        asked = self.norm(tokens[:, -self.shape.dimensions :])
        logits = torch.einsum("ndw,dwc->ndc", asked.float(), self.answers) + self.bias
        return logits.float()
