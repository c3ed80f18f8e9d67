"""Small versions of the shipped photographs, and the distance in which effects are measured."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from widespectrum.images import builtin_photographs, load_image


def distance(first: Image.Image, second: Image.Image) -> float:
    """Root mean square difference in grey levels, 0 to 255."""
    change = np.asarray(first, float) - np.asarray(second, float)
    return float(np.sqrt(np.mean(change**2)))


@pytest.fixture(scope="session")
def photos() -> dict[str, Image.Image]:
    """The shipped photographs, 96 pixels long."""
    small = {}
    for photograph in builtin_photographs():
        image = load_image(photograph.path)
        image.thumbnail((96, 96))
        small[photograph.id] = image
    return small


@pytest.fixture(name="distance", scope="session")
def distance_fixture():
    return distance
