"""Findings are saved and read whole; their names cannot leave the folder."""

import json
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.errors import BadInput
from widespectrum.studies.findings import (
    SLUG,
    Column,
    Figure,
    Findings,
    Gallery,
    Table,
    load_findings,
    save_findings,
)

FRAME = pl.DataFrame(
    {
        "name": ["a;b", '"><img onerror>', None],
        "dimensions": [["clarity", "emotion"], [], None],
        "share": [0.5, None, 1.0],
        "share_low": [0.25, None, None],
        "n": [3, None, 0],
        "obeyed": [True, None, False],
        "nothing": pl.Series([None] * 3, dtype=pl.Float64),
    }
)
FINDINGS = Findings(
    study="reward-bias",
    title="Title — with «signs»",
    question="Why?",
    headline=("One.", "Two."),
    tables=(
        Table("scorers", "Scorers", FRAME, (Column("share", "Share", low="share_low"),), "Caption"),
        Table("empty", "Empty", FRAME.clear(), (Column("name", "Name"),)),
    ),
    figures=(
        Figure("plane", "Plane", {"mark": "bar", "data": {"values": [{"x": None}]}}, "c", "a"),
    ),
    gallery=Gallery("pairs", "Pairs", FRAME, "Caption"),
    notes=("Note.",),
    provenance={"seed": 0, "versions": {"polars": "1"}},
)
HOSTILE = [
    "",
    "..",
    "../up",
    "a/b",
    "a\\b",
    "/etc/passwd",
    "a.b",
    "Scorers",
    "-x",
    "_x",
    "a b",
    "a\x00",
    "a\n",
    "é",
    "con:",
    '"><img>',
]


def test_what_is_saved_is_read_again(tmp_path):
    path = save_findings(FINDINGS, tmp_path / "new" / "findings")
    loaded = load_findings(path)
    assert path.name == "reward-bias.json"
    for table, again in zip(FINDINGS.tables, loaded.tables, strict=True):
        assert again.frame.equals(table.frame)
        assert again.frame.schema == table.frame.schema
        assert replace(again, frame=table.frame) == table
    assert loaded.gallery.frame.equals(FINDINGS.gallery.frame)
    without = {"tables": (), "gallery": None}
    assert replace(loaded, **without) == replace(FINDINGS, **without)


def test_the_least_of_findings_survives(tmp_path):
    least = Findings("s", "Title", "Why?", ("Because.",))
    assert load_findings(save_findings(least, tmp_path)) == least


def test_tables_are_also_csv_with_lists_as_text(tmp_path):
    save_findings(FINDINGS, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"reward-bias.json"} | {
        f"reward-bias.{table}.{kind}"
        for table in ("scorers", "empty", "pairs")
        for kind in ("csv", "parquet")
    }
    csv = pl.read_csv(tmp_path / "reward-bias.scorers.csv")
    assert csv["dimensions"][0] == "clarity; emotion"
    assert csv["share"].to_list() == [0.5, None, 1.0]


def test_saving_again_replaces(tmp_path):
    save_findings(FINDINGS, tmp_path)
    path = save_findings(replace(FINDINGS, title="Second"), tmp_path)
    assert load_findings(path).title == "Second"


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", ["study", "table", "gallery"])
def test_names_that_could_be_paths_are_refused_before_anything_is_written(tmp_path, place, name):
    hostile = {
        "study": replace(FINDINGS, study=name),
        "table": replace(FINDINGS, tables=(replace(FINDINGS.tables[0], name=name),)),
        "gallery": replace(FINDINGS, gallery=replace(FINDINGS.gallery, name=name)),
    }[place]
    with pytest.raises(BadInput, match="cannot name"):
        save_findings(hostile, tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [*HOSTILE, None, 3, ["a"]])
@pytest.mark.parametrize("place", ["study", "table", "gallery"])
def test_names_that_could_be_paths_are_not_followed(tmp_path, place, name):
    path = save_findings(FINDINGS, tmp_path)
    document = json.loads(path.read_text())
    if place == "study":
        document["study"] = name
    elif place == "table":
        document["tables"][0]["name"] = name
    else:
        document["gallery"]["name"] = name
    path.write_text(json.dumps(document))
    with pytest.raises(BadInput):
        load_findings(path)


def test_two_frames_of_one_name_are_refused(tmp_path):
    twice = replace(FINDINGS, gallery=replace(FINDINGS.gallery, name="scorers"))
    with pytest.raises(BadInput, match="two tables are called 'scorers'"):
        save_findings(twice, tmp_path)


@given(st.text(alphabet="abc019_-", min_size=1, max_size=20))
def test_plain_names_are_slugs(text):
    assert bool(SLUG.fullmatch(text)) == (text[0] not in "_-")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '"x"', "{}", '{"study": "s"}', "\x00\xff"]
)
def test_what_is_not_findings_is_refused(tmp_path, content):
    path = tmp_path / "reward-bias.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(BadInput) as caught:
        load_findings(path)
    assert caught.value.place.file == str(path)


def test_a_table_that_is_gone_or_damaged_is_named(tmp_path):
    path = save_findings(FINDINGS, tmp_path)
    (tmp_path / "reward-bias.pairs.parquet").write_bytes(b"not parquet")
    with pytest.raises(BadInput):
        load_findings(path)
    (tmp_path / "reward-bias.pairs.parquet").unlink()
    with pytest.raises(BadInput):
        load_findings(path)


def test_findings_for_machines():
    document = json.loads(json.dumps(FINDINGS.to_json(), allow_nan=False))
    assert document["headline"] == ["One.", "Two."]
    assert document["tables"]["scorers"][0]["dimensions"] == ["clarity", "emotion"]
    assert document["tables"]["scorers"][2]["name"] is None
    assert document["tables"]["empty"] == []
    assert "figures" not in document


def test_a_table_by_name():
    assert FINDINGS.table("scorers").title == "Scorers"
    with pytest.raises(KeyError):
        FINDINGS.table("missing")
