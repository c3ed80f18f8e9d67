"""The corpus: families of pictures with captions, drawn ahead of time into a folder.

Drawing is as slow as training, so it is done once. A **family** is one scene in four variants, which
share what they show and differ in how they look, or the reverse; see `families`. The folder holds
one safetensors file per thousand families, each written whole or not at all: a process may die at
any moment, and starting again draws only what is missing.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from widespectrum.bonsai.training import families
from widespectrum.bonsai.training.families import VARIANTS
from widespectrum.errors import BadInput
from widespectrum.tables import write_bytes

SHARD = 500
"""Families per file."""

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


def draw_corpus(folder: Path, count: int, seed: int, split: str, workers: int) -> Iterator[int]:
    """Draw a corpus of `count` families, or what is missing of it.

    Args:
        folder: where its files are.
        count: families; rounded up to whole files.
        seed: decides every family.
        split: ``train`` or ``held-out``: the world's rule keeps their scenes and captions apart.
        workers: processes.

    Yields:
        How many families there are, after each file.

    Raises:
        StorageFailed: the disk refused.
    """
    starts = range(0, count, SHARD)
    todo = [start for start in starts if not _shard(folder, seed, split, start).exists()]
    done = (len(starts) - len(todo)) * SHARD
    if done:
        yield min(done, count)
    # Fresh processes: a fork of one that has run torch may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = [pool.submit(_draw_shard, folder, seed, split, start) for start in todo]
        for job in as_completed(jobs):
            job.result()
            done += SHARD
            yield min(done, count)


def read_corpus(folder: Path, count: int, seed: int, split: str) -> Corpus:
    """The first `count` families of a corpus that was drawn.

    Raises:
        BadInput: a file is missing or damaged.
    """
    parts: dict[str, list[Array]] = {}
    for start in range(0, count, SHARD):
        path = _shard(folder, seed, split, start)
        try:
            for name, array in load_file(path).items():
                parts.setdefault(name, []).append(array[: count - start])
        except (OSError, SafetensorError) as error:
            raise BadInput(
                f"cannot be read ({error})",
                "Delete it and run the command again; only this file is drawn anew.",
                file=path,
            ) from error
    return Corpus(**{name: np.concatenate(parts.pop(name)) for name in list(parts)})


def corpus_identity(count: int, seed: int, split: str) -> dict[str, Any]:
    """What decides a corpus: equal identities, equal bytes."""
    return {"count": count, "seed": seed, "split": split, "families": families.identity()}


def _draw_shard(folder: Path, seed: int, split: str, start: int) -> None:
    drawn = [families.draw_family(seed, split, start + index) for index in range(SHARD)]
    arrays = {
        "images": np.stack([family.images for family in drawn]),
        "tokens": np.stack([family.tokens for family in drawn]),
        "levels": np.stack([family.levels for family in drawn]),
        "content": np.stack([family.content for family in drawn]),
    }
    assert arrays["images"].shape[1] == len(VARIANTS)
    about = {"identity": json.dumps({"seed": seed, "split": split, "start": start})}
    write_bytes(save(arrays, metadata=about), _shard(folder, seed, split, start))


def _shard(folder: Path, seed: int, split: str, start: int) -> Path:
    # The identity of the world is in the name: a corpus of another world is not taken for this.
    world = families.identity()[:12]
    return folder / f"{split}-{world}-{seed}-{start:07d}.safetensors"
