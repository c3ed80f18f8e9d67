"""What the eye's and the judge's networks are built of."""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import Tensor, nn


class Residual(nn.Module):
    """A 3 x 3 convolution beside the identity, normalised over channels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, cells: Tensor) -> Tensor:
        """``(n, width, rows, columns)`` -> the same."""
        normed = self.norm(cells.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        out: Tensor = cells + functional.gelu(self.mix(normed))
        return out


class Gathering(nn.Linear):
    """Attention by learned questions: each gathers from the cells what it looks for.

    Its weights are those of a linear layer from a cell's width to the number of questions.
    """

    def forward(self, cells: Tensor) -> Tensor:
        """``(n, cells, width)`` -> ``(n, questions, width)``."""
        gathered: Tensor = super().forward(cells).softmax(dim=1).mT @ cells
        return gathered

    def beside(self, cells: Tensor, told: Tensor) -> Tensor:
        """What each question gathers, and beside it what is told of the picture as a whole.

        ``(n, cells, width)`` and ``(n, width)`` -> ``(n, questions, 2 * width)``.
        """
        return torch.cat([self(cells), told[:, None].expand(-1, self.out_features, -1)], dim=-1)
