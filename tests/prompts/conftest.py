"""What the tests of prompts share: the real pool of dimensions, and words of looks and feelings."""

import re

import pytest

from widespectrum.aesthetics import Dimensions, load_dimensions

LOOKS = """
    aesthetic beaut pretty ugl lovely elegant gorgeous stunning attractive scenic picturesque
    sharp crisp blur focus grain nois pixel resolution scan compress distort artifact glitch
    bright dark dim gloom shadow shad(?:e|y|ow) sunlit sunlight sunny sunset sunrise moonlit lit
    light(?:ing|s)? glow gleam glar shin(?:y|e|ing) glint highlight expos(?:ed|ure) contrast flash
    colors? colours? colorful vivid pale fad(?:e|ed|ing) satur tint hue palette tone
    detail realis fake smear fragment shatter broken rough unfinish
    clutter mess(?:y)? bare blank crowd(?:ed)? jumble rich monoton
    harmon clash balance symmetr tilt crop
    quality professional masterpiece amateur
"""
FEELINGS = """
    happ(?:y|ily) sad(?:ly|ness)? joy cheer smil laugh grin cry(?:ing)? cries tears? weep angry
    anger afraid fear scar(?:ed|y) lonel lonely gloomy eerie calm peaceful serene cosy cozy warm
    grie(?:f|v) mourn disgust dread terr(?:or|ified) bored proud tired
"""


@pytest.fixture(scope="session")
def dimensions() -> Dimensions:
    return load_dimensions()


@pytest.fixture(scope="session")
def pool(dimensions):
    """The enabled dimensions."""
    return [dimensions[key] for key in dimensions.enabled]


@pytest.fixture(scope="session")
def aesthetic_words():
    """Finds the words of looks and feelings in a text (whole words that begin with a stem)."""
    stems = "|".join((LOOKS + FEELINGS).split())
    pattern = re.compile(rf"\b(?:(?:{stems})\w*)", re.IGNORECASE)
    # Words of everyday things that only begin like one.
    innocent = {"little", "litter", "lighthouse", "blanket", "grinder", "sharpener"}
    return lambda text: [w for w in pattern.findall(text) if w.lower() not in innocent]
