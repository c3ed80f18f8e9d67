"""The dose-response study: means over seeds, trends, and a page from any complete table."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import vl_convert

from widespectrum.errors import BadInput
from widespectrum.studies import dose_response
from widespectrum.studies.dose_response import MEASURES, analyse, dose_means, dose_trends


def trainings(dials: dict[str, tuple[float, ...]], seeds: int = 3) -> pl.DataFrame:
    """Obedience grows with the weight of the prompt and with nothing else."""
    rows = []
    for dial, doses in dials.items():
        for dose in doses:
            for seed in range(seeds):
                noise = np.random.default_rng([seed, len(dial)]).normal(0, 0.001)
                told = 0.2 + (0.5 * dose if dial == "prompt_weight" else 0) + noise
                rows.append(
                    {"dial": dial, "dose": float(dose), "seed": seed}
                    | dict.fromkeys(MEASURES, told)
                )
    return pl.DataFrame(rows)


TABLE = trainings({"mainstream": (0.5, 0.75, 1.0), "prompt_weight": (0.0, 0.5, 1.0)})


def test_means_have_intervals_over_seeds() -> None:
    means = dose_means(TABLE)
    assert means.height == 6
    row = means.filter((pl.col("dial") == "weight of the prompt") & (pl.col("dose") == 1.0))
    assert row["right_under_both"][0] == pytest.approx(0.7, abs=0.002)
    assert row["right_under_both_low"][0] < row["right_under_both"][0]
    assert row["trainings"][0] == 3


def test_the_dial_that_matters_is_named_first() -> None:
    findings = analyse(TABLE)
    assert findings.headline[0].startswith("The weight of the prompt decides most: from 0 to 1")
    assert "20% to 70%" in findings.headline[0]
    trends = dose_trends(TABLE).filter(pl.col("measure") == MEASURES["right_under_both"])
    by_dial = {row["dial"]: row for row in trends.iter_rows(named=True)}
    assert by_dial["weight of the prompt"]["spearman"] > 0.9
    assert by_dial["weight of the prompt"]["p_holm"] < 0.05
    assert by_dial["share of mainstream annotators"]["p_holm"] > 0.05


def test_figures_compile_and_it_says_that_it_is_bonsai() -> None:
    findings = analyse(TABLE)
    for figure in findings.figures:
        assert vl_convert.vegalite_to_svg(dict(figure.spec)).startswith("<svg")
    assert any("Bonsai" in note for note in findings.notes)


def test_one_seed_has_no_interval_and_one_dose_no_trend() -> None:
    findings = analyse(trainings({"steps": (100,)}, seeds=1))
    assert findings.table("doses").frame["taste_low"][0] is None
    assert findings.table("trends").frame.height == 0


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (TABLE.drop("taste"), "is missing"),
        (TABLE.clear(), "no trainings"),
        (TABLE.with_columns(pl.lit("mood").alias("dial")), "no dial 'mood'"),
    ],
)
def test_what_is_no_such_table(frame: pl.DataFrame, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        dose_response.analyse(frame)


def test_the_strip_counts_points_not_per_cent() -> None:
    strip = analyse(TABLE).table("key_numbers")
    moved = {column.name: strip.frame[column.name][0] for column in strip.columns}
    assert moved["weight of the prompt"] == pytest.approx(50, abs=0.5)
    assert {column.kind for column in strip.columns} == {"number"}
    assert all("points of obedience" in column.help for column in strip.columns)
