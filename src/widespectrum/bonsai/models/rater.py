"""The judge's network: a picture in, three logits per dimension out.

About 850,000 parameters. Convolutions turn 64 x 64 pixels into 16 x 16 fine cells, and these into
8 x 8 coarse ones. Each dimension gathers from the coarse cells what it looks for; all read the
picture as a whole, its fine cells by their mean and spread: grain and blur are everywhere, a
misplaced thing is somewhere. The network also sees how every pixel differs from its neighbours,
enlarged, for film grain of two steps in 255 is what tells a clean picture from an ordinary one.

It shares no weight with the encoders: who is rewarded by those is not measured by a relative of
theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from widespectrum.bonsai.models.convolutions import Gathering, Residual

CLASSES = 3
"""Low, neutral, high."""

PLANES = 6
"""What is seen of a pixel: its colour, and how it differs from its neighbours."""

ENLARGED = 6.0
"""How many times a pixel's difference from its neighbours is enlarged."""

_NO_SPREAD = 1e-4
"""Added to variances: the root of 0 has no gradient."""


@dataclass(frozen=True)
class RaterShape:
    """What decides the shapes of the judge's weights."""

    dimensions: int
    """How many are rated."""
    width: int = 128
    blocks: int = 4
    image_size: int = 64
    """Side of the picture in pixels; a multiple of 8."""


class Rater(nn.Module):
    """Rates pictures on every dimension at once."""

    def __init__(self, shape: RaterShape) -> None:
        super().__init__()
        self.shape = shape
        width, count = shape.width, shape.dimensions
        self.fine = nn.Sequential(
            nn.Conv2d(PLANES, width // 4, 4, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(width // 4, width // 2, 4, stride=2, padding=1),
            Residual(width // 2),
        )
        self.coarse = nn.Sequential(
            nn.Conv2d(width // 2, width, 4, stride=2, padding=1),
            *(Residual(width) for _ in range(shape.blocks)),
        )
        self.norm = nn.LayerNorm(width)
        self.looks = Gathering(width, count)
        self.weighs = nn.Linear(3 * width, width)
        self.answers = nn.Parameter(torch.randn(count, 2 * width, CLASSES) * (2 * width) ** -0.5)
        self.bias = nn.Parameter(torch.zeros(count, CLASSES))

    def forward(self, pixels: Tensor) -> Tensor:
        """Rate pictures.

        Args:
            pixels: ``(n, 3, size, size)`` floats from -1 to 1.

        Returns:
            ``(n, dimensions, 3)`` float32 logits of low, neutral and high.
        """
        return self.rate(*self.see(pixels))

    def see(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """What `rate` looks at.

        Returns:
            Coarse cells, ``(n, cells, width)``, and what is told of the whole picture,
            ``(n, width)``; float32.
        """
        seen = torch.cat([pixels, differences(pixels)], dim=1)
        fine = self.fine(seen.contiguous(memory_format=torch.channels_last))
        coarse = self.coarse(fine).float().permute(0, 2, 3, 1).flatten(1, 2)
        fine = fine.float().flatten(2)
        with torch.autocast(pixels.device.type, enabled=False):
            cells = self.norm(coarse)
            spread = (fine.var(dim=2) + _NO_SPREAD).sqrt()
            whole = torch.cat([cells.mean(1), cells.amax(1), fine.mean(dim=2), spread], dim=-1)
            return cells, functional.gelu(self.weighs(whole))

    def rate(self, cells: Tensor, told: Tensor) -> Tensor:
        """Logits of what `see` gave."""
        with torch.autocast(cells.device.type, enabled=False):
            asked = self.looks.beside(cells, told)
            return torch.einsum("ndw,dwc->ndc", asked, self.answers) + self.bias


def differences(pixels: Tensor) -> Tensor:
    """How every pixel differs from the mean of its 3 x 3 surroundings, enlarged."""
    wide = functional.pad(pixels, (1, 1, 1, 1), mode="replicate")
    return (pixels - functional.avg_pool2d(wide, 3, stride=1)) * ENLARGED
