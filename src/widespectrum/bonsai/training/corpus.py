"""The corpus: families of pictures with captions, drawn ahead of time into a folder.

Drawing takes long, so it is done once. A **family** is one scene in four variants, which share what
they show and differ in how they look, or the reverse; see `families`. The folder holds one
safetensors file per five hundred families, each written whole or not at all: a process may die at
any moment, and starting again draws only what is missing.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.splits import Split
from widespectrum.bonsai.training import families
from widespectrum.bonsai.training.families import Family
from widespectrum.errors import BadInput
from widespectrum.tables import write_bytes

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
    marks: Array
    """``(n, variants, MARKS)``: which effects and which mood each look has."""
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
        marks=np.stack([family.marks for family in drawn]),
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
    parts = _parts(count)
    todo = [part for part in parts if not _path(folder, seed, split, part).exists()]
    done = count - sum(map(len, todo))
    if done:
        yield done
    # Fresh processes: a fork of one that has run torch may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = {pool.submit(_draw_part, folder, seed, split, part): part for part in todo}
        for job in as_completed(jobs):
            job.result()
            done += len(jobs[job])
            yield done


def read_corpus(folder: Path, count: int, seed: int, split: Split) -> Corpus:
    """The first `count` families of a corpus that was drawn.

    Raises:
        BadInput: a file is missing or damaged.
    """
    found: dict[str, list[Array]] = {}
    for part in _parts(count):
        path = _path(folder, seed, split, part)
        try:
            for name, array in load_file(path).items():
                found.setdefault(name, []).append(array)
        except (OSError, SafetensorError) as error:
            raise BadInput(
                f"cannot be read ({error})",
                "Delete it and run the command again; only this file is drawn anew.",
                file=path,
            ) from error
    return Corpus(**{name: np.concatenate(found.pop(name)) for name in list(found)})


def corpus_identity(count: int, seed: int, split: Split) -> dict[str, Any]:
    """What decides a corpus: equal identities, equal bytes."""
    return {"count": count, "seed": seed, "split": split, "families": families.identity()}


def _draw_part(folder: Path, seed: int, split: Split, part: range) -> None:
    corpus = assemble([families.draw_family(seed, split, index) for index in part])
    arrays = {name: getattr(corpus, name) for name in corpus.__dataclass_fields__}
    write_bytes(save(arrays), _path(folder, seed, split, part))


def _parts(count: int) -> list[range]:
    return [range(start, min(start + SHARD, count)) for start in range(0, count, SHARD)]


def _path(folder: Path, seed: int, split: Split, part: range) -> Path:
    # The identity of the world is in the name: a corpus of another world is not taken for this.
    world = families.identity()[:12]
    name = f"{split}-{world}-{seed}-{part.start:07d}-{len(part)}-v{FORMAT}.safetensors"
    return folder / name
