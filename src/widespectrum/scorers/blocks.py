"""Pairs in blocks of images, for networks whose second half sees image and prompt together.

An image's own part is dear and is computed once; what depends on the pair follows while the image
is at hand. So images come in blocks, and each block is worked with all prompts that it is asked
for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from widespectrum.encodings import BatchSize, in_batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widespectrum.contracts import FloatArray, IntArray

BlockScorer: TypeAlias = "Callable[[Sequence[int], IntArray, IntArray], FloatArray]"
"""``(images, image_of_row, prompt_of_row) -> (rows, outputs)``: `images` are the numbers of the
block's images, `image_of_row` places among them, `prompt_of_row` numbers of prompts."""


def in_blocks_of_images(pairs: IntArray, batch: BatchSize, score: BlockScorer) -> FloatArray:
    """What `score` says of each pair, ``(pairs, outputs)``.

    Every image is in one block, and every different pair is asked once. A block is halved when
    memory runs out. It is not filled up to a whole batch: a pass of an image is too dear for that.

    Args:
        pairs: numbers of image and prompt, ``(n, 2)``, in any order, at least one.
        batch: images per block.
        score: scores one block.

    Raises:
        OutOfMemory: not even one image fits.
    """
    asked, place = np.unique(pairs, axis=0, return_inverse=True)  # sorted by image
    images, first = np.unique(asked[:, 0], return_index=True)
    prompts_of_image = np.split(asked[:, 1], first[1:])

    def outputs_of(block: Sequence[int]) -> NDArray[Any]:
        """For each image of the block, the outputs for each of its prompts."""
        prompts = [prompts_of_image[number] for number in block]
        counts = [len(of_image) for of_image in prompts]
        outputs = score(
            [int(images[number]) for number in block],
            np.repeat(np.arange(len(block)), counts),
            np.concatenate(prompts),
        )
        by_image = np.empty(len(block), dtype=object)
        for row, part in enumerate(np.split(outputs, np.cumsum(counts)[:-1])):
            by_image[row] = part
        return by_image

    by_image = in_batches(range(len(images)), batch, outputs_of, fill=False)
    outputs: FloatArray = np.concatenate(list(by_image))[place.reshape(-1)]
    return outputs


def distinct_texts(texts: Iterable[Iterable[int]]) -> tuple[list[int], IntArray]:
    """Texts that are one and the same to the network, once they are cut.

    Two prompts that differ behind the limit are then worked once and tie exactly.

    Args:
        texts: tokens of each text.

    Returns:
        Where each different text first stands, and for every text which of them it is.
    """
    first: dict[tuple[int, ...], int] = {}
    which = [first.setdefault(tuple(text), len(first)) for text in texts]
    places: dict[int, int] = {}
    for place, number in enumerate(which):
        places.setdefault(number, place)
    return list(places.values()), np.array(which, dtype=np.int64)
