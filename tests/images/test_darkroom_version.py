"""Images are kept under the darkroom's version: other pixels must come with another version.

If this fails because an operation was changed on purpose, raise `VERSION` in
``widespectrum/images/darkroom/applying.py`` and run this file as a program to note the new pixels.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from widespectrum.images.darkroom import VERSION, apply, operations

NOTED = Path(__file__).parent / "data" / "darkroom_pixels.json"


def scene() -> Image.Image:
    """A picture by formula: two colour gradients, a texture, and a bright disc on them."""
    rows, columns = np.mgrid[0:1:48j, 0:1:64j]
    texture = 0.08 * np.sin(60 * rows) * np.sin(75 * columns)
    red = 0.2 + 0.5 * columns + texture
    green = 0.5 - 0.3 * rows + texture
    blue = 0.3 + 0.4 * rows * columns
    disc = np.hypot(rows - 0.45, (columns - 0.55) * 4 / 3) < 0.25
    values = np.stack([red, green, blue], axis=-1)
    values = np.where(disc[..., None], [0.95, 0.8, 0.15], values)
    return Image.fromarray(np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8))


def summary(name: str) -> list[int]:
    """Mean colours of twelve parts of the scene after an operation."""
    pixels = np.asarray(apply(name, scene(), 0.8, 5), float)
    parts = pixels.reshape(3, 16, 4, 16, 3).mean(axis=(1, 3))
    return [round(value) for value in parts.reshape(-1)]


@pytest.mark.parametrize("name", sorted(operations()))
def test_pixels_are_those_of_the_version(name: str) -> None:
    noted = json.loads(NOTED.read_text())
    assert noted["version"] == VERSION, "run this file to note the pixels of the new version"
    # Processors round differently; a change of an operation is larger than that.
    assert np.abs(np.subtract(summary(name), noted["pixels"][name])).max() <= 1


def main() -> None:
    pixels = {name: summary(name) for name in sorted(operations())}
    lines = ",\n".join(f'  "{name}": {json.dumps(values)}' for name, values in pixels.items())
    NOTED.parent.mkdir(exist_ok=True)
    NOTED.write_text(f'{{"version": "{VERSION}", "pixels": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
