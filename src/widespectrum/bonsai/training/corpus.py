"""The corpus: families of pictures with captions, drawn ahead of time into a folder.

Drawing takes long, so it is done once. A **family** is one scene in four variants, which share what
they show and differ in how they look, or the reverse; see `families`. The folder holds one
safetensors file per five hundred families; see `shards`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.splits import Split
from widespectrum.bonsai.training import families
from widespectrum.bonsai.training.families import Family
from widespectrum.bonsai.training.shards import Shards, draw_shards, reading

SHARD = 500
"""Families per file."""

FORMAT = 2
"""Of the files; families of one identity may be stored in several."""

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Corpus:
    """Families as arrays; ``n`` families of `VARIANTS` variants each."""

    images: Array
    """``(n, variants, 64, 64, 3)`` bytes."""
    tokens: Array
    """``(n, variants, captions, token_limit)``: several wordings of each variant's caption."""
    levels: Array
    """``(n, variants, attributes)``: -1, 0 or 1; what the world drew."""
    content: Array
    """``(n, variants, facets)``: numbers that are equal where the variants show the same."""

    def __len__(self) -> int:
        return len(self.images)


def assemble(drawn: Sequence[Family]) -> Corpus:
    """Families as arrays."""
    language = world_language()
    captions = [line for family in drawn for lines in family.captions for line in lines]
    tokens = language.encode(captions)
    first = drawn[0]
    shape = (len(drawn), len(first.captions), len(first.captions[0]), language.token_limit)
    return Corpus(
        images=np.stack([family.images for family in drawn]),
        tokens=tokens.reshape(shape).astype(np.uint16),
        levels=np.stack([family.levels for family in drawn]),
        content=np.stack([family.content for family in drawn]),
    )


def draw_corpus(folder: Path, count: int, seed: int, split: Split, workers: int) -> Iterator[int]:
    """Draw a corpus of `count` families, or what is missing of it.

    Args:
        folder: where its files are.
        count: families.
        seed: decides every family.
        split: ``train`` or ``test``: the world's rule keeps their scenes and captions apart.
        workers: processes.

    Yields:
        How many families there are, after each file.

    Raises:
        StorageFailed: the disk refused.
    """
    drawing = partial(_draw_part, seed, split)
    yield from draw_shards(_shards(folder, seed, split), drawing, count, workers)


def read_corpus(folder: Path, count: int, seed: int, split: Split) -> Corpus:
    """The first `count` families of a corpus that was drawn.

    Raises:
        BadInput: a file is missing or damaged.
    """
    found: dict[str, list[Array]] = {}
    for path in _shards(folder, seed, split).files(count).values():
        with reading(path):
            arrays = load_file(path)
            for name in Corpus.__dataclass_fields__:
                found.setdefault(name, []).append(arrays[name])
    return Corpus(**{name: np.concatenate(found.pop(name)) for name in list(found)})


def corpus_identity(count: int, seed: int, split: Split) -> dict[str, Any]:
    """What decides a corpus: equal identities, equal bytes."""
    return {"count": count, "seed": seed, "split": split, "families": families.identity()}


def _draw_part(seed: int, split: Split, part: range) -> dict[str, Array]:
    corpus = assemble([families.draw_family(seed, split, index) for index in part])
    return {name: getattr(corpus, name) for name in Corpus.__dataclass_fields__}


def _shards(folder: Path, seed: int, split: Split) -> Shards:
    return Shards(folder, f"{split}-{families.identity()[:12]}-{seed}", SHARD, FORMAT)
