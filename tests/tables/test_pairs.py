"""Pairs: defaults, list columns, and paths that must not lead out of the table's folder."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from widespectrum.errors import BadInput
from widespectrum.tables import PAIR_SCHEMA, read_image_pairs, read_prompt_pairs


def _image(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4)).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _image(tmp_path / "pairs" / "img" / "a.png")
    _image(tmp_path / "pairs" / "img" / "b.png")
    return tmp_path / "pairs"


HEADER = "id,prompt_original,prompt_anti,image_original,image_anti"


def _pairs(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "pairs.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_minimal_table_is_completed(folder: Path) -> None:
    path = _pairs(folder, "1,A  cat.,A dark cat,img/a.png,img/b.png")
    pairs = read_image_pairs(path)
    assert dict(pairs.schema) == PAIR_SCHEMA
    row = pairs.row(0, named=True)
    assert row["cluster"] == "A cat."
    assert row["image_original"] == str(folder / "img/a.png")
    assert row["choice"] is None


@pytest.mark.parametrize("text", ['"[""clarity"", ""emotion""]"', "clarity; emotion"])
def test_dimensions_as_json_or_semicolons(folder: Path, text: str) -> None:
    path = _pairs(folder, f"1,a,b,{text}", header="id,prompt_original,prompt_anti,dimensions")
    assert read_prompt_pairs(path)["dimensions"].to_list() == [["clarity", "emotion"]]


@pytest.mark.parametrize(
    ("row", "said", "field"),
    [
        ("1,a,b,img/a.png,img/none.png", "no such file", "image_anti"),
        ("1,a,b,../secret.png,img/b.png", "outside the table's folder", "image_original"),
        ("1,a,b,/etc/hostname,img/b.png", "outside the table's folder", "image_original"),
        ("1,a,b,https://x.example/a.png,img/b.png", "is the address", "image_original"),
        ("1,a,b,file:///etc/hostname,img/b.png", "is the address", "image_original"),
        ("1,,b,img/a.png,img/b.png", "is empty", "prompt_original"),
        ("1,a,   ,img/a.png,img/b.png", "is empty", "prompt_anti"),
        ("1,a,b\x00,img/a\x00.png,img/b.png", "cannot be a path", "image_original"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, row: str, said: str, field: str) -> None:
    _image(folder.parent / "secret.png")
    path = _pairs(folder, "0,a,b,img/a.png,img/b.png", row)
    with pytest.raises(BadInput, match=said) as caught:
        read_image_pairs(path)
    assert (caught.value.place.row, caught.value.place.field) == (2, field)


def test_a_link_does_not_lead_outside(folder: Path) -> None:
    _image(folder.parent / "secret.png")
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    path = _pairs(folder, "1,a,b,link.png,img/b.png")
    with pytest.raises(BadInput, match="outside"):
        read_image_pairs(path)
    assert read_image_pairs(path, allow_outside=True).height == 1


def test_missing_column_names_the_columns_there_are(folder: Path) -> None:
    path = _pairs(folder, "1,a", header="id,prompt_original")
    with pytest.raises(BadInput, match="the table has 'id', 'prompt_original'") as caught:
        read_prompt_pairs(path)
    assert caught.value.place.field == "prompt_anti"


def test_duplicate_ids_name_the_second_row(folder: Path) -> None:
    path = _pairs(folder, "1,a,b", "2,a,b", "1,c,d", header="id,prompt_original,prompt_anti")
    with pytest.raises(BadInput, match="repeats '1'") as caught:
        read_prompt_pairs(path)
    assert caught.value.place.row == 3


def test_a_long_prompt_is_read_and_an_endless_one_refused(folder: Path) -> None:
    header = "id,prompt_original,prompt_anti"
    path = _pairs(folder, f"1,{'wort ' * 2000},b", header=header)
    assert len(read_prompt_pairs(path)["prompt_original"][0]) == 10_000
    path = _pairs(folder, f"1,{'x' * 20_001},b", header=header)
    with pytest.raises(BadInput, match="20,001 characters"):
        read_prompt_pairs(path)


@pytest.mark.parametrize("choice", ["2", "-2", "0.5", "nan", "yes"])
def test_a_choice_is_one_of_three(folder: Path, choice: str) -> None:
    path = _pairs(folder, f"1,a,b,img/a.png,img/b.png,{choice}", header=HEADER + ",choice")
    with pytest.raises(BadInput, match="a whole number from -1 to 1"):
        read_image_pairs(path)


def test_a_gallery_folder_of_the_authors(tmp_path: Path) -> None:
    meta = [
        {
            "idx": 7,
            "prompt_original": "a cat",
            "prompt_distorted": "a dark cat",
            "selected_dims": ["color brightness"],
            "hpsv3_oidp": 1.0,
        }
    ]
    (tmp_path / "_meta.json").write_text(json.dumps(meta))
    _image(tmp_path / "7_orig.jpg")
    _image(tmp_path / "7_dist.jpg")
    pairs = read_image_pairs(tmp_path)
    assert pairs.select("id", "prompt_anti", "dimensions").rows() == [
        ("7", "a dark cat", ["color brightness"])
    ]
    assert pairs["image_anti"][0] == str(tmp_path / "7_dist.jpg")


def test_parquet_lists_are_taken_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    pl.DataFrame(
        {
            "id": ["1"],
            "prompt_original": ["a"],
            "prompt_anti": ["b"],
            "dimensions": [["clarity"]],
            "seed": [3],
        }
    ).write_parquet(path)
    assert read_prompt_pairs(path).select("dimensions", "seed").rows() == [(["clarity"], 3)]
