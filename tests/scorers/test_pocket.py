import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter
from scorer_toys import grey, noise

from widespectrum.errors import BadInput
from widespectrum.images import builtin_photographs, load_image
from widespectrum.scorers import load_scorer, measures, scorer_registry

NAMES = ("sharpness", "colourfulness", "brightness")


def score(name, *images):
    pairs = np.array([[place, 0] for place in range(len(images))])
    return load_scorer(name).score(images, ["whatever"], pairs)


@pytest.fixture(scope="module")
def photo():
    return load_image(builtin_photographs()[0].path)


@pytest.mark.parametrize("name", NAMES)
def test_the_prompt_is_never_read(name):
    pairs = np.array([[0, 0], [0, 1]])
    one, other = load_scorer(name).score([noise(1)], ["dark", "bright and sharp"], pairs)
    assert one == other
    assert not load_scorer(name).facts.prompt_aware


def test_brightness_is_mean_luma():
    assert score("brightness", grey(0), grey(51), grey(255)).tolist() == pytest.approx(
        [0.0, 0.2, 1.0]
    )
    red, green, blue = score(
        "brightness", *(Image.new("RGB", (4, 4), c) for c in ("#f00", "#0f0", "#00f"))
    )
    assert (red, green, blue) == pytest.approx((0.299, 0.587, 0.114))


def test_colourfulness_is_that_of_its_authors():
    """A worked example: half pure red, half pure green, without resizing."""
    pixels = np.zeros((256, 256, 3), dtype=np.uint8)
    pixels[:, :128, 0] = pixels[:, 128:, 1] = 255
    # rg is +-255 (sd 255, mean 0); yb is 127.5 everywhere (sd 0).
    assert score("colourfulness", Image.fromarray(pixels))[0] == pytest.approx(
        255 + 0.3 * 127.5, rel=1e-6
    )
    assert score("colourfulness", grey(90))[0] == 0


def test_sharpness_is_the_log_variance_of_the_laplacian():
    """Parity with scikit-image's Laplacian (same stencil, other sign) away from the border."""
    from skimage.filters import laplace

    rgb = measures.working_copy(noise(3, (256, 256)))
    inner = laplace(measures.luma(rgb))[2:-2, 2:-2].var()
    assert measures.sharpness(rgb) == pytest.approx(np.log10(inner), abs=0.02)


def test_blur_lowers_sharpness_step_by_step(photo):
    blurred = [photo.filter(ImageFilter.GaussianBlur(radius)) for radius in (0, 1, 2, 4, 8)]
    assert (np.diff(score("sharpness", *blurred)) < 0).all()


def test_saturation_raises_colourfulness_step_by_step(photo):
    enhanced = [ImageEnhance.Color(photo).enhance(factor) for factor in (0, 0.5, 1, 1.5)]
    assert (np.diff(score("colourfulness", *enhanced)) > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_photograph_measures_alike_at_any_size(photo, name):
    sizes = [photo.resize((photo.width * k // 4, photo.height * k // 4)) for k in (4, 6, 10)]
    scores = score(name, *sizes)
    other = score(name, load_image(builtin_photographs()[1].path))[0]
    assert np.ptp(scores) < 0.15 * abs(scores.mean() - other)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (4000, 2), (17, 31)])
def test_working_copies_have_a_sensible_size(size):
    high, wide, channels = measures.working_copy(grey(7, size)).shape
    assert channels == 3
    assert min(high, wide) >= measures.SMALLEST_SIDE
    assert max(high, wide) <= 4096


@pytest.mark.parametrize("size", ["15", "5000", "2.5", "true", "big"])
def test_a_size_that_makes_no_sense_is_refused(size):
    with pytest.raises(BadInput, match="cannot work at size"):
        load_scorer(f"brightness@size={size}")


def test_only_images_that_are_asked_for_are_measured():
    class Untouchable:
        pass

    scores = load_scorer("brightness").score([Untouchable(), grey(255)], ["x"], np.array([[1, 0]]))
    assert scores.tolist() == [1.0]


def test_every_shipped_entry_says_what_it_is():
    for entry in scorer_registry().entries.values():
        assert entry.title
        assert entry.summary
        assert entry.licence != "unknown"
        assert "prompt_aware" in entry.facts
