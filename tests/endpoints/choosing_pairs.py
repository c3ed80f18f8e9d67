"""A little table of image pairs: which image is red is known."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

from misbehaving import completion
from PIL import Image


def write_pairs(folder: Path, count: int = 6, choices: bool = False) -> Path:
    """Original images are blue, anti images red, each of its own shade."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(count):
        names = {}
        for variant, colour in (("original", (number, 0, 200)), ("anti", (200, 0, number))):
            names[variant] = f"{number}-{variant}.png"
            Image.new("RGB", (8, 6), colour).save(folder / names[variant])
        rows.append(
            {
                "id": f"pair-{number}",
                "prompt_original": f"a blue thing {number}",
                "prompt_anti": f"a red thing {number}",
                "image_original": names["original"],
                "image_anti": names["anti"],
            }
            | ({"choice": 1 if number else -1} if choices else {})
        )
    path = folder / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def reds(body) -> list[bool]:
    """Which of the pictures in a request are red, in the order shown."""
    shown = []
    for part in body["messages"][-1]["content"]:
        if part["type"] == "image_url":
            data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
            red, _, blue = Image.open(io.BytesIO(data)).getpixel((0, 0))
            shown.append(red > blue)
    return shown


def obeys(body, number):
    """A model that does what the prompt asks: the red one if it says so, else the blue one."""
    wanted = "red thing" in json.dumps(body["messages"])
    place = reds(body).index(wanted)
    return completion(json.dumps({"choice": ("first", "second")[place]}))


def loves_the_first(body, number):
    return completion('{"choice": "first"}')
