"""Sampling: fair, balanced, free of conflicts, the same for the same seed."""

from collections import Counter
from itertools import combinations
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from widespectrum.aesthetics import Dimension, load_dimensions
from widespectrum.errors import BadInput
from widespectrum.prompts import sample_dimensions

KNOWN = load_dimensions()
POOL = [KNOWN[key] for key in KNOWN.enabled]


def usage(sets):
    return Counter(d.key for chosen in sets for d in chosen)


def pairs(sets):
    return Counter(frozenset((a.key, b.key)) for s in sets for a, b in combinations(s, 2))


def conflicts(sets):
    return [(a.key, b.key) for s in sets for a, b in combinations(s, 2) if b.key in a.conflicts]


def made_up(*keys, conflicts=()):
    """Dimensions of these keys, of which the given pairs conflict."""
    return [
        Dimension(
            key,
            key,
            "low",
            "neutral",
            "high",
            True,
            (),
            tuple(b if a == key else a for a, b in conflicts if key in (a, b)),
            (),
        )
        for key in keys
    ]


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(1, 120),
    smallest=st.integers(1, 4),
    extra=st.integers(0, 3),
    seed=st.integers(0, 2**31),
    balanced=st.booleans(),
    allow=st.booleans(),
)
def test_sets_are_as_asked(count, smallest, extra, seed, balanced, allow):
    largest = smallest + extra

    def draw():
        return sample_dimensions(
            POOL, count, (smallest, largest), seed, balanced=balanced, allow_conflicts=allow
        )

    sets = draw()
    assert len(sets) == count
    assert all(smallest <= len(chosen) <= largest for chosen in sets)
    assert all(len({d.key for d in chosen}) == len(chosen) for chosen in sets)
    assert allow or not conflicts(sets)
    assert draw() == sets
    if balanced:
        sizes = Counter(len(chosen) for chosen in sets)
        per_size = [sizes[size] for size in range(smallest, largest + 1)]
        assert max(per_size) - min(per_size) <= 1
        counts = [usage(sets)[d.key] for d in POOL]
        assert max(counts) - min(counts) <= (1 if allow else 2)


@pytest.mark.parametrize("seed", range(5))
def test_300_prompts_of_the_paper_balanced(seed):
    sets = sample_dimensions(POOL, 300, seed=seed)
    counts = usage(sets)
    assert set(counts.values()) == {81, 82}
    seen = pairs(sets)
    assert len(seen) == 55 - len(conflicts([POOL]))
    assert min(seen.values()) >= 15
    assert max(seen.values()) <= 23


def test_plain_draws_are_uniform():
    sets = sample_dimensions(POOL, 6000, seed=1, balanced=False, allow_conflicts=True)
    assert chisquare(list(usage(sets).values())).pvalue > 0.001
    assert chisquare(list(Counter(map(len, sets)).values())).pvalue > 0.001
    of_two = Counter(frozenset(d.key for d in s) for s in sets if len(s) == 2)
    assert len(of_two) == 55
    assert chisquare(list(of_two.values())).pvalue > 0.001


def test_rejecting_conflicts_leaves_the_other_sets_equally_likely():
    pool = made_up(*"abcd", conflicts=[("a", "b")])
    sets = sample_dimensions(pool, 6000, (2, 2), 1, balanced=False)
    counts = Counter(frozenset(d.key for d in s) for s in sets)
    assert len(counts) == 5
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_the_order_within_a_set_is_drawn_too():
    sets = sample_dimensions(POOL, 300)
    first = Counter(s[0].key for s in sets)
    assert len(first) == len(POOL)
    assert max(first.values()) < 60


def test_seeds_differ():
    assert sample_dimensions(POOL, 30, seed=0) != sample_dimensions(POOL, 30, seed=1)


@pytest.mark.parametrize("balanced", [True, False])
def test_conflicts_that_leave_one_way_are_found(balanced):
    pool = made_up(*"abcde", conflicts=[("a", "b"), ("a", "c"), ("a", "d"), ("b", "e")])
    sets = sample_dimensions(pool, 20, (3, 3), balanced=balanced)
    keys = {"".join(sorted(d.key for d in s)) for s in sets}
    assert keys <= {"bcd", "cde"}


@pytest.mark.parametrize("balanced", [True, False])
@pytest.mark.parametrize("per_prompt", [(0, 2), (3, 2), (2, 12), (2, 11), (10, 10)])
def test_impossible_wishes_are_refused_at_once(per_prompt, balanced):
    start = perf_counter()
    with pytest.raises(BadInput) as caught:
        sample_dimensions(POOL, 5, per_prompt, balanced=balanced)
    assert caught.value.remedy
    assert perf_counter() - start < 2


def test_no_prompts_and_twice_the_same_dimension_are_refused():
    with pytest.raises(BadInput, match="count is 0"):
        sample_dimensions(POOL, 0)
    with pytest.raises(BadInput, match="given twice"):
        sample_dimensions([*POOL, POOL[0]], 5)
