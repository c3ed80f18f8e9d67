"""Choices and ratings that people and models elsewhere made."""

import polars as pl
import pytest

from widespectrum.errors import BadInput
from widespectrum.tables.opinions import OPINION_SCHEMA, read_opinions


def csv(tmp_path, *lines, name="people.csv"):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_shortest_table_is_one_raters(tmp_path):
    opinions, scale = read_opinions(csv(tmp_path, "id,choice", "a,1", "b,0", "c,-1"))
    assert scale == "choices"
    assert dict(opinions.schema) == OPINION_SCHEMA
    assert opinions.select("item", "rater", "value").rows() == [
        ("a", "people", 1),
        ("b", "people", 0),
        ("c", "people", -1),
    ]


@pytest.mark.parametrize("column", ["rater", "chooser", "annotator"])
def test_raters_have_names(tmp_path, column):
    opinions, _ = read_opinions(csv(tmp_path, f"id,{column},choice", "a,x,1", "a,y,0"))
    assert opinions["rater"].to_list() == ["x", "y"]


def test_people_may_write_words(tmp_path):
    opinions, _ = read_opinions(csv(tmp_path, "id,choice", "a,Anti", "b, original", "c,tie"))
    assert opinions["value"].to_list() == [1, 0, -1]


def test_a_choice_under_the_original_prompt_is_about_something_else(tmp_path):
    path = csv(tmp_path, "id,choice,under", "a,1,anti", "a,0,original", "b,1,")
    assert read_opinions(path)[0]["item"].to_list() == ["a", "a (original prompt)", "b"]


def test_the_unit_of_resampling(tmp_path):
    lines = ["id,choice,prompt_original", "a,1,a  cat", "b,1,a cat"]
    assert read_opinions(csv(tmp_path, *lines))[0]["cluster"].to_list() == ["a cat"] * 2
    assert read_opinions(csv(tmp_path, "id,choice", "a,1"))[0]["cluster"].to_list() == [None]


def test_ratings(tmp_path):
    lines = ["id,dimension,judge,rating", "a,clarity,x,2", "a,richness,x,0"]
    opinions, scale = read_opinions(csv(tmp_path, *lines))
    assert scale == "ratings"
    assert opinions["item"].to_list() == ["a: clarity", "a: richness"]


def test_a_parquet_of_the_papers_columns(tmp_path):
    path = tmp_path / "gpt.parquet"
    pl.DataFrame({"id": ["1", "2"], "llm_selected": [1, -1]}).write_parquet(path)
    opinions, _ = read_opinions(path)
    assert opinions.select("rater", "value").rows() == [("gpt", 1), ("gpt", -1)]


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        (["id,choice", "a,2"], "choice"),
        (["id,choice", "a,maybe"], "choice"),
        (["id,choice", "a,"], "choice"),
        (["id,choice", "a,0.5"], "choice"),
        (["id,choice", ",1"], "id"),
        (["choice", "1"], "id"),
        (["id,choice,under", "a,1,neutral"], "under"),
        (["id,choice", "a,1", "a,0"], "item"),
        (["id,dimension,rating", "a,clarity,3"], "rating"),
        (["id,rating", "a,2"], "dimension"),
        (["id,verdict", "a,2"], None),
    ],
)
def test_what_is_no_opinion_is_named(tmp_path, lines, field):
    path = csv(tmp_path, *lines)
    with pytest.raises(BadInput) as caught:
        read_opinions(path)
    assert caught.value.place.file == str(path)
    assert caught.value.place.field == field
