"""Score tables: ours, the authors', and everything that must not pass as a score."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput
from widespectrum.tables import SCORE_SCHEMA, read_scores

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "scores"

HEADER = "id,scorer,io_po,io_pa,ia_po,ia_pa"


def _csv(tmp_path: Path, *rows: str, header: str = HEADER, name: str = "s.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_our_own_table(tmp_path: Path) -> None:
    scores = read_scores(_csv(tmp_path, "1,hps,0.1,0.2,0.3,4e-1"))
    assert dict(scores.schema) == SCORE_SCHEMA
    assert scores.row(0)[:6] == ("1", "hps", 0.1, 0.2, 0.3, 0.4)
    assert scores["cluster"][0] == "1"


def test_a_table_without_scorer_is_named_after_its_file(tmp_path: Path) -> None:
    header = "id,io_po,io_pa,ia_po,ia_pa"
    first = _csv(tmp_path, "1,1,2,3,4", header=header, name="mine.csv")
    second = _csv(tmp_path, "1,1,2,3,4", header=header, name="theirs.csv")
    assert read_scores([first, second])["scorer"].to_list() == ["mine", "theirs"]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "", "high", "null"])
def test_no_score_is_not_a_score(tmp_path: Path, value: str) -> None:
    path = _csv(tmp_path, "1,hps,1,2,3,4", f"2,hps,1,{value},3,4")
    with pytest.raises(BadInput) as caught:
        read_scores(path)
    place = caught.value.place
    assert (place.file, place.row, place.field) == (str(path), 2, "io_pa")
    assert "row" in str(caught.value)


def test_a_pair_scored_twice_by_one_scorer(tmp_path: Path) -> None:
    path = _csv(tmp_path, "1,hps,1,2,3,4", "1,pick,1,2,3,4", "1,hps,1,2,3,5")
    with pytest.raises(BadInput, match="repeats '1, hps'") as caught:
        read_scores(path)
    assert caught.value.place.row == 3


def test_authors_list_of_four_scores(tmp_path: Path) -> None:
    path = tmp_path / "hpsv2_rewards.json"
    rows = [
        {"hpsv2_oiop": 0.25, "hpsv2_oidp": 0.5, "hpsv2_diop": 0.125, "hpsv2_didp": 0.75},
        {"hpsv2_oiop": 1, "hpsv2_oidp": 2, "hpsv2_diop": 3, "hpsv2_didp": 4},
    ]
    path.write_text(json.dumps(rows))
    scores = read_scores(path)
    assert scores.select("id", "scorer", "io_po", "io_pa", "ia_po", "ia_pa").rows() == [
        ("0", "hpsv2.1", 0.25, 0.5, 0.125, 0.75),
        ("1", "hpsv2.1", 1.0, 2.0, 3.0, 4.0),
    ]


@pytest.mark.parametrize("wrap", [lambda v: [v, -5.0], lambda v: {"mu": v, "sigma": -5.0}])
def test_authors_hpsv3_is_its_first_number(tmp_path: Path, wrap) -> None:
    path = tmp_path / "hpsv3.json"
    row = {f"hpsv3_{key}": wrap(float(v)) for v, key in enumerate(["oiop", "oidp", "diop", "didp"])}
    path.write_text(json.dumps([row]))
    assert read_scores(path).select("scorer", "io_po", "io_pa", "ia_po", "ia_pa").rows() == [
        ("hpsv3", 0.0, 1.0, 2.0, 3.0)
    ]


def test_authors_benchmark_rows_with_structs(tmp_path: Path) -> None:
    four = ("oiop", "oidp", "diop", "didp")
    path = tmp_path / "bench.parquet"
    pl.DataFrame(
        {
            "index": [4],
            "model": ["flux_dev"],
            "prompt_original": ["a cat"],
            "prompt_distorted": ["a dark cat"],
            "selected_dims": ['["color brightness"]'],
            "llm_selected": [1],
            "hpsv3_reward": [{f"hpsv3_{k}": [float(i), -5.0] for i, k in enumerate(four)}],
            "image_reward": [{f"image_reward_{k}": float(i) for i, k in enumerate(four)}],
        }
    ).write_parquet(path)
    scores = read_scores(path).sort("scorer")
    assert scores["scorer"].to_list() == ["hpsv3", "imagereward"]
    row = scores.row(0, named=True)
    assert row["id"] == "flux_dev/4"
    assert (row["generator"], row["choice"], row["dimensions"]) == (
        "flux_dev",
        1,
        ["color brightness"],
    )
    assert row["cluster"] == "a cat"
    assert row["ia_pa"] == 3.0


def test_an_incomplete_authors_file_names_the_missing_column(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('[{"hpsv2_oiop": 1, "hpsv2_oidp": 2, "hpsv2_diop": 3}]')
    with pytest.raises(BadInput, match="not hpsv2_didp"):
        read_scores(path)


@pytest.mark.skipif(not REAL.is_dir(), reason="the authors' score files are not beside the project")
@pytest.mark.parametrize(
    ("name", "preferred", "shift"),
    [("hpsv2_rewards.json", 192, -0.03645), ("image_reward.json", 231, -0.46729)],
)
def test_the_authors_real_files(name: str, preferred: int, shift: float) -> None:
    scores = read_scores(REAL / name)
    assert scores.height == 300
    assert (scores["ia_pa"] > scores["io_pa"]).sum() == preferred
    assert float((scores["ia_po"] - scores["io_po"]).mean()) == pytest.approx(shift, abs=5e-6)


values = st.one_of(st.none(), st.floats(), st.text(max_size=8), st.integers(), st.booleans())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*HEADER.split(","), "hpsv2_oiop", "x"]), values),
        min_size=1,
        max_size=4,
    )
)
def test_any_rows_are_scores_or_bad_input(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    path = tmp_path / "fuzz.json"
    path.write_text(json.dumps(rows))
    try:
        scores = read_scores(path)
    except BadInput:
        return
    numbers = scores.select("io_po", "io_pa", "ia_po", "ia_pa").to_numpy()
    assert (abs(numbers) < float("inf")).all()
