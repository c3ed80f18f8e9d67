import random
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput
from widespectrum.report.gallery import (
    PER_SCORER,
    cards_per_scorer,
    choose_cards,
    selection_note,
)
from widespectrum.studies.findings import Gallery


def gallery(disobedience: list[float | None], scorers: tuple[str, ...] = ("s",)) -> Gallery:
    n = len(disobedience)
    frames = [
        pl.DataFrame(
            {
                "id": [f"p{i}" for i in range(n)],
                "scorer": [scorer] * n,
                "prompt_original": ["o"] * n,
                "prompt_anti": ["a"] * n,
                "image_original": [None] * n,
                "image_anti": [None] * n,
                "io_po": [0.3] * n,
                "io_pa": [0.1] * n,
                "ia_po": [0.2] * n,
                "ia_pa": [0.1] * n,
                "verdict": ["v"] * n,
                "obeyed": [None if d is None else d < 0 for d in disobedience],
                "disobedience": disobedience,
            },
            schema_overrides={"disobedience": pl.Float64, "obeyed": pl.Boolean},
        )
        for scorer in scorers
    ]
    return Gallery("g", "G", pl.concat(frames))


def test_worst_first_scorer_by_scorer_and_unmeasured_last():
    cards = choose_cards(gallery([0.1, None, 0.9, -0.5], ("b", "a")), seed=0)
    assert [(c.scorer, c.id) for c in cards] == [
        (scorer, pair) for scorer in ("b", "a") for pair in ("p2", "p0", "p3", "p1")
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.none() | st.floats(-9, 9), min_size=PER_SCORER + 1, max_size=PER_SCORER + 80),
    st.integers(0, 3),
)
def test_a_large_gallery_shows_both_ends_and_a_draw_that_ignores_row_order(values, seed):
    whole = gallery(values)
    cards = choose_cards(whole, seed)
    assert len(cards) == len({c.id for c in cards}) == PER_SCORER
    known = sorted((v for v in values if v is not None), reverse=True)
    shown = [c.disobedience for c in cards if c.disobedience is not None]
    third = min(PER_SCORER // 3, len(known) // 2)
    assert shown == sorted(shown, reverse=True)
    assert shown[:third] == known[:third]
    assert third == 0 or shown[-third:] == known[-third:]
    mixed = whole.frame.sample(fraction=1, shuffle=True, seed=5)
    assert choose_cards(replace(whole, frame=mixed), seed) == cards


def test_another_seed_draws_another_middle_and_all_scorers_share_it():
    values = [random.Random(i).random() for i in range(900)]
    first = choose_cards(gallery(values, ("a", "b")), 0)
    other = choose_cards(gallery(values, ("a", "b")), 1)
    ids = [c.id for c in first if c.scorer == "a"]
    assert ids == [c.id for c in first if c.scorer == "b"]
    assert set(ids) != {c.id for c in other if c.scorer == "a"}


def test_the_note_says_what_is_left_out():
    assert selection_note(gallery([0.0] * 20), 0) == ""
    note = selection_note(gallery([0.0] * 3300), 7)
    assert "3,300" in note
    assert "shows 200" in note
    assert "seed 7" in note


def test_many_scorers_share_the_room():
    assert cards_per_scorer(1) == PER_SCORER
    assert cards_per_scorer(10) == 120
    assert cards_per_scorer(1000) == 12


def test_the_winner_under_each_prompt_and_who_was_asked():
    frame = gallery([0.0]).frame
    (card,) = choose_cards(Gallery("g", "G", frame), 0)
    under_original, under_anti = card.scores
    assert (under_original.winner, under_original.right) == ("original", True)
    assert (under_anti.winner, under_anti.right) == ("tie", False)
    swapped = frame.with_columns(ia_pa=pl.lit(0.5), io_po=pl.lit(None, pl.Float64))
    (card,) = choose_cards(Gallery("g", "G", swapped), 0)
    under_original, under_anti = card.scores
    assert (under_original.winner, under_original.right, under_original.original) == (
        "",
        False,
        "—",
    )
    assert (under_anti.winner, under_anti.right) == ("anti", True)


def test_a_missing_column_is_named():
    broken = gallery([0.0]).frame.drop("verdict")
    with pytest.raises(BadInput) as caught:
        choose_cards(Gallery("g", "G", broken), 0)
    assert caught.value.place.field == "verdict"
