"""Shuffled prompts: another cluster's words, the same for the same prompt, and never by chance."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.studies.controls import shuffled_prompts


def pairs_of(rows):
    return pl.DataFrame(rows, schema={"cluster": pl.String, "prompt_anti": pl.String}, orient="row")


ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["dull", "grey", "dim", "flat"])),
    min_size=1,
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.integers(0, 5))
def test_borrowed_prompts_are_other_texts_of_other_clusters(rows, seed):
    borrowed = shuffled_prompts(pairs_of(rows), seed)
    assert borrowed.name == "prompt_shuffled"
    assert borrowed.dtype == pl.String
    for (cluster, prompt), text in zip(rows, borrowed, strict=True):
        elsewhere = {other for owner, other in rows if owner != cluster} - {prompt}
        # Nothing is borrowed exactly where there is nothing to borrow.
        assert (text in elsewhere) if elsewhere else (text is None)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_equal_pairs_borrow_the_same_in_any_order(rows, random):
    lookup = dict(zip(rows, shuffled_prompts(pairs_of(rows), 0), strict=True))
    again = [*rows, *rows]
    random.shuffle(again)
    for row, text in zip(again, shuffled_prompts(pairs_of(again), 0), strict=True):
        assert text == lookup[row]


def test_the_seed_decides():
    pairs = pairs_of([(f"c{number}", f"prompt {number}") for number in range(50)])
    first = shuffled_prompts(pairs, 0).to_list()
    assert shuffled_prompts(pairs, 0).to_list() == first
    assert shuffled_prompts(pairs, 1).to_list() != first


def test_every_prompt_is_lent_once_where_each_cluster_has_one():
    prompts = [f"prompt {number}" for number in range(50)]
    pairs = pairs_of([(f"c{number}", prompt) for number, prompt in enumerate(prompts)])
    assert sorted(shuffled_prompts(pairs, 0)) == sorted(prompts)


def test_one_cluster_has_nobody_to_borrow_from():
    pairs = pairs_of([("only", "dull"), ("only", "grey")])
    assert shuffled_prompts(pairs, 0).to_list() == [None, None]


def test_one_anti_prompt_for_all_is_no_control():
    pairs = pairs_of([(f"photo {number}", "make it ugly") for number in range(5)])
    assert shuffled_prompts(pairs, 0).to_list() == [None] * 5


def test_no_rows_no_prompts():
    assert shuffled_prompts(pairs_of([]), 0).to_list() == []
