"""Tiny HPSv3s in the published layout, and pictures and prompts that are hard on them."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as pil

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """HPSv3, tiny and random."""
    from hpsv3_toys import write_hpsv3

    return write_hpsv3(tmp_path_factory.mktemp("hpsv3"))


@pytest.fixture(scope="session")
def toy_plusplus(tmp_path_factory):
    """HPSv3++, tiny and random."""
    from hpsv3_toys import write_plusplus

    return write_plusplus(tmp_path_factory.mktemp("hpsv3pp"))


@pytest.fixture
def make(toy):
    """Makes a scorer of the tiny HPSv3, in single precision unless told otherwise."""
    from widespectrum.scorers import load_scorer

    def made(**settings):
        return load_scorer(
            "hpsv3", **{"path": str(toy.folder), "dtype": "float32", "device": "cpu", **settings}
        )

    return made


@pytest.fixture
def make_plusplus(toy_plusplus):
    """Makes a scorer of the tiny HPSv3++."""
    from widespectrum.scorers import load_scorer

    def made(**settings):
        return load_scorer(
            "hpsv3pp",
            **{"path": str(toy_plusplus.folder), "dtype": "float32", "device": "cpu", **settings},
        )

    return made


@pytest.fixture(scope="session")
def pictures():
    """Pictures of odd sizes and modes."""

    def scene(wide, high, mode="RGB"):
        y, x = np.mgrid[0:high, 0:wide]
        waves = [127 + 120 * np.sin(x / (9 + k) + y / (17 - k) + k) for k in range(3)]
        noise = np.random.default_rng(5).normal(0, 12, (high, wide, 3))
        values = np.stack(waves, axis=-1) + noise
        return pil.fromarray(values.clip(0, 255).astype(np.uint8)).convert(mode)

    see_through = scene(301, 225, "RGBA")
    see_through.putalpha(scene(301, 225, "L"))
    return {
        "odd": scene(640, 427),
        "falls short of a square": scene(768, 768),
        "transparent": see_through,
        "grey": scene(300, 200, "L"),
        "palette": scene(100, 333, "P"),
        "one pixel": scene(1, 1),
        "long": scene(900, 6),
    }


@pytest.fixture(scope="session")
def prompts():
    """Prompts that are empty, long, foreign, or full of signs."""
    return [
        "a red ball in a garden",
        "",
        "a dark, blurred and grainy photograph of a house, " * 20,
        "一只猫在黑暗的房间里, фотография",
        "{braces} {text_prompt} {0} {",
        "  - 10\n\nand more ",
    ]
