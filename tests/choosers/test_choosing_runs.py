import json

import polars as pl
import pytest
from choosing_pairs import loves_the_first, obeys, write_pairs
from misbehaving import error

from widespectrum.errors import ForeignRun, NoAccess
from widespectrum.runs import Run
from widespectrum.studies.audits import prepare_audit
from widespectrum.studies.choosing_runs import choosing_cost, prepare_choosing


@pytest.fixture
def pairs(tmp_path):
    return write_pairs(tmp_path / "pairs")


def spec(server, more=""):
    return f"openai:toy@base_url={server.base_url},input_price=1,output_price=10{more}"


def choose(server, pairs, out, more="", **settings):
    """Plan, do and conclude; the row of the chooser."""
    job = prepare_choosing([spec(server, more)], pairs, out=out, draws=200, **settings)
    for _ in job.work(retry_failed=settings.pop("retry_failed", False)):
        pass
    return job


def row_of(job, under="anti"):
    frame = job.conclude()[0].table("choosers").frame
    return frame.filter(pl.col("under") == under).to_dicts()[0]


def test_a_chooser_that_obeys(server, pairs, tmp_path):
    server.script = obeys
    row = row_of(choose(server, pairs, tmp_path / "run", both_prompts=True))
    assert (row["contests"], row["as_asked"], row["tie"], row["bias"]) == (6, 1.0, 0.0, 0.0)
    assert len(server.requests) == 24


def test_a_chooser_that_only_looks_at_places_is_told_so(server, pairs, tmp_path):
    server.script = loves_the_first
    row = row_of(choose(server, pairs, tmp_path / "run"))
    assert (row["as_asked"], row["tie"], row["bias"], row["first_shown"]) == (0.0, 1.0, 1.0, 1.0)


def test_the_run_is_resumed_and_nothing_is_asked_twice(server, pairs, tmp_path):
    server.script = obeys
    choose(server, pairs, tmp_path / "run")
    choose(server, pairs, tmp_path / "run")
    assert len(server.requests) == 12


def test_answers_outlive_the_tables_that_were_made_of_them(server, pairs, tmp_path):
    """Killed after the answers came and before the unit was stored, a run asks nothing again."""
    server.script = obeys
    choose(server, pairs, tmp_path / "run")
    for shard in (tmp_path / "run" / "tables" / "choices").iterdir():
        shard.unlink()
    row = row_of(choose(server, pairs, tmp_path / "run"))
    assert row["as_asked"] == 1.0
    assert len(server.requests) == 12


def test_failures_are_recorded_counted_and_tried_again(server, pairs, tmp_path):
    def script(body, number):
        if "red thing 3" in json.dumps(body["messages"]):
            return error(400, "no", "content_policy")
        return obeys(body, number)

    server.script = script
    job = choose(server, pairs, tmp_path / "run")
    failures = job.run.table("failures")
    assert failures.select("stage", "kind").rows() == [("choices", "provider_refused")]
    row = row_of(job)
    assert (row["contests"], row["failures"], row["as_asked"]) == (5, 1, 1.0)
    server.script = obeys
    job = prepare_choosing([spec(server)], pairs, out=tmp_path / "run", draws=200)
    for _ in job.work(retry_failed=True):
        pass
    assert job.run.table("failures").height == 0
    assert row_of(job)["contests"] == 6
    assert len(server.requests) == 2 * 5 + 2 + 2


def test_the_limit_stops_and_more_money_goes_on(server, pairs, tmp_path):
    server.script = obeys
    # 1000 tokens in and 10 out cost 0.0011; one more question may cost some 0.005 at most.
    job = choose(server, pairs, tmp_path / "run", max_cost=0.01, concurrency=1)
    kinds = set(job.run.table("failures")["kind"])
    asked = len(server.requests)
    assert kinds == {"spending_limit"}
    assert job.session.budget.spent <= 0.01
    assert 0 < asked < 12
    job = prepare_choosing([spec(server)], pairs, out=tmp_path / "run", draws=200, max_cost=1.0)
    for _ in job.work(retry_failed=True):
        pass
    assert row_of(job)["contests"] == 6
    assert len(server.requests) == 12
    assert job.session.budget.spent == pytest.approx(12 * 0.0011)


def test_a_limit_without_a_price_is_refused(server, pairs, tmp_path):
    bare = f"openai:toy@base_url={server.base_url}"
    with pytest.raises(NoAccess, match="price"):
        prepare_choosing([bare], pairs, out=tmp_path / "run", max_cost=1.0)


def test_a_dry_run_asks_and_writes_nothing(server, pairs, tmp_path):
    (cost,) = choosing_cost([spec(server)], pairs, out=tmp_path / "run")
    assert (cost.contests, cost.estimate.questions) == (6, 12)
    assert cost.estimate.most > cost.estimate.dollars > 0
    assert not (tmp_path / "run").exists()
    assert server.requests == []
    server.script = obeys
    choose(server, pairs, tmp_path / "run")
    (cost,) = choosing_cost([spec(server)], pairs, out=tmp_path / "run")
    assert (cost.contests, cost.estimate.questions) == (0, 0)


def test_choices_join_an_audit_of_the_same_pairs(server, pairs, tmp_path):
    server.script = obeys
    job = prepare_audit(["brightness"], pairs, out=tmp_path / "run", draws=200)
    for _ in job.work():
        pass
    job.conclude()
    row_of(choose(server, pairs, tmp_path / "run"))
    run = Run.open(tmp_path / "run")
    assert run.table("choices").height == 6
    assert run.table("scores").height > 0
    assert {path.stem for path in run.findings.glob("*.json")} >= {"choosing", "reward-bias"}


def test_a_run_of_other_pairs_is_refused(server, pairs, tmp_path):
    server.script = obeys
    choose(server, pairs, tmp_path / "run")
    others = write_pairs(tmp_path / "others", count=3)
    with pytest.raises(ForeignRun):
        prepare_choosing([spec(server)], others, out=tmp_path / "run")


def test_scorers_choose_beside_models_and_people(server, tmp_path):
    server.script = obeys
    pairs = write_pairs(tmp_path / "pairs", choices=True)
    job = prepare_choosing(
        [spec(server), "by-score@scorer=brightness"], pairs, out=tmp_path / "run", draws=200
    )
    for _ in job.work():
        pass
    choosing, agreement = job.conclude()
    assert choosing.table("choosers").frame["chooser"].n_unique() == 2
    raters = set(agreement.table("raters").frame["rater"])
    assert raters == {job.choosers[0].name, "by-score@scorer=brightness", "choice in PAIRS"}


def test_the_published_number_stands_beside_the_chooser_it_is_about(server, pairs, tmp_path):
    from widespectrum.choosers import load_chooser

    server.script = obeys
    chooser = load_chooser("gpt-5-chat", base_url=server.base_url)
    job = prepare_choosing([chooser], pairs, out=tmp_path / "run", draws=200)
    for _ in job.work():
        pass
    assert row_of(job)["published"] == 0.853


def test_no_file_of_a_run_holds_the_key(server, pairs, tmp_path, monkeypatch):
    """Every byte of a whole run folder is searched, report and findings included."""
    from widespectrum.report import report_run

    key = "sk-Aa1/very+secret.key"
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", key)

    def script(body, number):
        if "red thing 2" in json.dumps(body["messages"]):
            return error(400, f"Incorrect API key provided: {key}")
        if "red thing 3" in json.dumps(body["messages"]):
            return error(500, f"Bearer {key}")
        return obeys(body, number)

    server.script = script
    job = prepare_choosing([spec(server)], pairs, out=tmp_path / "run", draws=200)
    object.__setattr__(job.session.terms, "first_pause", 0.01)
    for _ in job.work():
        pass
    job.conclude()
    report_run(job.run)
    assert server.headers[0]["Authorization"].endswith(key)
    files = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".jsonl", ".parquet", ".json", ".html"}
    for path in files:
        content = path.read_bytes()
        assert key.encode() not in content, path
        assert key.replace("/", "\\/").encode() not in content, path
    frames = [pl.read_parquet(path) for path in files if path.suffix == ".parquet"]
    assert all(key not in str(frame.to_dicts()) for frame in frames)
