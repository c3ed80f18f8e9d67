"""The lineup: the most smoothed prompt first, every model beside the first one's original."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import polars as pl
import pytest
from PIL import Image

from widespectrum.errors import BadInput
from widespectrum.report import write_report
from widespectrum.report.lineup import ROWS, lineup_rows, selection_note
from widespectrum.studies.findings import Findings, Lineup, load_findings, save_findings

HOSTILE = '"><img src=x onerror=alert(1)></script>'


def lineup(prompts=3, models=("base", "aligned"), text="a cat"):
    rows = [
        {
            "id": f"p{prompt:03d}",
            "model": model,
            "prompt_original": text,
            "prompt_anti": f"{text}, blurred",
            "image_original": f"{prompt:064x}",
            "image_anti": f"{prompt + 1000 * (place + 1):064x}",
            "verdict": text if place else "follows",
            "smoothed": float(prompt * place) if prompt else None,
            "choice": (None, 1, 1 - place)[prompt % 3],
            "aligned_from": models[0] if place else None,
            "dimensions": ["clarity"] if prompt % 2 else ["clarity", "emotion"],
        }
        for prompt in range(prompts)
        for place, model in enumerate(models)
    ]
    return Lineup("side_by_side", "Side by side", pl.DataFrame(rows), "How to read it.")


def findings_with(given):
    return Findings("family", "A family", "Who smooths?", ("One does.",), lineup=given)


def page_of(given, folder):
    return write_report(
        [findings_with(given)],
        folder,
        images=lambda key: Image.new("RGB", (8, 8), (int(key, 16) % 256, 40, 90)),
        title="run",
        provenance={},
    ).read_text("utf-8")


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))


def test_the_most_smoothed_stands_first_and_unknown_last():
    rows = lineup_rows(lineup())
    assert [row.id for row in rows] == ["p002", "p001", "p000"]
    assert [row.smoothed_text for row in rows] == ["2.00", "1.00", "—"]
    assert [row.agreement for row in rows] == ["differ", "all", ""]
    assert [pose.mark for pose in rows[0].poses] == ["", "follows", "misses"]
    assert [pose.smoothed for pose in rows[0].poses] == ["", "", "+2.00"]
    assert rows[0].dimensions == ("clarity", "emotion")
    first = rows[0]
    assert [(pose.model, pose.asked) for pose in first.poses] == [
        ("base", "original"),
        ("base", "anti"),
        ("aligned", "anti"),
    ]
    assert first.poses[0].image == f"{2:064x}"


def test_a_page_holds_no_more_than_it_says():
    assert selection_note(lineup(ROWS)) == ""
    assert f"Of {ROWS + 3} prompts this page shows the {ROWS}" in selection_note(lineup(ROWS + 3))
    assert len(lineup_rows(lineup(ROWS + 3))) == ROWS


def test_it_stands_on_the_page_with_its_pictures_and_its_table(tmp_path):
    page = page_of(lineup(), tmp_path)
    assert page.count('class="line-row"') == 3
    assert page.count('src="pictures/') == 9
    assert page.count('href="pictures/') == 9  # without a script, a click opens the picture
    assert len(list((tmp_path / "pictures").glob("*.webp"))) == 9
    assert page.count("✕") == 1
    assert (tmp_path / "data" / "family.lineup.csv").is_file()


def test_pictures_are_large_enough_to_look_at(tmp_path):
    write_report(
        [findings_with(lineup())],
        tmp_path,
        images=lambda key: Image.effect_noise((1024, 1024), 50),
        title="run",
        provenance={},
    )
    one = next((tmp_path / "pictures").glob("*.webp"))
    with Image.open(one) as picture:
        assert picture.size == (640, 640)


def test_the_policy_names_its_scripts(tmp_path):
    page = page_of(lineup(), tmp_path)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    digests = [
        base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts
    ]
    assert len(digests) == 2
    assert policy.endswith("script-src " + " ".join(f"&#39;sha256-{each}&#39;" for each in digests))


def test_a_lineup_without_verdicts_has_no_marks(tmp_path):
    bare = lineup().frame.drop("choice", "dimensions", "aligned_from")
    given = Lineup("x", "x", bare, reference="start")
    page = page_of(given, tmp_path)
    assert 'name="line-agreement"' not in page
    assert 'name="line-dimension"' not in page
    # What an edit began with is nobody's picture.
    assert '<p class="pose-name" dir="auto">start</p>' in page


def test_hostile_words_are_words(tmp_path):
    pages = []
    for text in (HOSTILE, "x" * len(HOSTILE)):
        parser = Elements()
        parser.feed(page_of(lineup(text=text, models=(text, "b")), tmp_path / str(len(pages))))
        pages.append(parser.tags)
    assert pages[0] == pages[1]


def test_it_survives_saving(tmp_path):
    path = save_findings(findings_with(lineup()), tmp_path)
    again = load_findings(path)
    assert again.lineup is not None
    assert again.lineup.frame.equals(lineup().frame)
    assert again.lineup.caption == "How to read it."
    assert again.lineup.reference == "original"
    assert load_findings(save_findings(findings_with(None), tmp_path / "none")).lineup is None


def test_a_column_too_few_is_named():
    with pytest.raises(BadInput, match="lacks the column 'smoothed'"):
        lineup_rows(Lineup("x", "x", lineup().frame.drop("smoothed")))
