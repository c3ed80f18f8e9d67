"""Sample sizes against simulated studies."""

from __future__ import annotations

import numpy as np
import pytest

from widespectrum.errors import BadInput
from widespectrum.statistics import mcnemar, pairs_needed, power_of


@pytest.mark.parametrize(
    ("base", "drop", "discordant"), [(0.7, 0.1, None), (0.7, 0.1, 0.2), (0.9, 0.05, None)]
)
def test_so_many_pairs_see_the_drop_nine_times_in_ten(base, drop, discordant):
    n = pairs_needed(base, drop, discordant=discordant)
    psi = (
        base * (1 - base + drop) + (base - drop) * (1 - base) if discordant is None else discordant
    )
    lost, gained = (psi + drop) / 2, (psi - drop) / 2
    studies = np.random.default_rng(0).multinomial(n, [lost, gained, 1 - psi], size=20_000)
    b, c = studies[:, 0], studies[:, 1]
    seen = np.abs(b - c) > 1.96 * np.sqrt(b + c)
    assert seen.mean() == pytest.approx(0.9, abs=0.02)


def test_the_test_that_is_used_has_nearly_that_power():
    """Its continuity correction costs about one point."""
    n = pairs_needed(0.7, 0.1, discordant=0.3)
    rng = np.random.default_rng(1)
    seen = 0
    for _ in range(400):
        kind = rng.choice(3, size=n, p=[0.2, 0.1, 0.7])
        seen += mcnemar(kind != 1, kind != 0).p < 0.05
    assert seen / 400 == pytest.approx(0.89, abs=0.045)


def test_power_and_size_are_one_formula():
    n = pairs_needed(0.6, 0.15, power=0.8, alpha=0.01)
    assert power_of(n, 0.6, 0.15, alpha=0.01) >= 0.8
    assert power_of(n - 1, 0.6, 0.15, alpha=0.01) < 0.8


def test_models_that_find_the_same_prompts_hard_need_fewer_pairs():
    assert pairs_needed(0.7, 0.1, discordant=0.15) < pairs_needed(0.7, 0.1) / 2


def test_total_loss_is_seen_at_once():
    assert pairs_needed(1.0, 1.0) == 4
    assert power_of(10, 1.0, 1.0) == 1


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"base": 0, "drop": 0.1}, "base"),
        ({"base": 0.5, "drop": 0.6}, "drop"),
        ({"base": 0.5, "drop": 0.1, "discordant": 0.05}, "discordant"),
        ({"base": 0.5, "drop": 0.1, "discordant": 0.95}, "discordant"),
        ({"base": 0.5, "drop": 0.1, "power": 1}, "power"),
        ({"base": 0.5, "drop": 0.1, "alpha": 0}, "alpha"),
    ],
)
def test_impossible_questions_are_refused(arguments, field):
    with pytest.raises(BadInput, match=f"field '{field}'"):
        pairs_needed(**arguments)
