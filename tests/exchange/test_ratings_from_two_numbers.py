"""Mean and likeliest class are what was written; the probabilities between them are ours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.exchange.layouts.opinions import probabilities_of

three = st.tuples(*[st.floats(0, 1)] * 3).filter(lambda p: sum(p) > 0.01)


@given(three)
def test_every_real_rating_is_met(weights):
    p = np.array(weights) / sum(weights)
    mean, likeliest = float(p @ np.arange(3)), int(p.argmax())
    made = probabilities_of(mean, likeliest)
    assert made is not None
    assert min(made) >= 0
    assert sum(made) == pytest.approx(1, abs=1e-9)
    assert made[1] + 2 * made[2] == pytest.approx(mean, abs=1e-9)
    assert made[likeliest] >= max(made) - 1e-9


@given(st.floats(0, 2), st.sampled_from([0, 1, 2]))
def test_the_class_is_the_likeliest_wherever_that_can_be(mean, likeliest):
    made = probabilities_of(mean, likeliest)
    impossible = {0: mean > 1.01, 1: not 0.49 <= mean <= 1.51, 2: mean < 0.99}[likeliest]
    if impossible:
        assert made is None
    elif made is not None:
        assert made[likeliest] >= max(made) - 5e-3


@pytest.mark.parametrize(
    ("mean", "likeliest", "made"),
    [
        (0.0, 0, (1, 0, 0)),
        (2.0, 2, (0, 0, 1)),
        (1.0, 1, (1 / 6, 2 / 3, 1 / 6)),  # neutral may be 1/3 to 1
        (0.2, 2, None),
        (1.8, 0, None),
        (0.3, 1, None),
    ],
)
def test_known_answers(mean, likeliest, made):
    found = probabilities_of(mean, likeliest)
    assert found == (None if made is None else pytest.approx(made))
