from __future__ import annotations

import pytest

from widespectrum.bonsai.training.schedules import Descent, Plateau, Schedule


def test_a_schedule_rises_and_falls_to_zero() -> None:
    schedule = Schedule(steps=200, learning_rate=1.0, warmup=10)
    shares = [schedule.share(step) for step in range(200)]
    assert shares[0] == pytest.approx(0.1)
    assert max(shares) == shares[9]
    assert shares[10:] == sorted(shares[10:], reverse=True)
    assert 0 < shares[-1] < 0.01


def test_a_plateau_stays_and_its_end_can_be_moved() -> None:
    short, long = (Plateau(steps, 1e-3, warmup=10) for steps in (50, 5000))
    assert [short.share(step) for step in range(50)] == [long.share(step) for step in range(50)]
    assert long.share(4999) == 1.0
    assert short.describe() == long.describe()
    assert short.describe() != Plateau(50, 2e-3, warmup=10).describe()


def test_a_descent_begins_where_it_leaves_the_plateau() -> None:
    plateau = Plateau(1000, 1e-3, seed=3, warmup=10)
    descent = Descent(plateau, start=400, length=100)
    assert descent.steps == 500
    assert descent.seed == 3
    assert descent.share(400) == 1.0
    assert descent.share(450) == pytest.approx(0.5)
    assert descent.share(499) == pytest.approx(0.01)
    assert descent.describe() != plateau.describe()
