"""What every operation of the darkroom promises, asked of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from widespectrum.errors import BadInput, UnknownName
from widespectrum.images.darkroom import Step, apply, apply_effects, operations

SEVERITIES = (0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0)
ROUNDING = 0.3
"""Grey levels. Rounding to 8 bits moves a root mean square difference by no more (1 / sqrt(12))."""

NAMES = sorted(operations())
EXACT = [name for name in NAMES if operations()[name].metric == "rms"]


def falls(distances: list[float]) -> float:
    """By how much a series of distances ever falls below its highest point so far."""
    return max(max(distances[: k + 1]) - d for k, d in enumerate(distances))


def random_picture(height: int, width: int, seed: int, levels: int) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, levels, (height, width, 3)) * (
        255 / (levels - 1)
    )
    return Image.fromarray(np.rint(values).astype(np.uint8))


def random_ramp(height: int, width: int, seed: int) -> Image.Image:
    """Colours that change steadily across the picture: what moves farther differs more."""
    rows, columns = np.mgrid[:height, :width]
    slopes = np.random.default_rng(seed).normal(size=(2, 3))
    values = rows[..., None] * slopes[0] + columns[..., None] * slopes[1]
    values = (values - values.min((0, 1))) / np.maximum(np.ptp(values, axis=(0, 1)), 1e-9)
    return Image.fromarray(np.rint(255 * values).astype(np.uint8))


SIZES = st.tuples(st.integers(1, 28), st.integers(1, 28))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None)
@given(size=SIZES, seed=st.integers(0, 2**32), levels=st.sampled_from([2, 3, 256]))
def test_severity_is_monotone_on_any_picture(
    name: str, size: tuple[int, int], seed: int, levels: int, distance
) -> None:
    moving = operations()[name].metric == "displacement"
    image = random_ramp(*size, seed) if moving else random_picture(*size, seed, levels)
    distances = [distance(apply(name, image, s, seed), image) for s in SEVERITIES]
    assert distances[0] == 0
    assert falls(distances) < ROUNDING, distances


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("frequency", [0.05, 0.5])
def test_severity_is_monotone_on_gratings(name: str, frequency: float, distance) -> None:
    """The hardest pictures: a blur that overshoots brings their one frequency back."""
    rows, columns = np.mgrid[:24, :36]
    wave = np.sin(2 * np.pi * frequency * (0.9 * columns + 0.4 * rows) + 0.3)
    image = Image.fromarray(np.rint(127.5 + 127 * np.sign(wave)).astype(np.uint8)).convert("RGB")
    distances = [distance(apply(name, image, s, 1), image) for s in SEVERITIES]
    assert falls(distances) < ROUNDING


@pytest.mark.parametrize("name", EXACT)
def test_severity_is_monotone_on_photographs(name: str, photos, distance) -> None:
    for number, image in enumerate(list(photos.values())[::3]):
        distances = [distance(apply(name, image, s, number), image) for s in (0.2, 0.5, 0.8, 1)]
        assert falls(distances) < ROUNDING


@pytest.mark.parametrize("name", NAMES)
def test_full_effects_are_unmistakable_and_half_ones_visible(name: str, photos, distance) -> None:
    some = list(photos.values())[::3]
    half = [distance(apply(name, image, 0.5, 3), image) for image in some]
    full = [distance(apply(name, image, 1.0, 3), image) for image in some]
    # In grey levels of 255. A misty photograph loses less by a blur than a crisp one.
    assert np.median(full) > 12
    assert min(full) > 6
    assert np.median(half) > 5


@pytest.mark.parametrize("name", NAMES)
def test_effects_begin_gently(name: str, photos, distance) -> None:
    for key in ("cat", "pagoda"):
        image = photos[key]
        assert distance(apply(name, image, 0.01, 5), image) < 15


@pytest.mark.parametrize("name", NAMES)
def test_severity_zero_changes_no_bit(name: str, photos) -> None:
    image = photos["coffee"]
    assert apply(name, image, 0, 1).tobytes() == image.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_bytes_and_input_untouched(name: str, photos) -> None:
    image = photos["dogs"]
    before = image.tobytes()
    assert apply(name, image, 0.7, 11).tobytes() == apply(name, image, 0.7, 11).tobytes()
    assert image.tobytes() == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (3, 3), (3000, 4), (2, 257), (40, 13)])
def test_any_size_is_kept(name: str, size: tuple[int, int]) -> None:
    image = random_picture(size[1], size[0], 0, 256)
    assert apply(name, image, 1.0, 0).size == size


@pytest.mark.parametrize("name", NAMES)
def test_flat_pictures_give_no_warning_or_nan(name: str) -> None:
    for grey in (0, 128, 255):
        apply(name, Image.new("RGB", (12, 9), (grey, grey, grey)), 1.0, 0)


@pytest.mark.parametrize("name", ["motion_blur", "defocus", "grain", "warping", "pixelation"])
def test_strength_follows_the_picture_not_its_pixels(name: str, photos, distance) -> None:
    """The same picture at twice the size is changed about as much."""
    small = photos["astronaut"]
    large = small.resize((small.width * 2, small.height * 2), Image.Resampling.BICUBIC)
    one = distance(apply(name, small, 0.6, 2), small)
    two = distance(apply(name, large, 0.6, 2), large)
    assert two == pytest.approx(one, rel=0.3)


RANDOM = ("grain", "shattering", "light_leak", "misplaced_object", "missing_parts", "warping")


@pytest.mark.parametrize("name", RANDOM)
def test_another_seed_is_another_accident(name: str, photos) -> None:
    image = photos["raccoon"]
    assert apply(name, image, 1, 1).tobytes() != apply(name, image, 1, 2).tobytes()


def test_every_operation_says_what_it_is() -> None:
    for name, operation in operations().items():
        assert operation.name == name == operation.function.__name__
        assert operation.dimensions
        assert operation.title[0].isupper()
        assert operation.description.endswith(".")
    titles = [operation.title for operation in operations().values()]
    assert len(set(titles)) == len(titles)


def test_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        operations()["mine"] = operations()["grain"]  # type: ignore[index]


# Asking wrongly


def test_unknown_operation_offers_the_nearest(photos) -> None:
    with pytest.raises(UnknownName, match=r"no operation 'motion-blur'.*'motion_blur'"):
        apply("motion-blur", photos["cat"], 0.5, 0)


@pytest.mark.parametrize("severity", [-0.1, 1.01, float("nan")])
def test_severity_outside_its_range(severity: float, photos) -> None:
    with pytest.raises(BadInput, match="outside"):
        apply("grain", photos["cat"], severity, 0)


def test_parameters(photos, distance) -> None:
    image = photos["dahlia"]
    white = apply("emptied_background", image, 1, 0)
    black = apply("emptied_background", image, 1, 0, fill="black")
    assert white.getpixel((0, 0)) == (255, 255, 255)
    assert black.getpixel((0, 0)) == (0, 0, 0)
    across = apply("motion_blur", image, 1, 0, angle=90.0)
    assert distance(across, apply("motion_blur", image, 1, 0, angle=0.0)) > 2
    assert dict(operations()["motion_blur"].parameters) == {"angle": None}
    with pytest.raises(BadInput, match=r"takes no parameter 'radius'.*It takes: angle"):
        apply("motion_blur", image, 1, 0, radius=3)
    with pytest.raises(BadInput, match=r"no fill 'pink'.*white, grey"):
        apply("emptied_background", image, 1, 0, fill="pink")
    with pytest.raises(BadInput, match="angle"):
        apply("motion_blur", image, 1, 0, angle="steep")


# Several effects


def test_steps_follow_each_other_and_do_not_disturb(photos) -> None:
    image = photos["fig"]
    grain, faded = Step("grain", 0.5), Step("fading", 0.6)
    by_hand = apply("fading", apply("grain", image, 0.5, 9), 0.6, 9)
    assert apply_effects(image, [grain, faded], 9).tobytes() == by_hand.tobytes()
    with_nothing = apply_effects(image, [Step("warping", 0.0), grain, faded], 9)
    assert with_nothing.tobytes() == by_hand.tobytes()
    assert apply_effects(image, [], 9).tobytes() == image.tobytes()


def test_any_mode_is_taken(photos) -> None:
    image = photos["cat"]
    assert apply("fading", image.convert("RGBA"), 0.5, 0).mode == "RGB"
    assert apply("grain", image.convert("L"), 0.5, 0).mode == "RGB"
