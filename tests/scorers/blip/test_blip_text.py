"""Word pieces: counted uncut, cut with the sign of the end, padded to a few lengths."""

import numpy as np
import pytest

from widespectrum.errors import BadInput
from widespectrum.scorers.blip.text import WordPieces, padded


@pytest.fixture(scope="module")
def pieces(imagereward_folder):
    return WordPieces(imagereward_folder / "vocab.txt", marks=True)


def test_counts_with_both_signs(pieces):
    assert pieces.count(["", "dog", "dogly a"]).tolist() == [2, 3, 5]
    assert pieces.count([]).tolist() == []


def test_cut_text_ends_as_whole_text_does(pieces):
    (whole,) = pieces.encode(["a b c d e"], 35)
    (cut,) = pieces.encode(["a b c d e"], 4)
    assert cut == [*whole[:3], whole[-1]]


def test_the_marks_of_blip_are_words_of_it(pieces, imagereward_folder):
    plain = WordPieces(imagereward_folder / "vocab.txt")
    assert len(pieces) == len(plain) + 2
    assert pieces.count(["[ENC]"]).tolist() == [3]
    assert plain.count(["[ENC]"]).tolist() == [7]


def test_half_a_character_is_read(pieces):
    assert pieces.count(["a \ud83d b"]).tolist() == [5]


def test_padding():
    ids, mask = padded([[5, 6, 7], [5] * 9], 35)
    assert ids.shape == mask.shape == (2, 16)
    assert ids[0].tolist() == [5, 6, 7] + [0] * 13
    assert np.array_equal(mask, ids != 0)
    assert padded([[5] * 35], 35)[0].shape == (1, 35)


def test_no_vocabulary(tmp_path):
    (tmp_path / "vocab.txt").write_text("a\nb\n")
    with pytest.raises(BadInput, match=r"lacks \[PAD\]"):
        WordPieces(tmp_path / "vocab.txt")
    (tmp_path / "vocab.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="no vocabulary"):
        WordPieces(tmp_path / "vocab.txt")
