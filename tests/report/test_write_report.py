from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from widespectrum.errors import BadInput
from widespectrum.report import report_run, write_report
from widespectrum.runs import Run
from widespectrum.studies.findings import Figure, Findings, Lineup, save_findings


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def report(tmp_path_factory, findings, picture_book) -> Path:
    out = tmp_path_factory.mktemp("report")
    write_report(
        [findings],
        out,
        images=picture_book,
        title="Harbour audit",
        provenance={"seed": 3, "counts": {"failures": 2}},
        banner="A synthetic example",
    )
    return out


@pytest.fixture(scope="module")
def page(report) -> str:
    return (report / "index.html").read_text(encoding="utf-8")


def test_the_page_says_what_was_asked_found_and_run(page, findings):
    for words in (
        findings.question,
        *findings.headline,
        *findings.notes,
        "A synthetic example",
        "Harbour audit",
        "[85.0, 100.0]",
        "&lt; 0.001",
        "one class only",
        "Against chance, Holm-corrected.",
        "no image",
        "excluded pairs",
        "failures",
    ):
        assert words in page


def test_parts_come_in_order(page):
    order = [
        page.index(mark)
        for mark in (
            'class="headline"',
            'class="key-numbers"',
            'id="scorers"',
            'id="plane"',
            'id="severity"',
            'id="dimensions"',
            'id="notes"',
            'id="gallery"',
            'id="provenance"',
        )
    ]
    assert order == sorted(order)


def test_the_policy_allows_exactly_the_style_and_scripts_of_the_page(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    policy = policy.replace("&#39;", "'")

    def digest(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(scripts) == 2
    assert policy == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file: data:; "
        f"style-src {digest(style)}; script-src {' '.join(map(digest, scripts))}"
    )
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_no_address_of_the_network_is_in_the_page(page):
    assert not re.search(r"""(?:href|src|url)\s*[=(]\s*["']?(?:https?:)?//""", page)
    assert "@import" not in page
    assert "innerHTML" not in page


def test_ids_are_unique_and_links_lead_somewhere(page, report):
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    for link in re.findall(r'\b(?:href|src)="([^"]*)"', page):
        if link.startswith("#"):
            assert link[1:] in ids
        elif not link.startswith("data:"):
            assert (report / link).is_file()
    for reference in re.findall(r"url\(#([^)]*)\)", page):
        assert reference in ids


def test_data_lie_beside_the_page(report):
    assert {path.name for path in (report / "data").iterdir()} == {
        "reward-bias.scorers.csv",
        "reward-bias.dimensions.csv",
        "reward-bias.gallery.csv",
        *(
            f"reward-bias.{name}.{suffix}"
            for name in ("plane", "forest-dimension", "severity")
            for suffix in ("svg", "vl.json")
        ),
    }
    assert "scorer,n,obeyed" in (report / "data/reward-bias.scorers.csv").read_text()
    spec = json.loads((report / "data/reward-bias.plane.vl.json").read_text())
    assert spec["width"] == "container"


def test_the_same_findings_give_the_same_bytes(tmp_path, report, findings, picture_book):
    facts = {"seed": 3, "counts": {"failures": 2}}
    for out in (tmp_path / "fresh", report):
        before = contents(report)
        write_report(
            [findings],
            out,
            images=picture_book,
            title="Harbour audit",
            provenance=facts,
            banner="A synthetic example",
        )
        assert contents(out) == before


def bare(findings: Findings, **changes: object) -> Findings:
    return replace(findings, **{"figures": (), "gallery": None, **changes})


def test_findings_that_cannot_be_shown_leave_the_last_report_alone(tmp_path, findings):
    write_report([bare(findings)], tmp_path, images=None, title="t", provenance={})
    before = contents(tmp_path)
    broken = bare(findings, figures=(Figure("f", "F", {"mark": "no-such-mark"}),))
    with pytest.raises(BadInput):
        write_report([broken], tmp_path, images=None, title="t", provenance={})
    assert contents(tmp_path) == before


def test_files_of_others_stay_and_stale_thumbnails_go(tmp_path, findings, picture_book):
    (tmp_path / "mine.txt").write_text("mine")
    write_report([findings], tmp_path, images=picture_book, title="t", provenance={})
    assert len(list((tmp_path / "thumbs").iterdir())) == 59
    write_report([bare(findings)], tmp_path, images=picture_book, title="t", provenance={})
    assert list((tmp_path / "thumbs").iterdir()) == []
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert not list(tmp_path.rglob(".*"))


def test_several_studies_get_a_page_each_and_a_page_of_contents(tmp_path, findings):
    studies = [
        bare(findings),
        bare(findings, study="index", title="Second <study>", headline=("It is narrower.",)),
    ]
    index = write_report(studies, tmp_path, images=None, title="Two", provenance={}, banner="Mini")
    pages = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.html")}
    assert index.name in pages
    assert pages.keys() == {"index.html", "reward-bias.html", "index-2.html"}
    for text in pages.values():
        assert 'href="reward-bias.html"' in text
        assert 'href="index-2.html"' in text
        assert "Second &lt;study&gt;" in text
        assert "Mini" in text
    assert "It is narrower." in pages["index.html"]
    assert 'aria-current="page"' in pages["index-2.html"]


def test_the_page_of_contents_shows_pictures_of_each_study(tmp_path, findings):
    frame = pl.DataFrame(
        {
            "id": ["p", "p"],
            "model": ["base", "aligned"],
            "prompt_original": ["a cat"] * 2,
            "prompt_anti": ["a cat, <i>blurred</i>"] * 2,
            "image_original": ["0" * 64] * 2,
            "image_anti": ["1" * 64, "2" * 64],
            "verdict": ["follows", "misses"],
            "smoothed": [None, 1.0],
        }
    )
    family = bare(findings, study="family", gallery=None, lineup=Lineup("l", "Side by side", frame))
    words = Findings(study="words", title="Only words", question="Why?", headline=())

    def picture(key):
        if key.startswith("2"):
            raise BadInput("is not there")
        return Image.new("RGB", (8, 8))

    index = write_report([family, words], tmp_path, images=picture, title="t", provenance={"a": 1})
    text = index.read_text(encoding="utf-8")
    strips = re.findall(r'<div class="strip">.*?</div>\s*</div>', text, re.DOTALL)
    assert len(strips) == 1
    shown = re.findall(r'<img src="([^"]+)"', strips[0])
    assert len(shown) == 2
    assert all((tmp_path / path).is_file() for path in shown)
    assert re.findall(r"<bdi>(.*?)</bdi>", strips[0]) == [
        "base, ordinary prompt",
        "base",
        "aligned",
    ]
    assert "no image" in strips[0]
    assert "a cat, &lt;i&gt;blurred&lt;/i&gt;" in text
    assert "<details" in text


def test_a_study_may_hold_nothing_but_words(tmp_path):
    words = Findings(study="s", title="Only words", question="Why?", headline=())
    page = write_report([words], tmp_path, images=None, title="t", provenance={})
    text = page.read_text(encoding="utf-8")
    assert "Only words" in text
    assert "<script" not in text


def test_without_findings_there_is_no_report(tmp_path):
    with pytest.raises(BadInput):
        write_report([], tmp_path, images=None, title="t", provenance={})
    assert contents(tmp_path) == {}


def made_run(folder: Path, findings: Findings, **facts: object) -> Run:
    run = Run.create(folder, identity={"pairs": "abc"}, settings={"draws": 10_000})
    key = run.images.put(Image.new("RGB", (200, 100), "teal"))
    import polars as pl

    frame = findings.gallery.frame.with_columns(image_original=pl.lit(key))
    gallery = replace(findings.gallery, frame=frame)
    save_findings(replace(findings, gallery=gallery), run.findings)
    run.record(**facts)
    return run


def test_a_run_is_reported_from_its_folder_alone(tmp_path, findings):
    run = made_run(tmp_path / "harbour", findings, banner="This is a miniature")
    page = report_run(Run.open(run.path))
    assert page == run.report / "index.html"
    text = page.read_text(encoding="utf-8")
    assert "This is a miniature" in text
    assert ">harbour</a>" in text
    assert "draws" in text
    assert len(list((run.report / "thumbs").iterdir())) == 1


def test_a_run_without_findings_says_what_to_do(tmp_path):
    run = Run.create(tmp_path / "empty", identity={}, settings={})
    with pytest.raises(BadInput, match="no findings"):
        report_run(run)
