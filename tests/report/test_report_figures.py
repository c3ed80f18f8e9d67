from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from widespectrum.errors import BadInput
from widespectrum.report.figures import draw
from widespectrum.report.theme import NARROW, SERIES, WIDE, vega_config
from widespectrum.studies.findings import Figure

BARS = {
    "data": {"values": [{"a": "x", "b": 1}, {"a": "y", "b": 3}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "b", "type": "quantitative"},
        "y": {"field": "a", "type": "nominal"},
        "color": {"field": "a", "type": "nominal"},
    },
}


def figure(**changes: object) -> Figure:
    return Figure("bars", "Bars", {**BARS, **changes}, alt="two bars")


@pytest.mark.parametrize("narrow", [False, True])
def test_every_figure_fits_its_column(findings, narrow):
    column = NARROW if narrow else WIDE
    for shown in findings.figures:
        drawing = draw(shown, name="f", narrow=narrow)
        assert drawing.width <= column + 2
        if shown.spec.get("width") == "container":
            assert drawing.width >= column - 10


def test_a_square_stays_a_square_on_a_phone():
    drawing = draw(figure(width=500, height=500), name="f", narrow=True)
    assert drawing.width <= NARROW + 1
    assert 0.85 < drawing.height / drawing.width < 1.3


def test_a_width_that_fits_is_honoured():
    assert 320 < draw(figure(width=300), name="f").width < 400


def test_what_stood_side_by_side_stands_one_beneath_the_other_on_a_phone():
    two = Figure("two", "Two", {"hconcat": [{**BARS, "width": 300}, {**BARS, "width": 300}]})
    wide, narrow = draw(two, name="f"), draw(two, name="f", narrow=True)
    assert wide.width > 600 > NARROW + 2 >= narrow.width
    assert narrow.height > 1.5 * wide.height


def test_series_take_the_themes_colours_in_order():
    markup = draw(figure(), name="f").markup
    assert f"fill-{SERIES[0]}" in markup
    assert f"fill-{SERIES[1]}" in markup


def test_the_specifications_own_settings_have_precedence():
    markup = draw(figure(config={"range": {"category": ["#010203"]}}), name="f").markup
    assert 'fill="#010203"' in markup


def test_a_rule_at_a_constant_needs_no_data_of_its_own(findings):
    root = ET.fromstring(draw(findings.figures[0], name="f").markup)
    dash = ",".join(map(str, vega_config(narrow=False)["style"]["guide"]["strokeDash"]))
    assert len([e for e in root.iter("line") if e.get("stroke-dasharray") == dash]) == 2


def test_long_axis_titles_are_broken_on_a_phone():
    words = "how far the ranking of the two images follows the prompt that was given"
    encoding = {**BARS["encoding"], "x": {**BARS["encoding"]["x"], "title": words}}
    root = ET.fromstring(draw(figure(encoding=encoding), name="f", narrow=True).markup)
    (title,) = [e for e in root.iter("text") if "".join(e.itertext()).startswith("how far")]
    lines = list(title.itertext())
    assert " ".join(lines) == words
    assert len(lines) == 2


def test_drawing_twice_gives_the_same_bytes(findings):
    for shown in findings.figures:
        assert draw(shown, name="f") == draw(shown, name="f")


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"url": "https://example.org/data.csv"}},
        {"data": {"url": "/etc/passwd", "format": {"type": "csv"}}},
        {"transform": [{"lookup": "a", "from": {"data": {"url": "x.csv"}, "key": "a"}}]},
        {"mark": {"type": "image", "url": "https://example.org/x.png"}},
        {"layer": [{"mark": "image", "encoding": {"url": {"value": "file:///x.png"}}}]},
    ],
)
def test_nothing_is_ever_fetched(change):
    with pytest.raises(BadInput, match="never fetches") as caught:
        draw(figure(**change), name="f")
    assert caught.value.place.field == "bars"


def test_a_data_column_may_be_called_url():
    rows = [{"a": "x", "b": 1, "url": "http://example.org"}]
    assert draw(figure(data={"values": rows}), name="f").width > 0


def test_a_broken_specification_names_the_figure():
    with pytest.raises(BadInput, match="cannot be drawn") as caught:
        draw(figure(mark="no-such-mark"), name="f")
    assert caught.value.place.field == "bars"


def test_labels_from_outside_stay_text():
    nasty = "]]></text><script>alert(1)</script>\x00\ud800&lt;"
    rows = [{"a": nasty, "b": 1}]
    drawing = draw(replace(figure(data={"values": rows}), title=nasty, alt=nasty), name="f")
    tags = {element.tag for element in ET.fromstring(drawing.markup).iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "line", "text", "rect", "defs", "clipPath"}
    assert "</text><script>" in "".join(ET.fromstring(drawing.markup).itertext())
