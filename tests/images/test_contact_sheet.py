"""Contact sheets: every picture in its cell, every label drawn, nothing distorted."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from widespectrum.errors import BadInput
from widespectrum.images import contact_sheet

RED, BLUE = Image.new("RGB", (40, 20), (255, 0, 0)), Image.new("RGB", (10, 10), (0, 0, 255))


def boxes(sheet: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all pixels of a colour."""
    found = np.argwhere(np.all(np.asarray(sheet) == colour, axis=-1))
    (top, left), (bottom, right) = found.min(0), found.max(0) + 1
    return left, top, right, bottom


def test_pictures_fit_their_cells_undistorted() -> None:
    sheet = contact_sheet([[RED, BLUE]], cell=(80, 60))
    left, top, right, bottom = boxes(sheet, (255, 0, 0))
    assert (right - left, bottom - top) == (80, 40)
    left, top, right, bottom = boxes(sheet, (0, 0, 255))
    assert (right - left, bottom - top) == (60, 60)


def test_labels_take_room_and_ink() -> None:
    bare = contact_sheet([[RED], [RED]], cell=(80, 60))
    named = contact_sheet([[RED], [RED]], ["one", "the second\nrow"], ["strong"], (80, 60))
    assert named.width > bare.width
    assert named.height > bare.height
    assert np.asarray(named)[:, : named.width - 90].min() < 60
    captioned = contact_sheet([[RED], [RED]], cell=(80, 60), captions=[["a"], ["b"]])
    assert captioned.height > bare.height
    assert captioned.width == bare.width


def test_ragged_rows() -> None:
    sheet = contact_sheet([[RED, RED, RED], [BLUE]], cell=(30, 30))
    assert boxes(sheet, (0, 0, 255))[0] < sheet.width / 2


def test_wrong_requests() -> None:
    with pytest.raises(BadInput, match="at least one picture"):
        contact_sheet([[]])
    with pytest.raises(BadInput, match="2 rows, but 1 row labels"):
        contact_sheet([[RED], [RED]], ["one"])
    with pytest.raises(BadInput, match="1 columns, but 2 column labels"):
        contact_sheet([[RED]], (), ["a", "b"])
    with pytest.raises(BadInput, match="captions do not match"):
        contact_sheet([[RED]], captions=[["a", "b"]])
