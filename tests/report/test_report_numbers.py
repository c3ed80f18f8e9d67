import pytest

from widespectrum.report import numbers


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.128, 2, "0.13"),
        (-0.128, 2, "−0.13"),
        (-0.001, 2, "0.00"),
        (12345.6, 1, "12,345.6"),
        (float("inf"), 2, "∞"),
        (float("-inf"), 2, "−∞"),
        (3, 0, "3"),
    ],
)
def test_number(value, digits, text):
    assert numbers.number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(0.523, 1, "52.3%"), (1.0, 0, "100%"), (-0.5, 0, "−50%")]
)
def test_percent_takes_fractions(value, digits, text):
    assert numbers.percent(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "< 0.001"), (0.00099, "< 0.001"), (0.001, "0.001"), (0.0456, "0.046"), (1.0, "1.000")],
)
def test_p_value(value, text):
    assert numbers.p_value(value) == text


def test_count_groups_thousands():
    assert numbers.count(33_000) == "33,000"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2841, "0.284"), (-9.5941, "−9.594"), (15.251, "15.25"), (431.26, "431.3"), (None, "—")],
)
def test_score_keeps_four_digits_on_any_scale(value, text):
    assert numbers.score(value) == text


def test_not_a_number_is_no_data():
    assert numbers.score(float("nan")) == numbers.NO_DATA
