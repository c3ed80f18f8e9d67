"""Check figures on real scores, where they lie beside the project. They are never part of it."""

from pathlib import Path

import pytest
from known_scorers import only

from widespectrum.studies import reward_bias
from widespectrum.tables import read_scores

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "scores"
FILES = [FOLDER / "hpsv2_rewards.json", FOLDER / "image_reward.json"]

pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in FILES), reason="the real scores are not beside the project"
)


@pytest.fixture(scope="module")
def findings():
    return reward_bias.analyse(read_scores(FILES), draws=2000)


@pytest.mark.parametrize(
    ("scorer", "right", "ties", "taste", "listening", "obeyed"),
    [("hpsv2.1", 192, 1, 0.38, 0.78, 0.52), ("imagereward", 231, 0, -0.04, 0.78, 0.53)],
)
def test_check_figures(findings, scorer, right, ties, taste, listening, obeyed):
    row = only(findings.table("scorers").frame, scorer=scorer)
    assert row["n"] == row["clusters"] == 300
    assert row["accuracy"] == right / 300
    assert row["score_ties"] == ties
    assert row["accuracy_half"] == (right + ties / 2) / 300
    assert row["taste"] == pytest.approx(taste, abs=0.005)
    assert row["listening"] == pytest.approx(listening, abs=0.005)
    assert row["obeyed"] == pytest.approx(obeyed, abs=0.005)
    assert row["auroc"] is None
    assert row["p_holm"] < 0.01
    assert row["obeyed_low"] < row["obeyed"] < row["obeyed_high"]


def test_what_the_files_do_not_say_is_not_claimed(findings):
    assert set(findings.table("truncation").frame["reads"]) == {"not known"}
    assert [figure.name for figure in findings.figures] == ["plane", "ranking", "controls"]
