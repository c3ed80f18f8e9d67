"""The matrix product gives what the plain loop gives: resample rows, compute again."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from widespectrum.errors import BadInput
from widespectrum.statistics import ClusterBootstrap, bootstrap, chosen, credit, draws

DRAWS = 60


@pytest.fixture
def study():
    """170 pairs of 40 prompts under uneven generators; margins with ties."""
    rng = np.random.default_rng(5)
    prompt = np.array([f"prompt {number}" for number in rng.integers(0, 40, 170)])
    truth = rng.integers(0, 2, 170).astype(float)
    margin = np.round(rng.normal(0.6 * truth, 1, 170), 1)
    return prompt, margin, truth


def resampled(boot: ClusterBootstrap):
    """Row numbers of every draw, one after another."""
    for counts in boot.weights():
        yield np.repeat(np.arange(boot.n_rows), counts[boot.cluster_of_row])


def test_every_statistic_equals_the_naive_loop_on_the_same_draws(study):
    prompt, margin, truth = study
    boot = ClusterBootstrap(prompt, DRAWS, seed=1)
    predicted = chosen(margin, ties="original")
    fast = {
        "mean": boot.means(margin),
        "deviation": boot.deviations(margin),
        "accuracy": boot.means(credit(predicted, truth)),
        "f1": boot.weighted_f1(predicted, truth),
        "auroc": boot.auroc(margin, truth),
        "ratio": boot.ratios(margin, truth + 1),
    }
    naive = {
        "mean": lambda m, p, t: m.mean(),
        "deviation": lambda m, p, t: m.std(ddof=1),
        "accuracy": lambda m, p, t: accuracy_score(t, p),
        "f1": lambda m, p, t: f1_score(t, p, average="weighted"),
        "auroc": lambda m, p, t: roc_auc_score(t, m),
        "ratio": lambda m, p, t: m.sum() / (t + 1).sum(),
    }
    for name, compute in naive.items():
        slow = [compute(margin[r], predicted[r], truth[r]) for r in resampled(boot)]
        np.testing.assert_allclose(fast[name].drawn[0], slow, rtol=1e-12, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(
            fast[name].estimates[0], compute(margin, predicted, truth), rtol=1e-12, err_msg=name
        )


def test_interval_is_the_quantile_of_the_draws(study):
    prompt, margin, _ = study
    replicates = ClusterBootstrap(prompt, 500).means(margin)
    (interval,) = replicates.intervals(level=0.9)
    low, high = np.quantile(replicates.drawn[0], [0.05, 0.95])
    assert interval.low == pytest.approx(low)
    assert interval.high == pytest.approx(high)
    assert interval.estimate == pytest.approx(margin.mean())
    assert (interval.n, interval.n_clusters) == (170, len(set(prompt)))
    assert (interval.draws, interval.undefined_draws, interval.reason) == (500, 0, "")


def test_draws_are_multinomial_counts():
    weights = ClusterBootstrap(np.arange(20), 4000, seed=2).weights()
    assert weights.shape == (4000, 20)
    assert (weights.sum(axis=1) == 20).all()
    assert weights.mean(axis=0) == pytest.approx(1, abs=0.08)
    assert weights.var() == pytest.approx(1 - 1 / 20, abs=0.03)


def test_same_seed_same_draws_whatever_the_order_of_rows(study):
    prompt, margin, truth = study
    order = np.random.default_rng(0).permutation(len(prompt))
    one = ClusterBootstrap(prompt, DRAWS, seed=3).auroc(margin, truth)
    other = ClusterBootstrap(prompt[order], DRAWS, seed=3).auroc(margin[order], truth[order])
    np.testing.assert_array_equal(one.values, other.values)
    another = ClusterBootstrap(prompt, DRAWS, seed=4).auroc(margin, truth)
    assert not np.array_equal(one.values, another.values)


def test_a_column_looks_only_at_its_rows(study):
    prompt, margin, truth = study
    where = np.column_stack([np.arange(170) < 90, np.arange(170) >= 60])
    damaged = np.where(where, margin[:, None], np.nan)
    boot = ClusterBootstrap(prompt, DRAWS)
    means, aurocs = boot.means(damaged, where), boot.auroc(damaged, truth, where)
    deviations = boot.deviations(damaged, where)
    for column in range(2):
        rows = where[:, column]
        assert means.estimates[column] == pytest.approx(margin[rows].mean())
        assert deviations.estimates[column] == pytest.approx(margin[rows].std(ddof=1))
        assert aurocs.estimates[column] == pytest.approx(roc_auc_score(truth[rows], margin[rows]))
        assert means.n[column] == rows.sum()
        assert means.n_clusters[column] == len(set(prompt[rows]))
    with pytest.raises(BadInput, match="holds nan"):
        boot.means(damaged)


def test_small_blocks_and_double_precision_change_nothing(study, monkeypatch):
    prompt, margin, truth = study
    values = np.column_stack([margin, margin**2, truth])

    def everything():
        boot = ClusterBootstrap(prompt, DRAWS, seed=6, jackknife=True)
        auroc = boot.auroc(margin, truth)
        again = boot.auroc(margin, truth)
        np.testing.assert_array_equal(auroc.values, again.values)
        return auroc.values, boot.means(values).values, boot.weights()

    whole = everything()
    monkeypatch.setattr(draws, "_BLOCK", 500)
    monkeypatch.setattr(draws, "_KEPT", 0)
    monkeypatch.setattr(draws, "_PICKS", 100)
    monkeypatch.setattr(bootstrap, "_SUMS", 1)
    for module in (bootstrap, draws):
        monkeypatch.setattr(module, "EXACT", 0)
    for one, other in zip(whole, everything(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_jackknife_leaves_each_cluster_out_once(study):
    prompt, margin, truth = study
    boot = ClusterBootstrap(prompt, 5, jackknife=True)
    means, aurocs = boot.means(margin), boot.auroc(margin, truth)
    assert means.left_out.shape == (1, len(boot.labels))
    for place, label in enumerate(boot.labels):
        rows = prompt != label
        assert means.left_out[0, place] == pytest.approx(margin[rows].mean())
        assert aurocs.left_out[0, place] == pytest.approx(roc_auc_score(truth[rows], margin[rows]))


def test_large_scores_keep_their_small_deviation():
    values = 1e6 + np.random.default_rng(0).normal(size=50)
    boot = ClusterBootstrap(np.arange(50), 20)
    slow = [values[rows].std(ddof=1) for rows in resampled(boot)]
    np.testing.assert_allclose(boot.deviations(values).drawn[0], slow, rtol=1e-8)


def test_draws_without_a_class_are_excluded_and_counted():
    truth = np.r_[np.ones(19), 0]
    replicates = ClusterBootstrap(np.arange(20), 2000).auroc(np.arange(20.0, 0, -1), truth)
    (interval,) = replicates.intervals()
    # The only negative is missing from a draw with probability (1 - 1/20)^20.
    assert interval.undefined_draws / 2000 == pytest.approx(0.95**20, abs=0.04)
    assert interval.estimate == 1
    assert interval.low == 1
    assert interval.reason == ""


def test_an_interval_from_a_minority_of_draws_is_refused():
    # Both rows are drawn in 1 - 2 * 0.9^10 + 0.8^10 = 41% of the draws.
    where = np.arange(10) < 2
    replicates = ClusterBootstrap(np.arange(10), 2000).auroc(
        np.arange(10.0), np.arange(10) % 2, where
    )
    (interval,) = replicates.intervals()
    assert interval.undefined_draws / 2000 == pytest.approx(0.59, abs=0.04)
    assert interval.estimate == 1
    assert (interval.low, interval.high) == (None, None)
    assert "of the draws: only one class" in interval.reason
    assert replicates.p_values(0.5)[0].value is None


def test_one_cluster_has_an_estimate_but_no_interval():
    (interval,) = ClusterBootstrap(["p", "p"], DRAWS).means([1.0, 2.0]).intervals()
    assert interval.estimate == 1.5
    assert (interval.low, interval.high) == (None, None)
    assert "single cluster" in interval.reason


@pytest.mark.parametrize("where", [None, np.zeros(0, dtype=bool)])
def test_no_rows_is_no_number(where):
    boot = ClusterBootstrap([], DRAWS)
    for replicates in (
        boot.means([], where),
        boot.auroc([], [], where),
        boot.weighted_f1([], [], where),
        boot.deviations([], where),
    ):
        (interval,) = replicates.intervals()
        assert (interval.estimate, interval.low, interval.high) == (None, None, None)
        assert (interval.n, interval.reason) == (0, "no rows")


def test_an_empty_column_is_undefined_and_leaves_the_others_alone(study):
    prompt, margin, truth = study
    where = np.column_stack([np.zeros(170, dtype=bool), np.ones(170, dtype=bool)])
    boot = ClusterBootstrap(prompt, DRAWS)
    empty, full = boot.means(margin, where).intervals()
    assert empty.reason == "no rows"
    assert empty.estimate is None
    assert full.reason == ""
    empty, full = boot.auroc(margin, truth, where).intervals()
    assert (empty.reason, full.reason) == ("no rows", "")


def test_constant_scores_have_no_deviation_to_divide_by():
    boot = ClusterBootstrap(np.arange(6), DRAWS)
    (interval,) = boot.deviations(np.full(6, 0.1)).intervals()
    assert interval.estimate is None
    assert "all of them equal" in interval.reason


def test_intervals_cover_as_often_as_they_say():
    """Prompts differ and rows share them; an interval that ignored this would cover two thirds."""
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(60), 5)
    covered = 0
    for seed in range(300):
        values = np.repeat(rng.normal(size=60), 5) + 0.5 * rng.normal(size=300)
        (interval,) = ClusterBootstrap(clusters, 400, seed).means(values).intervals()
        covered += interval.low <= 0 <= interval.high
    assert 0.9 <= covered / 300 <= 0.98


def test_bad_input_is_named(study):
    prompt, margin, truth = study
    boot = ClusterBootstrap(prompt, DRAWS)
    with pytest.raises(BadInput, match="field 'values': needs 170 rows"):
        boot.means(margin[:5])
    with pytest.raises(BadInput, match="field 'where': needs 170 rows of true or false"):
        boot.means(margin, np.arange(170))
    with pytest.raises(BadInput, match=r"field 'truth'.*is -1"):
        boot.auroc(margin, np.r_[-1, truth[1:]])
    with pytest.raises(BadInput, match="row 2, field 'clusters': is missing"):
        ClusterBootstrap(["a", None])
    with pytest.raises(BadInput, match="mixes kinds of labels"):
        ClusterBootstrap(np.array(["a", 1], dtype=object))
    with pytest.raises(BadInput, match="one label per row"):
        ClusterBootstrap([["a"]])
    with pytest.raises(BadInput, match="field 'draws'"):
        ClusterBootstrap(["a"], draws=0)
