import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.endpoints import Selection
from widespectrum.errors import BadInput, InvalidResult

WORDS = Selection("choice", ("first", "second", "tie"), "choice", {})
NUMBERS = Selection("selection", (0, 1, -1), "selection", {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"choice": "tie"}', "tie"),
        ('  {"choice":"first"}\n', "first"),
        ('```json\n{"choice": "second"}\n```', "second"),
        ('```\n{"choice": "second"}\n```', "second"),
    ],
)
def test_an_answer_is_read(text, value):
    assert WORDS.read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "first",
        '"first"',
        '["first"]',
        '{"choice": "third"}',
        '{"choice": null}',
        '{"choice": ["first"]}',
        '{"selection": "first"}',
        '{"choice": "first", "why": "because"}',
        'Sure! {"choice": "first"}',
        '{"choice": "first"',
        "<html><body>502</body></html>",
        "[" * 100_000,
    ],
)
def test_anything_else_is_an_invalid_result(text):
    with pytest.raises(InvalidResult):
        WORDS.read(text)


@pytest.mark.parametrize("value", ["7", "2", "true", "1.0", '"1"', "null", "-2"])
def test_a_wrong_selection_is_an_invalid_result(value):
    with pytest.raises(InvalidResult, match="none of 0, 1, -1"):
        NUMBERS.read(f'{{"selection": {value}}}')


def test_a_plain_answer_may_have_words_around_its_one_object():
    plain = Selection("choice", ("first", "tie"), "choice", {}, "plain")
    assert plain.read('Both show a cat.\n{"choice": "tie"} Thanks.') == "tie"
    with pytest.raises(InvalidResult, match="2 JSON objects"):
        plain.read('{"choice": "tie"} or {"choice": "first"}')


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fail_otherwise(text):
    for selection in (WORDS, NUMBERS, Selection("choice", ("tie",), "choice", {}, "plain")):
        with contextlib.suppress(InvalidResult):
            assert selection.read(text) in selection.values


@given(st.sampled_from(["first", "second", "tie"]), st.sampled_from(["", " ", "\n"]))
def test_what_json_writes_is_read_back(value, around):
    assert WORDS.read(around + json.dumps({"choice": value}) + around) == value


def test_the_form_is_asked_for_as_set_and_never_otherwise():
    assert WORDS.response_format()["type"] == "json_schema"
    assert WORDS.response_format()["json_schema"]["strict"] is True
    loose = Selection("choice", ("tie",), "choice", {}, "json_object")
    assert loose.response_format() == {"type": "json_object"}
    assert Selection("choice", ("tie",), "choice", {}, "plain").response_format() is None
    with pytest.raises(BadInput, match="json_object"):
        Selection("choice", ("tie",), "choice", {}, "xml")
