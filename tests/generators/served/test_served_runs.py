"""Through the engine, in a run folder: tables, failures, resuming, and a key that is nowhere."""

import json
import logging

import pytest
from misbehaving import Reply, completion, error
from served_pictures import Replicate, generated, painted, picture, png

from widespectrum.endpoints import Session, Terms
from widespectrum.generators import GeneratorMaker, generation_payload
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, work

KEY = "sk-very/secret+key.0123456789"


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", identity={"test": 1}, settings={})


@pytest.fixture
def paint(run, painter, terms):
    """Has pairs painted in the run."""

    def do(name, pairs=3, retry_failed=False, **settings):
        more = {key: settings.pop(key) for key in ("max_cost", "attempts") if key in settings}
        session = Session(terms(answers=run.path / "answers", pictures=run.path / "images", **more))
        maker = GeneratorMaker(painter(name, session, **settings))
        requests = [
            ImageRequest(f"pair {pair}", variant, generation_payload(f"{variant} {pair}", pair))
            for pair in range(pairs)
            for variant in ("original", "anti")
        ]
        for _ in work(run, Plan(images=[ImageWork(maker, requests)]), retry_failed=retry_failed):
            pass
        return session

    return do


def refuses_anti(body, number):
    if "anti" in json.dumps(body):
        return completion(None, choice={"native_finish_reason": "IMAGE_SAFETY"})
    return painted(png(picture(number)))


def test_pictures_are_rows_with_a_record_and_an_unknown_seed(server, run, paint):
    server.script = lambda body, number: painted(png(picture(number)), words="A cat.")
    paint("nano-banana")
    images = run.table("images")
    assert images.height == 6
    assert images["seed"].to_list() == [None] * 6
    record = json.loads(images["record"][0])
    assert (record["attempts"], record["said"], record["seed"]) == (1, "A cat.", None)
    assert record["request"]["messages"][0]["content"] == record["prompt_sent"]
    assert run.table("failures").height == 0


def test_a_seed_that_was_sent_is_known(server, run, paint):
    Replicate(server)
    paint("qwen-image-replicate", poll=0.01)
    assert sorted(set(run.table("images")["seed"])) == [0, 1, 2]


def test_nothing_is_stored_twice(server, run, paint):
    server.script = lambda body, number: painted(png(picture(number)))
    paint("nano-banana")
    assert {path.stem for path in (run.path / "images").rglob("*.png")} == set(
        run.table("images")["image"]
    )
    assert not list((run.path / "answers").rglob("*.png"))


def test_refusals_are_failures_of_their_own_kind_and_no_picture_stands_for_them(server, run, paint):
    server.script = refuses_anti
    paint("nano-banana", retries=1)
    assert set(run.table("images")["variant"]) == {"original"}
    failures = run.table("failures")
    assert failures.select("kind", "attempts").rows() == [("provider_refused", 2)] * 3
    assert {json.loads(text)["variant"] for text in failures["subject"]} == {"anti"}
    assert len(list((run.path / "images").rglob("*.png"))) == 3

    asked = len(server.requests)
    paint("nano-banana", retries=1)
    assert len(server.requests) == asked
    server.script = lambda body, number: painted(png(picture(number)))
    paint("nano-banana", retries=1, retry_failed=True)
    assert len(server.requests) == asked + 3
    assert run.table("failures").height == 0


def test_after_a_crash_nothing_is_paid_for_twice(server, run, paint):
    """Killed after the pictures came and before the unit was stored."""
    server.script = lambda body, number: painted(png(picture(number)))
    paint("nano-banana")
    before = run.table("images")
    for shard in (run.path / "tables" / "images").iterdir():
        shard.unlink()
    paint("nano-banana")
    assert len(server.requests) == 6
    assert run.table("images").sort("pair_id", "variant").equals(before.sort("pair_id", "variant"))


def test_the_limit_stops_and_more_money_goes_on(server, run, paint):
    server.script = lambda body, number: painted(png(picture(number)))
    session = paint("nano-banana", max_cost=0.1)
    assert session.budget.spent <= 0.1
    assert set(run.table("failures")["kind"]) == {"spending_limit"}
    assert len(server.requests) == 2
    paint("nano-banana", max_cost=1.0, retry_failed=True)
    assert len(server.requests) == 6
    assert run.table("failures").height == 0


@pytest.mark.parametrize(
    ("name", "replies"),
    [
        ("nano-banana", [painted(words=f"your key is {KEY}"), completion(f"no, {KEY}")]),
        ("nano-banana", [error(500, f"Bearer {KEY}"), Reply(f"<html>{KEY}</html>")]),
        ("gpt-image-1.5", [generated(datum={"revised_prompt": f"a cat, {KEY}"})]),
        ("gpt-image-1.5", [error(400, f"bad key {KEY}"), Reply({"data": [{"url": KEY}]})]),
    ],
)
def test_the_key_is_nowhere_in_the_folder_and_in_no_log(
    server, run, paint, monkeypatch, caplog, name, replies
):
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    server.script = lambda body, number: replies[number % len(replies)]
    paint(name, retries=1, attempts=2)
    refuse_the_key(server, run, caplog)


def test_the_key_is_nowhere_where_predictions_repeat_it(server, run, paint, monkeypatch, caplog):
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    replicate = Replicate(server)
    replicate.ending = {"status": "failed", "error": f"bad token {KEY}"}
    paint("seedream-4", pairs=1, attempts=2, poll=0.01)
    replicate.ending = {"status": "succeeded", "output": f"https://x.example/{KEY}"}
    paint("seedream-4", pairs=2, attempts=2, poll=0.01)
    assert run.table("failures").height == 4
    refuse_the_key(server, run, caplog)


def refuse_the_key(server, run, caplog):
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    files = [path for path in run.path.rglob("*") if path.is_file()]
    assert len(files) > 2
    needles = [form.encode() for form in (KEY, KEY.replace("/", "\\/"), KEY[4:20])]
    for path in files:
        data = path.read_bytes()
        assert not any(needle in data for needle in needles), path
    for table in ("images", "failures"):
        assert KEY[4:20] not in str(run.table(table).to_dicts())
    assert KEY[4:20] not in caplog.text


def test_terms_may_name_another_folder_for_pictures(tmp_path):
    assert Terms(answers=tmp_path).pictures_folder == tmp_path / "pictures"
    assert Terms(answers=tmp_path, pictures=tmp_path / "x").pictures_folder == tmp_path / "x"
    assert Terms().pictures_folder is None
