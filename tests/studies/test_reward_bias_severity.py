"""Severity curves and responses on scores whose path is known."""

import numpy as np
import pytest
from known_scorers import OBEDIENT, levelled, only, sample

from widespectrum.statistics import ClusterBootstrap
from widespectrum.studies.reward_bias.severity import (
    MOST_LEVELS,
    severity_curves,
    severity_responses,
)

SEVERITIES = (0.25, 0.5, 0.75, 1.0)


def darkroom(photos=6, effects=("blur", "grain"), severities=SEVERITIES, gain=2.0):
    """A scorer that rises with severity under the anti prompt and falls under the original."""
    quads, columns = [], {"cluster": [], "effects": [], "severity": []}
    for photo in range(photos):
        for effect in effects:
            for severity in severities:
                quads.append((photo, photo, photo - gain * severity, photo + gain * severity))
                columns["cluster"].append(f"photo {photo}")
                columns["effects"].append([effect])
                columns["severity"].append(severity)
    return {"s": quads}, columns


def curves_of(of):
    return severity_curves(of, ClusterBootstrap(of.clusters, draws=100, seed=0))


def responses_of(of):
    return severity_responses(of, draws=100, seed=0)


def test_curves_start_at_the_untouched_image_and_follow_the_score():
    scorers, columns = darkroom()
    of = sample(scorers, **columns)
    curves = curves_of(of)
    unit = of.scorers[0].scale
    for prompt, sign in (("anti prompt", 1), ("original prompt", -1)):
        own = curves.filter(prompt=prompt)
        assert own["severity"].to_list() == [0.0, *SEVERITIES]
        expected = [sign * 2 * severity / unit for severity in own["severity"]]
        assert own["change"].to_list() == pytest.approx(expected)
        assert (sign * np.diff(own["change"].to_numpy()) > 0).all()
        assert own["n"].to_list() == [0, 12, 12, 12, 12]


def test_responses_are_perfect_where_the_score_is():
    scorers, columns = darkroom()
    of = sample(scorers, **columns)
    for prompt, sign in (("anti prompt", 1), ("original prompt", -1)):
        row = only(responses_of(of), prompt=prompt)
        assert (row["series"], row["flat"], row["dropped"]) == (12, 0, 0)
        assert row["spearman"] == pytest.approx(sign)
        assert row["slope"] == pytest.approx(sign * 2 / of.scorers[0].scale)
        assert row["right_steps"] == 1.0


def test_a_scorer_that_never_moves_is_flat():
    scorers, columns = darkroom(gain=0.0)
    row = only(responses_of(sample(scorers, **columns)), prompt="anti prompt")
    assert row["flat"] == row["series"] == 12
    assert row["spearman"] is None
    assert row["right_steps"] == 0.5


def test_several_effects_on_one_picture_are_one_series_in_any_order():
    scorers, columns = darkroom(effects=("blur",))
    both = [["blur", "grain"], ["grain", "blur"]]
    columns["effects"] = [both[number % 2] for number in range(len(columns["effects"]))]
    row = only(responses_of(sample(scorers, **columns)), prompt="anti prompt")
    assert row["series"] == 6


def test_the_same_severity_twice_is_averaged():
    # Two anti prompts for one photograph, effect and severity: changes 1 and 3, then 4 and 6.
    quads = [(0, 0, 0, 1), (0, 0, 0, 3), (0, 0, 0, 4), (0, 0, 0, 6), (2, 0, 0, 0)]
    of = sample(
        {"s": quads},
        cluster=["p", "p", "p", "p", "q"],
        effects=[["blur"]] * 5,
        severity=[0.5, 0.5, 1.0, 1.0, 1.0],
    )
    row = only(responses_of(of), prompt="anti prompt")
    assert (row["series"], row["dropped"]) == (1, 1)
    assert row["slope"] == pytest.approx(6 / of.scorers[0].scale)


def test_two_photographs_of_one_prompt_are_two_series():
    scorers, columns = darkroom(photos=2, effects=("blur",))
    columns["cluster"] = ["one caption"] * 8
    columns["image_original"] = ["first"] * 4 + ["second"] * 4
    assert only(responses_of(sample(scorers, **columns)), prompt="anti prompt")["series"] == 2


def test_many_severities_are_rounded_for_the_curves_alone():
    severities = [round(0.031 * number, 3) for number in range(1, MOST_LEVELS + 20)]
    scorers, columns = darkroom(photos=2, effects=("blur",), severities=severities)
    of = sample(scorers, **columns)
    levels = curves_of(of).filter(prompt="anti prompt")["severity"].to_list()
    assert levels == [round(tenth / 10, 1) for tenth in range(11)]
    assert only(responses_of(of), prompt="anti prompt")["spearman"] == pytest.approx(1)


def test_without_severities_there_is_nothing():
    of = sample({"s": levelled(OBEDIENT, 4)})
    assert curves_of(of).height == 0
    assert responses_of(of).height == 0


def test_one_severity_per_photograph_has_a_curve_and_no_response():
    scorers, columns = darkroom(severities=(1.0,))
    of = sample(scorers, **columns)
    assert curves_of(of).filter(prompt="anti prompt")["severity"].to_list() == [0.0, 1.0]
    assert responses_of(of).height == 0


def test_unnamed_effects_have_a_curve_and_no_response():
    scorers, columns = darkroom()
    columns["effects"] = [[] if number % 2 else None for number in range(48)]
    of = sample(scorers, **columns)
    assert curves_of(of).height == 10
    assert responses_of(of).height == 0


def test_a_scorer_without_a_unit_has_neither():
    scorers, columns = darkroom(photos=1)
    of = sample(scorers, **columns)
    assert of.scorers[0].scale is None
    assert curves_of(of).height == 0
    assert responses_of(of).height == 0
