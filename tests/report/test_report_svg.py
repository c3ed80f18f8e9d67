from xml.etree import ElementTree as ET

import pytest

from widespectrum.errors import InvalidResult
from widespectrum.report.svg import clean_drawing
from widespectrum.report.theme import LIGHT

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="10" height="20" viewBox="0 0 10 20">'
)


def cleaned(inside: str) -> ET.Element:
    drawing = clean_drawing(f"{HEAD}{inside}</svg>", name="f", title="T", description="D")
    assert (drawing.width, drawing.height) == (10, 20)
    return ET.fromstring(drawing.markup)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p>x</p></foreignObject>",
        '<image href="http://example.org/x.png"/>',
        '<use href="#x"/>',
        "<style>*{fill:red}</style>",
        '<a href="javascript:alert(1)"><rect width="1" height="1"/></a>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/>',
    ],
)
def test_whatever_could_act_is_gone_with_all_inside(inside):
    assert [child.tag for child in cleaned(inside)] == ["title", "desc"]


def test_attributes_outside_the_list_are_gone():
    root = cleaned(
        '<rect width="1" height="1" fill="#123456" onclick="alert(1)" style="fill:red" '
        'xlink:href="x" class="mark" tabindex="0"/>'
    )
    assert root.find("rect").attrib == {"width": "1", "height": "1", "fill": "#123456"}


def test_references_stay_inside_the_drawing():
    root = cleaned(
        '<defs><clipPath id="clip7"><rect width="1" height="1"/></clipPath></defs>'
        '<g clip-path="url(#clip7)"><path d="M1,1" fill="url(http://example.org/#a)"/></g>'
        '<g clip-path="url(#elsewhere)" opacity="1"><path d="M2,2"/></g>'
    )
    assert root.find("defs/clipPath").attrib["id"] == "f-0"
    first, second = root.findall("g")
    assert first.attrib == {"clip-path": "url(#f-0)"}
    assert first.find("path").attrib == {"d": "M1,1"}
    assert second.attrib == {"opacity": "1"}


def test_colours_of_the_palette_get_their_role_and_others_stay():
    root = cleaned(
        f'<path d="M1,1" fill="{LIGHT["accent"].upper()}" stroke="{LIGHT["ink"]}"/>'
        '<path d="M2,2" fill="#010203"/>'
    )
    ours, theirs = root.findall("path")
    assert ours.attrib["class"] == "fill-accent stroke-ink"
    assert "class" not in theirs.attrib


def test_title_and_description_come_first_and_name_the_drawing():
    root = cleaned("")
    assert root.attrib["aria-labelledby"] == "f-title f-desc"
    assert [(child.tag, child.text) for child in root] == [("title", "T"), ("desc", "D")]


def test_words_of_a_mark_become_its_tooltip_and_hidden_marks_go():
    root = cleaned(
        '<g role="graphics-object">'
        '<path role="graphics-symbol" aria-label="a: 1; b: &lt;2" d="M1,1"/>'
        '<text opacity="0">hidden</text><path d=""/><path d="M9,9" display="none"/></g>'
    )
    (path,) = root.findall("path")
    assert path.find("title").text == "a: 1\nb: <2"
    assert root.findall("text") == []


def test_equal_rules_on_top_of_each_other_are_one():
    line = '<line x2="0" y2="9" stroke="#000"/>'
    assert len(cleaned(f'<g opacity="1">{line * 40}</g>').findall("g/line")) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg width="1" height="1"/>',
        '<?xml-stylesheet href="x"?><svg width="1" height="1"/>',
        "<svg",
        "<svg/>",
    ],
)
def test_what_is_no_plain_drawing_is_refused(source):
    with pytest.raises(InvalidResult):
        clean_drawing(source, name="f", title="", description="")


def test_a_file_of_its_own_has_its_namespace_and_font():
    drawing = clean_drawing(f"{HEAD}</svg>", name="f", title="T", description="D")
    root = ET.fromstring(drawing.standalone())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Arial" in root.attrib["font-family"]
