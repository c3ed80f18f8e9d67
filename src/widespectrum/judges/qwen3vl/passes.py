"""How questions about pictures become passes through the network, and what is computed only once.

Every way gives the same logits, up to rounding, as one whole pass per question and picture
(`separately`); they differ in what is computed again.

- `TextFirst`: the picture stands behind the question and sees it, so what the language model makes
  of the picture cannot be shared. The vision tower runs once per picture, and what the model keeps
  of each question is computed once for all pictures.
- `ImageFirst`: the picture stands before the question. It is read once; all questions then follow
  in one row, each seeing the picture and itself. There is no padding.

`RightPadLast` is not one of them: it repeats a mistake of the authors' batched script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from widespectrum.judges.qwen3vl.reader import Reader, repeated
from widespectrum.judges.qwen3vl.sequences import Reading

if TYPE_CHECKING:
    from torch import Tensor


class Passes(Protocol):
    """Logits of the three answers for pictures and questions."""

    def logits(self, pixels: Tensor, dimensions: Sequence[str]) -> Tensor:
        """``(n, dimensions, 3)`` for pictures ``(n, patches, numbers)``."""
        ...


def separately(
    reader: Reader, readings: Mapping[str, Reading], pixels: Tensor, dimensions: Sequence[str]
) -> Tensor:
    """Logits ``(n, dimensions, 3)`` by one whole pass per question: what sharing must equal."""
    import torch

    rows = []
    for dimension in dimensions:
        reading = readings[dimension]
        ids, positions = _spread(reading, slice(None), len(pixels))
        hidden = reader.read(ids, positions, seen=reader.look(pixels))
        rows.append(reader.weigh(hidden[:, -1]))
    return torch.stack(rows, dim=1)


class TextFirst:
    """The question before the picture, each question's own part read once for all pictures."""

    def __init__(self, reader: Reader, readings: Mapping[str, Reading]) -> None:
        self._reader, self._readings = reader, readings
        self._kept: dict[str, list[tuple[Tensor, Tensor]]] = {}

    def logits(self, pixels: Tensor, dimensions: Sequence[str]) -> Tensor:
        """See `Passes`."""
        import torch

        seen = self._reader.look(pixels)
        rows = []
        for dimension in dimensions:
            reading = self._readings[dimension]
            ids, positions = _spread(reading, slice(reading.shared, None), len(pixels))
            cache = self._question(dimension, len(pixels))
            hidden = self._reader.read(ids, positions, seen=seen, cache=cache)
            rows.append(self._reader.weigh(hidden[:, -1]))
        return torch.stack(rows, dim=1)

    def _question(self, dimension: str, batch: int) -> Any:
        """A cache that holds the question, once per picture of the batch."""
        if dimension not in self._kept:
            reading = self._readings[dimension]
            cache = _empty(self._reader)
            ids, positions = _spread(reading, slice(reading.shared), 1)
            self._reader.read(ids, positions, cache=cache)
            self._kept[dimension] = [(layer.keys, layer.values) for layer in cache.layers]
        cache = _empty(self._reader)
        for number, (keys, values) in enumerate(self._kept[dimension]):
            shape = batch, *keys.shape[1:]
            cache.update(keys.expand(shape), values.expand(shape), number)
        return cache


class ImageFirst:
    """The picture before the questions: read once, then all questions side by side."""

    def __init__(self, reader: Reader, readings: Mapping[str, Reading]) -> None:
        self._reader, self._readings = reader, readings

    def logits(self, pixels: Tensor, dimensions: Sequence[str]) -> Tensor:
        """See `Passes`."""
        import torch

        batch = len(pixels)
        asked = [self._readings[dimension] for dimension in dimensions]
        cache = _empty(self._reader)
        ids, positions = _spread(asked[0], slice(asked[0].shared), batch)
        self._reader.read(ids, positions, seen=self._reader.look(pixels), cache=cache)

        ids = torch.cat([reading.ids[reading.shared :] for reading in asked])
        positions = torch.cat([reading.positions[:, reading.shared :] for reading in asked], dim=1)
        lengths = torch.tensor([len(reading.ids) - reading.shared for reading in asked])
        hidden = self._reader.read(
            ids.expand(batch, -1),
            positions[:, None].expand(-1, batch, -1),
            cache=cache,
            mask=self._mask(lengths, asked[0].shared).expand(batch, -1, -1, -1),
        )
        return self._reader.weigh(hidden[:, (lengths.cumsum(0) - 1).to(hidden.device)])

    def _mask(self, lengths: Tensor, prefix: int) -> Tensor:
        """What the questions see; the picture has been read already."""
        return side_by_side(lengths, prefix, self._reader)[:, :, prefix:]


class RightPadLast:
    """The authors' batched script: all questions padded on the right, the last column read.

    Only the longest question is read at its end; the others are read at a padding token. The
    published ratings of the benchmark seem to have been made so. Padding tokens have position 1, as
    the release of transformers gave them that first had this model (4.57).
    """

    def __init__(self, reader: Reader, readings: Mapping[str, Reading]) -> None:
        self._reader, self._readings = reader, readings

    def logits(self, pixels: Tensor, dimensions: Sequence[str]) -> Tensor:
        """See `Passes`. Padded to the longest question there is, whichever are asked."""
        import torch

        asked = [self._readings[dimension] for dimension in dimensions]
        longest = max(len(reading.ids) for reading in self._readings.values())
        ids = torch.full((len(asked), longest), self._reader.padding)
        positions = torch.ones(3, len(asked), longest, dtype=torch.long)
        mask = torch.zeros(len(asked), longest, dtype=torch.long)
        for row, reading in enumerate(asked):
            own = len(reading.ids)
            ids[row, :own], positions[:, row, :own], mask[row, :own] = (
                reading.ids,
                reading.positions,
                1,
            )
        rows = []
        for picture in pixels:
            seen = repeated(self._reader.look(picture[None]), len(asked))
            hidden = self._reader.read(ids, positions, seen=seen, mask=mask.to(self._reader.device))
            rows.append(self._reader.weigh(hidden[:, -1]))
        return torch.stack(rows)


def side_by_side(lengths: Tensor, prefix: int, reader: Reader) -> Tensor:
    """The mask of questions in one row behind a shared beginning: each sees that and itself.

    Args:
        lengths: ``(questions,)`` tokens of each.
        prefix: tokens of the beginning.
        reader: for its device and precision.

    Returns:
        Additive ``(1, 1, all, all)``, rows seeing columns.
    """
    import torch

    own = torch.arange(1, len(lengths) + 1)
    part = torch.cat([torch.zeros(prefix, dtype=torch.long), own.repeat_interleave(lengths)])
    sees = ((part[:, None] == part[None]) | (part[None] == 0)).tril()
    dtype = reader.model.dtype
    mask = torch.zeros(sees.shape, dtype=dtype).masked_fill_(~sees, torch.finfo(dtype).min)
    return mask[None, None].to(reader.device)


def _empty(reader: Reader) -> Any:
    from transformers import DynamicCache

    return DynamicCache(config=reader.model.config.text_config)


def _spread(reading: Reading, part: slice, batch: int) -> tuple[Tensor, Tensor]:
    """Tokens ``(batch, n)`` and positions ``(3, batch, n)`` of a part of a reading."""
    return (
        reading.ids[part].expand(batch, -1),
        reading.positions[:, None, part].expand(-1, batch, -1),
    )
