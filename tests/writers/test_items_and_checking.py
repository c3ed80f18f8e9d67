"""What texts are written from, and the checks on tables that are there already."""

import polars as pl
import pytest
from misbehaving import picture

from widespectrum.errors import BadInput, UnknownName
from widespectrum.prompts import TemplateWriter, build_pairs, builtin_captions
from widespectrum.tables import write_frame
from widespectrum.writers import check_table, load_task, read_items

PAIRS = {
    "id": ["a", "b"],
    "prompt_original": ["A goat.", "A dog."],
    "prompt_anti": ["A blurred goat.", "A dark dog."],
    "dimensions": [["clarity"], ["color brightness"]],
}


def test_a_table_of_pairs_is_what_negative_prompts_are_written_from(tmp_path):
    path = write_frame(pl.DataFrame(PAIRS), tmp_path / "pairs.csv")
    one, other = read_items(load_task("negative"), str(path), seed=1)
    assert (one.id, one.fields["prompt_anti"], one.dimensions[0].key) == (
        "a",
        "A blurred goat.",
        "clarity",
    )
    assert one.seed != other.seed
    assert read_items(load_task("negative"), str(path), seed=1, count=1) == [one]
    assert read_items(load_task("negative"), str(path), seed=2)[0].seed != one.seed


def test_the_authors_names_are_understood(tmp_path):
    frame = pl.DataFrame(PAIRS).rename(
        {"prompt_anti": "prompt_distorted", "dimensions": "selected_dims"}
    )
    path = write_frame(frame.drop("id"), tmp_path / "theirs.jsonl")
    one, other = read_items(load_task("negative"), str(path))
    assert (one.id, other.id) == ("row-00001", "row-00002")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda frame: frame.drop("prompt_anti"), "prompt_anti"),
        (lambda frame: frame.with_columns(prompt_anti=pl.Series(["x", None])), "prompt_anti"),
        (lambda frame: frame.with_columns(prompt_anti=pl.Series(["x", "a\u0007b"])), "prompt_anti"),
        (lambda frame: frame.drop("dimensions"), "dimensions"),
        (lambda frame: frame.with_columns(id=pl.Series(["a", "a"])), "id"),
    ],
)
def test_a_table_that_will_not_do_is_named_with_its_field(tmp_path, change, field):
    path = write_frame(change(pl.DataFrame(PAIRS)), tmp_path / "pairs.parquet")
    with pytest.raises(BadInput) as caught:
        read_items(load_task("negative"), str(path))
    assert caught.value.place.file == str(path)
    assert caught.value.place.field == field


def test_an_unknown_dimension_is_met_with_the_nearest(tmp_path):
    frame = pl.DataFrame(PAIRS).with_columns(dimensions=pl.Series([["clarty"], ["emotion"]]))
    path = write_frame(frame, tmp_path / "pairs.parquet")
    with pytest.raises(UnknownName, match="clarity"):
        read_items(load_task("negative"), str(path))


def test_pictures_are_looked_for_beside_the_table_and_nowhere_else(tmp_path):
    folder = tmp_path / "art"
    folder.mkdir()
    picture().save(folder / "a.png")
    path = write_frame(pl.DataFrame({"image": ["a.png"], "title": ["Day"]}), folder / "art.csv")
    (item,) = read_items(load_task("caption"), str(path))
    assert item.picture.resolve() == (folder / "a.png").resolve()
    assert item.fields == {"title": "Day", "image": "a.png"}
    picture().save(tmp_path / "b.png")
    path = write_frame(pl.DataFrame({"image": ["../b.png"]}), folder / "out.csv")
    with pytest.raises(BadInput, match="--allow-outside"):
        read_items(load_task("caption"), str(path))
    assert read_items(load_task("caption"), str(path), allow_outside=True)[0].picture.is_file()


def test_sources_that_a_task_cannot_be_written_from():
    with pytest.raises(BadInput, match="prompt_anti, dimensions"):
        read_items(load_task("negative"), "builtin")
    with pytest.raises(BadInput, match="topics"):
        read_items(load_task("emotion"), "builtin", topics=["anti-war"])
    with pytest.raises(UnknownName, match="pollution"):
        read_items(load_task("critique"), "topics", topics=["polution"])


def test_captions_of_any_file_will_do_where_a_caption_is_all_that_is_needed(tmp_path):
    (tmp_path / "captions.txt").write_text("A man sleeps.\n\nA tree.\n")
    items = read_items(load_task("emotion"), str(tmp_path / "captions.txt"))
    assert [item.fields["caption"] for item in items] == ["A man sleeps.", "A tree."]


def test_the_templates_pairs_have_no_problems(tmp_path, dimensions):
    pool = [dimensions[key] for key in dimensions.enabled]
    frame = build_pairs(builtin_captions(), TemplateWriter(), pool, 60)
    found = check_table(load_task("anti"), write_frame(frame, tmp_path / "pairs.csv"))
    assert found["problems"].list.len().sum() == 0
    assert found["missing"].list.len().sum() == 0
    assert found["words"].to_list() == [len(text.split()) for text in frame["prompt_anti"]]


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("A blurred goat" + " and again" * 40, "fewer than 70"),
        ("A blurred\u202e goat", "U+202E"),
        ("I'm sorry, but I can't.", "refusal"),
        ("A blurred thing", "lost too much of the caption: goat"),
        ("A goat", "no word of it tells 'clarity'"),
        ("A blurred and weeping goat", "'emotion', which was not asked for: 'weeping'"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(tmp_path, prompt, said):
    frame = pl.DataFrame(
        {
            "id": ["a"],
            "prompt_original": ["A goat."],
            "prompt_anti": [prompt],
            "dimensions": [["clarity"]],
        }
    )
    (row,) = check_table(load_task("anti"), write_frame(frame, tmp_path / "p.parquet")).to_dicts()
    assert any(said in problem for problem in row["problems"]), row


def test_the_checks_of_another_task(tmp_path):
    frame = pl.DataFrame({"prompt": ["A sad man looks [emotion]."], "caption": ["A man."]})
    path = write_frame(frame, tmp_path / "emotion.jsonl")
    (row,) = check_table(load_task("emotion"), path).to_dicts()
    assert row["id"] == "row-00001"
    assert "sad" in row["problems"][0]
    with pytest.raises(BadInput, match="--task"):
        check_table(load_task("negative"), path)
