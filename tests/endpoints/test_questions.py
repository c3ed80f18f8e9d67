import io
import json
from dataclasses import replace

import pytest
from misbehaving import picture
from PIL import Image

from widespectrum.endpoints import Picture, Question, Sampling, Selection, address
from widespectrum.errors import BadInput

WHERE = address("toy", "http://127.0.0.1:8000/v1")
SCHEMA = {"type": "object", "properties": {"choice": {"type": "string"}}, "required": ["choice"]}
SELECTION = Selection("choice", ("a", "b"), "choice", SCHEMA)
QUESTION = Question(WHERE, ("look", Picture(picture())), "system", Sampling(), SELECTION)


def test_the_request_is_a_chat_completion():
    body = QUESTION.body()
    assert body["model"] == "toy"
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    text, image = body["messages"][1]["content"]
    assert text == {"type": "text", "text": "look"}
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (body["temperature"], body["max_tokens"]) == (0.0, 512)
    assert "logprobs" not in body


def test_the_record_names_pictures_by_the_hash_of_what_is_sent():
    shown = QUESTION.record["messages"][1]["content"][1]["image_url"]
    assert shown == {"sha256": QUESTION.pictures[0].sha256, "size": [8, 6]}
    assert "base64" not in json.dumps(QUESTION.record)


def test_sampling_speaks_the_servers_words():
    sampling = Sampling(None, 9, "max_completion_tokens", True, {"reasoning": {"enabled": False}})
    assert sampling.fields() == {
        "max_completion_tokens": 9,
        "logprobs": True,
        "top_logprobs": 20,
        "reasoning": {"enabled": False},
    }


@pytest.mark.parametrize(
    "other",
    [
        {"vote": 1},
        {"system": "another"},
        {"content": ("look!", Picture(picture()))},
        {"content": ("look", Picture(picture("blue")))},
        {"content": (Picture(picture()), "look")},
        {"sampling": Sampling(temperature=0.5)},
        {"sampling": Sampling(max_tokens=8)},
        {"selection": None},
        {"selection": replace(SELECTION, format="plain")},
        {"address": address("other", "http://127.0.0.1:8000/v1")},
        {"address": address("toy", "http://127.0.0.1:8001/v1")},
    ],
)
def test_whatever_may_change_the_answer_changes_the_key(other):
    assert replace(QUESTION, **other).key != QUESTION.key


def test_equal_questions_have_one_key_and_the_key_variable_is_no_part_of_it():
    again = Question(WHERE, ("look", Picture(picture())), "system", Sampling(), SELECTION)
    assert again.key == QUESTION.key
    lab = address("toy", WHERE.base_url, "WIDESPECTRUM_LAB_KEY")
    assert replace(QUESTION, address=lab).key == QUESTION.key


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK"])
def test_a_picture_of_any_mode_is_sent_as_rgb_png(mode):
    image = picture("white", (5, 3)).convert(mode)
    sent = Image.open(io.BytesIO(Picture(image).data))
    assert (sent.format, sent.mode, sent.size) == ("PNG", "RGB", (5, 3))


def test_a_picture_is_shrunk_only_if_asked():
    wide = picture("red", (2000, 20))
    assert Picture(wide).size == (2000, 20)
    small = Picture(wide, 100)
    assert small.size == (100, 1)
    assert Image.open(io.BytesIO(small.data)).size == (100, 1)
    assert Picture(picture("red", (50, 50)), 100).size == (50, 50)


@pytest.mark.parametrize(
    "wrong", [{"temperature": 3.0}, {"max_tokens": 0}, {"limit_field": "length"}]
)
def test_sampling_out_of_range_is_refused(wrong):
    with pytest.raises(BadInput):
        Sampling(**wrong)
