import pytest

from widespectrum.aesthetics import load_dimensions, load_taxonomy
from widespectrum.errors import UnknownName

TAXONOMY = load_taxonomy()


def test_has_28_classes_in_five_groups():
    assert {group.key: len(group.classes) for group in TAXONOMY.groups} == {
        "clarity_and_focus": 6,
        "color_and_tone": 5,
        "lighting_and_exposure": 5,
        "composition_and_structure": 5,
        "emotion_and_subject": 7,
    }
    assert len(TAXONOMY) == 28


def test_a_class_is_found_by_its_full_key():
    blur = TAXONOMY["clarity_and_focus.intentional_blur"]
    assert blur.group == "clarity_and_focus"
    assert blur.dimensions == ("clarity",)
    assert blur in TAXONOMY.groups[0].classes
    with pytest.raises(UnknownName, match=r"'clarity_and_focus.intentional_blur'"):
        TAXONOMY["clarity_and_focus.intentional_blurr"]


def test_classes_link_to_known_dimensions():
    dimensions = load_dimensions()
    linked = {key for each in TAXONOMY.values() for key in each.dimensions}
    assert linked <= set(dimensions)
    assert linked >= {
        "clarity",
        "color aesthetic",
        "color brightness",
        "lighting distinction",
        "main object",
        "object pairing",
        "emotion",
    }


def test_titles_and_meanings_are_their_own():
    for column in ("title", "meaning"):
        texts = [getattr(each, column) for each in TAXONOMY.values()]
        assert len(set(texts)) == 28
    assert all(each.meaning.endswith(".") for each in TAXONOMY.values())
