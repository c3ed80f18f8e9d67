"""The published numbers, checked by recomputing from them what can be recomputed."""

import numpy as np
import polars as pl
import pytest

from widespectrum.aesthetics import load_published, published_tables
from widespectrum.aesthetics.toml_files import packaged
from widespectrum.errors import UnknownName

TABLES = published_tables()
ROWS = {
    "table1_reward_classification": 9,
    "table2_generation": 20,
    "table3_reference_ranges": 3,
    "table4_image_to_image": 2,
    "table5_emotion_reward": 4,
    "table6_judge_validation": 3,
    "table7_real_art": 3,
    "table8_emotion_generation": 6,
    "table9_mitigation": 8,
    "newspeak_triplets": 5,
    "single_image_scores": 12,
    "claims": 68,
    "outside_preference_accuracy": 8,
    "outside_leaderboards": 39,
    "authors_notebook_effect_coverage": 10,
    "authors_notebook_coverage_vs_reward": 12,
    "authors_score_files": 2,
}


def test_every_table_is_listed_and_every_listed_table_is_there():
    files = {file.name for file in packaged("published").iterdir()}
    assert files == {"tables.toml", *(f"{name}.csv" for name in ROWS)}
    assert list(TABLES) == list(ROWS)


@pytest.mark.parametrize(("name", "rows"), ROWS.items())
def test_tables_have_their_rows_and_types(name, rows):
    table, frame = TABLES[name], load_published(name)
    assert frame.height == table.rows == rows
    for column in frame.columns:
        expected = {
            column in table.numbers: pl.Float64,
            column in table.counts: pl.Int64,
        }.get(True, pl.String)
        assert frame.schema[column] == expected
    assert frame.n_unique() == rows
    assert table.what.endswith(".")
    assert table.source


@pytest.mark.parametrize("name", ROWS)
def test_numbers_are_found_among_the_columns_and_no_column_of_numbers_is_left_as_text(name):
    printed = load_published(name, as_printed=True)
    numeric = {
        column
        for column in printed.columns
        if printed[column].drop_nulls().str.contains(r"^-?\d+(\.\d+)?$").all()
    }
    table = TABLES[name]
    assert numeric == {*table.numbers, *table.counts}


def test_as_printed_keeps_the_last_digit():
    printed = load_published("table2_generation", as_printed=True)
    assert printed["success_rate"][0] == "0.560"
    assert load_published("table2_generation")["success_rate"][0] == 0.56


def test_what_was_not_published_is_null_never_zero():
    table2 = load_published("table2_generation")
    assert table2["success_rate"].null_count() == 10
    assert (table2["success_rate"].drop_nulls() > 0).all()
    assert table2.filter(pl.col("status") == "pending")["delta_hpsv3"].null_count() == 7


def test_an_unknown_table_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match=r"no published table 'table2'.*'table2_generation'"):
        load_published("table2")


def test_success_rates_are_shares_of_300_pairs():
    rates = load_published("table2_generation")["success_rate"].drop_nulls().to_numpy()
    assert np.allclose(np.round(np.round(rates * 300) / 300, 3), rates)


def test_the_regression_over_reward_models_used_f1():
    """The paper's r = -0.804, called accuracy: it comes out with the F1 column only."""
    table1 = load_published("table1_reward_classification").with_columns(
        pl.col("model").replace({"HPSv2.1": "HPSv2"})
    )
    outside = load_published("outside_preference_accuracy")
    six = table1.join(outside.filter(pl.col("in_the_papers_regression") != "no"), on="model")
    assert six.height == 6
    assert six.select(pl.corr("f1", "hpdv3_test")).item() == pytest.approx(-0.804, abs=5e-4)
    assert six.select(pl.corr("accuracy", "hpdv3_test")).item() == pytest.approx(-0.778, abs=5e-4)
    ranks = six.select(pl.corr("f1", "hpdv3_test", method="spearman")).item()
    assert ranks == pytest.approx(-0.371, abs=5e-4)


def test_the_regression_over_generators_needs_one_of_them_twice():
    table2 = load_published("table2_generation").filter(
        (pl.col("status") == "published") & ~pl.col("model").is_in(["SDXL", "Nano Banana"])
    )
    twice = pl.concat([table2, table2.filter(pl.col("model") == "SD3.5M-PickScore")])

    def r(frame):
        original = pl.col("hpsv3_ia_po") - pl.col("delta_hpsv3")
        return frame.select(pl.corr(original, pl.col("delta_hpsv3"))).item()

    assert r(table2) == pytest.approx(0.904, abs=5e-4)
    assert r(twice) == pytest.approx(0.896, abs=5e-4)  # the published value


@pytest.mark.parametrize(
    ("scorer", "board", "digits"), [("ImageReward", "ImageReward", 2), ("HPSv3", "HPSv3", 2)]
)
def test_real_art_stands_where_the_paper_says(scorer, board, digits):
    row = load_published("table7_real_art").row(by_predicate=pl.col("scorer") == scorer, named=True)
    scores = load_published("outside_leaderboards").filter(leaderboard=board)["mean_score"]
    relative = (row["mean_score"] - scores.min()) / (scores.max() - scores.min())
    assert relative == pytest.approx(row["relative_score"], abs=0.006)
    assert (scores > row["mean_score"]).sum() + 1 == row["rank"]
    assert len(scores) + 1 == row["entries"]


def test_hpsv3_prefers_the_happy_face_in_81_of_100_angry_scenes():
    hpsv3 = load_published("table5_emotion_reward").filter(model="HPSv3")
    assert 1 - hpsv3["anger"].item() == pytest.approx(0.81)
    assert hpsv3["n_per_cell"].item() == 100


def test_claims_are_numbered_through():
    claims = load_published("claims")
    assert claims["id"].to_list() == [f"c{number:03d}" for number in range(1, 69)]
    assert set(claims["recomputable"]) == {"yes", "no", "partly", "not applicable"}
