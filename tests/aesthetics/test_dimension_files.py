"""Dimensions that users bring: as good as packaged ones, or a message that says what is wrong."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widespectrum.aesthetics import DarkroomStep, load_dimensions
from widespectrum.errors import BadInput

PIXELATED = """
key = "pixelated"
title = "Pixelated"
low = "Made of large visible squares."
neutral = "Single pixels can be guessed at."
high = "Nothing betrays that there are pixels."
antonyms = ["smooth"]
conflicts = ["detail refinement"]

[[effects]]
key = "chunky-squares"
name = "chunky squares"
phrases = ["chunky square pixels across the whole picture"]
darkroom = { operation = "pixelation", across = 12, soft = false }

[[effects]]
key = "mosaic-faces"
name = "mosaic over faces"
phrases = ["faces hidden under a mosaic", "a censor's mosaic over every face"]
people = true
conflicts = ["terror", "emotion"]
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="pixelated.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def complaint(*paths):
    with pytest.raises(BadInput) as caught:
        load_dimensions(paths)
    assert caught.value.place.file == str(paths[-1])
    assert caught.value.remedy
    return caught.value


def test_one_file_makes_a_dimension_in_full(write):
    dimensions = load_dimensions([write(PIXELATED)])
    pixelated = dimensions["pixelated"]
    assert list(dimensions)[-1] == "pixelated"
    assert dimensions.enabled[-1] == "pixelated"
    assert pixelated.title == "Pixelated"
    assert pixelated.antonyms == ("smooth",)
    squares, faces = pixelated.effects
    assert squares.darkroom == DarkroomStep("pixelation", {"across": 12, "soft": False})
    assert not squares.people
    assert squares.conflicts == ()
    assert faces.darkroom is None
    assert faces.people
    assert faces.phrases == ("faces hidden under a mosaic", "a censor's mosaic over every face")
    assert dimensions.dimension_of("mosaic-faces") is pixelated
    assert not dimensions.compatible("mosaic-faces", "grief")
    assert dimensions.compatible("mosaic-faces", "white-void")


def test_a_single_path_will_do(write):
    path = write(PIXELATED)
    assert dict(load_dimensions(path)) == dict(load_dimensions(str(path)))
    assert "pixelated" in load_dimensions(path)


def test_the_packaged_ones_stay_as_they_were(write):
    path = write(PIXELATED.replace('conflicts = ["detail refinement"]', ""))
    without, extended = load_dimensions(), load_dimensions([str(path)])
    assert {key: extended[key] for key in without} == dict(without)


def test_a_conflict_declared_on_one_side_holds_on_both(write):
    dimensions = load_dimensions([write(PIXELATED)])
    assert dimensions["pixelated"].conflicts == ("detail refinement",)
    assert dimensions["detail refinement"].conflicts == ("pixelated",)
    assert not dimensions.compatible("low-polygon", "chunky-squares")


def test_two_files_may_name_each_other(write):
    other = PIXELATED.replace("pixelated", "dotted").replace("chunky-squares", "dots")
    other = other.replace("mosaic-faces", "dotted-faces").replace("detail refinement", "pixelated")
    first = PIXELATED.replace("detail refinement", "dotted")
    dimensions = load_dimensions([write(first), write(other, "dotted.toml")])
    assert list(dimensions)[-2:] == ["pixelated", "dotted"]
    assert dimensions["pixelated"].conflicts == ("dotted",)


def test_a_user_may_take_the_place_of_a_packaged_dimension(write):
    mine = PIXELATED.replace('key = "pixelated"', 'key = "clarity"\noverride = true')
    dimensions = load_dimensions([write(mine)])
    assert list(dimensions) == list(load_dimensions())
    assert dimensions["clarity"].title == "Pixelated"
    assert "motion-blur" not in [effect.key for effect in dimensions["clarity"].effects]


def test_an_override_may_keep_effect_keys_of_what_it_replaces(write):
    mine = PIXELATED.replace('key = "pixelated"', 'key = "clarity"\noverride = true')
    dimensions = load_dimensions([write(mine.replace("chunky-squares", "pixelation"))])
    assert dimensions.effect("pixelation").name == "chunky squares"


def test_a_user_may_switch_a_dimension_off_from_the_start(write):
    dimensions = load_dimensions([write("enabled = false\n" + PIXELATED)])
    assert "pixelated" in dimensions
    assert "pixelated" not in dimensions.enabled


def test_a_known_key_needs_an_override(write):
    error = complaint(write(PIXELATED.replace('key = "pixelated"', 'key = "clarity"')))
    assert error.place.field == "key"
    assert "already, in the package" in error.problem
    assert "override = true" in error.remedy


def test_the_same_file_twice_is_a_clash(write):
    path = write(PIXELATED)
    error = complaint(path, path)
    assert error.place.field == "key"
    assert str(path) in error.problem


def test_an_override_needs_a_known_key(write):
    mine = PIXELATED.replace('key = "pixelated"', 'key = "clarty"\noverride = true')
    error = complaint(write(mine))
    assert error.place.field == "override"
    assert "'clarity'" in error.remedy


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('key = "pixelated"', 'key = "Pixelated"', "key", "must be lower-case"),
        ('key = "pixelated"', 'key = "pixelated_"', "key", "must be lower-case"),
        ('key = "pixelated"', f'key = "{"p" * 61}"', "key", "has 61 characters; at most 60"),
        ('title = "Pixelated"', "", "title", "is missing"),
        ('title = "Pixelated"', "title = true", "title", "must be text"),
        ('low = "Made of large visible squares."', 'low = "a\\nb"', "low", "line break"),
        ('antonyms = ["smooth"]', "", "antonyms", "is missing"),
        ('antonyms = ["smooth"]', "antonyms = []", "antonyms", "empty list. Give at least one"),
        ('antonyms = ["smooth"]', 'antonyms = "smooth"', "antonyms", "must be a list"),
        ('antonyms = ["smooth"]', 'antonym = ["smooth"]', "antonyms", "is missing"),
        ('"detail refinement"', '"detail refinment"', "conflicts", "'detail refinement'"),
        ('"terror"', '"horror"', "effects[2].conflicts", "'terror'"),
        ("people = true", 'people = "yes"', "effects[2].people", "true or false"),
        ("people = true", "person = true", "effects[2].person", "is not a known field"),
        ('"mosaic-faces"', '"mosaic_faces"', "effects[2].key", "'motion-blur'"),
        ('"mosaic-faces"', '"chunky-squares"', "effects[2].key", "effect of 'pixelated' already"),
        ('"mosaic-faces"', '"film-grain"', "effects[2].key", "effect of 'clarity' already"),
        ("phrases = [", "phrase = [", "effects[1].phrases", "is missing"),
        (
            '["chunky square pixels across the whole picture"]',
            "[]",
            "effects[1].phrases",
            "empty list",
        ),
        ('"faces hidden under a mosaic"', '""', "effects[2].phrases[1]", "is empty"),
        ("under a mosaic", "under a mosaic.", "effects[2].phrases[1]", "without punctuation"),
        ("under a mosaic", "under, a mosaic", "effects[2].phrases[1]", "without punctuation"),
        ("under a mosaic", "<b>under", "effects[2].phrases[1]", "without punctuation"),
        ("under a mosaic", "a " * 11 + "a", "effects[2].phrases[1]", "has 14 words; at most 12"),
        ("under a mosaic", "x" * 160, "effects[2].phrases[1]", "has 173 characters; at most 160"),
        ('operation = "pixelation",', "", "effects[1].darkroom", "must name an operation"),
        ('"pixelation"', '"pixel-ation"', "effects[1].darkroom", "{ operation ="),
        ('"pixelation"', "3", "effects[1].darkroom", "must name an operation"),
        ("across = 12", "across = [1]", "effects[1].darkroom", "'across'"),
        ("across = 12", "across = nan", "effects[1].darkroom", "'across'"),
        ("across = 12", "across = inf", "effects[1].darkroom", "'across'"),
        ("across = 12", "across = 2020-01-01", "effects[1].darkroom", "'across'"),
        ("darkroom = {", "darkroom = 1 # {", "effects[1].darkroom", "must be a table"),
    ],
)
def test_a_mistake_is_answered_with_file_field_and_remedy(write, old, new, field, says):
    assert old in PIXELATED
    error = complaint(write(PIXELATED.replace(old, new)))
    assert error.place.field == field
    assert says in str(error)


def test_a_dimension_needs_effects(write):
    error = complaint(write(PIXELATED.partition("[[effects]]")[0]))
    assert error.place.field == "effects"
    assert "is missing" in error.problem


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is missing"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"key: pixelated", "is not TOML"),
        (b"a = 1\n" * 20_000, "is larger than"),
    ],
)
def test_a_file_that_is_no_dimension(write, data, says):
    assert says in str(complaint(write(data)))


def test_a_file_that_is_not_there(tmp_path):
    assert "cannot be read" in complaint(tmp_path / "absent.toml").problem


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
lines = st.builds(
    lambda key, value: f"{key} = {json.dumps(value)}",
    st.sampled_from(["key", "title", "low", "antonyms", "enabled", "conflicts", "effects", "x"]),
    anything,
)
places = st.integers(0, len(PIXELATED))
damaged = st.builds(
    lambda start, end, patch: PIXELATED[: min(start, end)] + patch + PIXELATED[max(start, end) :],
    places,
    places,
    st.text(max_size=5) | lines,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(max_size=200)
    | st.lists(lines, max_size=8).map(lambda some: "\n".join(some).encode("utf-8", "replace"))
    | damaged.map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_a_dimension_or_bad_input(tmp_path, data):
    path = tmp_path / "any.toml"
    path.write_bytes(data)
    dimensions, error = None, None
    try:
        dimensions = load_dimensions([path])
    except BadInput as caught:
        error = caught
    if dimensions is None:
        assert error.place.file == str(path)
        assert error.remedy
    else:
        assert len(dimensions) == 14
        assert all(effect.phrases for effect in list(dimensions.values())[-1].effects)
