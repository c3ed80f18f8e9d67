import numpy as np
import pytest
import upstream_rules
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as pil

from widespectrum.errors import BadImage, BadInput
from widespectrum.scorers.clip import Preprocessing

SIZES = [
    (512, 512),
    (640, 427),
    (301, 225),
    (225, 301),
    (224, 224),
    (224, 150),
    (100, 37),
    (1, 1),
    (3, 900),
]
UPSTREAM = {
    "openai": upstream_rules.openai,
    "huggingface": upstream_rules.huggingface,
    "letterbox": upstream_rules.letterbox,
}


def noise(wide, high, mode="RGB", seed=0):
    channels = {"L": (), "RGBA": (4,)}.get(mode, (3,))
    values = np.random.default_rng(seed).integers(0, 256, (high, wide, *channels), dtype=np.uint8)
    image = pil.fromarray(values)
    return image.convert(mode)


@pytest.mark.parametrize("rule", UPSTREAM)
@pytest.mark.parametrize("size", SIZES)
def test_bit_for_bit_the_published_steps(rule, size):
    image = noise(*size)
    seen = Preprocessing(rule)(image)
    assert seen.shape == (3, 224, 224)
    assert seen.dtype == np.float32
    assert np.array_equal(seen, UPSTREAM[rule](image))


@pytest.mark.parametrize("rule", UPSTREAM)
@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "CMYK"])
def test_bit_for_bit_in_every_mode(rule, mode):
    image = noise(97, 61, mode)
    assert np.array_equal(Preprocessing(rule)(image), UPSTREAM[rule](image))


@settings(max_examples=40, deadline=None)
@given(
    wide=st.integers(1, 90),
    high=st.integers(1, 90),
    rule=st.sampled_from(list(UPSTREAM)),
    size=st.sampled_from([14, 27, 28]),
)
def test_bit_for_bit_in_every_size(wide, high, rule, size):
    image = noise(wide, high)
    assert np.array_equal(Preprocessing(rule, size=size)(image), UPSTREAM[rule](image, size))


@pytest.mark.parametrize("size", SIZES)
def test_huggingface_is_what_transformers_does(size):
    from transformers import CLIPImageProcessorPil

    processor = CLIPImageProcessorPil(
        size={"shortest_edge": 224}, crop_size={"height": 224, "width": 224}
    )
    image = noise(*size)
    theirs = np.asarray(processor(image, return_tensors="np")["pixel_values"][0])
    assert np.array_equal(Preprocessing("huggingface")(image), theirs)


def test_the_two_crops_differ_where_half_the_margin_is_rounded_up():
    openai, huggingface = Preprocessing("openai"), Preprocessing("huggingface")
    up = noise(640, 427)  # 335 wide: a margin of 111, half of it 55.5, which goes to 56 or to 55
    assert np.abs(openai(up) - huggingface(up)).mean() > 0.1
    for size in ((512, 512), (333, 224)):  # margins of 0 and 109: 54.5 goes to 54 in both
        assert np.array_equal(openai(noise(*size)), huggingface(noise(*size)))


@settings(max_examples=60, deadline=None)
@given(
    wide=st.integers(1, 120),
    high=st.integers(1, 120),
    mode=st.sampled_from(["RGB", "L", "P", "RGBA"]),
)
def test_equal_geometry_means_equal_pixels(wide, high, mode):
    image = noise(wide, high, mode)
    one, other = Preprocessing("openai", size=28), Preprocessing("huggingface", size=28)
    if one.geometry(image) == other.geometry(image):
        assert np.array_equal(one(image), other(image))
    else:
        assert mode != "RGB" or one.geometry(image).split()[3] != other.geometry(image).split()[3]


def test_geometry_tells_rules_sizes_and_antialiasing_apart():
    image = noise(640, 427)
    rules = [
        Preprocessing("openai"),
        Preprocessing("huggingface"),
        Preprocessing("letterbox"),
        Preprocessing("letterbox", antialias=False),
        Preprocessing("letterbox", size=336),
        Preprocessing("openai", size=336),
    ]
    assert len({rule.geometry(image) for rule in rules}) == len(rules)


@pytest.mark.parametrize("rule", ["openai", "huggingface"])
@pytest.mark.parametrize("size", [(3000, 2), (2, 3000)])
def test_of_an_extremely_elongated_picture_only_the_middle_is_resized(rule, size):
    """It gives what the whole would, but for a pixel here and there."""
    image = noise(*size)
    apart = np.abs(Preprocessing(rule, size=28)(image) - UPSTREAM[rule](image, 28))
    assert np.median(apart) == 0
    assert apart.mean() < 0.01
    assert apart.max() < 0.5


@pytest.mark.parametrize("rule", UPSTREAM)
def test_a_picture_whose_long_side_is_huge_does_not_fill_the_memory(rule):
    image = pil.new("RGB", (8_000_000, 1), (10, 200, 30))
    seen = Preprocessing(rule)(image)
    assert seen.shape == (3, 224, 224)
    assert np.isfinite(seen).all()


def test_letterbox_pads_with_black_before_normalising_more_to_the_right_and_below():
    rule = Preprocessing("letterbox", size=28)
    white = pil.new("RGB", (28, 13), "white")
    seen = (
        rule(white) * np.array(rule.deviation)[:, None, None] + np.array(rule.mean)[:, None, None]
    )
    is_bar = np.isclose(seen[0], 0, atol=1e-6).all(axis=1)
    assert is_bar.tolist() == [True] * 7 + [False] * 13 + [True] * 8


def test_letterbox_lays_transparency_on_white_where_upstream_fails():
    clear = pil.new("RGBA", (30, 30), (255, 0, 0, 0))
    rule = Preprocessing("letterbox", size=28)
    assert np.array_equal(rule(clear), rule(pil.new("RGB", (30, 30), "white")))


def test_letterbox_does_not_cut_off_what_the_filter_overshoots():
    image = pil.new("L", (57, 57))
    image.paste(255, (0, 0, 28, 57))
    rule = Preprocessing("letterbox", size=28)
    seen = (
        rule(image) * np.array(rule.deviation)[:, None, None] + np.array(rule.mean)[:, None, None]
    )
    assert seen.max() > 1.001
    assert seen.min() < -0.001


def test_sixteen_bits_are_scaled_and_floating_point_is_refused():
    deep = pil.fromarray((np.arange(900, dtype=np.uint16) * 72).reshape(30, 30))
    for rule in UPSTREAM:
        seen = Preprocessing(rule, size=28)(deep)
        assert seen.std() > 0.5  # cut off at 255, all of it would be white
        with pytest.raises(BadImage, match="mode F"):
            Preprocessing(rule)(pil.new("F", (30, 30)))


def test_inputs_are_left_alone():
    for mode in ("RGB", "P", "RGBA"):
        image = noise(60, 40, mode)
        before = image.copy()
        for rule in UPSTREAM:
            Preprocessing(rule, size=28)(image)
        assert image == before


def test_a_rule_that_there_is_not():
    with pytest.raises(BadInput, match="openai or huggingface or letterbox"):
        Preprocessing("squash")
    with pytest.raises(BadInput, match="always widens"):
        Preprocessing("openai", antialias=False)
