"""Seeded draws: known values, so that a change that moves every prompt cannot pass unseen."""

from collections import Counter

from widespectrum.prompts.draws import Draws, derive_seed


def test_seeds_and_draws_are_fixed_for_ever():
    assert derive_seed("pair", 0, "animals-01") == 3843168224
    draws = Draws("a test", 7)
    assert [draws.below(100) for _ in range(5)] == [89, 41, 14, 57, 22]
    assert Draws("a test", 7).shuffled("abcdef") == list("edbacf")


def test_parts_do_not_run_into_each_other():
    assert derive_seed("ab", "c") != derive_seed("a", "bc")
    assert derive_seed(1, 23) != derive_seed(12, 3)


def test_shuffling_is_fair():
    first = Counter(Draws("fair", seed).shuffled("abc")[0] for seed in range(3000))
    assert all(900 < count < 1100 for count in first.values())


def test_seeds_fit_into_a_column_of_doubles():
    assert all(0 <= derive_seed(i) < 2**32 for i in range(1000))
