"""Tiny CLIPs with random weights, as their authors would publish them, and a plain reference."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as pil

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def home(tmp_path):
    """A folder with a tiny CLIP in OpenAI's layout, its vocabulary and its configuration."""
    from tiny_clip import write_openai

    return write_openai(tmp_path / "tiny")


@pytest.fixture(scope="session")
def pictures():
    """Pictures of odd sizes and modes, that take every branch of every rule."""
    noise = np.random.default_rng(5)

    def scene(wide, high, mode="RGB"):
        y, x = np.mgrid[0:high, 0:wide]
        waves = [127 + 120 * np.sin(x / (4 + k) + y / (7 - k) + k) for k in range(3)]
        values = np.stack(waves, axis=-1) + noise.normal(0, 12, (high, wide, 3))
        return pil.fromarray(values.clip(0, 255).astype(np.uint8)).convert(mode)

    see_through = scene(90, 61, "RGBA")
    see_through.putalpha(scene(90, 61, "L"))
    return {
        "square": scene(64, 64),
        "odd margin": scene(80, 57),
        "odd margin, upright": scene(45, 57),
        "small": scene(9, 7),
        "long side is the network's": scene(28, 13),
        "network's own size": scene(28, 28),
        "a row": scene(140, 3),
        "one pixel": scene(1, 1),
        "grey": scene(50, 41, "L"),
        "palette": scene(77, 50, "P"),
        "transparent": see_through,
        "bilevel": scene(60, 40, "1"),
        "cmyk": scene(40, 60, "CMYK"),
    }
