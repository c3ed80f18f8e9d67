"""What must hold for any scores."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_scorers import only, random_scores

from widespectrum.contracts import SCORE_NAMES
from widespectrum.studies import reward_bias
from widespectrum.studies.reward_bias.sample import LARGEST
from widespectrum.tables import CONTROL_NAMES

DRAWS = 60
FINITE = st.one_of(
    st.floats(-LARGEST, LARGEST),
    st.floats(-2, 2),
    st.integers(-2, 2).map(float),
    st.sampled_from([0.0, -0.0, 5e-324, 1e-160, 1e-300, LARGEST]),
)
OPTIONAL = {
    "choice": st.sampled_from([None, 1, 0, -1]),
    "cluster": st.sampled_from([None, "a", "b"]),
    "generator": st.sampled_from([None, "g", '"><img onerror>', "\u202eflip"]),
    "dimensions": st.lists(st.sampled_from(["clarity", "</script>", "emotion"]), max_size=3),
    "effects": st.lists(st.sampled_from(["blur", "grain"]), max_size=2),
    "severity": st.sampled_from([None, 0.0, 0.25, 1.0]),
    "image_original": st.sampled_from([None, "0" * 64]),
    "prompt_anti": st.sampled_from([None, "dull", "grey"]),
}
PER_ROW = {
    "tokens": st.sampled_from([None, 1, 80]),
    **dict.fromkeys(CONTROL_NAMES, st.one_of(st.none(), FINITE)),
}
NUMBERS = ("accuracy", "accuracy_half", "f1", "auroc", "taste", "listening", "obeyed", "p", "n")


@st.composite
def score_tables(draw):
    """Any table that the readers let through: scorers with pairs of their own, holes anywhere."""
    pairs = draw(st.integers(1, 8))
    facts = [{name: draw(values) for name, values in OPTIONAL.items()} for _ in range(pairs)]
    rows = []
    for scorer in draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=3, unique=True)):
        limit = draw(st.sampled_from([None, 1, 77]))
        mine = draw(st.sets(st.integers(0, pairs - 1), min_size=1))
        rows += [
            {
                "id": str(pair),
                "scorer": f"{scorer}[0].</script>",
                "token_limit": limit,
                **facts[pair],
                **{name: draw(FINITE) for name in SCORE_NAMES},
                **{name: draw(values) for name, values in PER_ROW.items()},
            }
            for pair in sorted(mine)
        ]
    return pl.DataFrame(rows, infer_schema_length=None)


@settings(max_examples=60, deadline=None)
@given(score_tables())
def test_any_finite_scores_give_findings(scores):
    findings = reward_bias.analyse(scores, draws=DRAWS)
    # No NaN, no infinity: machines must be able to read it.
    json.dumps(findings.to_json(), allow_nan=False)
    json.dumps([dict(figure.spec) for figure in findings.figures], allow_nan=False)
    assert findings.gallery.frame.height == scores.height
    assert all(findings.headline)
    for table in findings.tables:
        for column in table.columns:
            assert {column.name, column.low, column.high} - {None} <= set(table.frame.columns)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random):
    scores = crowded()
    order = list(range(scores.height))
    random.shuffle(order)
    before = measures_of(scores)
    after = measures_of(scores[order])
    for row in before.iter_rows(named=True):
        other = only(after, scorer=row["scorer"], group=row["group"], value=row["value"])
        assert_same(row, other)


@settings(max_examples=15, deadline=None)
@given(st.integers(-1000, 1000))
def test_a_constant_added_to_a_scorer_changes_nothing(constant):
    before = random_scores(30, 1, seed=3)
    after = before.with_columns(pl.col(*SCORE_NAMES) + constant)
    for row, other in both(before, after):
        assert_same(row, other)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-6, 1e6))
def test_a_unit_of_its_own_changes_nothing(factor):
    before = random_scores(30, 1, seed=4)
    after = before.with_columns(pl.col(*SCORE_NAMES) * factor)
    for row, other in both(before, after):
        assert_same(row, other)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_a_prompt_blind_scorer_has_listening_exactly_zero(images):
    scores = pl.DataFrame(
        {
            "id": [str(pair) for pair in range(len(images))],
            "scorer": ["blind"] * len(images),
            "io_po": [original for original, _ in images],
            "io_pa": [original for original, _ in images],
            "io_ps": [original for original, _ in images],
            "ia_po": [anti for _, anti in images],
            "ia_pa": [anti for _, anti in images],
            "ia_ps": [anti for _, anti in images],
        }
    )
    findings = reward_bias.analyse(scores, draws=DRAWS)
    (row,) = findings.table("scorers").frame.to_dicts()
    assert row["deaf"]
    assert row["obeyed"] == 0
    assert row["listening"] in (0.0, None)
    if row["listening"] == 0 and row["listening_low"] is not None:
        assert row["listening_low"] == row["listening_high"] == 0
    for control in findings.table("controls").frame.iter_rows(named=True):
        assert control["gap"] in (0.0, None)
        assert control["gap_low"] in (0.0, None)
        assert control["gap_high"] in (0.0, None)
    assert not findings.gallery.frame["obeyed"].any()
    assert any("does not listen" in sentence for sentence in findings.headline)


def test_the_same_pairs_by_a_second_generator_are_no_further_evidence():
    prompts = [f"prompt {number}" for number in range(40)]
    first = random_scores(40, 2, prompt_original=prompts, generator=["one"] * 40)
    second = first.with_columns(pl.col("id") + " again", pl.lit("two").alias("generator"))
    once = reward_bias.analyse(first, draws=DRAWS).table("scorers").frame
    twice = reward_bias.analyse(pl.concat([first, second]), draws=DRAWS).table("scorers").frame
    # The unit's n - 1 alone knows that there are more rows.
    shrunk = np.sqrt((2 * 39) / 79)
    for row, other in zip(once.to_dicts(), twice.to_dicts(), strict=True):
        assert other["n"] == 2 * row["n"]
        assert other["clusters"] == row["clusters"] == 40
        for name in ("accuracy", "f1", "obeyed", "taste", "listening"):
            factor = 1 / shrunk if name in ("taste", "listening") else 1
            for end in ("", "_low", "_high"):
                assert other[name + end] == pytest.approx(row[name + end] * factor), name
        assert other["p"] == row["p"]


def crowded():
    pairs = 24
    return random_scores(
        pairs,
        2,
        choice=[1, 0, -1, None] * 6,
        cluster=[f"c{number % 7}" for number in range(pairs)],
        generator=["a", "b"] * 12,
        dimensions=[["clarity"], ["emotion", "clarity"]] * 12,
    )


def measures_of(scores):
    findings = reward_bias.analyse(scores, draws=DRAWS)
    return pl.concat(
        [findings.table(name).frame for name in ("scorers", "dimensions", "generators")]
    )


def both(before, after):
    tables = [
        reward_bias.analyse(scores, draws=DRAWS).table("scorers").frame.to_dicts()
        for scores in (before, after)
    ]
    return zip(*tables, strict=True)


def assert_same(row, other):
    for name in NUMBERS:
        for end in ("", "_low", "_high"):
            if name + end not in row:
                continue
            value, again = row[name + end], other[name + end]
            assert (value is None) == (again is None), name + end
            if value is not None:
                assert again == pytest.approx(value, rel=1e-9, abs=1e-9), name + end
