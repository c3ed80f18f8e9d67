"""The authors' benchmark: every line of what an importer must do with it."""

import json
import math

import numpy as np
import polars as pl
import pytest
from authors_data import benchmark_rows, blue, picture, png, row, write_shards

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.errors import BadInput
from widespectrum.exchange import import_data, prepare_import
from widespectrum.judges import expected_rating
from widespectrum.studies.pair_sources import pairs_from


def imported(tmp_path, lines, /, **options):
    source = write_shards(tmp_path / "set" / "data", lines, options.pop("shards", 1)).parent
    return import_data(source, out=tmp_path / "run", **options)


def score(run, scorer, image, prompt):
    found = run.table("scores").filter(
        (pl.col("scorer") == scorer) & (pl.col("image") == image) & (pl.col("prompt") == prompt)
    )
    return found["score"].to_list()


def images_of(run):
    return {
        tuple(r[:2]): r[2] for r in run.table("images").select("pair_id", "variant", "image").rows()
    }


def test_everything_arrives_under_our_names(tmp_path):
    rows = benchmark_rows()
    job = imported(tmp_path, rows, shards=3)
    run = job.run
    assert job.layout == "aas_benchmark_final"
    pairs = run.prompts
    assert pairs["generator"].unique(maintain_order=True).to_list() == ["flux-dev", "danceflux"]
    assert pairs["id"][:2].to_list() == ["flux-dev/0", "flux-dev/1"]
    assert pairs["dimensions"][0].to_list() == ["clarity", "lighting distinction"]
    assert pairs["prompt_original"][0] == "a lamp on table 0 "  # prompts are kept to the letter
    assert pairs["cluster"][0] == "a lamp on table 0"
    assert pairs["choice"][:4].to_list() == [1, 0, -1, 1]
    assert pairs["prompt"].to_list() == ["0", "1", "2", "3"] * 2

    held = images_of(run)
    for line, source in zip(pairs.to_dicts(), rows, strict=True):
        for variant, column in (("original", "image_original"), ("anti", "image_distorted")):
            digest = held[line["id"], variant]
            assert run.images.path(digest).read_bytes() == source[column]["bytes"]
    first, source = pairs.row(0, named=True), rows[0]
    anti = held[first["id"], "anti"]
    theirs = source["hpsv3_reward"]["hpsv3_diop"][0]
    assert score(run, "hpsv3", anti, first["prompt_original"]) == [theirs]
    assert score(run, "hpsv2.1", anti, first["prompt_anti"]) == [
        source["hpsv2_reward"]["hpsv2_didp"]
    ]
    assert set(run.table("scores")["scorer"]) == {"hpsv2.1", "hpsv3", "imagereward", "blip-large"}
    match = score(run, "blip-large", anti, first["prompt_anti"])
    assert match == pytest.approx([1 / (1 + math.exp(-3.0))])
    assert set(run.table("images")["maker"]) == {"flux-dev", "danceflux"}
    chosen = run.table("choices")
    assert set(chosen["chooser"]) == {"paper-chooser", "paper-chooser-2", "paper-blip"}
    assert run.table("failures").height == 0
    assert any("llm_judge" in note for note in job.notes)
    assert run.provenance["models"]["scores"]["hpsv3"]["imported_from"] == "hpsv3_*"


def test_ratings_have_the_mean_and_the_class_that_were_written(tmp_path):
    rows = benchmark_rows(3)
    run = imported(tmp_path, rows).run
    held = images_of(run)
    ratings = run.table("ratings")
    assert ratings.height == 6 * 2 * 11
    for line, source in zip(run.prompts.to_dicts(), rows, strict=True):
        for variant, key in (("original", "original"), ("anti", "distorted")):
            own = ratings.filter(pl.col("image") == held[line["id"], variant])
            own = own.sort("dimension")  # the fixed order is the alphabet's
            assert own["dimension"].to_list() == list(FIXED_ORDER)
            p = own.select("p_low", "p_neutral", "p_high").to_numpy()
            assert np.allclose(expected_rating(p), source["rater"][key]["scores"], atol=1e-6)
            assert p.argmax(axis=1).tolist() == source["rater"][key]["preds"]
            assert np.allclose(p.sum(axis=1), 1, atol=1e-6)
            assert (p >= 0).all()


def test_a_second_copy_of_a_block_is_left_out_and_said(tmp_path):
    rows = benchmark_rows(4)
    copied = [{**r, "model": "sd3_medium_grpo_2"} for r in rows[:4]]
    job = imported(tmp_path, rows + copied)
    assert job.run.prompts.height == 8
    assert any("4 rows repeat" in note and "keep-duplicates" in note for note in job.notes)
    kept = import_data(tmp_path / "set", out=tmp_path / "kept", keep_duplicates=True)
    assert kept.run.prompts.height == 12
    assert kept.run.table("images").height == 24


def test_index_and_model_may_repeat(tmp_path):
    rows = [row(0, "flux_dev", block) for block in range(3)]  # other scores: no copies
    run = imported(tmp_path, rows).run
    assert run.prompts["id"].to_list() == ["flux-dev/0", "flux-dev/0@2", "flux-dev/0@3"]
    assert run.prompts["repeat"].to_list() == [0, 1, 2]


def test_a_number_that_means_two_prompts_is_not_believed(tmp_path):
    rows = [row(0, "flux_dev", 0), {**row(1, "dance_flux", 1), "index": 0}]
    run = imported(tmp_path, rows).run
    assert run.prompts["prompt"].to_list() == ["0", "0#2"]


def test_columns_may_be_missing(tmp_path):
    wanted = ("image_original", "image_distorted", "prompt_original", "prompt_distorted", "model")
    rows = [{name: r[name] for name in wanted} for r in benchmark_rows(2)]
    run = imported(tmp_path, rows).run
    assert run.prompts.height == 4
    assert run.table("scores").height == run.table("ratings").height == 0


@pytest.mark.parametrize("wrapped", [False, True])
def test_lists_and_early_states(tmp_path, wrapped):
    rows = benchmark_rows(2, models=("flux_dev",))
    for r in rows:
        r["selected_dims"] = ["clarity"]
        if wrapped:
            r["hpsv3_reward"] = [r["hpsv3_reward"]]
        r["hpsv2"] = {f"hpsv2_{s}": 0.0 for s in ("oiop", "oidp")}  # an early state's zeros
    run = imported(tmp_path, rows).run
    assert run.prompts["dimensions"].to_list() == [["clarity"], ["clarity"]]
    found = run.table("scores").filter(pl.col("scorer") == "hpsv3")["score"].to_list()
    theirs = [
        value[0]
        for r in rows
        for value in (r["hpsv3_reward"][0] if wrapped else r["hpsv3_reward"]).values()
    ]
    assert sorted(found) == sorted(theirs)


@pytest.mark.parametrize("bad", [None, float("nan"), float("inf")])
def test_incomplete_scores_are_refused_with_row_and_column(tmp_path, bad):
    rows = benchmark_rows(4)
    rows[5]["hpsv2_reward"]["hpsv2_diop"] = bad
    source = write_shards(tmp_path / "set", rows, 2)
    with pytest.raises(BadInput) as caught:
        prepare_import(source, out=tmp_path / "run")
    text = str(caught.value)
    assert "train-00001-of-00002.parquet, row 2, field 'hpsv2_reward.hpsv2_diop'" in text
    assert not (tmp_path / "run").exists()


def test_placeholders_are_failures_and_their_scores_stay_out(tmp_path):
    rows = benchmark_rows(3)
    rows[1]["image_distorted"] = picture(blue())
    job = imported(tmp_path, rows)
    failures = job.run.table("failures")
    assert failures["kind"].to_list() == ["invalid_result"]
    assert failures["model"].to_list() == ["flux-dev"]
    assert "row 2, field 'image_distorted'" in failures["reason"][0]
    assert "(0, 0, 255)" in failures["reason"][0]
    assert json.loads(failures["subject"][0]) == {"pair_id": "flux-dev/1", "variant": "anti"}
    assert job.run.table("images").height == 11
    assert any("pictures that could not be brought in" in note for note in job.notes)
    assert pairs_from(job.run.path)["id"].to_list().count("flux-dev/1") == 0
    kept = import_data(tmp_path / "set", out=tmp_path / "kept", keep_uniform=True)
    assert kept.run.table("failures").height == 0


def test_a_broken_picture_fails_alone(tmp_path):
    rows = benchmark_rows(3)
    rows[0]["image_original"] = picture(png(1)[:60])
    rows[2]["image_original"] = picture(b"<svg onload=alert(1)>")
    job = imported(tmp_path, rows)
    failures = job.run.table("failures")
    assert failures["kind"].to_list() == ["bad_image", "bad_image"]
    assert all("field 'image_original'" in reason for reason in failures["reason"])
    assert job.run.table("images").height == 10


def test_ratings_that_contradict_themselves_are_left_out_and_said(tmp_path):
    rows = benchmark_rows(2)
    rows[0]["rater"]["original"]["scores"][3] = 0.2
    rows[0]["rater"]["original"]["preds"][3] = 2
    job = imported(tmp_path, rows)
    assert job.run.table("ratings").height == 4 * 22 - 1
    assert any("contradict each other" in note and "color brightness" in note for note in job.notes)


def test_a_rater_of_another_length_is_refused(tmp_path):
    rows = benchmark_rows(2)
    for r in rows:
        r["rater"]["distorted"]["scores"] = r["rater"]["distorted"]["scores"][:10]
    with pytest.raises(BadInput, match=r"row 1, field 'rater.distorted.scores'.*list of 11"):
        prepare_import(write_shards(tmp_path / "set", rows), out=tmp_path / "run")


def test_the_first_rows_only(tmp_path):
    job = imported(tmp_path, benchmark_rows(4), rows=3)
    assert job.run.prompts.height == 3
    assert job.run.table("images").height == 6


def test_score_files_beside_pairs(tmp_path):
    rows = benchmark_rows(3, models=("flux_dev",))
    for r in rows:
        del r["hpsv2_reward"]
    file = tmp_path / "hpsv2_rewards.json"
    lines = [
        {f"hpsv2_{s}": n + k / 4 for k, s in enumerate(("oiop", "oidp", "diop", "didp"))}
        for n in range(3)
    ]
    file.write_text(json.dumps(lines))
    job = imported(tmp_path, rows, scores=[file])
    held = images_of(job.run)
    pair = job.run.prompts.row(2, named=True)
    assert score(job.run, "hpsv2.1", held[pair["id"], "original"], pair["prompt_anti"]) == [2.25]
    file.write_text(json.dumps(lines[:2]))
    with pytest.raises(BadInput, match=r"2 rows of hpsv2\.1, and there are 3 pairs"):
        prepare_import(tmp_path / "set", out=tmp_path / "other", scores=[file])
