"""The eye's network: a picture in; out, which things are there, in which colours, and where.

About four hundred thousand parameters. Convolutions turn 64 x 64 pixels into 8 x 8 cells. Then
every kind of thing looks for itself: it attends to the cells that could show it, and says from what
it gathers there whether it is in the picture and in which colour. So two things in one picture do
not compete for one answer, and each has a colour of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from widespectrum.bonsai.models.convolutions import Gathering, Residual


@dataclass(frozen=True)
class RecogniserShape:
    """What decides the shapes of the eye's weights."""

    things: int
    """Kinds of things."""
    colours: int
    places: int
    width: int = 96
    blocks: int = 4
    image_size: int = 64
    """Side of the picture in pixels; a multiple of 8."""


class Seen(NamedTuple):
    """Float32 logits of `n` pictures."""

    things: Tensor
    """``(n, things)``: whether a thing of the kind is there."""
    colours: Tensor
    """``(n, things, colours)``: which colour it has if it is."""
    places: Tensor
    """``(n, places)``."""


class Recogniser(nn.Module):
    """Names what is in pictures."""

    def __init__(self, shape: RecogniserShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.stem = nn.Sequential(
            nn.Conv2d(3, width // 4, 4, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(width // 4, width // 2, 4, stride=2, padding=1),
            Residual(width // 2),
            nn.Conv2d(width // 2, width, 4, stride=2, padding=1),
        )
        self.blocks = nn.Sequential(*(Residual(width) for _ in range(shape.blocks)))
        self.norm = nn.LayerNorm(width)
        self.looks = Gathering(width, shape.things)
        self.finds = nn.Parameter(torch.randn(shape.things, width) * width**-0.5)
        self.bias = nn.Parameter(torch.full((shape.things,), -3.0))
        self.paints = nn.Linear(width, shape.colours)
        self.stands = nn.Linear(width, shape.places)

    def forward(self, pixels: Tensor) -> Seen:
        """Look at pictures.

        Args:
            pixels: ``(n, 3, size, size)`` floats from -1 to 1.
        """
        seen = self.blocks(self.stem(pixels.contiguous(memory_format=torch.channels_last)))
        cells = self.norm(seen.permute(0, 2, 3, 1).flatten(1, 2)).float()
        with torch.autocast(cells.device.type, enabled=False):
            found = self.looks(cells)
            return Seen(
                things=(found * self.finds).sum(-1) + self.bias,
                colours=self.paints(found),
                places=self.stands(cells.mean(dim=1)),
            )

    def encode_images(self, pixels: Tensor) -> Tensor:
        """Log probabilities of every name that an eye has for what it sees.

        Args:
            pixels: as for `forward`.

        Returns:
            ``(n, names)`` float32, in the order of `widespectrum.bonsai.models.eye.NAMES`: each
            thing; each thing in each colour; each place.
        """
        seen = self(pixels)
        things = functional.logsigmoid(seen.things)
        coloured = things[..., None] + seen.colours.log_softmax(-1)
        return torch.cat([things, coloured.flatten(1), seen.places.log_softmax(-1)], dim=-1)
