"""Names are one to one both ways, whatever a name is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.tables.authors import CHOOSERS, GENERATORS, JUDGES, SCORERS, first_number

ALL = (SCORERS, CHOOSERS, JUDGES, GENERATORS)
awkward = st.one_of(
    st.text(max_size=6),
    st.sampled_from([name for names in ALL for pair in names.known.items() for name in pair]),
    st.sampled_from(["~", "hpsv2~", "llm~~", "image_reward~"]),
)


@pytest.mark.parametrize("names", ALL)
@given(ours=awkward)
def test_what_goes_out_comes_back(names, ours):
    assert names.ours(names.theirs(ours)) == ours


@pytest.mark.parametrize("names", ALL)
@given(one=awkward, other=awkward)
def test_two_names_stay_two(names, one, other):
    assert (names.theirs(one) == names.theirs(other)) == (one == other)


def test_their_hpsv2_is_version_2_1():
    assert SCORERS.ours("hpsv2") == "hpsv2.1"
    assert SCORERS.theirs("hpsv2") == "hpsv2~"


@pytest.mark.parametrize(
    ("value", "score"),
    [
        (1.5, 1.5),
        (2, 2.0),
        ([1.5, 9.0], 1.5),
        ([[1.5], [2.5]], 1.5),
        ('{"mu": 1.5, "sigma": 3}', 1.5),
        ("[1.5, null]", 1.5),
        (None, None),
        (True, None),
        ([], None),
        ([None, 2.0], None),
        (float("nan"), None),
        ("high", None),
    ],
)
def test_the_score_in_a_value(value, score):
    assert first_number(value) == score
