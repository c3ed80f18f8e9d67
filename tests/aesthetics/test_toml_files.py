import time
from pathlib import Path

import pytest
from pydantic import Field

from widespectrum.aesthetics.toml_files import (
    MAX_BYTES,
    MAX_LINE,
    Line,
    Table,
    field_path,
    parse_table,
    read_table,
)
from widespectrum.errors import BadInput


class Leaf(Table):
    size: int


class Tree(Table):
    name: Line
    tall: bool = False
    leaves: list[Leaf] = Field(default_factory=list)


def parse(text: str | bytes) -> Tree:
    data = text if isinstance(text, bytes) else text.encode()
    return parse_table(data, Tree, file="tree.toml")


def test_reads_a_table(tmp_path):
    path = tmp_path / "tree.toml"
    path.write_text('name = "Lärche"\n[[leaves]]\nsize = 3\n', encoding="utf-8")
    assert read_table(path, Tree) == Tree(name="Lärche", leaves=[Leaf(size=3)])


def test_forgives_a_byte_order_mark():
    assert parse(b'\xef\xbb\xbfname = "oak"').name == "oak"


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("", "name", "is missing. Add it."),
        ("name = 3", "name", "must be text. Put it in quotes."),
        ('name = "oak"\ntall = 1', "tall", "must be true or false"),
        ('name = "oak"\ntall = "yes"', "tall", "must be true or false"),
        ('name = "oak"\nleaves = 1', "leaves", "must be a list"),
        ('name = "oak"\nleaves = [1]', "leaves[1]", "must be a table"),
        ('name = "oak"\nleaves = [{size = 1}, {}]', "leaves[2].size", "is missing"),
        ('name = "oak"\nleaves = [{size = 1.5}]', "leaves[1].size", "integer"),
        ('name = "oak"\ncolour = "red"', "colour", "is not a known field"),
        ('name = ""', "name", "is empty"),
        ('name = "  "', "name", "is empty"),
        ('name = " oak"', "name", "begins or ends with a space"),
        ('name = "oak\\nelm"', "name", "holds a line break"),
        ('name = "oak\\u202eelm"', "name", "a character that cannot be shown"),
    ],
)
def test_names_file_field_and_remedy(text, field, says):
    with pytest.raises(BadInput) as caught:
        parse(text)
    assert caught.value.place.file == "tree.toml"
    assert caught.value.place.field == field
    assert says in str(caught.value)
    assert caught.value.remedy


def test_counts_the_other_problems():
    with pytest.raises(BadInput, match=r"\(2 more problems after this one\.\)"):
        parse("name = 1\ntall = 1\nleaves = 1")
    with pytest.raises(BadInput, match=r"\(1 more problem after this one\.\)"):
        parse("name = 1\ntall = 1")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"name = \xff", "is not UTF-8 text (byte 7)"),
        (b"\x00\x01\x02", "is not TOML"),
        (b"name = ", "is not TOML"),
        (b"name = 1\nname = 2", "is not TOML"),
        (b"tall = " + b"1" * 5_000, "has 5007 characters in line 1"),
        (b"name = " + b"[\n" * 10_000, "nested too deeply"),
        (b"name = 1" + b"\n" * MAX_BYTES, "is larger than 64 KiB"),
    ],
)
def test_refuses_what_is_not_a_table(data, says):
    with pytest.raises(BadInput) as caught:
        parse(data)
    assert says in str(caught.value)
    assert caught.value.place.file == "tree.toml"


def test_a_key_of_endless_parts_costs_no_time():
    """The worst file that the limits let through; without them it would take minutes."""
    line = "name" + ".a" * (MAX_LINE // 2 - 10) + ".x{} = 1\n"
    text = "".join(line.format(number) for number in range(MAX_BYTES // MAX_LINE))
    begin = time.process_time()
    with pytest.raises(BadInput, match="must be text"):
        parse(text)
    assert time.process_time() - begin < 5


def test_says_that_a_file_cannot_be_read(tmp_path):
    for path in (tmp_path / "absent.toml", tmp_path, tmp_path / "nul\0.toml"):
        with pytest.raises(BadInput, match="cannot be read") as caught:
            read_table(path, Tree)
        assert caught.value.place.file == str(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless file")
def test_an_endless_file_is_not_read_to_its_end():
    with pytest.raises(BadInput, match="is larger than"):
        read_table(Path("/dev/zero"), Tree)


def test_field_paths_count_from_one():
    assert field_path(()) == ""
    assert field_path(("effects", 0, "phrases", 2)) == "effects[1].phrases[3]"
