"""The leaderboard: ties told honestly, lineages, settings and confounds beside the ranks."""

from __future__ import annotations

from itertools import combinations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from world_painters import painted_by_hand

from widespectrum.generators import GeneratorFacts, Guidance
from widespectrum.report.tables import print_table
from widespectrum.studies import generation_fidelity
from widespectrum.studies.generation_fidelity.standings import letters
from widespectrum.studies.settings_shown import confounded, settings_notes, settings_table


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_two_share_a_letter_exactly_if_they_are_not_told_apart(data):
    names = [f"g{place}" for place in range(data.draw(st.integers(1, 7)))]
    pairs = list(combinations(names, 2))
    apart = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    told = letters(names, apart)
    for one, two in pairs:
        assert bool(set(told[one]) & set(told[two])) == ((one, two) not in apart)
    assert "a" in told[names[0]]


FACTS = {
    "base": GeneratorFacts(
        size=(1024, 1024), steps=32, passes=32, guidance=Guidance("embedded", raw={"guidance": 3.5})
    ),
    "other": GeneratorFacts(
        takes_seed=False,
        steps=40,
        guidance=Guidance("cfg", 4.5, {"guidance_scale": 4.5}),
        settings_preset="paper",
        confounds=("steps 40 and 32", "guidance 4 and 6"),
    ),
}


def board():
    painted = painted_by_hand(
        {
            "base": [1] * 36 + [0] * 4,
            "alike": [1] * 35 + [0] * 5,
            "other": [1] * 10 + [0] * 30,
        }
    )
    return generation_fidelity.analyse(painted, {"other": "base"}, facts=FACTS, draws=300)


def test_models_that_always_succeed_are_not_shown_as_certain():
    painted = painted_by_hand({"base": [1] * 30, "other": [1] * 30})
    findings = generation_fidelity.analyse(painted, {"other": "base"}, draws=300)
    for row in findings.table("generators").frame.to_dicts():
        assert row["success"] == 1
        assert 0.85 < row["success_low"] < 0.9
    (row,) = findings.table("lineages").frame.filter(pl.col("measure") == "success").to_dicts()
    assert row["difference"] == 0
    assert row["difference_low"] < -0.05
    assert row["difference_high"] > 0.05


def test_ranks_come_with_ties_lineages_and_marks():
    findings = board()
    table = findings.table("generators")
    rows = {row["generator"]: row for row in table.frame.to_dicts()}
    assert set(rows["base"]["ties"]) & set(rows["alike"]["ties"])
    assert not set(rows["base"]["ties"]) & set(rows["other"]["ties"])
    assert rows["other"]["aligned_from"] == "base"
    assert rows["base"]["aligned_from"] is None
    assert "guidance 4 and 6" in rows["other"]["confounds"]
    labels = [column.label for column in table.columns]
    assert {"place", "not told apart", "aligned from", "confounded by"} <= set(labels)
    assert print_table(table).rows
    assert any(note.startswith("Confound: other") for note in findings.notes)


def test_guidance_stands_as_what_it_is():
    table = settings_table(FACTS)
    rows = {row["generator"]: row for row in table.frame.to_dicts()}
    assert (rows["base"]["guidance"], rows["base"]["w"]) == ("read by the network", None)
    assert rows["base"]["raw"] == "guidance=3.5"
    assert (rows["other"]["guidance"], rows["other"]["w"]) == ("classifier-free", 4.5)
    assert rows["other"]["preset"] == "paper"
    assert print_table(table).rows
    assert confounded(FACTS) == {"other": "steps 40 and 32, guidance 4 and 6"}
    said = " ".join(settings_notes(FACTS, ["base", "other", "silent"]))
    assert "other takes no seed" in said
    assert "silent states nothing" in said
    assert settings_notes({}, ["silent"]) == ()


def test_without_facts_there_is_no_table_of_settings():
    painted = painted_by_hand({"only": [1, 0, 1, 1]})
    findings = generation_fidelity.analyse(painted, draws=200)
    assert "settings" not in {table.name for table in findings.tables}
    labels = {column.label for column in findings.table("generators").columns}
    assert not {"not told apart", "aligned from", "confounded by"} & labels
