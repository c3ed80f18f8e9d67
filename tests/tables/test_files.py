"""Reading and writing tables: round trips, atomicity, and clear errors for broken files."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput, StorageFailed
from widespectrum.tables import read_frame, write_frame

TEXT_FORMATS = [".csv", ".tsv", ".jsonl", ".json"]
fuzzing = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("suffix", [*TEXT_FORMATS, ".parquet"])
def test_what_is_written_is_read(tmp_path: Path, suffix: str) -> None:
    frame = pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "text": ['<b>"bold"</b>, yes', "zwei\nZeilen", "日本語 \u202eabc"],
            "hole": ["x", None, "z"],
        }
    )
    path = write_frame(frame, tmp_path / f"table{suffix}")
    assert read_frame(path).equals(frame)


@pytest.mark.parametrize("suffix", [*TEXT_FORMATS, ".parquet"])
def test_equal_frames_give_equal_bytes(tmp_path: Path, suffix: str) -> None:
    frame = pl.DataFrame({"x": [0.1, 2.0], "tags": [["a", "b"], []]})
    first = write_frame(frame, tmp_path / f"1{suffix}").read_bytes()
    assert write_frame(frame.clone(), tmp_path / f"2{suffix}").read_bytes() == first


def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path: Path) -> None:
    for name, text in {"t.csv": "id,x\n1,2\n", "t.jsonl": '{"id": "1", "x": "2"}\n'}.items():
        path = tmp_path / name
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert read_frame(path).columns == ["id", "x"]


def test_json_values_that_are_no_scalars_come_as_json_text(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"a": [1.5, -5], "b": {"mu": 2}}, {"a": 3, "b": null}]')
    assert read_frame(path).rows() == [("[1.5, -5]", '{"mu": 2}'), ("3", None)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "cannot be read as CSV"),
        ("t.csv", b"id,x\n", "holds no rows"),
        ("t.csv", b"id,id\n1,2\n", "appears twice in the header"),
        ("t.csv", b"id,x\n1,2,3\n", "cannot be read as CSV"),
        ("t.csv", b"id,x\n\xff\xfe,2\n", "cannot be read as CSV"),
        ("t.jsonl", b'{"id": 1}\n{"id": \n', "row 2: is not JSON"),
        ("t.jsonl", b"[1]\n", "row 1: is a list, not an object"),
        ("t.json", b'{"id": 1}', "not a list of objects"),
        ("t.json", b"[1]", "row 1: is a int, not an object"),
        ("t.json", b"[" * 100_000, "cannot be read as JSON"),
        ("t.parquet", b"PAR1 not really", "cannot be read as PARQUET"),
        ("t.xlsx", b"PK", "not a table format we read"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said) as caught:
        read_frame(path)
    assert caught.value.place.file == str(path)
    assert caught.value.remedy


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        read_frame(tmp_path / "no.csv")
    with pytest.raises(BadInput, match="is a folder"):
        read_frame(tmp_path)


@fuzzing
@given(content=st.binary(max_size=400), suffix=st.sampled_from([*TEXT_FORMATS, ".parquet"]))
def test_any_bytes_are_a_table_or_bad_input(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"fuzz{suffix}"
    path.write_bytes(content)
    try:
        frame = read_frame(path)
    except BadInput:
        return
    assert frame.height > 0


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_frame(pl.DataFrame({"x": [1]}), tmp_path / "t.csv")
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailed, match="No space left") as caught:
        write_frame(pl.DataFrame({"x": [2]}), path)
    assert "Make room" in caught.value.remedy
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
