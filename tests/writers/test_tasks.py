"""Text tasks as data: those that ship, and what a file may not say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.errors import BadInput, InvalidResult, UnknownName
from widespectrum.prompts import TextItem
from widespectrum.writers import TASKS, TEMPLATES, load_task
from widespectrum.writers.answers import AnswerForm

MINE = """
title = "Haiku"
version = "1"
source = "me"
column = "haiku"
needs = ["caption"]
text = "haiku"
answer = { haiku = "text" }
system = "You write."
content = "About {caption_json}, {caption}."
"""


@pytest.mark.parametrize("name", TASKS)
def test_those_that_ship_have_all_that_the_engine_needs(name):
    task = load_task(name)
    assert task.name == name
    assert task.answer[task.text] == "text"
    assert task.template in TEMPLATES or name in ("anti", "paper")  # TemplateWriter writes these
    form = AnswerForm.of(task, "json_schema").response_format()
    assert set(form["json_schema"]["schema"]["required"]) == set(task.answer)
    # Strict servers want every object closed.
    assert json.dumps(form).count('"additionalProperties": false') == json.dumps(form).count(
        '"type": "object"'
    )


def test_the_papers_instruction_has_not_been_mended():
    content = load_task("paper").content
    assert "like describing specificly what makes" in content
    assert "(less than 70 words, could be less if needed) You should **only** apply" in content


def test_a_file_is_a_task(tmp_path):
    file = tmp_path / "haiku.toml"
    file.write_text(MINE)
    task = load_task(str(file))
    assert task.name == "haiku"
    asked = task.ask(TextItem("a", {"caption": "{caption_json} é"}))
    assert asked == 'About "{caption_json} é", {caption_json} é.'


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (('needs = ["caption"]', "needs = []"), "content"),
        (('answer = { haiku = "text" }', 'answer = { haiku = "texts" }'), None),
        (('column = "haiku"', 'column = "Bad Name"'), "column"),
        (('title = "Haiku"', 'titel = "Haiku"'), "titel|title"),
        (("[x", "["), None),
    ],
)
def test_a_file_that_is_none_says_where(tmp_path, change, field):
    file = tmp_path / "haiku.toml"
    file.write_text(MINE.replace(*change) if change[0] in MINE else MINE + "[[")
    with pytest.raises(BadInput) as caught:
        load_task(str(file))
    assert caught.value.place.file == str(file)
    if field:
        assert caught.value.place.field in field.split("|")


def test_an_unknown_name_is_met_with_the_nearest():
    with pytest.raises(UnknownName, match="negative"):
        load_task("negativ")
    with pytest.raises(BadInput, match="cannot be opened"):
        load_task("nowhere.toml")


def test_an_item_that_lacks_a_field_is_named():
    with pytest.raises(BadInput, match="row-7"):
        load_task("emotion").ask(TextItem("row-7", {}))
    with pytest.raises(BadInput, match="dimensions"):
        load_task("anti").ask(TextItem("row-7", {"caption": "A goat."}))


@given(st.text(max_size=60).filter(str.strip))
def test_what_is_filled_in_is_never_read_for_slots(caption):
    asked = load_task("emotion").ask(TextItem("a", {"caption": caption}))
    quoted = json.dumps(caption, ensure_ascii=False)
    assert quoted in asked
    assert asked.count("{caption") == quoted.count("{caption")


@given(st.text(max_size=60) | st.none() | st.lists(st.text(max_size=5)))
def test_no_answer_makes_the_reader_fail_otherwise(value):
    form = AnswerForm.of(load_task("critique"), "json_schema")
    for document in (
        value,
        {"prompt": value},
        {"prompt": value, "elements": value, "neutral": "x"},
    ):
        try:
            draft = form.read(json.dumps(document))
        except InvalidResult:
            continue
        assert isinstance(draft.text, str)
