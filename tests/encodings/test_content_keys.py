"""Equal content has equal keys, and whatever a scorer could see makes them differ."""

from __future__ import annotations

import pytest
from counting_encoders import coloured
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from widespectrum.encodings import content_key, text_key


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK", "1", "I", "F"])
def test_equal_pictures_have_equal_keys(mode):
    assert content_key(coloured(9, mode)) == content_key(coloured(9, mode).copy())


def test_pixels_size_and_mode_make_another_key():
    pictures = [
        coloured(9),
        coloured(10),
        coloured(9, size=(4, 6)),
        coloured(9, size=(3, 8)),
        coloured(9, "RGBA"),
        coloured(9, "L"),
        coloured(9, "P"),
    ]
    assert len({content_key(picture) for picture in pictures}) == len(pictures)


def test_the_palette_belongs_to_the_content():
    picture, other = (Image.new("P", (2, 2)) for _ in range(2))
    picture.putpalette([0, 0, 0] * 256)
    other.putpalette([255, 0, 0] * 256)
    assert picture.tobytes() == other.tobytes()
    assert content_key(picture) != content_key(other)
    clear = picture.copy()
    clear.info["transparency"] = 0
    assert content_key(clear) != content_key(picture)


@given(st.text(), st.text())
def test_texts_have_equal_keys_only_if_they_are_equal(one, other):
    assert (text_key(one) == text_key(other)) == (one == other)


def test_a_lone_surrogate_has_a_key():
    assert len(text_key("\ud800")) == 64
