"""Blocks of images: each image in one block, each pair asked once, answers in order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.encodings import BatchSize, SmallerBatches
from widespectrum.errors import OutOfMemory
from widespectrum.scorers.blocks import distinct_texts, in_blocks_of_images


class Recorder:
    """Scores a pair as ``1000 image + prompt``, and keeps what it was asked."""

    def __init__(self, fits: int = 1000):
        self.fits = fits
        self.blocks = []
        self.rows = 0

    def __call__(self, images, image_of_row, prompt_of_row):
        if len(images) > self.fits:
            raise MemoryError
        self.blocks.append(list(images))
        self.rows += len(image_of_row)
        return np.stack([np.array(images)[image_of_row] * 1000.0 + prompt_of_row], axis=1)


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(pairs=PAIRS, size=st.integers(1, 5))
def test_every_pair_is_answered_and_every_image_seen_once(pairs, size):
    pairs = np.array(pairs)
    score = Recorder()
    outputs = in_blocks_of_images(pairs, BatchSize(size), score)
    assert np.array_equal(outputs, (pairs[:, :1] * 1000 + pairs[:, 1:]).astype(float))
    seen = [image for block in score.blocks for image in block]
    assert sorted(seen) == sorted(set(pairs[:, 0].tolist()))
    assert score.rows == len(set(map(tuple, pairs.tolist())))
    assert all(len(block) <= size for block in score.blocks)


def test_a_block_that_does_not_fit_is_halved():
    pairs = np.array([[image, prompt] for image in range(5) for prompt in (0, 3)])
    score, batch = Recorder(fits=2), BatchSize(4)
    with pytest.warns(SmallerBatches):
        outputs = in_blocks_of_images(pairs, batch, score)
    assert np.array_equal(outputs[:, 0], pairs[:, 0] * 1000 + pairs[:, 1])
    assert score.blocks == [[0, 1], [2, 3], [4]]
    assert batch.rows == 2


def test_not_even_one_image():
    with pytest.raises(OutOfMemory), pytest.warns(SmallerBatches):
        in_blocks_of_images(np.array([[0, 0], [1, 0]]), BatchSize(2), Recorder(fits=0))


def test_equal_texts_are_one():
    first, which = distinct_texts([[1, 2], [3], [1, 2], [3], [4]])
    assert first == [0, 1, 4]
    assert which.tolist() == [0, 1, 0, 1, 2]
