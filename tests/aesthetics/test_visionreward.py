import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.aesthetics import FIXED_ORDER, load_dimensions, load_visionreward, sign_rating
from widespectrum.errors import BadInput, UnknownName

ANNOTATED = load_visionreward()


def test_has_18_dimensions_of_which_the_paper_uses_its_eleven():
    assert len(ANNOTATED) == 18
    assert sorted(key for key, each in ANNOTATED.items() if each.used) == list(FIXED_ORDER)
    assert set(load_dimensions()) <= set(ANNOTATED)


def test_levels_are_those_of_the_public_annotation():
    levels = {key: (each.lowest, each.highest) for key, each in ANNOTATED.items()}
    assert levels == {
        "symmetry": (-1, 1),
        "object pairing": (-1, 1),
        "main object": (-1, 1),
        "richness": (-2, 2),
        "background": (-1, 2),
        "clarity": (-2, 2),
        "color brightness": (-1, 1),
        "color aesthetic": (-1, 1),
        "lighting distinction": (-1, 2),
        "lighting aesthetic": (-1, 2),
        "emotion": (-2, 2),
        "detail refinement": (-4, 2),
        "detail realism": (-3, 1),
        "body": (-4, 1),
        "face": (-3, 2),
        "hands": (-4, 1),
        "safety": (-3, 1),
        "unsafe type": (0, 3),
    }


def test_codes_for_none_in_the_picture():
    codes = {k: v.not_applicable for k, v in ANNOTATED.items() if v.not_applicable is not None}
    assert codes == {"body": -4, "face": -3, "hands": -4}


@given(st.integers())
def test_the_sign_rule(level):
    assert sign_rating(level) == (level > 0) - (level < 0) + 1


def test_a_rating_is_the_sign_where_the_dimension_applies():
    for each in ANNOTATED.values():
        if not each.nominal:
            for level in range(each.lowest, each.highest + 1):
                expected = None if level == each.not_applicable else sign_rating(level)
                assert each.rating(level) == expected


def test_no_hands_are_not_bad_hands():
    assert ANNOTATED["hands"].rating(-4) is None
    assert ANNOTATED["hands"].rating(-3) == 0
    assert sign_rating(-4) == 0  # the authors' reading


@pytest.mark.parametrize(("key", "level"), [("clarity", 3), ("clarity", -3), ("background", -2)])
def test_a_level_outside_the_range_is_refused(key, level):
    with pytest.raises(BadInput, match=f"field '{key}': level {level} is outside"):
        ANNOTATED[key].rating(level)


def test_categories_have_no_rating():
    with pytest.raises(BadInput, match="field 'unsafe type': has categories"):
        ANNOTATED["unsafe type"].rating(2)


def test_an_unknown_dimension_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match=r"no VisionReward dimension 'hand'.*'hands'"):
        ANNOTATED["hand"]
