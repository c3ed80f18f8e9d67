"""The packaged dimensions, and what one can ask of them."""

import json
import pickle
import re

import pytest

from widespectrum.aesthetics import FIXED_ORDER, load_dimensions
from widespectrum.aesthetics.toml_files import packaged
from widespectrum.errors import UnknownName

DIMENSIONS = load_dimensions()
EFFECTS = [effect for dimension in DIMENSIONS.values() for effect in dimension.effects]


def test_the_papers_eleven_are_enabled_in_the_order_of_its_rating_lists():
    assert DIMENSIONS.enabled == FIXED_ORDER
    assert list(FIXED_ORDER) == sorted(FIXED_ORDER)
    assert len(FIXED_ORDER) == 11


def test_two_more_are_known_and_off():
    assert list(DIMENSIONS) == [*FIXED_ORDER, "symmetry", "lighting aesthetic"]
    assert not DIMENSIONS["symmetry"].enabled
    assert not DIMENSIONS["lighting aesthetic"].enabled


def test_every_packaged_file_is_loaded():
    names = {file.name for file in packaged("dimensions").iterdir()}
    assert names == {f"{key.replace(' ', '-')}.toml" for key in DIMENSIONS}


@pytest.mark.parametrize("dimension", DIMENSIONS.values(), ids=lambda each: each.key)
def test_every_dimension_is_complete(dimension):
    assert len(dimension.effects) >= 6
    assert len({dimension.low, dimension.neutral, dimension.high}) == 3
    for definition in (dimension.low, dimension.neutral, dimension.high):
        assert re.fullmatch(r"[A-Z].*[.]", definition)
    assert 3 <= len(dimension.antonyms) <= 5
    for antonym in dimension.antonyms:
        assert len(antonym.split()) <= 3


def test_effect_keys_are_kebab_case_and_unique():
    keys = [effect.key for effect in EFFECTS]
    assert len(keys) == len(set(keys))
    for key in keys:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", key)


def test_effects_lead_back_to_their_dimension():
    for dimension in DIMENSIONS.values():
        for effect in dimension.effects:
            assert DIMENSIONS.effect(effect.key) is effect
            assert DIMENSIONS.dimension_of(effect.key) is dimension


def test_conflicts_are_written_on_both_sides_of_the_packaged_files():
    """A reader of one file sees them all; loading would make them mutual anyway."""
    for dimension in DIMENSIONS.values():
        file = packaged("dimensions", f"{dimension.key.replace(' ', '-')}.toml")
        written = re.search(r"^conflicts = (\[.*\])$", file.read_text(encoding="utf-8"), re.M)
        at_the_top = json.loads(written[1]) if written and dimension.conflicts else []
        assert set(at_the_top) == set(dimension.conflicts)
        for other in dimension.conflicts:
            assert dimension.key in DIMENSIONS[other].conflicts


def test_effects_conflict_with_what_exists():
    known = {*DIMENSIONS, *(effect.key for effect in EFFECTS)}
    for effect in EFFECTS:
        assert known.issuperset(effect.conflicts)
        assert DIMENSIONS.dimension_of(effect.key).key not in effect.conflicts


def test_darkness_pulls_against_the_absence_of_shadow():
    assert DIMENSIONS["color brightness"].conflicts == ("lighting distinction",)
    assert "color brightness" in DIMENSIONS["lighting distinction"].conflicts


@pytest.mark.parametrize(
    ("first", "second", "compatible"),
    [
        ("motion-blur", "film-grain", True),  # of one dimension
        ("motion-blur", "clashing-neon", True),
        ("underexposure", "shadowless", False),  # their dimensions conflict
        ("blown-highlights", "underexposure", False),  # an effect against a dimension
        ("white-void", "dark-smoke", False),
        ("muddy-smear", "dark-smoke", True),
    ],
)
def test_compatible_effects_fit_into_one_picture(first, second, compatible):
    assert DIMENSIONS.compatible(first, second) is compatible
    assert DIMENSIONS.compatible(second, first) is compatible


def test_misspelt_names_are_answered_with_the_nearest():
    with pytest.raises(UnknownName, match=r"no dimension 'colour brightness'.*'color brightness'"):
        DIMENSIONS["colour brightness"]
    with pytest.raises(UnknownName, match=r"no effect 'motion_blur'.*'motion-blur'"):
        DIMENSIONS.effect("motion_blur")
    with pytest.raises(UnknownName, match="no effect 'grian'"):
        DIMENSIONS.dimension_of("grian")
    with pytest.raises(UnknownName, match="no effect 'x'"):
        DIMENSIONS.compatible("motion-blur", "x")


def test_survives_a_trip_to_another_process():
    again = pickle.loads(pickle.dumps(DIMENSIONS))
    assert dict(again) == dict(DIMENSIONS)
    assert again.effect("film-grain") == DIMENSIONS.effect("film-grain")


def test_effects_can_be_members_of_sets():
    assert len({*EFFECTS, *EFFECTS}) == len(EFFECTS)


def test_most_dimensions_reach_real_photographs_in_two_ways():
    """Emotion and symmetry are beyond image processing; nothing else is."""
    for dimension in DIMENSIONS.values():
        steps = [effect.darkroom for effect in dimension.effects if effect.darkroom]
        if dimension.key in ("emotion", "symmetry"):
            assert not steps
        else:
            assert len({(step.operation, *step.parameters.items()) for step in steps}) >= 2
            assert len({(step.operation, *step.parameters.items()) for step in steps}) == len(steps)
