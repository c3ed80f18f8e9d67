"""A small gallery of findings that look like real ones, and a browser to look at them."""

from __future__ import annotations

import hashlib
import math
import random
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from PIL import Image, ImageDraw, ImageFilter
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from widespectrum.studies.findings import Column, Figure, Findings, Gallery, Table

SCORERS = ("listener", "polisher", "sharpness")
DIMENSIONS = ("clarity", "color_brightness", "emotion", "lighting_distinction", "detail_realism")
SUBJECTS = (
    "a red kite above a harbour at noon",
    "two boys racing bicycles past a bakery",
    "an old woman shelling peas on a doorstep",
    "a tram crossing a wet square",
    "a goalkeeper diving to her left",
)
EFFECTS = ("motion_blur", "film_grain", "blown_highlights", "flat_light", "sickly_cast")


class PictureBook:
    """Pictures by the sha256 of their bytes, as a run's store has them."""

    def __init__(self) -> None:
        self._pictures: dict[str, Image.Image] = {}
        self.opened: list[str] = []

    def put(self, image: Image.Image) -> str:
        key = hashlib.sha256(image.tobytes()).hexdigest()
        self._pictures[key] = image
        return key

    def __call__(self, key: str) -> Image.Image:
        self.opened.append(key)
        return self._pictures[key]


def picture(seed: int, *, spoiled: bool) -> Image.Image:
    """A small landscape; the spoiled one is blurred, grainy and dull."""
    dice = random.Random(seed)
    width, height = (480, 360) if seed % 3 else (360, 420)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    hue = dice.randrange(360)
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=f"hsl({hue},55%,{80 - 45 * y // height}%)")
    draw.ellipse(
        [width * 0.62, 40, width * 0.62 + 70, 110], fill=f"hsl({(hue + 40) % 360},90%,78%)"
    )
    for layer in range(4):
        base = height * (0.45 + 0.14 * layer)
        ridge = [
            (x, base + 26 * math.sin(x / (35 + 9 * layer) + seed + layer) + dice.random() * 5)
            for x in range(0, width + 8, 8)
        ]
        shade = 46 - 9 * layer
        draw.polygon(
            [*ridge, (width, height), (0, height)], fill=f"hsl({(hue + 150) % 360},32%,{shade}%)"
        )
    if spoiled:
        image = image.filter(ImageFilter.GaussianBlur(5)).convert("L").convert("RGB")
        grain = Image.effect_noise(image.size, 60).convert("RGB")
        image = Image.blend(image, grain, 0.25)
    return image


@pytest.fixture(scope="session")
def picture_book() -> PictureBook:
    return PictureBook()


@pytest.fixture(scope="session")
def findings(picture_book: PictureBook) -> Findings:
    """Three scorers on thirty pairs: two tables, three figures, a gallery, one picture missing."""
    return make_findings(picture_book)


@pytest.fixture(scope="session")
def findings_saying() -> Callable[[str], Findings]:
    """Findings in which every text, name and key is or holds the text given."""
    return make_findings_saying


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A real Chromium without a network habit of its own."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
    chromedriver = shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("needs Chromium and chromedriver on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "hide-scrollbars",
        f"user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(chromedriver))
    yield driver
    driver.quit()


def make_findings(book: PictureBook, pairs: int = 30) -> Findings:
    dice = random.Random(3)
    rows: list[dict[str, Any]] = []
    for number in range(pairs):
        subject = SUBJECTS[number % len(SUBJECTS)]
        chosen = sorted(dice.sample(DIMENSIONS, 2))
        effects = sorted(dice.sample(EFFECTS, 2))
        images = [book.put(picture(number, spoiled=spoiled)) for spoiled in (False, True)]
        anti = (
            f"{subject.capitalize()}, smeared by heavy motion blur from a slow shutter, under flat "
            "grey light that leaves every face dull, with coarse film grain over the shadows and "
            "the highlights of the sky burned out to plain white"
        )
        for place, scorer in enumerate(SCORERS):
            taste = (0.05, 0.55, 0.8)[place] + dice.gauss(0, 0.25)
            listening = (0.8, 0.3, 0.0)[place] + (dice.gauss(0, 0.25) if place < 2 else 0.0)
            base = 0.25 + dice.gauss(0, 0.02)
            scale = 0.03
            io_po = base + scale * (taste + listening) / 2
            ia_po = base - scale * (taste + listening) / 2
            io_pa = base + scale * (taste - listening) / 2
            ia_pa = base - scale * (taste - listening) / 2
            obeyed = listening > abs(taste)
            rows.append(
                {
                    "id": f"pair-{number:03}",
                    "scorer": scorer,
                    "prompt_original": subject.capitalize(),
                    "prompt_anti": anti,
                    "image_original": images[0],
                    "image_anti": None if number == 4 else images[1],
                    "io_po": io_po,
                    "io_pa": io_pa,
                    "ia_po": ia_po,
                    "ia_pa": ia_pa,
                    "verdict": "Obeys under both prompts."
                    if obeyed
                    else "Prefers the polished image whatever was asked.",
                    "obeyed": obeyed,
                    "disobedience": abs(taste) - listening,
                    "dimensions": chosen,
                    "effects": effects,
                    "severity": round(dice.random(), 2),
                    "generator": ("darkroom", "bonsai")[number % 2],
                    "taste": taste,
                    "listening": listening,
                }
            )
    frame = pl.DataFrame(rows)
    summary = frame.group_by("scorer", maintain_order=True).agg(
        n=pl.len(),
        obeyed=pl.col("obeyed").mean(),
        taste=pl.col("taste").mean(),
        listening=pl.col("listening").mean(),
    )
    summary = summary.with_columns(
        obeyed_low=pl.col("obeyed") * 0.85,
        obeyed_high=(pl.col("obeyed") * 1.1).clip(upper_bound=1),
        taste_low=pl.col("taste") - 0.09,
        taste_high=pl.col("taste") + 0.09,
        listening_low=pl.col("listening") - 0.11,
        listening_high=pl.col("listening") + 0.11,
        auroc=pl.Series([0.913, 0.702, None]),
        auroc_reason=pl.Series([None, None, "one class only"]),
        p=pl.Series([0.00002, 0.013, 0.74]),
        prompt_aware=pl.Series([True, True, False]),
        cut=pl.Series([0, 12400, None], dtype=pl.Int64),
    )
    table = Table(
        name="scorers",
        title="Does each scorer prefer what was asked?",
        frame=summary,
        columns=(
            Column("scorer", "Scorer"),
            Column("n", "Pairs", "count"),
            Column(
                "obeyed",
                "Obeyed",
                "percent",
                1,
                "obeyed_low",
                "obeyed_high",
                help="Share of pairs that are right under both prompts. More is better.",
            ),
            Column(
                "taste",
                "Taste",
                "number",
                2,
                "taste_low",
                "taste_high",
                help="Pull towards the polished image, in standard deviations.",
            ),
            Column(
                "listening",
                "Listening",
                "number",
                2,
                "listening_low",
                "listening_high",
                help="How far the ranking follows the prompt, in standard deviations.",
            ),
            Column("auroc", "AUROC", "number", 3),
            Column("p", "p", "p", help="Against chance, Holm-corrected."),
            Column("prompt_aware", "Reads the prompt", "flag"),
            Column("cut", "Prompts cut", "count"),
        ),
        caption="Thirty pairs; 95% intervals from a bootstrap clustered by prompt.",
    )
    by_dimension = pl.DataFrame(
        {
            "dimension": [d for d in DIMENSIONS for _ in SCORERS],
            "scorer": list(SCORERS) * len(DIMENSIONS),
            "accuracy": [0.3 + 0.5 * dice.random() for _ in range(15)],
        }
    ).with_columns(low=pl.col("accuracy") - 0.1, high=pl.col("accuracy") + 0.1)
    dimensions = Table(
        name="dimensions",
        title="By dimension",
        frame=by_dimension,
        columns=(
            Column("dimension", "Dimension"),
            Column("scorer", "Scorer"),
            Column("accuracy", "Accuracy", "percent", 0, "low", "high"),
        ),
    )
    return Findings(
        study="reward-bias",
        title="Reward bias",
        question="Does this scorer prefer the image that the prompt asked for?",
        headline=(
            "The listener obeys most prompts; the polisher overrules one in two, and sharpness "
            "does not listen at all.",
            "Where a prompt asks for less than a polished picture, two of three scorers still "
            "prefer the polished one.",
        ),
        tables=(table, dimensions),
        figures=(plane(summary, frame), forest(by_dimension), curves()),
        gallery=Gallery(
            name="gallery",
            title="Pairs, worst disobeyed first",
            frame=frame.drop("taste", "listening"),
            caption="Each pair is shown with its four scores. The filled number is the winner.",
        ),
        notes=(
            "One pair was excluded because an image is missing.",
            "A pair is obeyed when listening exceeds the absolute value of taste.",
        ),
        provenance={
            "seed": 0,
            "draws": 10_000,
            "excluded_pairs": 1,
            "failures": 0,
            "scorers": {s: hashlib.sha256(s.encode()).hexdigest() for s in SCORERS},
        },
    )


def make_findings_saying(text: str) -> Findings:
    table = pl.DataFrame({text: [text, None], "number": [0.5, None], "number_reason": [None, text]})
    pairs = pl.DataFrame(
        {
            "id": [text, f"{text}2"],
            "scorer": [text, text],
            "prompt_original": [text, None],
            "prompt_anti": [text, text],
            "image_original": [text, None],
            "image_anti": ["../../secret", "0" * 64],
            "io_po": [0.4, None],
            "io_pa": [0.4, 0.1],
            "ia_po": [0.1, 0.1],
            "ia_pa": [0.1, 0.1],
            "verdict": [text, text],
            "obeyed": [False, None],
            "disobedience": [0.3, None],
            "dimensions": [[text], [text]],
            "effects": [[text], []],
            "severity": [0.5, None],
            "generator": [text, f"{text}2"],
        }
    )
    bars = {
        "title": text,
        "data": {"values": [{text: text, "label": text, "size": 1}]},
        "mark": "bar",
        "encoding": {
            "x": {"field": "size", "type": "quantitative", "title": text},
            "y": {"field": "label", "type": "nominal"},
            "color": {"field": "label", "type": "nominal"},
            "description": {"field": "label", "type": "nominal"},
        },
    }
    return Findings(
        study=text,
        title=text,
        question=text,
        headline=(text, text),
        tables=(
            Table(
                name=text,
                title=text,
                frame=table,
                columns=(
                    Column(text, text, "text", help=text),
                    Column("number", text, "number", help=text),
                ),
                caption=text,
            ),
        ),
        figures=(Figure(name=text, title=text, spec=bars, caption=text, alt=text),),
        gallery=Gallery(name=text, title=text, frame=pairs, caption=text),
        notes=(text,),
        provenance={text: text, f"{text}2": {text: [text, {text: text}]}},
    )


COLOUR = {"field": "scorer", "type": "nominal", "scale": {"domain": list(SCORERS)}}


def plane(summary: pl.DataFrame, pairs: pl.DataFrame) -> Figure:
    x = {
        "field": "taste",
        "type": "quantitative",
        "title": "taste: pulls towards the polished image (SD)",
        "scale": {"domain": [-1.5, 1.5], "nice": False},
    }
    y = {
        "field": "listening",
        "type": "quantitative",
        "title": "listening: ranks the images by what was asked (SD)",
        "scale": {"domain": [-0.6, 1.5], "nice": False},
    }
    cone = [{"taste": t, "edge": abs(t)} for t in (-1.5, 0, 1.5)]
    quiet = {**COLOUR, "legend": None}
    means = summary.select(
        "scorer", "taste", "taste_low", "taste_high", "listening", "listening_low", "listening_high"
    ).to_dicts()
    return Figure(
        name="plane",
        title="Taste and listening",
        caption="Above the cone's edge a pair is obeyed under both prompts.",
        alt="listener lies in the cone, polisher below it, sharpness on the horizontal line.",
        spec={
            "width": "container",
            "height": 440,
            "layer": [
                {
                    "data": {"values": cone},
                    "mark": {"type": "area", "style": "region"},
                    "encoding": {"x": x, "y": {**y, "field": "edge"}, "y2": {"datum": 1.5}},
                },
                {"mark": {"type": "rule", "style": "guide"}, "encoding": {"x": {"datum": 0}}},
                {"mark": {"type": "rule", "style": "guide"}, "encoding": {"y": {"datum": 0}}},
                {
                    "data": {"values": pairs.select("scorer", "taste", "listening").to_dicts()},
                    "mark": {"type": "point", "style": "cloud", "clip": True},
                    "encoding": {"x": x, "y": y, "color": COLOUR},
                },
                {
                    "data": {"values": means},
                    "mark": {"type": "rule", "style": "interval"},
                    "encoding": {
                        "x": {**x, "field": "taste_low"},
                        "x2": {"field": "taste_high"},
                        "y": y,
                        "color": quiet,
                    },
                },
                {
                    "data": {"values": means},
                    "mark": {"type": "rule", "style": "interval"},
                    "encoding": {
                        "y": {**y, "field": "listening_low"},
                        "y2": {"field": "listening_high"},
                        "x": x,
                        "color": quiet,
                    },
                },
                {
                    "data": {"values": means},
                    "mark": {"type": "point", "style": "hero"},
                    "encoding": {"x": x, "y": y, "color": quiet},
                },
                {
                    "data": {"values": means},
                    "mark": {"type": "text", "style": "label"},
                    "encoding": {"x": x, "y": y, "text": {"field": "scorer"}},
                },
                {
                    "data": {"values": [{"taste": 0, "listening": 1.4}]},
                    "mark": {"type": "text", "style": "note"},
                    "encoding": {"x": x, "y": y, "text": {"value": "obeys"}},
                },
            ],
        },
    )


def forest(frame: pl.DataFrame) -> Figure:
    place = {
        "y": {"field": "dimension", "type": "nominal", "title": None},
        "yOffset": {"field": "scorer", "sort": list(SCORERS)},
        "color": COLOUR,
    }
    x = {"type": "quantitative", "title": "accuracy", "axis": {"format": ".0%"}}
    return Figure(
        name="forest_dimension",
        title="By dimension",
        caption="Accuracy under the anti prompt; the dashed line is chance.",
        alt="Accuracy of three scorers in five dimensions.",
        spec={
            "width": "container",
            "height": {"step": 12},
            "data": {"values": frame.to_dicts()},
            "layer": [
                {"mark": {"type": "rule", "style": "guide"}, "encoding": {"x": {"datum": 0.5}}},
                {
                    "mark": {"type": "rule", "style": "interval"},
                    "encoding": {**place, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
                },
                {"mark": "point", "encoding": {**place, "x": {**x, "field": "accuracy"}}},
            ],
        },
    )


def curves() -> Figure:
    values = [
        {
            "scorer": scorer,
            "prompt": prompt,
            "severity": step / 8,
            "change": sign * slope * (step / 8) ** 1.3,
            "low": sign * slope * (step / 8) ** 1.3 - 0.15,
            "high": sign * slope * (step / 8) ** 1.3 + 0.15,
        }
        for scorer, slopes in zip(SCORERS, ((1.5, 1.0), (1.8, -0.4), (2.0, -2.0)), strict=True)
        for prompt, sign, slope in (
            ("original prompt", -1, slopes[0]),
            ("anti prompt", 1, slopes[1]),
        )
        for step in range(9)
    ]
    x = {"field": "severity", "type": "quantitative"}
    y = {"type": "quantitative", "title": "change of score (SD)"}
    colour = {
        "field": "prompt",
        "type": "nominal",
        "scale": {"domain": ["original prompt", "anti prompt"]},
    }
    return Figure(
        name="severity",
        title="Response to severity",
        caption="How the score moves as the effect grows.",
        alt="The listener rises under the anti prompt, the others fall.",
        spec={
            "data": {"values": values},
            "facet": {"field": "scorer", "type": "nominal", "title": None},
            "columns": 3,
            "spec": {
                "width": 230,
                "height": 200,
                "layer": [
                    {"mark": {"type": "rule", "style": "guide"}, "encoding": {"y": {"datum": 0}}},
                    {
                        "mark": {"type": "area", "style": "band"},
                        "encoding": {
                            "x": x,
                            "y": {**y, "field": "low"},
                            "y2": {"field": "high"},
                            "color": colour,
                        },
                    },
                    {
                        "mark": {"type": "line", "point": True},
                        "encoding": {"x": x, "y": {**y, "field": "change"}, "color": colour},
                    },
                ],
            },
        },
    )
