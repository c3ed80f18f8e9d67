"""Wilson intervals against published counts, Student's against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import sem
from scipy.stats import t as scipy_t

from widespectrum.errors import BadInput
from widespectrum.statistics import ClusterBootstrap, of_share, student, wilson


@pytest.mark.parametrize(
    ("successes", "low", "high"),
    [
        # Successes among 300 pairs behind the paper's table 2, percent.
        (168, 50.3, 61.5),  # Flux Dev
        (109, 31.1, 41.9),  # Dance Flux
        (179, 54.0, 65.1),  # PrefFlux
        (235, 73.3, 82.6),  # Flux Krea
        (297, 97.1, 99.7),  # Nano Banana
    ],
)
def test_published_success_rates(successes, low, high):
    interval = wilson(successes, 300)
    assert interval.estimate == successes / 300
    assert (round(100 * interval.low, 1), round(100 * interval.high, 1)) == (low, high)


def test_ends_stay_inside_and_have_width():
    assert wilson(0, 10).low == pytest.approx(0, abs=1e-12)
    assert wilson(0, 10).high > 0.2
    assert wilson(10, 10).high == pytest.approx(1, abs=1e-12)


def test_no_rows_is_no_number():
    interval = wilson(0, 0)
    assert (interval.estimate, interval.low, interval.high) == (None, None, None)
    assert interval.reason == "no rows"


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_unanimous_share_keeps_a_width_that_repeats_of_a_prompt_do_not_narrow(value):
    for repeats in (1, 5):
        clusters = [prompt for prompt in range(12) for _ in range(repeats)]
        (plain,) = ClusterBootstrap(clusters, 200, 0).means([value] * len(clusters)).intervals()
        assert plain.low == plain.high == value
        share = of_share(plain)
        assert (share.low, share.high) == (
            wilson(12 * int(value), 12).low,
            wilson(12 * int(value), 12).high,
        )
        assert (share.estimate, share.n, share.n_clusters) == (value, len(clusters), 12)


def test_a_share_of_independent_rows_has_wilsons_ends():
    flags = [1.0] * 59 + [0.0]
    (plain,) = ClusterBootstrap(list(range(60)), 500, 0).means(flags).intervals()
    share, ends = of_share(plain), wilson(59, 60)
    assert (share.estimate, share.low, share.high) == (plain.estimate, ends.low, ends.high)
    assert share.low < plain.low


def test_shares_of_repeated_prompts_keep_their_interval():
    (plain,) = ClusterBootstrap([0, 0, 1, 2], 200, 0).means([0.0, 1.0, 1.0, 1.0]).intervals()
    assert of_share(plain) == plain


def test_a_share_of_nothing_stays_undefined():
    (plain,) = ClusterBootstrap([0, 1], 200, 0).means([1.0, 1.0], [False, False]).intervals()
    assert of_share(plain) == plain
    assert plain.estimate is None


@pytest.mark.parametrize(("successes", "n", "level"), [(-1, 3, 0.95), (4, 3, 0.95), (1, 3, 1.0)])
def test_impossible_counts_are_refused(successes, n, level):
    with pytest.raises(BadInput, match="must lie between"):
        wilson(successes, n, level)


def test_student_is_scipys_interval_of_the_mean() -> None:
    values = [0.2, 0.35, 0.3, 0.1, 0.4]
    expected = scipy_t.interval(0.95, 4, loc=np.mean(values), scale=sem(values))
    interval = student(values)
    assert (interval.low, interval.high) == pytest.approx(expected)
    assert interval.n == 5


def test_student_of_one_and_of_none() -> None:
    assert student([0.5]).estimate == 0.5
    assert student([0.5]).low is None
    assert student([0.5]).reason
    assert student([]).estimate is None
