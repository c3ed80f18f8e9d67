import os

import numpy as np
import polars as pl
import pytest
from run_toys import (
    DIMENSIONS,
    ToyChooser,
    ToyJudge,
    ToyMaker,
    ToyScorer,
    brightness,
    choices,
    picture,
    prompts_of,
    ratings,
    toy_plan,
)

from widespectrum.contracts import VARIANTS
from widespectrum.errors import BadInput, ForeignRun, InvalidResult, MissingWeights, StorageFailed
from widespectrum.runs import (
    ImageRequest,
    ImageWork,
    Plan,
    RatingWork,
    Run,
    ScoreRequest,
    ScoreWork,
    work,
)
from widespectrum.runs.schemas import SCHEMAS


def finish(run, plan, **options):
    records = list(work(run, plan, **options))
    assert records[-1].done == records[-1].total
    return records


def expected_scores(pairs):
    return {
        (pair, variant, prompt): np.float32(brightness(picture(2 * pair + k)) + len(prompt.split()))
        for pair in range(pairs)
        for k, variant in enumerate(VARIANTS)
        for prompt in prompts_of(pair)
    }


def joined(run):
    """(pair, variant, prompt) -> score, as a study would read it."""
    frame = run.table("scores").join(run.table("images"), on="image", how="inner")
    rows = frame.select("pair_id", "variant", "prompt", "score").iter_rows()
    return {(int(pair[1:]), variant, prompt): score for pair, variant, prompt, score in rows}


def test_every_request_is_answered_with_the_models_own_answer(run):
    finish(run, toy_plan(10))
    found = joined(run)
    expected = expected_scores(10)
    assert found.keys() == expected.keys()
    assert all(found[key] == pytest.approx(expected[key], abs=1e-4) for key in expected)
    assert run.table("failures").height == 0
    for name, schema in SCHEMAS.items():
        assert run.table(name).schema == schema


def test_scores_carry_the_length_of_the_prompt_and_the_limit(run):
    finish(run, toy_plan(2))
    scores = run.table("scores")
    assert scores["tokens"].to_list() == [len(prompt.split()) for prompt in scores["prompt"]]
    assert scores["token_limit"].unique().to_list() == [5]


def test_images_carry_size_seed_and_payload(run):
    finish(run, toy_plan(2, scorers=[], payloads={(1, "anti"): {"side": 11}}))
    row = run.table("images").row(
        by_predicate=pl.col("pair_id").eq("p1") & pl.col("variant").eq("anti"), named=True
    )
    assert (row["width"], row["height"], row["seed"]) == (11, 11, 3)
    assert row["detail"] == '{"seed":3,"side":11}'
    assert row["record"] is None
    assert brightness(run.images.open(row["image"])) == brightness(picture(3, 11))


def test_ratings_and_choices(run):
    judge, chooser = ToyJudge(), ToyChooser()
    finish(run, toy_plan(10, scorers=[]) | ratings(10, judge) | choices(10, chooser))
    rated = run.table("ratings").join(run.table("images"), on="image")
    assert rated.height == 10 * 2 * len(DIMENSIONS)
    row = rated.row(
        by_predicate=pl.col("pair_id").eq("p4")
        & pl.col("variant").eq("anti")
        & pl.col("dimension").eq("emotion"),
        named=True,
    )
    high = brightness(picture(9)) / 512 / 8
    assert (row["p_low"], row["p_high"]) == pytest.approx((0.25, high))
    # Each image is looked at once, however many dimensions are asked for.
    assert sum(images for images, _ in judge.calls) == 20
    chosen = run.table("choices")
    assert chosen.height == 20  # both orders of ten pairs
    names = {
        row[2]: row[:2]
        for row in run.table("images").select("pair_id", "variant", "image").iter_rows()
    }
    for row in chosen.iter_rows(named=True):
        pair = int(names[row["first"]][0][1:])
        levels = {v: brightness(picture(2 * pair + k)) for k, v in enumerate(VARIANTS)}
        second, first = names[row["second"]][1], names[row["first"]][1]
        assert row["verdict"] == int(levels[second] > levels[first])
        assert row["details"] == f'{{"words":{len(row["prompt"])}}}'


def test_an_image_is_looked_at_once_whatever_the_order_of_the_plan(run):
    finish(run, toy_plan(10, scorers=[]))
    judge = ToyJudge()
    by_dimension = sorted(ratings(10).ratings[0].requests, key=lambda r: r.dimension)
    finish(run, Plan(ratings=[RatingWork(judge, by_dimension, batch_size=6)]))
    assert judge.calls == [(6, 3), (6, 3), (6, 3), (2, 3)]
    assert run.table("ratings").height == 60


def test_a_pair_costs_two_images_and_two_prompts_not_four_and_four(run):
    scorer = ToyScorer()
    finish(run, toy_plan(10, scorers=[scorer], batch_size=8))
    assert set(scorer.calls) == {(4, 4, 8)}  # eight scores of two pairs


def test_equal_content_is_scored_once(run):
    same = Plan(
        images=[
            ImageWork(
                ToyMaker(), [ImageRequest(f"p{i}", "original", {"seed": 5}) for i in range(6)]
            )
        ],
        scores=[
            ScoreWork(ToyScorer(), [ScoreRequest(f"p{i}", "original", "cat") for i in range(6)])
        ],
    )
    finish(run, same)
    assert run.table("images").height == 6
    assert run.table("images")["image"].n_unique() == 1
    assert run.table("scores").height == 1


def test_nothing_is_done_twice(run):
    finish(run, toy_plan(10))
    before = {p: p.stat().st_mtime_ns for p in run.path.rglob("*") if p.is_file()}
    maker, scorer = ToyMaker(), ToyScorer()
    finish(Run.open(run.path), toy_plan(10, maker=maker, scorers=[scorer], unit_size=7))
    assert maker.calls == scorer.calls == []
    assert {p: p.stat().st_mtime_ns for p in run.path.rglob("*") if p.is_file()} == before


def test_amending_asks_only_for_what_is_new(run):
    first = ToyScorer()
    finish(run, toy_plan(6, scorers=[first]))
    asked = len(first.calls)
    second = ToyScorer("second")
    finish(run, toy_plan(8, scorers=[first, second], unit_size=12))
    assert sum(n for *_, n in first.calls[asked:]) == 2 * 4
    assert sum(n for *_, n in second.calls) == 8 * 4
    assert run.table("scores").height == 2 * 8 * 4


def test_unit_and_batch_sizes_change_nothing(tmp_path):
    frames = []
    for number, (unit, batch) in enumerate([(16, 8), (5, 3), (1000, 1)]):
        run = Run.create(tmp_path / str(number), identity={}, settings={})
        finish(run, toy_plan(7, unit_size=unit, batch_size=batch))
        frames.append(run.table("scores"))
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def test_one_bad_request_never_loses_a_unit(run):
    bad = prompts_of(3)[1]
    finish(run, toy_plan(10, scorers=[ToyScorer(raises=[bad])]))
    assert run.table("scores").height == 38
    failures = run.table("failures")
    assert failures.height == 2  # that prompt under both images
    assert set(failures["kind"]) == {"error"}
    assert set(failures["reason"]) == {"ValueError: cannot score this"}
    assert set(failures["attempts"]) == {3}
    images = set(run.table("images").filter(pl.col("pair_id") == "p3")["image"])
    subjects = failures["subject"].str.json_decode(
        pl.Struct({"image": pl.String, "prompt": pl.String})
    )
    assert set(subjects.struct.field("image")) == images
    assert set(subjects.struct.field("prompt")) == {bad}


def test_a_score_that_is_not_finite_fails_alone(run):
    finish(run, toy_plan(10, scorers=[ToyScorer(nan=[prompts_of(0)[0]])]))
    failures = run.table("failures")
    assert failures["kind"].to_list() == ["invalid_result"] * 2
    assert "scorer 'toy' gave the score nan" in failures["reason"][0]
    assert run.table("scores").height == 38


def test_a_broken_contract_stops_at_once_and_keeps_what_was_done(run):
    class Wrong(ToyScorer):
        def score(self, images, prompts, pairs):
            good = super().score(images, prompts, pairs)
            return good if len(self.calls) <= 2 else good[:-1]

    with pytest.raises(InvalidResult, match=r"scorer 'toy' returned float32 of shape \(7,\)"):
        finish(run, toy_plan(10, scorers=[Wrong()]))
    assert run.table("scores").height == 16  # the first unit: two batches of eight
    finish(run, toy_plan(10))
    assert run.table("scores").height == 40


def test_a_model_that_answers_nothing_is_broken(run):
    everything = [prompt for pair in range(10) for prompt in prompts_of(pair)]
    scorer = ToyScorer(raises=everything, error=AttributeError)
    with pytest.raises(InvalidResult, match=r"each of its first 16 requests.*AttributeError"):
        finish(run, toy_plan(10, scorers=[scorer]))
    assert run.table("failures").height == 0
    assert run.table("images").height == 20


def test_missing_weights_stop_at_once(run):
    class Bare(ToyScorer):
        def score(self, images, prompts, pairs):
            raise MissingWeights("no weights", "Fetch them.")

    with pytest.raises(MissingWeights):
        finish(run, toy_plan(10, scorers=[Bare()]))
    assert run.table("failures").height == 0


def test_too_large_a_batch_is_halved_and_stays_small(run):
    class Small(ToyScorer):
        def score(self, images, prompts, pairs):
            scores = super().score(images, prompts, pairs)
            if len(pairs) > 3:
                raise MemoryError
            return scores

    scorer = Small()
    finish(run, toy_plan(10, scorers=[scorer], batch_size=8))
    assert run.table("scores").height == 40
    assert run.table("failures").height == 0
    assert [n for *_, n in scorer.calls[:4]] == [8, 4, 2, 2]
    assert max(n for *_, n in scorer.calls[6:]) == 2


def test_requests_of_a_failed_image_are_counted_as_missing_their_partner(run):
    payloads = {(2, "anti"): {"refuse": "unsafe"}, (4, "original"): {"explode": True}}
    finish(run, toy_plan(6, payloads=payloads) | ratings(6) | choices(6))
    assert run.table("images").height == 10
    assert run.table("scores").height == 20
    counts = dict(
        run.table("failures")
        .group_by("stage", "kind")
        .len()
        .select(pl.concat_str("stage", "kind", separator=" "), "len")
        .iter_rows()
    )
    assert counts == {
        "images provider_refused": 1,
        "images error": 1,
        "scores missing_partner": 4,
        "ratings missing_partner": 6,
        "choices missing_partner": 4,
    }
    reason = run.table("failures").filter(stage="scores")["reason"][0]
    assert reason == "the anti image of 'p2' was not made"


def test_failures_are_tried_again_only_when_asked(run):
    payloads = {(2, "anti"): {"explode": True}}
    bad = prompts_of(0)[0]
    finish(run, toy_plan(4, payloads=payloads, scorers=[ToyScorer(raises=[bad])]))
    before = run.table("failures")
    maker, scorer = ToyMaker(), ToyScorer()
    finish(run, toy_plan(4, payloads=payloads, maker=maker, scorers=[scorer]))
    assert maker.calls == scorer.calls == []
    assert run.table("failures").equals(before)

    mended = toy_plan(4, payloads=payloads, maker=ToyMaker(mended=True))
    finish(run, mended, retry_failed=True)
    assert run.table("failures").height == 0
    assert not list(run.folder("failures").glob("*.parquet"))
    assert run.table("scores").height == 16


def test_a_request_that_fails_again_adds_up_its_attempts(run):
    plan = toy_plan(4, scorers=[ToyScorer(raises=[prompts_of(0)[0]])])
    finish(run, plan, attempts=2)
    finish(run, plan, attempts=2, retry_failed=True)
    finish(run, plan, attempts=1, retry_failed=True)
    failures = run.table("failures")
    assert failures["attempts"].to_list() == [5, 5]


def test_an_unreadable_image_fails_its_requests_only(run):
    finish(run, toy_plan(6, scorers=[]))
    victim = run.table("images").filter(pair_id="p1", variant="anti")["image"][0]
    path = run.images.path(victim)
    path.write_bytes(path.read_bytes()[:50])
    finish(run, toy_plan(6))
    assert run.table("scores").height == 22
    failures = run.table("failures")
    assert failures["kind"].to_list() == ["bad_image", "bad_image"]
    assert failures["reason"][0].startswith(f"images/{victim[:2]}/{path.name}: ")


def test_an_edited_scorer_takes_over_its_name_and_may_give_it_back(run):
    old, new = ToyScorer(version="1"), ToyScorer(version="2")
    finish(run, toy_plan(3, scorers=[old]))
    finish(run, toy_plan(3, scorers=[new]))
    assert run.table("scores")["fingerprint"].unique().to_list() == ["scorer-toy2"]
    asked = len(old.calls)
    finish(run, toy_plan(3, scorers=[old]))
    assert len(old.calls) == asked
    assert run.table("scores")["fingerprint"].unique().to_list() == ["scorer-toy1"]
    assert run.stored("scores").height == 24


def test_a_renamed_scorer_keeps_its_rows(run):
    finish(run, toy_plan(3, scorers=[ToyScorer("old")]))
    renamed = ToyScorer("old")
    renamed.name = "new"
    finish(run, toy_plan(3, scorers=[renamed]))
    assert renamed.calls == []
    assert run.table("scores")["scorer"].unique().to_list() == ["new"]


def test_another_image_under_a_planned_pair_is_refused(run):
    finish(run, toy_plan(3, scorers=[]))
    with pytest.raises(ForeignRun, match="row p1: the run holds another anti image"):
        finish(run, toy_plan(3, scorers=[], payloads={(1, "anti"): {"seed": 99}}))
    assert run.table("images").height == 6


def test_a_request_for_an_image_nobody_plans_is_refused_before_any_work(run):
    maker = ToyMaker()
    plan = toy_plan(2, maker=maker) | Plan(
        scores=[ScoreWork(ToyScorer(), [ScoreRequest("p9", "anti", "cat")])]
    )
    with pytest.raises(BadInput, match="row p9: the anti image is neither planned nor"):
        finish(run, plan)
    assert maker.calls == []


def test_images_of_an_earlier_call_need_no_plan(run):
    finish(run, toy_plan(3, scorers=[]))
    finish(run, Plan(scores=toy_plan(3).scores))
    assert run.table("scores").height == 12


def test_interruption_keeps_stored_units_and_goes_on(run):
    class Impatient(ToyScorer):
        def score(self, images, prompts, pairs):
            if len(self.calls) == 3:
                raise KeyboardInterrupt
            return super().score(images, prompts, pairs)

    with pytest.raises(KeyboardInterrupt):
        finish(run, toy_plan(10, scorers=[Impatient()]))
    assert run.table("scores").height == 16
    finish(run, toy_plan(10))
    assert run.table("scores").height == 40


def test_a_caller_may_stop_listening(run):
    records = work(run, toy_plan(10))
    for record in records:
        if record.stage == "scores" and record.unit:
            break
    records.close()
    assert 0 < run.table("scores").height < 40
    finish(run, toy_plan(10))
    assert run.table("scores").height == 40


def test_progress_counts_what_is_settled(run):
    payloads = {(0, "anti"): {"refuse": "unsafe"}}
    records = finish(run, toy_plan(10, payloads=payloads))
    scores = [r for r in records if r.stage == "scores"]
    assert scores[0].unit is None
    assert (scores[0].done, scores[0].failed, scores[0].total) == (2, 2, 40)
    assert [r.done for r in scores] == [2, 18, 34, 40]
    assert len({r.unit for r in scores}) == 4
    again = finish(run, toy_plan(10, payloads=payloads))
    assert [(r.stage, r.done, r.failed) for r in again] == [("images", 20, 1), ("scores", 40, 2)]


def test_secrets_of_the_environment_reach_no_file(run, monkeypatch):
    secret = "hunter2-hunter2-hunter2"
    monkeypatch.setenv("TOY_API_KEY", secret)

    class Leaky(ToyScorer):
        def score(self, images, prompts, pairs):
            if "a cat number 1" in prompts:
                raise ConnectionError(f"401 for key {secret} at https://me:{secret}@host/v1")
            return super().score(images, prompts, pairs)

    finish(run, toy_plan(4, scorers=[Leaky()]))
    run.record(note=f"called with {secret}")
    assert run.table("failures").height == 2
    assert "[redacted]" in run.table("failures")["reason"][0]
    files = [path for path in run.path.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        assert secret.encode() not in path.read_bytes()
    for name in SCHEMAS:  # Parquet is compressed, so look at the values too
        assert secret not in run.table(name).write_csv()


def test_a_full_disk_stops_the_work_and_keeps_what_was_done(run, monkeypatch):
    finish(run, toy_plan(10, scorers=[]))
    real, written = os.fsync, []

    def full(handle):
        written.append(handle)
        if len(written) > 3:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailed, match="No space left"):
        finish(run, toy_plan(10))
    monkeypatch.undo()
    stored = run.table("scores").height
    assert 0 < stored < 40
    assert not list(run.folder("scores").glob(".*"))
    finish(run, toy_plan(10))
    assert run.table("scores").height == 40


def test_the_folder_can_be_moved(run, tmp_path):
    finish(run, toy_plan(3))
    scores = run.table("scores")
    run.path.rename(tmp_path / "elsewhere")
    moved = Run.open(tmp_path / "elsewhere")
    assert moved.table("scores").equals(scores)
    scorer = ToyScorer()
    finish(moved, toy_plan(3, scorers=[scorer]))
    assert scorer.calls == []
    for path in moved.path.rglob("*"):
        assert not path.is_file() or str(tmp_path).encode() not in path.read_bytes()


def test_hostile_prompts_survive_the_tables(run):
    prompts = [
        "x" * 10_000,
        "<script>alert(1)</script>",
        "猫の写真\u202e",
        "a\nb\tc",
        "",
        "\U0001f408",
    ]
    plan = toy_plan(1, scorers=[]) | Plan(
        scores=[
            ScoreWork(
                ToyScorer(raises=prompts[1:2]), [ScoreRequest("p0", "anti", p) for p in prompts]
            )
        ]
    )
    finish(run, plan)
    assert set(run.table("scores")["prompt"]) == set(prompts) - {prompts[1]}
    assert run.table("failures").height == 1


def test_no_attempt_is_no_work(run):
    with pytest.raises(BadInput, match="attempts"):
        list(work(run, toy_plan(1), attempts=0))


def test_commits_of_what_nobody_pinned_are_recorded(run, monkeypatch):
    from widespectrum.checkpoints import hub

    monkeypatch.setattr(hub, "_resolved", {})
    finish(run, toy_plan(1))
    assert "not_pinned" not in run.provenance
    monkeypatch.setitem(hub._resolved, "somebody/model", "c" * 40)
    list(work(run, toy_plan(1)))
    assert run.provenance["not_pinned"] == {"somebody/model": "c" * 40}
