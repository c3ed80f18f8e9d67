from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from widespectrum.runs import derive_seed


def test_known_values():
    """A seed is part of a result: changing these changes every image of every run."""
    assert derive_seed(0, "flux-dev", "p1") == 897685708
    assert derive_seed(0, "flux-dev", "p1", "anti") == 2134935857
    assert derive_seed(1, "bonsai", "猫") == 1813133873


@given(st.integers(), st.text(), st.text(), st.none() | st.text())
def test_seeds_fit_a_signed_32_bit_integer(run_seed, family, prompt, variant):
    assert 0 <= derive_seed(run_seed, family, prompt, variant) < 2**31


def test_arguments_do_not_run_into_each_other():
    seeds = {
        derive_seed(0, "a", "bc"),
        derive_seed(0, "ab", "c"),
        derive_seed(0, "a", "b", "c"),
        derive_seed(0, "a", "bc", ""),
        derive_seed(1, "a", "bc"),
        derive_seed(10, "a", "bc"),
    }
    assert len(seeds) == 6


def test_seeds_spread_over_the_range():
    seeds = [derive_seed(0, "model", f"p{n}") for n in range(4000)]
    eighths = Counter(seed >> 28 for seed in seeds)
    assert set(eighths) == set(range(8))
    assert all(400 < count < 600 for count in eighths.values())
    assert len(set(seeds)) == 4000
