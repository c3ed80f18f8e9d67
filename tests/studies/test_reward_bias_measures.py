"""Numbers of the study against answers worked out by hand and against scikit-learn."""

import numpy as np
import polars as pl
import pytest
from known_scorers import (
    BLIND,
    BLIND_FOR_ANTI,
    CONSTANT,
    OBEDIENT,
    OVERRULING,
    REVERSED,
    levelled,
    only,
    random_scores,
    sample,
)
from sklearn import metrics

from widespectrum.statistics import ClusterBootstrap, against_chance, holm, wilson
from widespectrum.studies.reward_bias.measures import measure, standardised_pairs, whole_sample
from widespectrum.studies.reward_bias.sample import sample_of
from widespectrum.studies.reward_bias.slices import MOST_VALUES, left_out, slices_of

DRAWS = 300


def measured(of, draws=DRAWS):
    bootstrap = ClusterBootstrap(of.clusters, draws=draws, seed=0)
    return measure(of, slices_of(of), bootstrap, draws=draws, seed=0)


def overall(of, scorer, subset="all"):
    return only(whole_sample(measured(of), subset), scorer=scorer)


@pytest.mark.parametrize(
    ("character", "accuracy", "taste", "listening", "obeyed"),
    [
        (OBEDIENT, 1.0, 0.0, 1.0, 1.0),
        (BLIND, 0.0, 1.0, 0.0, 0.0),
        (BLIND_FOR_ANTI, 1.0, -1.0, 0.0, 0.0),
        (OVERRULING, 0.0, 2.0, 1.0, 0.0),
        (REVERSED, 0.0, 0.0, -1.0, 0.0),
    ],
)
def test_known_characters(character, accuracy, taste, listening, obeyed):
    row = overall(sample({"s": levelled(character, 12)}), "s")
    # Levels are 0, 2, ... 22, so the yardstick is twice the SD of 0 ... 11.
    unit = 2 * np.std(np.arange(12), ddof=1)
    assert row["accuracy"] == accuracy
    ends = wilson(round(12 * accuracy), 12)  # all twelve pairs agree
    assert (row["accuracy_low"], row["accuracy_high"]) == (ends.low, ends.high)
    assert row["taste"] == pytest.approx(taste / unit)
    assert row["listening"] == pytest.approx(listening / unit)
    assert row["obeyed"] == obeyed
    assert row["n"] == row["clusters"] == 12
    # With one class of truth, weighted F1 is the F1 of that class.
    assert row["f1"] == pytest.approx(2 * accuracy / (1 + accuracy))


def test_one_class_has_no_auroc_and_says_why():
    row = overall(sample({"s": levelled(OBEDIENT, 5)}), "s")
    assert row["auroc"] is None
    assert "one class" in row["auroc_reason"]
    assert row["f1_reason"] is None


def test_only_prompt_blind_scorers_are_deaf():
    scorers = {"deaf": levelled(BLIND, 6), "hears": levelled(OVERRULING, 6)}
    scorers["nearly"] = [*levelled(BLIND, 5), (11.0, np.nextafter(11.0, 12), 10.0, 10.0)]
    of = sample(scorers)
    assert [scorer.deaf for scorer in of.scorers] == [True, False, False]


def test_truth_decides_which_rows_enter_which_number():
    # Margins under the anti prompt: 1, -1, 1, -1; truths: anti, original, original, tie.
    quads = [(0, 0, -1, 1), (2, 1, 0, 0), (4, 4, 0, 5), (9, 9, 8, 8)]
    row = overall(sample({"s": quads}, choice=[1, 0, 0, -1]), "s")
    assert row["n"] == 3
    assert row["truth_ties"] == 1
    assert row["accuracy"] == pytest.approx(2 / 3)
    # Taste, listening and obedience: the first pair alone.
    unit = np.std([0, 2, 4, 9], ddof=1)
    assert row["taste"] == pytest.approx(0.0 / unit)
    assert row["listening"] == pytest.approx(1.0 / unit)
    assert row["obeyed"] == 1.0
    # The anti pair's margin is 1; of the two originals', one is smaller and one is equal.
    assert row["auroc"] == pytest.approx(0.75)


def test_pairs_nobody_judged_count_for_the_anti_image():
    of = sample({"s": levelled(OBEDIENT, 3)}, choice=[None, 1, -1])
    assert of.assumed == 1
    assert of.truth.tolist() == [1, 1, -1]
    assert overall(of, "s")["n"] == 2


def test_score_ties_go_to_the_original_and_half_in_the_fair_number():
    quads = [(0, 0, 0, 0), (2, 1, 0, 1), (4, 0, 0, 1), (6, 0, 0, 1)]
    row = overall(sample({"s": quads}), "s")
    assert row["score_ties"] == 2
    assert row["accuracy"] == 0.5
    assert row["accuracy_half"] == 0.75
    row = overall(sample({"s": quads}, choice=[0, 0, 1, 1]), "s")
    assert row["accuracy"] == 1.0
    assert row["accuracy_half"] == 0.75


def test_a_scorer_that_never_decides_is_at_chance_not_below_it():
    row = overall(sample({"s": levelled(CONSTANT, 30)}), "s")
    assert row["accuracy"] == 0.0
    assert row["accuracy_half"] == 0.5
    assert row["above_chance"] == 0.0
    assert row["p"] == 1.0


def test_without_spread_there_is_no_unit_and_the_reason_is_given():
    row = overall(sample({"s": [OBEDIENT] * 8}), "s")
    assert row["taste"] is row["listening"] is row["listening_low"] is None
    assert "yardstick" in row["taste_reason"]
    assert row["obeyed"] == 1.0
    assert row["accuracy"] == 1.0


def test_rounding_is_not_spread():
    quads = [(100.0, 0, 0, 1), (np.nextafter(100.0, 101), 0, 0, 1), (100.0, 0, 0, 1)]
    assert sample({"s": quads}).scorers[0].scale is None
    assert sample({"s": [(1e-200, 0, 0, 1), (3e-200, 0, 0, 1)]}).scorers[0].scale is None


def test_one_pair_has_estimates_and_neither_unit_nor_interval():
    row = overall(sample({"s": [OBEDIENT]}), "s")
    assert row["accuracy"] == 1.0
    assert row["accuracy_low"] is None
    assert row["taste"] is None
    assert row["p"] == 1.0


def test_one_cluster_has_estimates_without_intervals():
    row = overall(sample({"s": levelled(OBEDIENT, 9)}, cluster=["one"] * 9), "s")
    assert row["clusters"] == 1
    assert row["listening"] is not None
    assert row["listening_low"] is None
    assert "cluster" in row["listening_reason"]


def test_no_decided_truth_leaves_nothing_to_count():
    row = overall(sample({"s": levelled(OBEDIENT, 4)}, choice=[-1] * 4), "s")
    assert row["n"] == 0
    assert row["truth_ties"] == 4
    for name in ("accuracy", "f1", "auroc", "taste", "listening", "obeyed", "p", "p_holm"):
        assert row[name] is None, name


def test_parity_with_scikit_learn():
    rng = np.random.default_rng(5)
    choice = rng.choice([1, 0, -1, None], 400, p=[0.4, 0.2, 0.2, 0.2]).tolist()
    scores = random_scores(400, 3, seed=2, choice=choice)
    rows = whole_sample(measured(sample_of(scores), draws=10))
    truth = np.array([1 if value is None else value for value in choice])
    decided = truth >= 0
    for name, own in scores.partition_by("scorer", as_dict=True).items():
        margin = (own["ia_pa"] - own["io_pa"]).to_numpy()[decided]
        row = only(rows, scorer=name[0])
        right, guess = truth[decided], (margin > 0).astype(int)
        assert row["accuracy"] == pytest.approx(metrics.accuracy_score(right, guess))
        assert row["f1"] == pytest.approx(metrics.f1_score(right, guess, average="weighted"))
        assert row["auroc"] == pytest.approx(metrics.roc_auc_score(right, margin))


def test_slices_are_the_same_study_on_part_of_the_pairs():
    generators = ["north", "south", "west"] * 20
    dimensions = [["clarity"], ["clarity", "emotion"], []] * 20
    scores = random_scores(60, 2, generator=generators, dimensions=dimensions)
    rows = measured(sample_of(scores))
    assert set(rows["group"]) == {"all", "generator", "dimension"}
    for value, pairs in (("south", range(1, 60, 3)), ("emotion", range(1, 60, 3))):
        own = scores.filter(pl.col("id").is_in([f"pair {pair}" for pair in pairs]))
        alone = overall(sample_of(own), "scorer 1")
        row = only(rows, scorer="scorer 1", value=value)
        for name in ("n", "clusters", "accuracy", "f1", "obeyed"):
            assert row[name] == alone[name], name
    # The unit stays that of all the scorer's pairs, so that slices can be compared.
    whole, parts = (rows.filter(scorer="scorer 0", group=g) for g in ("all", "generator"))
    assert whole["taste"][0] == pytest.approx(parts["taste"].mean())


def test_one_generator_is_no_comparison():
    rows = measured(sample_of(random_scores(10, 1, generator=["only"] * 10)))
    assert set(rows["group"]) == {"all"}


def test_a_scorer_has_no_row_for_a_slice_it_never_saw():
    scorers = {"all": levelled(OBEDIENT, 4), "first two": levelled(OBEDIENT, 2)}
    of = sample(scorers, generator=["a", "a", "b", "b"])
    rows = measured(of).filter(group="generator")
    assert rows.select("scorer", "value").rows() == [("all", "a"), ("all", "b"), ("first two", "a")]
    assert overall(of, "first two")["n"] == 2


def test_each_scorers_unit_is_that_of_its_own_pairs():
    scorers = {"wide": levelled(OBEDIENT, 9), "narrow": levelled(OBEDIENT, 3)}
    of = sample(scorers)
    assert of.scorers[0].scale == pytest.approx(2 * np.std(np.arange(9), ddof=1))
    assert of.scorers[1].scale == pytest.approx(2.0)


def test_too_many_values_keep_the_frequent_ones_and_are_counted():
    names = [f"g{number}" for number in range(MOST_VALUES + 5)]
    generators = names + names[5:]
    scores = random_scores(len(generators), 1, generator=generators)
    of = sample_of(scores)
    values = [part.value for part in slices_of(of) if part.group == "generator"]
    assert sorted(values) == sorted(names[5:])
    assert left_out(of) == {"generator": 5}


def test_holm_families_are_the_tables_shown():
    scores = random_scores(60, 3, generator=["a", "b", "c"] * 20)
    of = sample_of(scores)
    rows = measured(of)
    for group in ("all", "generator"):
        family = rows.filter(group=group)
        assert family["p_holm"].to_list() == pytest.approx(list(holm(family["p"].to_list())))
    whole = rows.filter(group="all")
    credit = np.stack([s.four.margin > 0 for s in of.scorers], axis=1).astype(float)
    credit[np.stack([s.four.margin == 0 for s in of.scorers], axis=1)] = 0.5
    tests = against_chance(credit, of.clusters, draws=DRAWS, seed=0)
    assert whole["p"].to_list() == pytest.approx([test.p for test in tests])


def test_pairs_that_share_a_prompt_are_resampled_together():
    accuracies = [OBEDIENT] * 5 + [REVERSED] * 5
    quads = [tuple(s + 2 * i for s in quad) for i, quad in enumerate(accuracies)]
    alone = overall(sample({"s": quads * 4}), "s")
    clustered = overall(sample({"s": quads * 4}, cluster=[f"c{i}" for i in range(10)] * 4), "s")
    once = overall(sample({"s": quads}), "s")
    assert alone["accuracy"] == clustered["accuracy"] == 0.5
    assert clustered["clusters"] == 10
    assert clustered["accuracy_low"] == once["accuracy_low"]
    assert clustered["accuracy_high"] == once["accuracy_high"]
    assert clustered["p"] == once["p"]
    assert alone["accuracy_low"] > clustered["accuracy_low"]


def test_standardised_pairs_average_to_the_measures():
    of = sample_of(random_scores(40, 2))
    pairs = standardised_pairs(of)
    for row in whole_sample(measured(of)).iter_rows(named=True):
        own = pairs.filter(scorer=row["scorer"])
        assert own["taste"].mean() == pytest.approx(row["taste"])
        assert own["listening"].mean() == pytest.approx(row["listening"])
    unscaled = standardised_pairs(sample({"s": [OBEDIENT] * 3}))
    assert unscaled["taste"].to_list() == [None] * 3
    assert unscaled["unit"].to_list() == [1.0] * 3
