"""The whole study: what it shows, what it says, and that it can be kept."""

import json

import polars as pl
import pytest
from known_scorers import BLIND, OBEDIENT, levelled, only, random_scores, scores_of

from widespectrum.contracts import ScorerFacts
from widespectrum.errors import BadInput
from widespectrum.studies import reward_bias
from widespectrum.studies.findings import load_findings, save_findings

PLAIN = ["scorers", "controls", "truncation", "published"]


def notes_of(scores, **arguments):
    return " ".join(reward_bias.analyse(scores, draws=50, **arguments).notes)


def test_a_bare_table_of_scores_gives_clean_findings():
    findings = reward_bias.analyse(random_scores(20, 2), draws=50)
    assert [table.name for table in findings.tables] == PLAIN
    assert [figure.name for figure in findings.figures] == ["plane", "ranking", "controls"]
    notes = " ".join(findings.notes)
    assert "In 20 of 20 pairs nobody judged" in notes
    assert "AUROC is undefined" in notes
    assert "not known for scorer 0, scorer 1" in notes
    shown = [column.name for column in findings.table("scorers").columns]
    assert "auroc" not in shown


def test_a_full_table_gives_every_part():
    columns = {
        "choice": [1, 0, -1, 1] * 5,
        "dimensions": [["clarity"], ["emotion"]] * 10,
        "generator": ["a", "a", "b", "b"] * 5,
        "effects": [["blur"]] * 20,
        "severity": [0.5, 1.0] * 10,
        "cluster": [f"photo {number // 2}" for number in range(20)],
        "tokens": [10, 90] * 10,
        "token_limit": [77] * 20,
    }
    findings = reward_bias.analyse(random_scores(20, 2, **columns), draws=50)
    assert [table.name for table in findings.tables] == [
        "scorers",
        "controls",
        "dimensions",
        "dimensions_uncut",
        "generators",
        "generators_uncut",
        "truncation",
        "severity_response",
        "published",
    ]
    assert "auroc" in [column.name for column in findings.table("scorers").columns]
    notes = " ".join(findings.notes)
    assert "Ties in the truth: 5 pairs" in notes
    assert "In 5 pairs the original image follows the anti prompt better" in notes
    assert "nobody judged" not in notes
    assert "reads up to 77 tokens, less than the anti prompt in 10 pairs" in notes


def test_every_column_shown_is_in_its_table_and_explained_once():
    for table in reward_bias.analyse(random_scores(12, 2), draws=50).tables:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        for column in table.columns:
            assert {column.name, column.low, column.high} - {None} <= set(table.frame.columns)


def test_accuracy_with_half_ties_is_shown_where_a_score_is_tied():
    def columns(quads):
        findings = reward_bias.analyse(scores_of({"s": quads}), draws=50)
        return [column.name for column in findings.table("scorers").columns]

    assert "accuracy_half" not in columns(levelled(OBEDIENT, 4))
    assert "accuracy_half" in columns([*levelled(OBEDIENT, 4), (9, 0, 0, 0)])


def test_notes_name_the_prompt_blind_and_those_without_a_unit():
    notes = notes_of(scores_of({"deaf": levelled(BLIND, 3), "flat": [OBEDIENT] * 3}))
    assert "Prompt-blind null: deaf." in notes
    assert "flat: io_po does not vary" in notes


def test_notes_count_exclusions_and_failures():
    notes = notes_of(
        random_scores(5, 1), excluded={"scorer 0": 1, "other": 0, "third": 1200}, failures=7
    )
    assert "scorer 0: 1 pair left out" in notes
    assert "third: 1,200 pairs left out" in notes
    assert "other" not in notes
    assert "Failed requests: 7" in notes


def test_notes_say_that_scorers_saw_different_pairs():
    uneven = scores_of({"a": levelled(OBEDIENT, 4), "b": levelled(OBEDIENT, 2)})
    assert "did not all score the same pairs" in notes_of(uneven)
    assert "did not all" not in notes_of(random_scores(4, 2))
    disjoint = random_scores(4, 2)
    disjoint = disjoint.with_columns(id=pl.Series([str(number) for number in range(8)]))
    assert "did not all score the same pairs" in notes_of(disjoint)


def test_judged_pairs_of_one_class_say_so_too():
    notes = notes_of(random_scores(4, 1, choice=[1, 1, 1, -1]))
    assert "one class" in notes
    assert "nobody judged" not in notes


def test_provenance_tells_what_was_counted():
    facts = {"scorer 0": ScorerFacts(prompt_aware=True, token_limit=35)}
    findings = reward_bias.analyse(
        random_scores(6, 1, cluster=["x", "y", "z"] * 2),
        draws=50,
        seed=3,
        facts=facts,
        provenance={"scorers": {"scorer 0": "abc"}},
    )
    known = findings.provenance
    assert (known["pairs"], known["clusters"]) == (6, 3)
    assert (known["bootstrap draws"], known["bootstrap seed"]) == (50, 3)
    assert known["facts: scorer 0"]["token_limit"] == 35
    assert known["scorers"] == {"scorer 0": "abc"}


def test_the_gallery_holds_every_pair_and_scorer():
    scores = random_scores(7, 2, choice=[1, 1, 1, 1, 0, -1, None])
    gallery = reward_bias.analyse(scores, draws=50).gallery.frame
    assert gallery.height == 14
    assert gallery["obeyed"].null_count() == gallery["disobedience"].null_count() == 4


def test_published_rows_stand_beside_the_measured_ones():
    frame = reward_bias.analyse(random_scores(9, 1, choice=[1] * 6 + [-1] * 3), draws=50)
    frame = frame.table("published").frame
    mine = only(frame, source="this run")
    assert mine["on"] == "6 decided pairs"
    paper = frame.filter(scorer="HPSv3")
    assert paper["accuracy"].to_list() == [0.381]


def test_an_empty_table_is_refused():
    with pytest.raises(BadInput, match="no scores"):
        reward_bias.analyse(random_scores(1, 1).clear())


@pytest.mark.parametrize("draws", [0, -5])
def test_draws_must_be_some(draws):
    with pytest.raises(BadInput):
        reward_bias.analyse(random_scores(3, 1), draws=draws)


def test_the_same_seed_gives_the_same_numbers():
    scores = random_scores(25, 2)
    one, same, other = (
        reward_bias.analyse(scores, draws=50, seed=seed).to_json() for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_findings_are_json_and_survive_being_saved(tmp_path):
    findings = reward_bias.analyse(
        random_scores(10, 2, dimensions=[["clarity", "emotion"], None] * 5), draws=50
    )
    json.dumps(findings.to_json(), allow_nan=False)
    loaded = load_findings(save_findings(findings, tmp_path))
    assert loaded.to_json() == json.loads(json.dumps(findings.to_json()))
    assert loaded.gallery.frame.equals(findings.gallery.frame)
    assert loaded.figures == findings.figures
    for table in findings.tables:
        assert loaded.table(table.name).columns == table.columns
        assert loaded.table(table.name).frame.equals(table.frame)
