"""Whatever the texts say, the page has the same elements: parsed back as a browser would."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from widespectrum.report import write_report

TAGS = '"><img src=x onerror=alert(1)>'
SCRIPT = "</script><script>alert(1)</script><!-- ]]> --><style>*{}</style></textarea></title>"
TEMPLATE = "{{ 7 * 7 }}{% include '/etc/passwd' %}${alert(1)}"
BIDI = "\u202eevil\u202c \u2066x \u200f\u061c\u2028\u2029"
BROKEN = "a\x00b\x1b[31m\x85\ufffe"
PATH = "../../../../tmp/escaped"
HOSTILE = {
    "tags": TAGS,
    "script": SCRIPT,
    "template": TEMPLATE,
    "bidi": BIDI,
    "broken": BROKEN,
    "path": PATH,
    "long": (TAGS + SCRIPT + TEMPLATE + BIDI) * 60,
    "unbroken": "<" * 10_000,
}


class Page(HTMLParser):
    """Elements and attributes of a page, its texts, and the contents of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: Counter[tuple[str, str]] = Counter()
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.drawn: set[str] = set()
        self.text = ""
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        # Labels that overlap are dropped from a figure, so its numbers depend on lengths.
        if tag == "svg" or "svg" in self._inside:
            self.drawn |= {tag} | {name for name, _ in attrs}
            if tag == "svg":
                self._inside.append("svg")
            return
        self.elements[tag] += 1
        self.attributes.update((tag, name) for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag in ("script", "style"):
            self._inside.append(tag)
            self.scripts.append("")

    def handle_startendtag(self, tag, attrs):
        if "svg" in self._inside:
            self.drawn |= {tag} | {name for name, _ in attrs}
        else:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if self._inside and self._inside[-1] in ("script", "style"):
            self.scripts[-1] += data
        else:
            self.text += data

    def handle_comment(self, data):
        self.elements["a comment"] += 1


def written(findings, out: Path, text: str) -> Page:
    page = write_report(
        [findings], out, images=None, title=text, provenance={text: {text: [text]}}, banner=text
    )
    return Page(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_adds_an_element_an_attribute_or_a_file(tmp_path, findings_saying, text):
    out = tmp_path / "deep" / "hostile"
    page = written(findings_saying(text), out, text)
    plain = "".join(" " if character == " " else "x" for character in text)
    tame = written(findings_saying(plain), tmp_path / "tame", plain)
    assert page.elements == tame.elements
    assert page.attributes == tame.attributes
    assert page.elements["script"] == 3
    assert page.elements["style"] == 1
    assert page.elements["img"] == 0
    assert page.elements["a comment"] == 0
    names = {name for _, name in page.attributes} | page.drawn
    assert not [name for name in names if name.startswith("on") or name in ("style", "xlink:href")]
    assert page.drawn <= tame.drawn | {"tspan", "x", "y", "dx", "dy"}
    for link in page.links:
        assert link.startswith(("#", "data/", "data:,", "index.html"))
        if link.startswith("data/"):
            assert (out / link).resolve().is_relative_to(out)
            assert (out / link).is_file()
    assert sorted(tmp_path.iterdir()) == [tmp_path / "deep", tmp_path / "tame"]
    assert sorted((tmp_path / "deep").iterdir()) == [out]


@pytest.mark.parametrize("text", [TAGS, SCRIPT, TEMPLATE], ids=["tags", "script", "template"])
def test_the_text_is_shown_as_it_is(tmp_path, findings_saying, text):
    page = written(findings_saying(text), tmp_path, text)
    assert page.text.count(text) > 20
    data = json.loads(page.scripts[-2])
    assert data["cards"][0]["id"] == text
    assert data["cards"][0]["dimensions"] == [text]


def test_pictures_outside_the_store_are_not_opened(tmp_path, findings_saying):
    opened = []

    def images(key):
        opened.append(key)
        raise KeyError(key)

    write_report([findings_saying("x")], tmp_path, images=images, title="t", provenance={})
    assert opened == ["0" * 64]
