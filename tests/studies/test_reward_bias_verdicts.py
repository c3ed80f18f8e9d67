"""Words follow the numbers."""

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
    sample,
    scores_of,
)

from widespectrum.studies import reward_bias
from widespectrum.studies.reward_bias.measures import standardised_pairs
from widespectrum.studies.reward_bias.verdicts import pair_verdicts

TIED = (1.0, 1.0, 0.0, 1.0)


def headline(**scorers):
    return reward_bias.analyse(scores_of(scorers), draws=200).headline


@pytest.mark.parametrize(
    ("character", "word", "obeyed", "disobedience"),
    [
        (OBEDIENT, "Obeyed", True, -1.0),
        (BLIND, "original image whatever", False, 1.0),
        (BLIND_FOR_ANTI, "anti image whatever", False, 1.0),
        (OVERRULING, "original image whatever", False, 1.0),
        (REVERSED, "Reversed", False, 1.0),
        (TIED, "Undecided", False, 0.0),
        (CONSTANT, "Undecided", False, 0.0),
    ],
)
def test_a_pair_in_words(character, word, obeyed, disobedience):
    of = sample({"s": levelled(character, 2)})
    for row in pair_verdicts(standardised_pairs(of)).iter_rows(named=True):
        assert word in row["verdict"]
        assert row["obeyed"] is obeyed
        assert row["disobedience"] == pytest.approx(disobedience / row["unit"])
        assert row["disobedience"] == pytest.approx(abs(row["taste"]) - row["listening"])


def test_pairs_whose_anti_image_is_not_as_asked_have_no_verdict_on_obedience():
    of = sample({"s": levelled(OBEDIENT, 3)}, choice=[1, 0, -1])
    pairs = pair_verdicts(standardised_pairs(of))
    assert pairs["obeyed"].to_list() == [True, None, None]
    assert pairs["disobedience"].null_count() == 2
    assert pairs["verdict"].str.starts_with("Left out").to_list() == [False, True, True]


def test_without_a_unit_the_raw_scores_order_the_pairs():
    quads = [(1.0, 0.0, 0.0, 1.0), (1.0, 9.0, 0.0, 1.0), (1.0, 1.0, 2.0, 0.0)]
    pairs = pair_verdicts(standardised_pairs(sample({"s": quads})))
    assert pairs["disobedience"].to_list() == [-1.0, 8.0, 1.0]


@pytest.mark.parametrize(
    ("character", "words"),
    [
        (OBEDIENT, ["obeys in 100% of pairs", "more often than a coin", "no taste"]),
        (BLIND, ["obeys in 0% of pairs", "less often than a coin", "does not listen"]),
        (BLIND_FOR_ANTI, ["obeys in 0%", "more often than a coin", "does not listen"]),
        (OVERRULING, ["overrules it towards the original image", "less often than a coin"]),
        ((0.0, 1.0, 3.0, 2.0), ["wrong way round"]),
        ((1.0, 0.0, 2.0, 3.0), ["overrules it towards the anti image"]),
        ((3.0, 0.0, 1.0, 1.0), ["leans towards the original image", "right under both"]),
        ((1.0, 0.0, 0.0, 4.0), ["leans towards the anti image"]),
        (CONSTANT, ["score ties counted half", "in 50%", "coin could do too", "does not listen"]),
    ],
)
def test_the_headline_says_what_a_scorer_does(character, words):
    said = " ".join(headline(s=levelled(character, 20)))
    for word in words:
        assert word in said


def test_no_listening_can_be_shown_on_mixed_pairs():
    quads = [
        tuple(score + 2 * pair for score in (OBEDIENT if pair % 2 else REVERSED))
        for pair in range(20)
    ]
    said = " ".join(headline(s=quads))
    assert "No listening can be shown" in said
    assert "coin could do too" in said


def test_one_pair_claims_no_interval():
    first, second = headline(s=[OBEDIENT])
    assert first == "s obeys in 100% of pairs."
    assert second == "s chooses the image that was asked for in 100% of 1 pair."


def test_two_scorers_are_told_both_the_better_first():
    first, better, worse = headline(deaf=levelled(BLIND, 9), good=levelled(OBEDIENT, 9))
    assert first == "good obeys in 100% of pairs, deaf in 0%."
    assert better.startswith("good")
    assert worse.startswith("deaf")


def test_of_many_scorers_the_extremes_are_told():
    scorers = {"b": BLIND, "o": OBEDIENT, "r": REVERSED, "v": OVERRULING}
    said = headline(**{name: levelled(quad, 9) for name, quad in scorers.items()})
    assert said[0] == "Of 4 scorers, o obeys in 100% of pairs; v in 0%."
    assert [sentence[0] for sentence in said[1:]] == ["o", "v"]


def test_a_name_that_looks_like_a_sentence_stays_a_name():
    name = "x obeys in 99% of pairs, y obeys"
    assert headline(**{name: levelled(BLIND, 3)})[0] == f"{name} obeys in 0% of pairs."


@pytest.mark.parametrize("scorers", [1, 2, 3])
def test_nothing_decided_is_said_plainly(scorers):
    table = {f"s{number}": levelled(OBEDIENT, 4) for number in range(scorers)}
    scores = scores_of(table, choice=[-1] * 4)
    said = reward_bias.analyse(scores, draws=50).headline
    assert said[0] == "No pair can tell whether a prompt is obeyed."
    assert "no pair has a decided truth" in said[1]


def test_scorers_of_whom_nothing_is_known_stand_behind_the_others():
    known = scores_of({"known": levelled(BLIND, 2)}, choice=[1, -1])
    unknown = scores_of({"unknown": levelled(OBEDIENT, 2)}, choice=[1, -1]).slice(1)
    said = reward_bias.analyse(pl.concat([unknown, known]), draws=50).headline
    assert said[0] == "known obeys in 0% of pairs."
    assert said[-1] == "unknown: no pair has a decided truth."


def test_few_prompts_are_named_as_such():
    few = " ".join(headline(s=levelled(BLIND, 4)))
    assert "from only 4 prompts, whose exact test cannot go below p = 0.12" in few
    assert "from only" not in " ".join(headline(s=levelled(BLIND, 6)))
