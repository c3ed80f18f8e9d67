import json

import pytest
from served_pictures import SIZE, UNUSABLE, b64, picture, png

from widespectrum.errors import InvalidResult
from widespectrum.generators.served.verifying import bytes_of, picture_of, without_pictures

REASONS = {
    "cut off": "truncated",
    "no picture": "not an image",
    "a web page": "web page",
    "svg": "SVG",
    "another size": "16 x 24 pixels, and 24 x 16 were asked for",
    "blue": r"one colour, \(0, 0, 255\)",
    "black": "one colour",
    "a bomb": "too large",
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_what_is_no_picture_is_refused_by_its_own_reason(what):
    with pytest.raises(InvalidResult, match=REASONS[what]):
        picture_of(UNUSABLE[what], SIZE)


def test_a_nearly_uniform_picture_is_refused_and_a_dim_one_is_not():
    dim = picture().point(lambda value: value // 32)
    assert picture_of(png(dim), SIZE).tobytes() == dim.tobytes()
    faint = picture().point(lambda value: 100 + value // 200)
    with pytest.raises(InvalidResult, match="one colour"):
        picture_of(png(faint), SIZE)


def test_any_size_will_do_where_none_was_asked_for():
    assert picture_of(png(picture(size=(5, 9))), None).size == (5, 9)


def test_transparency_and_greys_become_rgb():
    assert picture_of(png(picture().convert("LA")), SIZE).mode == "RGB"


@pytest.mark.parametrize(
    "text",
    [
        b64(png()),
        "data:image/png;base64," + b64(png()),
        "data:image/png;charset=utf-8;base64," + b64(png()),
        b64(png())[:40] + "\n" + b64(png())[40:],
    ],
)
def test_base64_is_read_bare_and_in_a_data_url(text):
    assert bytes_of(text) == png()


@pytest.mark.parametrize(
    "text", ["", "data:image/png;base64,", "https://example.com/a.png", "a cat!", "aGk", "ä"]
)
def test_what_is_no_base64_is_refused_and_no_address_is_followed(text):
    with pytest.raises(InvalidResult):
        bytes_of(text)


def test_the_records_keep_replies_without_their_pictures():
    reply = json.dumps({"data": [{"b64_json": "A" * 100_000}], "usage": {"input_tokens": 3}})
    kept = without_pictures(reply)
    assert len(kept) < 500
    assert json.loads(kept)["usage"] == {"input_tokens": 3}
    assert "100000 characters" in kept
    assert without_pictures("short") == "short"
    assert len(without_pictures("no JSON " * 10_000)) < 500
