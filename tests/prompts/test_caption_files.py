"""Captions from files: what is read, and what is refused with file, row, field and remedy."""

import json

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput
from widespectrum.prompts import read_captions

TEXTS = ["A dog runs.", "一只猫", '<img src=x onerror="alert(1)">, "quoted"']


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def refused(path, **places):
    """The message with which `path` is refused, checked to name the places."""
    with pytest.raises(BadInput) as caught:
        read_captions(path)
    error = caught.value
    assert error.place.file == str(path)
    assert error.remedy
    for name, value in places.items():
        assert getattr(error.place, name) == value, str(error)
    return str(error)


@pytest.mark.parametrize("column", ["caption", "text", "prompt", "prompt_original"])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json", "parquet"])
def test_every_table_format_and_column_name(tmp_path, suffix, column):
    from widespectrum.tables import write_frame

    path = tmp_path / f"captions.{suffix}"
    write_frame(pl.DataFrame({"id": ["a", "b", "c"], column: TEXTS, "other": [1, 2, 3]}), path)
    captions = read_captions(path)
    assert [caption.text for caption in captions] == TEXTS
    assert [caption.id for caption in captions] == ["a", "b", "c"]


def test_captions_without_ids_are_numbered(write):
    captions = read_captions(write("c.csv", "caption\nA dog.\nA cat.\n"))
    assert [caption.id for caption in captions] == ["caption-00001", "caption-00002"]


def test_whole_numbers_as_ids(write):
    rows = '{"id": 7, "text": "A dog."}\n{"id": 12, "text": "A cat."}\n'
    assert [caption.id for caption in read_captions(write("c.jsonl", rows))] == ["7", "12"]


def test_text_files_hold_one_caption_per_line(write):
    path = write("c.txt", "\ufeffA dog.\r\n\r\n  A  cat on a mat \r\nThree\u2028lines\n")
    captions = read_captions(path)
    assert [caption.text for caption in captions] == ["A dog.", "A cat on a mat", "Three lines"]
    assert [caption.id for caption in captions] == [
        "caption-00001",
        "caption-00003",
        "caption-00004",
    ]


def test_missing_column(write):
    message = refused(write("c.csv", "id,sentence\n1,A dog.\n"), field="caption")
    assert "sentence" in message


@pytest.mark.parametrize(
    ("content", "row", "field"),
    [
        ("caption,id\nA dog.,1\n,2\n", 2, "caption"),
        ("text\nA dog.\n   \nA cat.\n", 2, "text"),
        ("caption,id\nA dog.,1\nA cat.,1\n", 2, "id"),
        ("caption,id\nA dog.,1\nA cat.,\n", 2, "id"),
        (f"caption,id\nA dog.,{'1' * 201}\n", 1, "id"),
        (f"caption\n{'x' * 2001}\n", 1, "caption"),
        ("caption\nA dog\x07.\n", 1, "caption"),
    ],
)
def test_bad_rows_of_a_table(write, content, row, field):
    refused(write("c.csv", content), row=row, field=field)


def test_a_column_of_numbers_is_not_text(write):
    assert "not text" in refused(write("c.jsonl", '{"caption": 5}\n'), row=1, field="caption")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.csv", b""),
        ("c.csv", b"caption\n"),
        ("c.csv", b"caption\n\xff\xfe\n"),
        ("c.txt", b""),
        ("c.txt", b" \n\n"),
        ("c.txt", b"caf\xe9\n"),
        ("c.json", b""),
        ("c.json", b"[]"),
        ("c.json", b"3"),
        ("c.json", b'["A dog."]'),
        ("c.json", b'{"captions": []}'),
        ("c.json", b"[" * 100_000),
        ("c.jsonl", b"not json\n"),
        ("c.parquet", b"PAR1 and nothing"),
        ("c.docx", b"A dog."),
    ],
)
def test_broken_files_are_refused(write, name, content):
    refused(write(name, content))


def test_no_file_and_a_folder(tmp_path):
    assert "does not exist" in refused(tmp_path / "none.csv")
    assert "folder" in refused(tmp_path)


def test_a_control_character_in_a_text_file(write):
    refused(write("c.txt", "A dog.\nA\x00cat.\n"), row=2, field="caption")


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    suffix=st.sampled_from(["csv", "tsv", "txt", "json", "jsonl", "parquet"]),
    content=st.one_of(
        st.binary(max_size=80),
        st.text(max_size=80).map(lambda text: ("caption\n" + text).encode("utf-8", "replace")),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["annotations", "id", "image_id", "caption", "text"]), inner
                )
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_any_bytes_give_captions_or_a_message(tmp_path, suffix, content):
    path = tmp_path / f"fuzz.{suffix}"
    path.write_bytes(content)
    try:
        captions = read_captions(path)
    except BadInput as error:
        message = str(error)
        captions = ()
    assert captions or message.startswith(str(path))
    assert len({caption.id for caption in captions}) == len(captions)
    assert all(caption.text.strip() for caption in captions)
