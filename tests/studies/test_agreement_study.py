"""Who agrees with whom: known answers, and a reference."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import cohen_kappa_score

from widespectrum.errors import BadInput
from widespectrum.studies.agreement import analyse, pair_table, with_clusters, with_majorities
from widespectrum.studies.opinion_sources import opinions_from
from widespectrum.tables.opinions import CLASSES, OPINION_SCHEMA


def opinions(ratings, *, group=None, clusters=None):
    """From {rater: {item: value}}."""
    rows = [
        (item, rater, value, (clusters or {}).get(item), (group or {}).get(rater))
        for rater, given in ratings.items()
        for item, value in given.items()
    ]
    return pl.DataFrame(rows, schema=OPINION_SCHEMA, orient="row")


def drawn(seed, count=200):
    random = np.random.default_rng(seed)
    truth = random.choice([0, -1, 1], count)
    other = np.where(random.random(count) < 0.7, truth, random.choice([0, -1, 1], count))
    items = [f"item-{n}" for n in range(count)]
    return (
        dict(zip(items, truth.tolist(), strict=True)),
        dict(zip(items, other.tolist(), strict=True)),
    )


@pytest.mark.parametrize("scale", ["choices", "ratings"])
def test_kappa_is_that_of_a_reference(scale):
    one, other = drawn(0)
    if scale == "ratings":
        one, other = ({k: v + 1 for k, v in each.items()} for each in (one, other))
    found = pair_table(with_clusters(opinions({"x": one, "y": other})), scale, draws=200)
    place = {value: number for number, value in enumerate(CLASSES[scale])}
    sides = [[place[value] for value in each.values()] for each in (one, other)]
    row = found.to_dicts()[0]
    assert row["kappa"] == pytest.approx(cohen_kappa_score(*sides, weights="quadratic"))
    assert row["kappa_unweighted"] == pytest.approx(cohen_kappa_score(*sides))
    assert row["agree"] == pytest.approx(np.mean(np.equal(*sides)))
    assert row["distance"] == pytest.approx(np.mean(np.abs(np.subtract(*sides))))
    assert row["kappa_low"] < row["kappa"] < row["kappa_high"]


def test_a_tie_stands_between_the_images():
    """Original against anti is two steps apart, either against a tie is one."""
    far = {"a": 0, "b": 1, "c": 1, "d": 0}, {"a": 1, "b": 1, "c": 1, "d": 0}
    near = {"a": 0, "b": 1, "c": 1, "d": 0}, {"a": -1, "b": 1, "c": 1, "d": 0}
    rows = [
        pair_table(with_clusters(opinions({"x": x, "y": y})), "choices", draws=100).to_dicts()[0]
        for x, y in (far, near)
    ]
    assert [row["distance"] for row in rows] == [0.5, 0.25]
    assert [row["opposite"] for row in rows] == [0.25, 0.0]
    assert rows[1]["kappa"] > rows[0]["kappa"]


def test_only_items_that_both_judged_count():
    one, other = drawn(1, 50)
    fewer = {item: other[item] for item in list(other)[:20]}
    row = pair_table(with_clusters(opinions({"x": one, "y": fewer})), "choices", draws=100)
    assert row["items"][0] == 20


def test_people_of_a_group_have_a_voice_together():
    people = {"p": {"a": 1, "b": 0, "c": 1}, "q": {"a": 1, "b": 1, "c": 0}, "r": {"a": 0, "b": 1}}
    machine = {"m": {"a": 1, "b": 1, "c": 0}}
    given = opinions(people | machine, group=dict.fromkeys(people, "people"))
    voices = with_majorities(with_clusters(given))
    majority = voices.filter(pl.col("rater") == "people (majority)")
    # About c two people disagree: nobody guesses.
    assert dict(majority.select("item", "value").iter_rows()) == {"a": 1, "b": 1}
    pairs = pair_table(voices, "choices", draws=100)
    compared = {frozenset(pair) for pair in pairs.select("first", "second").iter_rows()}
    assert {"m", "people (majority)"} in compared
    assert {"p", "people (majority)"} not in compared


def test_intervals_widen_when_items_share_a_prompt():
    one, other = drawn(2)
    clusters = {item: f"prompt-{n // 10}" for n, item in enumerate(one)}
    alone = pair_table(with_clusters(opinions({"x": one, "y": other})), "choices", draws=1000)
    copies = opinions({"x": one, "y": other}, clusters=dict.fromkeys(one, "one") | clusters)
    shared = pair_table(with_clusters(copies), "choices", draws=1000)
    assert alone["kappa"][0] == shared["kappa"][0]
    assert alone["kappa_low"][0] != shared["kappa_low"][0]


def test_what_one_source_tells_of_an_item_counts_for_all():
    told = opinions({"x": {"a": 1}}, clusters={"a": "prompt"})
    silent = opinions({"y": {"a": 1, "b": 0}})
    clusters = with_clusters(pl.concat([silent, told])).select("item", "cluster").rows()
    assert clusters == [("a", "prompt"), ("b", "b"), ("a", "prompt")]


def test_findings_say_who_agrees_best_and_worst():
    one, other = drawn(3)
    random = dict(
        zip(one, np.random.default_rng(9).choice([0, -1, 1], len(one)).tolist(), strict=True)
    )
    findings = analyse(opinions({"x": one, "y": other, "z": random}), "choices", draws=200)
    assert findings.headline[0].startswith("The best agreement is that of x and y, kappa 0.")
    assert findings.table("pairs").frame.height == 3
    assert "0.80" in " ".join(findings.notes)
    assert "Krippendorff" in " ".join(findings.notes)
    assert findings.table("raters").frame["items"].to_list() == [200] * 3


def test_raters_of_one_class_have_no_kappa_and_it_is_said_why():
    always = {"a": 1, "b": 1}
    findings = analyse(opinions({"x": always, "y": always}), "choices", draws=100)
    row = findings.table("pairs").frame.to_dicts()[0]
    assert row["kappa"] is None
    assert "one class" in row["kappa_reason"]
    assert row["agree"] == 1.0
    assert "No kappa" in findings.headline[0]


@pytest.mark.parametrize(
    "ratings",
    [{"x": {"a": 1}}, {"x": {"a": 1}, "y": {"b": 1}}],
    ids=["one rater", "no item shared"],
)
def test_nobody_to_compare(ratings):
    with pytest.raises(BadInput, match="nobody to compare"):
        analyse(opinions(ratings), "choices", draws=100)


def test_tables_are_stacked_and_scales_are_not_mixed(tmp_path):
    x, y, z = (tmp_path / f"{name}.csv" for name in "xyz")
    x.write_text("id,choice\na,1\nb,0\n")
    y.write_text("id,choice\na,1\nb,-1\n")
    z.write_text("id,dimension,rating\na,clarity,1\n")
    frame, scale = opinions_from([x, y])
    assert (frame["rater"].to_list(), scale) == (["x", "x", "y", "y"], "choices")
    with pytest.raises(BadInput, match="ratings"):
        opinions_from([x, z])
    with pytest.raises(BadInput, match="repeats"):
        opinions_from([x, x])
