"""Three small prompt-blind scorers: each measures the pixels and never reads the prompt.

They are the null of every audit (a prompt-blind scorer lies on listening = 0 exactly) and, each in
its way, a taste: who trusts them prefers the sharp, the colourful or the bright picture whatever
was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint, fingerprint_of_code
from widespectrum.errors import BadInput
from widespectrum.scorers import measures
from widespectrum.scorers.callables import count_words
from widespectrum.scorers.catalog import scorer_facts

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, IntArray


class PixelScorer:
    """A prompt-blind scorer that is one measurement of the picture.

    Args:
        entry: its catalog entry, with name and facts.
        size: side in pixels of the square with the working area (`measures.working_copy`).

    Raises:
        BadInput: `size` is not a whole number from 16 to 4096.
    """

    measure: Callable[[measures.Array], float]

    def __init__(self, entry: ModelEntry, *, size: int = measures.WORKING_SIZE) -> None:
        self.name = entry.name
        self.facts = scorer_facts(entry)
        self.size = working_size(size, entry.name)
        self.fingerprint = fingerprint(
            scorer=type(self).__qualname__, size=size, code=fingerprint_of_code(measures)
        )

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Words of each prompt; none of them is read."""
        return count_words(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """The measurement of each pair's image; every image is measured once."""
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        wanted, place = np.unique(pairs[:, 0], return_inverse=True)
        measure = type(self).measure
        values = [measure(measures.working_copy(images[i], self.size)) for i in wanted]
        return np.array(values, dtype=np.float32)[place]


class Sharpness(PixelScorer):
    """Prefers sharp and busy pictures: log10 of the variance of the Laplacian."""

    measure = staticmethod(measures.sharpness)


class Colourfulness(PixelScorer):
    """Prefers colourful pictures: the measure of Hasler and Suesstrunk."""

    measure = staticmethod(measures.colourfulness)


class Brightness(PixelScorer):
    """Prefers bright pictures: mean luma."""

    measure = staticmethod(measures.brightness)


def working_size(size: object, name: str) -> int:
    """A working size that a person typed, checked.

    Raises:
        BadInput: it is not a whole number from 16 to 4096.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 16 <= size <= 4096:
        raise BadInput(
            f"scorer {name!r} cannot work at size {size!r}",
            "Give a whole number of pixels from 16 to 4096.",
            field="size",
        )
    return size
