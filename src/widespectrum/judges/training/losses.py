"""The loss of a batch: cross-entropy of the one answer token, over the whole vocabulary.

It comes in parts, each with a graph of its own, so that one can be let go before the next is built.
The vision tower is not trained, so every picture passes it once, whatever is asked about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from widespectrum.judges.qwen3vl.passes import side_by_side
from widespectrum.judges.qwen3vl.reader import Reader
from widespectrum.judges.qwen3vl.sequences import Reading
from widespectrum.judges.wordings import Order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def loss_parts(
    reader: Reader,
    readings: Mapping[str, Reading],
    order: Order,
    pixels: Tensor,
    ratings: NDArray[np.int8],
) -> Iterator[Tensor]:
    """Parts of the loss that sum to its mean over all ratings of the batch.

    Args:
        reader: the model in training.
        readings: the questions, one per column of `ratings`, in order.
        order: whether question or picture comes first.
        pixels: ``(n, patches, numbers)``.
        ratings: ``(n, questions)`` classes; negative where there is none.
    """
    wanted = torch.as_tensor(ratings)
    rated = wanted >= 0
    count = int(rated.sum())
    if not count:
        return
    targets = reader.answers[wanted.clamp(min=0).long()]
    asked = list(readings.values())
    with torch.no_grad():
        seen = reader.look(pixels)
    if order == "image-first":
        hidden = _all_at_once(reader, asked, len(pixels), seen)
        yield _cross_entropy(reader, hidden, targets, rated) / count
        return
    for column, reading in enumerate(asked):
        if not rated[:, column].any():
            continue
        ids = reading.ids.expand(len(pixels), -1)
        positions = reading.positions[:, None].expand(-1, len(pixels), -1)
        hidden = reader.read(ids, positions, seen=seen)[:, -1]
        yield _cross_entropy(reader, hidden, targets[:, column], rated[:, column]) / count


def _all_at_once(reader: Reader, asked: Sequence[Reading], batch: int, seen: object) -> Tensor:
    """The last hidden state of every question, ``(batch, questions, width)``."""
    prefix = asked[0].shared
    parts = [asked[0].ids[:prefix], *(each.ids[prefix:] for each in asked)]
    places = [asked[0].positions[:, :prefix], *(each.positions[:, prefix:] for each in asked)]
    lengths = torch.tensor([len(part) for part in parts[1:]])
    hidden = reader.read(
        torch.cat(parts).expand(batch, -1),
        torch.cat(places, dim=1)[:, None].expand(-1, batch, -1),
        seen=seen,
        mask=side_by_side(lengths, prefix, reader).expand(batch, -1, -1, -1),
    )
    return hidden[:, (prefix + lengths.cumsum(0) - 1).to(hidden.device)]


def _cross_entropy(reader: Reader, hidden: Tensor, targets: Tensor, rated: Tensor) -> Tensor:
    """Summed over what is rated, in float32."""
    rated = rated.to(hidden.device)
    logits = reader.model.get_output_embeddings()(hidden[rated]).float()
    return torch.nn.functional.cross_entropy(
        logits, targets.to(hidden.device)[rated], reduction="sum"
    )
