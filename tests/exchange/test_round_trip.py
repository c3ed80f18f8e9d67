"""Out and in again: the same pairs, pictures, scores, ratings and choices."""

import json
import tempfile
from pathlib import Path

import polars as pl
import pytest
from authors_data import benchmark_rows, write_shards
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_runs import everything, made, same

from widespectrum.errors import BadInput
from widespectrum.exchange import export_run, import_data

few = settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking writes files for minutes
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(data=st.data(), form=st.sampled_from(["parquet", "jsonl", "csv"]))
@few
def test_plain_tables_lose_nothing(data, form):
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        run = data.draw(made(here / "run"))
        went = everything(run)
        written = export_run(run, here / "set", format=form)
        assert written.left_out == ()
        back = import_data(here / "set", out=here / "back")
        assert back.layout == "plain"
        same(everything(back.run), went)
        assert back.run.table("failures").height == 0


@given(data=st.data())
@few
def test_the_authors_layout_loses_nothing_that_it_has_room_for(data):
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        run = data.draw(made(here / "run", whole=True))
        went = everything(run)
        written = export_run(run, here / "set", layouts=["aas_benchmark_final"])
        assert written.left_out == ()
        back = import_data(here / "set", out=here / "back", keep_duplicates=True)
        assert back.layout == "aas_benchmark_final"
        same(everything(back.run), went)


def test_from_the_authors_and_back_to_them(tmp_path):
    """Their columns, read and written again, hold what they held."""
    rows = benchmark_rows(3)
    source = write_shards(tmp_path / "theirs", rows)
    run = import_data(source, out=tmp_path / "run").run
    export_run(run, tmp_path / "ours", layouts=["aas_benchmark_final"])
    again = pl.read_parquet(tmp_path / "ours" / "data" / "*.parquet").to_dicts()
    for theirs, ours in zip(rows, again, strict=True):
        for name in (
            "index",
            "model",
            "prompt_original",
            "prompt_distorted",
            "llm_selected",
            "sec_llm_selected",
            "blip_selected",
        ):
            assert ours[name] == theirs[name]
        assert json.loads(ours["selected_dims"]) == json.loads(theirs["selected_dims"])
        for name in ("image_original", "image_distorted"):
            assert ours[name]["bytes"] == theirs[name]["bytes"]
        for key, value in {**theirs["hpsv2_reward"], **theirs["image_reward"]}.items():
            struct = "image_reward" if key.startswith("image") else "hpsv2_reward"
            assert ours[struct][key] == value
        for key, value in theirs["hpsv3_reward"].items():
            assert ours["hpsv3_reward"][key] == [value[0], None]  # the second is not kept
        for side in ("original", "distorted"):
            assert ours["rater"][side]["preds"] == theirs["rater"][side]["preds"]
            assert ours["rater"][side]["scores"] == pytest.approx(
                theirs["rater"][side]["scores"], abs=1e-6
            )


def test_what_has_no_room_is_said(tmp_path):
    rows = benchmark_rows(2)
    run = import_data(write_shards(tmp_path / "set", rows), out=tmp_path / "run").run
    written = export_run(run, tmp_path / "out", layouts=["aas_benchmark_final", "plain"])
    # BLIP is known under the anti prompts only.
    assert any("8 scores belong to pairs that lack" in note for note in written.left_out)
    card = (tmp_path / "out" / "README.md").read_text()
    assert "8 scores belong to pairs" in card
    assert (tmp_path / "out" / "scores_incomplete.parquet").is_file()
    assert import_data(tmp_path / "out", out=tmp_path / "a").layout == "plain"
    shards = import_data(tmp_path / "out", out=tmp_path / "b", layout="aas_benchmark_final")
    assert shards.run.prompts.height == 4


def test_columns_that_would_be_mistaken_are_refused(tmp_path):
    run = import_data(write_shards(tmp_path / "set", benchmark_rows(1)), out=tmp_path / "run").run
    run.prompts = run.prompts.with_columns(pl.lit("x").alias("model"))
    with pytest.raises(BadInput, match=r"field 'model'.*--layout plain"):
        export_run(run, tmp_path / "out", layouts=["aas_benchmark_final"])
    export_run(run, tmp_path / "out", layouts=["plain"])


def test_a_run_without_whole_pairs_has_no_authors_layout(tmp_path):
    rows = [{"prompt": "a sad dog", "emotion": "sad"}]
    run = import_data(write_shards(tmp_path / "set", rows), out=tmp_path / "run").run
    with pytest.raises(BadInput, match="no pair of the run has both prompts and both pictures"):
        export_run(run, tmp_path / "out", layouts=["aas_benchmark_final"])
    export_run(run, tmp_path / "plain")
    assert import_data(tmp_path / "plain", out=tmp_path / "back").run.prompts.height == 1


def test_shards_are_cut_by_size(tmp_path, monkeypatch):
    from widespectrum.exchange import benchmark_folder

    run = import_data(write_shards(tmp_path / "set", benchmark_rows(3)), out=tmp_path / "run").run
    monkeypatch.setattr(benchmark_folder, "SHARD_BYTES", 2000)
    monkeypatch.setattr(benchmark_folder, "GROUP_BYTES", 1000)
    export_run(run, tmp_path / "out", layouts=["aas_benchmark_final"])
    names = sorted(file.name for file in (tmp_path / "out" / "data").iterdir())
    assert names == [f"train-{n:05d}-of-{len(names):05d}.parquet" for n in range(len(names))]
    assert len(names) > 1
    back = import_data(tmp_path / "out", out=tmp_path / "back")
    same(everything(back.run), everything_but_blip(run))


def everything_but_blip(run):
    went = everything(run)
    return {**went, "scores": {row for row in went["scores"] if row[3] != "blip-large"}}


def test_the_datasets_library_reads_it(tmp_path):
    """Pictures are pictures to those who have never heard of us."""
    datasets = pytest.importorskip("datasets")
    run = import_data(write_shards(tmp_path / "set", benchmark_rows(2)), out=tmp_path / "run").run
    export_run(run, tmp_path / "out", layouts=["aas_benchmark_final"])
    files = [str(file) for file in (tmp_path / "out" / "data").iterdir()]
    rows = datasets.Dataset.from_parquet(files, cache_dir=str(tmp_path / "cache"))
    assert isinstance(rows.features["image_original"], datasets.Image)
    assert rows[0]["image_distorted"].size == (12, 12)
    assert rows[1]["hpsv3_reward"]["hpsv3_didp"][1] is None


def test_numbers_of_a_table_of_texts_keep_their_type_on_the_way(tmp_path):
    """A CSV file brought in by its pictures, out and in again: the seed is a number throughout."""
    from PIL import Image

    for number in range(4):
        Image.radial_gradient("L").rotate(45 * number).save(tmp_path / f"{number}.png")
    (tmp_path / "pairs.csv").write_text(
        "id,prompt_original,prompt_anti,seed,severity,lot,image_original,image_anti\n"
        "a,a ball,a blurred ball,1896987146,0.5,007,0.png,1.png\n"
        "b,a cat,a dark cat,695242138,1,008,2.png,3.png\n"
    )
    first = import_data(tmp_path / "pairs.csv", out=tmp_path / "run").run
    export_run(first, tmp_path / "set")
    second = import_data(tmp_path / "set", out=tmp_path / "back").run
    one, other = (pl.read_parquet(run.path / "prompts.parquet") for run in (first, second))
    assert one.schema == other.schema
    assert one.equals(other)
    assert one["seed"].to_list() == [1896987146, 695242138]
    assert one["lot"].to_list() == ["007", "008"], "other columns are what they were"
