"""The leaderboard: ties told honestly, lineages, settings and confounds beside the ranks."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world_painters import painted_by_hand

from widespectrum.generators import GeneratorFacts, Guidance, generator_facts, load_generator
from widespectrum.report.tables import print_table
from widespectrum.studies import generation_fidelity
from widespectrum.studies.generation_fidelity.standings import letters
from widespectrum.studies.settings_shown import (
    confound_banner,
    confounded,
    settings_notes,
    settings_table,
    unlike,
)


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


def test_a_lineage_that_is_set_differently_is_marked():
    pair = {"turbo": "base"}
    base = GeneratorFacts(size=(8, 8), steps=50, guidance=Guidance("cfg", 5.0, {"g": 4.0}))
    turbo = GeneratorFacts(size=(8, 8), steps=8, guidance=Guidance("cfg", 1.0, {"g": 0.0}))
    facts = {"base": base, "turbo": turbo}
    told = "steps 50 and 8; guidance classifier-free (w = 5) and classifier-free (w = 1)"
    assert unlike(facts, pair) == {"turbo": told}
    (note,) = [n for n in settings_notes(facts, ["base", "turbo"], pair) if "Confound" in n]
    assert note.startswith(
        f"Confound: base and turbo, which was made from it, are set differently ({told})"
    )
    assert confound_banner(facts, pair) == "Confounded by settings: turbo"
    assert unlike({"base": base, "turbo": base}, pair) == {}
    assert confound_banner({"base": base, "turbo": base}, pair) is None
    assert unlike({"base": base}, pair) == {}, "nothing is known of the other"
    read = [GeneratorFacts(guidance=Guidance("embedded", raw={"g": each})) for each in (3.5, 2.0)]
    (said,) = unlike(dict(zip(("base", "turbo"), read, strict=True)), pair).values()
    assert said == "guidance read by the network (g=3.5) and read by the network (g=2)"


@pytest.mark.parametrize(
    ("aligned", "base", "differs"),
    [
        ("z-image-turbo", "z-image", True),
        ("danceflux", "flux-dev", False),
        ("sd3.5m-pickscore", "sd3.5-medium", False),
        ("alchemist", "sd3.5-large", False),
        ("dpo-sd1.5", "sd1.5", False),
        ("prefflux", "flux-dev", False),
    ],
)
def test_which_lineages_of_the_catalog_are_set_differently(aligned, base, differs):
    facts = {name: generator_facts(load_generator(name)) for name in (aligned, base)}
    assert bool(unlike(facts, {aligned: base})) == differs


def test_without_facts_there_is_no_table_of_settings():
    painted = painted_by_hand({"only": [1, 0, 1, 1]})
    findings = generation_fidelity.analyse(painted, draws=200)
    assert "settings" not in {table.name for table in findings.tables}
    labels = {column.label for column in findings.table("generators").columns}
    assert not {"not told apart", "aligned from", "confounded by"} & labels
