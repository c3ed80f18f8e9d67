"""The comparison of instructions, on scores whose answers are known."""

import numpy as np
import pytest
from known_scorers import CONSTANT, OBEDIENT, OVERRULING, levelled, only, random_scores, scores_of

from widespectrum.errors import BadInput
from widespectrum.studies.findings import load_findings, save_findings
from widespectrum.studies.instruction_ablation import Told, analyse
from widespectrum.studies.instruction_ablation.comparing import compare
from widespectrum.studies.reward_bias import analyse as reward_bias

TOLD = [
    Told("s@instruction=original", "original", "Prefer beauty. Ask for harmony."),
    Told("s@instruction=fidelity", "fidelity", "Only the prompt counts."),
]
NAMES = [each.scorer for each in TOLD]


def scores(first, second, pairs=12):
    return scores_of(
        dict(zip(NAMES, (levelled(first, pairs), levelled(second, pairs)), strict=True)),
        choice=[1] * pairs,
    )


def test_an_instruction_that_makes_a_scorer_obey():
    found = compare(scores(OVERRULING, OBEDIENT), TOLD, draws=5000, seed=0)
    first = only(found.results, instruction="original")
    second = only(found.results, instruction="fidelity")
    assert (first["obeyed"], second["obeyed"]) == (0.0, 1.0)
    assert first["taste"] == pytest.approx(2 * first["listening"])
    assert second["taste"] == pytest.approx(0.0, abs=1e-12)
    obeyed = only(found.changes, name="obeyed")
    assert obeyed["difference"] == 1.0
    assert (obeyed["up"], obeyed["down"]) == (1.0, 0.0)
    # All signs alike in 12 prompts: the exact test gives 2 / 2^12; Holm multiplies by at most 4.
    assert obeyed["p"] == pytest.approx(2 / 2**12, rel=1e-9)
    assert obeyed["p_holm"] <= 4 * obeyed["p"]
    taste = only(found.changes, name="taste")
    assert taste["difference"] == pytest.approx(second["taste"] - first["taste"])
    assert only(found.changes, name="listening")["difference"] == pytest.approx(0.0, abs=1e-12)


def test_equal_scores_change_by_exactly_nothing():
    frame = random_scores(pairs=40, scorers=1, seed=3)
    import polars as pl

    both = pl.concat([frame.with_columns(pl.lit(name).alias("scorer")) for name in NAMES])
    found = compare(both, TOLD, draws=300, seed=1)
    for row in found.changes.to_dicts():
        assert row["difference"] == row["difference_low"] == row["difference_high"] == 0.0
        assert row["p"] == 1.0
        assert (row["up"], row["down"]) == (0.0, 0.0)
    assert found.results["spread"].to_list() == [1.0, 1.0]


def test_differences_are_those_of_the_audits_own_numbers():
    frame = random_scores(pairs=80, scorers=2, seed=5, choice=[1, 1, 1, 0] * 20)
    told = [Told("scorer 0", "a", None), Told("scorer 1", "b", None)]
    found = compare(frame, told, draws=400, seed=2)
    audited = reward_bias(frame, draws=400, seed=2).table("scorers").frame
    for name in ("obeyed", "accuracy_half", "taste", "listening"):
        before, after = (only(audited, scorer=each.scorer)[name] for each in told)
        assert only(found.changes, name=name)["difference"] == pytest.approx(after - before)
    for row in found.results.to_dicts():
        assert row["taste_low"] == only(audited, scorer=row["scorer"])["taste_low"]


def test_pairing_makes_intervals_narrower_than_two_audits_could():
    """A shift that is the same in every pair is known exactly, whatever the pairs' own spread."""
    rng = np.random.default_rng(0)
    quads = rng.normal(0, 3, (60, 4))
    shifted = quads + np.array([0.0, 0.0, 1.0, 1.0])  # taste falls by 1 in every pair
    frame = scores_of(dict(zip(NAMES, (quads, shifted), strict=True)), choice=[1] * 60)
    found = compare(frame, TOLD, draws=500, seed=0)
    taste = only(found.changes, name="taste")
    scale = float(np.std(quads[:, 0], ddof=1))
    assert taste["difference"] == pytest.approx(-1 / scale)
    assert taste["difference_high"] - taste["difference_low"] < 1e-9
    alone = found.results.to_dicts()[0]
    assert alone["taste_high"] - alone["taste_low"] > 0.2


def test_only_pairs_with_all_instructions_count():
    frame = scores(OVERRULING, OBEDIENT)
    import polars as pl

    partial = frame.filter(~((pl.col("scorer") == NAMES[1]) & (pl.col("id") == "pair 3")))
    found = compare(partial, TOLD, draws=100, seed=0)
    assert (found.pairs, found.dropped) == (11, 1)
    findings = analyse(partial, TOLD, draws=100)
    assert any("1 pairs" in note for note in findings.notes)
    with pytest.raises(BadInput, match="under every instruction"):
        compare(frame.filter(pl.col("scorer") == NAMES[0]), TOLD, draws=100, seed=0)


def test_without_a_yardstick_pulls_are_undefined_with_a_reason():
    quads = ([CONSTANT] * 12, levelled(OBEDIENT, 12))
    frame = scores_of(dict(zip(NAMES, quads, strict=True)), choice=[1] * 12)
    found = compare(frame, TOLD, draws=100, seed=0)
    for name in ("taste", "listening"):
        row = only(found.changes, name=name)
        assert row["difference"] is None
        assert "yardstick" in row["difference_reason"]
    assert only(found.changes, name="obeyed")["difference"] == 1.0
    assert found.results["spread"].to_list() == [None, None]


def test_the_headline_says_what_the_intervals_support():
    clear = analyse(scores(OVERRULING, OBEDIENT), TOLD, draws=300).headline
    assert clear[0] == (
        "The same weights obey, told 'original', in 0% of pairs; told 'fidelity', in 100%."
    )
    assert "obeyed +100 points" in clear[1]
    assert "no change of listening can be shown" in clear[1]
    same = analyse(scores(OBEDIENT, OBEDIENT), TOLD, draws=300).headline
    assert same[1] == "Told 'fidelity' instead of 'original': no change can be shown."


def test_every_word_of_every_instruction_is_in_the_findings():
    long = Told(
        "s@instruction=long", "long", "\nFirst line: " + "a word and " * 30 + "end. Then.\n"
    )
    frame = scores_of(
        {name: levelled(OBEDIENT, 4) for name in (*NAMES, long.scorer)}, choice=[1] * 4
    )
    texts = analyse(frame, [*TOLD, long], draws=100).table("texts").frame
    for each in (*TOLD, long):
        said = texts.filter(instruction=each.instruction)["sentence"].to_list()
        assert " ".join(said).split() == each.text.split()
    quiet = [TOLD[0], Told(NAMES[1], "unstated", None)]
    frame = scores(OBEDIENT, OBEDIENT)
    stated = analyse(frame, quiet, draws=100).table("texts").frame
    assert "does not state" in only(stated, instruction="unstated")["sentence"]


def test_findings_can_be_saved_and_read(tmp_path):
    findings = analyse(scores(OVERRULING, OBEDIENT), TOLD, draws=100)
    save_findings(findings, tmp_path)
    again = load_findings(tmp_path / "instructions.json")
    assert again.headline == findings.headline
    assert again.table("changes").frame.equals(findings.table("changes").frame)


def test_the_order_of_rows_changes_nothing():
    frame = random_scores(pairs=30, scorers=2, seed=7, choice=[1] * 30)
    told = [Told("scorer 0", "a", None), Told("scorer 1", "b", None)]
    one = compare(frame, told, draws=200, seed=4).changes
    other = compare(frame.reverse(), told, draws=200, seed=4).changes
    for column in ("difference", "difference_low", "difference_high", "p"):
        np.testing.assert_allclose(one[column], other[column], atol=1e-12)


@pytest.mark.parametrize(
    "spec", ["hpsv3", "hpsv3pp", "vlm@model=any,base_url=http://127.0.0.1:9/v1"]
)
def test_scorers_that_are_told_something_can_be_told_otherwise(spec):
    """Naming them reads no weights; only fingerprints do, which are not asked for here."""
    from widespectrum.report.tables import print_table
    from widespectrum.scorers import load_scorer
    from widespectrum.studies.instruction_ablation.shown import text_table
    from widespectrum.studies.instruction_ablation.told import INSTRUCTIONS

    told = []
    for name in INSTRUCTIONS:
        scorer = load_scorer(spec, instruction=name)
        told.append(Told(scorer.name, name, scorer.facts.instruction))
    assert len({each.text for each in told}) == len({each.scorer for each in told}) == 3
    table = text_table(told)
    printed = print_table(table)
    shown = [row[1].text for row in printed.rows]
    # No sentence is so long that a page would cut it.
    assert shown == [" ".join(text.split()) for text in table.frame["sentence"]]
