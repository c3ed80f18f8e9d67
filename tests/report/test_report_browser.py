"""The page in a real browser: it works, fits its sizes and themes, and asks for nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import polars as pl
import pytest
from PIL import Image
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from widespectrum.report import write_report
from widespectrum.report.theme import DARK, LIGHT
from widespectrum.studies.findings import Findings, Lineup

pytestmark = pytest.mark.browser

LAPTOP, PHONE = (1280, 800), (390, 844)


@pytest.fixture(scope="module")
def page(tmp_path_factory, findings, picture_book) -> Path:
    return write_report(
        [findings],
        tmp_path_factory.mktemp("browsed"),
        images=picture_book,
        title="Harbour audit",
        provenance={"seed": 0},
        banner="A synthetic example",
    )


@pytest.fixture
def show(browser):
    """Open a page at a size and in a theme, forgetting what earlier pages logged."""

    def open_page(page: Path, size: tuple[int, int] = LAPTOP, theme: str = "light"):
        browser.get("about:blank")
        features = [{"name": "prefers-color-scheme", "value": theme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": size[0],
                "height": size[1],
                "deviceScaleFactor": 1,
                "mobile": size == PHONE,
            },
        )
        browser.get_log("browser")
        browser.get_log("performance")
        browser.get(page.as_uri())
        return browser

    return open_page


def requests(browser) -> list[str]:
    """Addresses of everything the page asked for since it was opened."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


def visible_ids(browser) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll('.card:not([hidden]) .pair-id')]"
        ".map(node => node.textContent)"
    )


def choose(browser, name: str, value: str) -> None:
    Select(browser.find_element(By.NAME, name)).select_by_value(value)


def expected(findings, scorer: str, by: str, *, descending: bool = False) -> list[str]:
    frame = findings.gallery.frame
    return (
        frame.filter(frame["scorer"] == scorer)
        .sort(by, "id", descending=[descending, False])["id"]
        .to_list()
    )


def test_the_gallery_is_ordered_as_asked(show, page, findings):
    browser = show(page)
    worst = expected(findings, "listener", "disobedience", descending=True)
    assert visible_ids(browser) == worst[:24]
    choose(browser, "order", "best")
    assert visible_ids(browser) == worst[::-1][:24]
    choose(browser, "order", "id")
    assert visible_ids(browser) == sorted(worst)[:24]
    choose(browser, "scorer", "1")
    choose(browser, "order", "worst")
    assert (
        visible_ids(browser) == expected(findings, "polisher", "disobedience", descending=True)[:24]
    )
    assert browser.get_log("browser") == []


def test_more_pairs_come_on_request_from_the_keyboard(show, page):
    browser = show(page)
    assert browser.find_element(By.CSS_SELECTOR, ".shown").text == "24 of 30 pairs"
    button = browser.find_element(By.CSS_SELECTOR, ".more button")
    button.send_keys("\ue007")
    assert len(visible_ids(browser)) == 30
    assert browser.find_element(By.CSS_SELECTOR, ".shown").text == "30 of 30 pairs"
    assert not button.is_displayed()


def test_the_gallery_is_filtered(show, page, findings):
    browser = show(page)
    frame = findings.gallery.frame.filter(findings.gallery.frame["scorer"] == "polisher")
    choose(browser, "scorer", "1")
    choose(browser, "dimension", "emotion")
    emotional = frame.filter(frame["dimensions"].list.contains("emotion"))
    assert set(visible_ids(browser)) == set(emotional["id"])
    choose(browser, "generator", "bonsai")
    choose(browser, "verdict", "obeyed")
    left = emotional.filter((emotional["generator"] == "bonsai") & emotional["obeyed"])
    assert set(visible_ids(browser)) == set(left["id"])
    choose(browser, "scorer", "2")
    assert visible_ids(browser) == []
    assert browser.find_element(By.CSS_SELECTOR, ".none-left").is_displayed()


def test_pictures_are_shown_and_nothing_else_is_asked_for(show, page):
    browser = show(page)
    widths = browser.execute_async_script(
        "const done = arguments[0];"
        "const images = [...document.querySelectorAll('.card:not([hidden]) img')];"
        "images.forEach(image => { image.loading = 'eager'; });"
        "Promise.all(images.map(image => image.decode()))"
        ".then(() => done(images.map(image => image.naturalWidth)), () => done(null));"
    )
    assert widths
    assert all(0 < width <= 320 for width in widths)
    folder = page.parent.as_uri()
    asked = requests(browser)
    assert page.as_uri() in asked
    assert [url for url in asked if not url.startswith((folder, "data:"))] == []
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("size", [LAPTOP, PHONE, (700, 900)], ids=["laptop", "phone", "tablet"])
def test_the_body_never_scrolls_sideways(show, page, size):
    browser = show(page, size)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= size[0]
    drawings = browser.find_elements(By.CSS_SELECTOR, ".drawing > svg")
    shown = [drawing for drawing in drawings if drawing.is_displayed()]
    assert len(shown) == 3
    assert all(drawing.rect["width"] <= size[0] for drawing in shown)
    labels = browser.execute_script(
        "return [...document.querySelectorAll('.drawing text')]"
        ".map(text => text.getBoundingClientRect().height).filter(height => height > 0)"
    )
    assert min(labels) >= 8


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_page_and_figures_follow_the_theme(show, page, theme, palette):
    browser = show(page, theme=theme)
    colours = browser.execute_script(
        "const of = (selector, property) =>"
        "  getComputedStyle(document.querySelector(selector))[property];"
        "return [of('body', 'backgroundColor'), of('body', 'color'),"
        "  of('.drawing .fill-series-1', 'fill'), of('.drawing .stroke-grid', 'stroke')];"
    )
    assert colours == [rgb(palette[role]) for role in ("paper", "ink", "series-1", "grid")]


def test_paper_is_always_light_and_holds_no_controls(show, page):
    browser = show(page, theme="dark")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": features})
    assert browser.execute_script(
        "return getComputedStyle(document.querySelector('.headline')).color"
    ) == rgb(LIGHT["ink"])
    for selector in (".controls", ".more", ".downloads", ".toc"):
        assert not browser.find_element(By.CSS_SELECTOR, selector).is_displayed()
    cards = browser.find_elements(By.CSS_SELECTOR, ".card:not([hidden])")
    assert sum(card.is_displayed() for card in cards) == 6
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    pdf = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert base64.b64decode(pdf["data"]).startswith(b"%PDF")


HOSTILE = (
    '"><img src=x onerror=alert(1)></script><script>alert(1)</script>'
    "\u202egnp.exe\u202c \u2066<svg onload=alert(1)>"
)


@pytest.mark.parametrize(
    "text", [HOSTILE, '<a href="javascript:alert(1)">' + "W" * 10_000], ids=["short", "long"]
)
def test_hostile_text_does_nothing(show, tmp_path, findings_saying, text):
    page = write_report(
        [findings_saying(text)],
        tmp_path,
        images=None,
        title=text,
        provenance={text: {text: text}},
        banner=text,
    )
    for size in (LAPTOP, PHONE):
        browser = show(page, size)
        with pytest.raises(NoAlertPresentException):
            _ = browser.switch_to.alert
        choose(browser, "order", "id")
        assert len(visible_ids(browser)) == 2
        assert browser.get_log("browser") == []
        assert [url for url in requests(browser) if url not in (page.as_uri(), "data:,")] == []
        assert browser.execute_script("return document.images.length") == 0
        assert browser.execute_script("return document.scripts.length") == 3
        assert browser.execute_script("return document.documentElement.scrollWidth") <= size[0]


@pytest.fixture(scope="module")
def family(tmp_path_factory) -> Path:
    """A page of 30 prompts under three models."""
    rows = [
        {
            "id": f"p{prompt:02d}",
            "model": model,
            "prompt_original": f"cat {prompt}",
            "prompt_anti": f"a blurred cat {prompt}",
            "image_original": f"{prompt:064x}",
            "image_anti": f"{prompt + 100 * (place + 1):064x}",
            "verdict": "",
            "smoothed": float(prompt * place),
            "choice": 1 if place == 0 or prompt < 5 else 0,
            "dimensions": ["clarity"] if prompt % 2 else ["emotion"],
        }
        for prompt in range(30)
        for place, model in enumerate(("base", "polished", "faithful"))
    ]
    lineup = Lineup("side_by_side", "Side by side", pl.DataFrame(rows))
    return write_report(
        [Findings("family", "A family", "Who?", ("One.",), lineup=lineup)],
        tmp_path_factory.mktemp("family"),
        images=lambda key: Image.new("RGB", (64, 64), (int(key, 16) % 256, 40, 90)),
        title="run",
        provenance={},
    )


def lines(browser) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll('.line-row:not([hidden]) .row-id')]"
        ".map(node => node.textContent)"
    )


def viewed(browser) -> dict[str, str]:
    return browser.execute_script(
        "const v = document.querySelector('.viewer'); return {open: v.open, "
        "name: v.querySelector('.viewer-name').textContent, "
        "prompt: v.querySelector('.viewer-prompt').textContent, "
        "src: v.querySelector('img').getAttribute('src')}"
    )


def click(browser, selector: str) -> None:
    """Wherever it stands: pages scroll smoothly, and a pointer would miss."""
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


def press(browser, *keys: str) -> None:
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def test_prompts_are_ordered_and_chosen(show, family):
    browser = show(family)
    assert lines(browser)[:2] == ["p29", "p28"]
    assert len(lines(browser)) == 12
    click(browser, ".lineup .more button")
    assert len(lines(browser)) == 24
    choose(browser, "line-order", "least")
    assert lines(browser)[:2] == ["p00", "p01"]
    choose(browser, "line-agreement", "all")
    assert lines(browser) == ["p00", "p01", "p02", "p03", "p04"]
    choose(browser, "line-dimension", "emotion")
    assert lines(browser) == ["p00", "p02", "p04"]
    choose(browser, "line-agreement", "none")
    assert browser.find_element(By.CSS_SELECTOR, ".lineup .none-left").is_displayed()


def test_the_keyboard_walks_through_prompts_and_models(show, family):
    browser = show(family)
    press(browser, "j", "j", "k", "j", Keys.ENTER)
    first = viewed(browser)
    assert first["open"]
    assert "a blurred cat 28" in first["prompt"]
    assert first["name"].startswith("base")
    press(browser, Keys.ARROW_RIGHT)
    assert "polished" in viewed(browser)["name"]
    assert viewed(browser)["src"] != first["src"]
    press(browser, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert "original" in viewed(browser)["name"]
    assert viewed(browser)["prompt"].strip() == "cat 28"
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert "a blurred cat 27" in viewed(browser)["prompt"]
    press(browser, Keys.ESCAPE)
    assert not viewed(browser)["open"]
    # Walking on beyond what is shown shows more.
    press(browser, *(["j"] * 12))
    assert len(lines(browser)) == 24
    assert browser.get_log("browser") == []
    outside = [u for u in requests(browser) if not u.startswith((family.parent.as_uri(), "data:"))]
    assert outside == []


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_lineup_fits_its_page(show, family, size):
    browser = show(family, size, "dark")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= size[0]
    click(browser, ".zoom")
    box = browser.find_element(By.CSS_SELECTOR, ".viewer").rect
    assert box["width"] <= size[0]
    assert box["height"] <= size[1]
