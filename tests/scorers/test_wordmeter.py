import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from scorer_toys import noise

from widespectrum.aesthetics import load_dimensions
from widespectrum.images import builtin_photographs, load_image
from widespectrum.images.darkroom import darkroom_pairs, make_pair
from widespectrum.scorers import load_scorer, measures
from widespectrum.scorers.lexicon import load_lexicon
from widespectrum.scorers.wordmeter import MEASURES, agreement

FOUR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


@pytest.fixture(scope="module")
def meter():
    return load_scorer("wordmeter")


@pytest.fixture(scope="module")
def photos():
    return [load_image(photograph.path) for photograph in builtin_photographs()[:6]]


def grainy(image):
    pixels = np.asarray(image, dtype=np.float64)
    specks = np.random.default_rng(0).normal(0, 40, pixels.shape[:2])[..., None]
    return Image.fromarray((pixels + specks).clip(0, 255).astype(np.uint8))


def pixelated(image):
    small = image.resize((image.width // 14, image.height // 14))
    return small.resize(image.size, Image.Resampling.NEAREST)


EFFECTS = {
    "a dark picture": lambda image: ImageEnhance.Brightness(image).enhance(0.3),
    "a bright picture": lambda image: image.point(lambda value: 255 - (255 - value) * 3 // 5),
    "a blurred picture": lambda image: image.filter(ImageFilter.GaussianBlur(6)),
    "an out-of-focus snapshot": lambda image: image.filter(ImageFilter.BoxBlur(7)),
    "a grainy picture": grainy,
    "a pixelated picture": pixelated,
    "a faded picture": lambda image: Image.blend(image, Image.new("RGB", image.size, "#999"), 0.6),
    "a grayscale picture": lambda image: ImageOps.grayscale(image).convert("RGB"),
    "an oversaturated picture": lambda image: ImageEnhance.Color(image).enhance(3),
    "a blank, empty picture": lambda image: Image.new("RGB", image.size, "#777"),
}


@pytest.mark.parametrize("prompt", EFFECTS)
def test_effects_are_recognised_by_their_plain_words(meter, photos, prompt):
    """Right under the effect's words, and under words that ask for nothing."""
    listens = []
    for photo in photos:
        pair = [photo, EFFECTS[prompt](photo)]
        io_po, io_pa, ia_po, ia_pa = meter.score(pair, ["a picture", prompt], FOUR)
        listens.append(ia_pa > io_pa)
        assert ia_pa - io_pa > ia_po - io_po
    assert np.mean(listens) >= 5 / 6


def test_it_hears_what_the_darkroom_did(meter):
    """On the effects it knows, it is right under both prompts in most pairs; on others it is not.

    Photographs and wordings vary by the seed; this is not the seed that the docs report.
    """
    known = ("underexposure", "missed-focus", "film-grain", "faded-colors", "color-fringes")
    photos = [(p.id, p.path, p.caption) for p in builtin_photographs()[::3]]
    plans = darkroom_pairs(photos, load_dimensions(), severities=[0.75], effects=known, seed=11)
    obeyed = []
    for plan in plans:
        prompts = [plan.prompt_original, plan.prompt_anti]
        io_po, io_pa, ia_po, ia_pa = meter.score(make_pair(plan), prompts, FOUR)
        obeyed.append(io_po > ia_po and ia_pa > io_pa)
    assert len(obeyed) == 30
    assert np.mean(obeyed) > 0.8  # chance is a quarter


def test_it_is_deaf_to_what_a_picture_shows(meter, photos):
    pairs = np.array([[0, 0], [0, 1]])
    one, other = meter.score(photos[:1], ["a cat on a chair", "a dog under a table"], pairs)
    assert one == other


def test_references_are_those_of_the_shipped_photographs():
    pictures = [measures.working_copy(load_image(p.path)) for p in builtin_photographs()]
    for name, reference in load_lexicon().references.items():
        values = [MEASURES[name](picture) for picture in pictures]
        assert reference.mean == pytest.approx(np.mean(values), abs=0.002), name
        assert reference.sd == pytest.approx(np.std(values, ddof=1), abs=0.002), name


def test_every_measure_of_the_lexicon_is_measured():
    assert set(load_lexicon().references) == set(MEASURES)


def test_agreement_follows_its_formula():
    departures = {"brightness": -2.0, "grain": 0.5, "cast": 3.0}
    assert agreement(departures, {"brightness": -1.0}) == pytest.approx(
        np.tanh(1.0) - (0.0 + np.tanh(1.0)) / 2
    )
    assert agreement(departures, {}) == pytest.approx(-(np.tanh(0.5) + 0.0 + np.tanh(1.0)) / 3)
    assert agreement(departures, dict.fromkeys(departures, 0.0)) == 0.0


def test_the_same_photograph_agrees_alike_at_any_size(meter, photos):
    """Half and double size move the score less than a third of what one effect does."""
    photo = photos[0]
    sizes = [photo, photo.resize((photo.width * 2, photo.height * 2)), photo.resize((400, 266))]
    pairs = np.array([[0, 0], [1, 0], [2, 0], [3, 0]])
    blurred = EFFECTS["a blurred picture"](photo)
    *same, effect = meter.score([*sizes, blurred], ["a blurred picture"], pairs)
    assert np.ptp(same) < (effect - same[0]) / 3


def test_the_lexicon_is_part_of_the_fingerprint(meter, tmp_path, monkeypatch):
    from widespectrum.scorers import lexicon, wordmeter

    changed = tmp_path / "wordmeter.toml"
    text = lexicon.FILE.read_text(encoding="utf-8")
    changed.write_text(text.replace('"gloomy"', '"cheerless"'), encoding="utf-8")
    monkeypatch.setattr(lexicon, "FILE", changed)
    wordmeter._fingerprint.cache_clear()
    try:
        assert load_scorer("wordmeter").fingerprint != meter.fingerprint
    finally:
        wordmeter._fingerprint.cache_clear()


def test_scores_stay_in_the_stated_range(meter):
    rng = np.random.default_rng(5)
    odd = [noise(seed, (rng.integers(1, 90), rng.integers(1, 90))) for seed in range(8)]
    pairs = np.array([[place, prompt] for place in range(8) for prompt in range(2)])
    scores = meter.score(odd, ["dark blurred grainy", ""], pairs)
    low, high = meter.facts.range
    assert scores.min() >= low
    assert scores.max() <= high
