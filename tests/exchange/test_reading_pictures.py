"""Pictures are read a few rows at a time, and a picture of one colour is told from a picture."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from authors_data import BLUE
from PIL import Image

from widespectrum.exchange.arrow_files import Cells
from widespectrum.exchange.pictures import single_colour

ROWS, SIZE = 160, 200_000


@pytest.mark.parametrize(
    ("group", "page", "share"),
    [
        (20, 1024, 0.5),  # pages as large as row groups, as the `datasets` library writes them
        (ROWS, 8, 0.25),  # one row group of small pages, as we write them
    ],
)
def test_memory_is_bounded(tmp_path, group, page, share):
    """32 MB of pictures pass through a few row groups or pages."""
    dice = np.random.default_rng(0)
    file = tmp_path / "x.parquet"
    cells = [{"bytes": dice.bytes(SIZE), "path": None} for _ in range(ROWS)]
    pq.write_table(pa.table({"image": cells}), file, row_group_size=group, write_batch_size=page)
    first = cells[0]["bytes"]
    del cells
    before = pa.total_allocated_bytes()
    most = 0
    reader = Cells(file, ["image"])
    for row in range(ROWS):
        cell = reader.at(row)
        assert len(cell["image"]["bytes"]) == SIZE
        assert row or cell["image"]["bytes"] == first
        most = max(most, pa.total_allocated_bytes() - before)
    assert most < ROWS * SIZE * share


def test_one_colour():
    assert single_colour(Image.new("RGB", (7, 5), BLUE)) == "rgb(0, 0, 255)"
    assert single_colour(Image.new("RGB", (1, 1), BLUE)) == "rgb(0, 0, 255)"


@pytest.mark.parametrize("place", [(0, 0), (6, 4), (3, 1), (1, 3)])
def test_one_pixel_makes_it_a_picture(place):
    image = Image.new("RGB", (7, 5), BLUE)
    image.putpixel(place, (0, 0, 254))
    assert single_colour(image) is None
