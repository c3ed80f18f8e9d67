"""Which prompts were cut, which were read whole, and what nobody knows."""

import polars as pl
import pytest
from known_scorers import OBEDIENT, REVERSED, levelled, only, sample, scores_of

from widespectrum.contracts import ScorerFacts
from widespectrum.statistics import ClusterBootstrap
from widespectrum.studies.reward_bias.measures import measure
from widespectrum.studies.reward_bias.sample import sample_of
from widespectrum.studies.reward_bias.slices import slices_of
from widespectrum.studies.reward_bias.truncation import truncation_audit

QUADS = [*levelled(OBEDIENT, 3), *levelled(REVERSED, 5)[3:]]
"""Three obeyed pairs, then two reversed ones."""


def audit(of):
    return truncation_audit(of, measures(of))


def measures(of):
    bootstrap = ClusterBootstrap(of.clusters, draws=100, seed=0)
    return measure(of, slices_of(of), bootstrap, draws=100, seed=0)


def test_counts_and_results_by_hand():
    of = sample({"s": QUADS}, tokens=[77, 10, 40, 78, 90], token_limit=[77] * 5)
    row = only(audit(of), scorer="s")
    assert row["reads"] == "up to 77 tokens"
    assert (row["counted"], row["longest"], row["cut"], row["n_uncut"]) == (5, 90, 2, 3)
    assert row["cut_share"] == pytest.approx(0.4)
    assert (row["accuracy"], row["accuracy_uncut"]) == (0.6, 1.0)
    assert (row["obeyed"], row["obeyed_uncut"]) == (0.6, 1.0)
    # The unit is that of all pairs in both, so that they can be compared.
    assert row["listening_uncut"] == pytest.approx(5 * row["listening"])
    assert row["taste_uncut"] == 0


def test_a_prompt_of_unknown_length_is_neither_cut_nor_whole():
    of = sample({"s": QUADS}, tokens=[10, None, 10, 90, None], token_limit=[77] * 5)
    row = only(audit(of), scorer="s")
    assert (row["counted"], row["cut"], row["n_uncut"]) == (3, 1, 2)
    assert row["cut_share"] == pytest.approx(1 / 3)


def test_a_table_that_says_nothing_does_not_make_a_scorer_read_all():
    row = only(audit(sample({"s": QUADS})), scorer="s")
    assert row["reads"] == "not known"
    assert row["cut"] is row["cut_share"] is row["n_uncut"] is row["accuracy_uncut"] is None
    assert row["accuracy"] == 0.6


def test_a_limit_without_tokens_says_nothing_either():
    row = only(audit(sample({"s": QUADS}, token_limit=[77] * 5)), scorer="s")
    assert row["reads"] == "up to 77 tokens"
    assert row["cut"] is row["accuracy_uncut"] is row["longest"] is None


@pytest.mark.parametrize("tokens", [[10] * 5, None])
def test_a_scorer_without_limit_reads_all(tokens):
    columns = {} if tokens is None else {"tokens": tokens}
    facts = {"s": ScorerFacts(prompt_aware=True)} if tokens is None else None
    of = sample_of(scores_of({"s": QUADS}, **columns), facts)
    row = only(audit(of), scorer="s")
    assert row["reads"] == "every prompt whole"
    assert (row["cut"], row["n_uncut"]) == (0, 5)
    assert row["accuracy_uncut"] == row["accuracy"]
    assert set(measures(of)["subset"]) == {"all"}


def test_facts_supply_the_limit_that_a_table_lacks():
    facts = {"s": ScorerFacts(prompt_aware=True, token_limit=50)}
    of = sample_of(scores_of({"s": QUADS}, tokens=[10, 60, 10, 10, 10]), facts)
    assert only(audit(of), scorer="s")["cut"] == 1


def test_where_every_prompt_is_cut_nothing_is_left():
    of = sample({"s": QUADS}, tokens=[99] * 5, token_limit=[77] * 5)
    row = only(audit(of), scorer="s")
    assert (row["cut"], row["cut_share"], row["n_uncut"]) == (5, 1.0, 0)
    assert row["accuracy_uncut"] is row["taste_uncut"] is None


def test_ties_in_the_truth_are_not_counted_among_the_uncut():
    of = sample(
        {"s": QUADS}, tokens=[1, 1, 1, 99, 99], token_limit=[77] * 5, choice=[-1, 1, 1, 1, 1]
    )
    assert only(audit(of), scorer="s")["n_uncut"] == 2


def test_uncut_rows_exist_per_group_only_where_some_were_cut():
    columns = {"generator": ["a", "a", "a", "b", "b"], "tokens": [1, 1, 90, 90, 90]}
    scores = pl.concat(
        [
            scores_of({"short": QUADS}, token_limit=[77] * 5, **columns),
            scores_of({"long": QUADS}, token_limit=[200] * 5, **columns),
        ]
    )
    uncut = measures(sample_of(scores)).filter(subset="uncut")
    assert uncut.select("scorer", "group", "value", "n").rows() == [
        ("short", "all", "all", 2),
        ("short", "generator", "a", 2),
    ]
