"""``prompts build --writer``, ``write``, ``check`` and ``compare``, from the command line."""

import json

import polars as pl
import pytest
from misbehaving import completion, error
from typer.testing import CliRunner

from widespectrum.cli.prompts import app
from widespectrum.errors import BadInput, NoAccess
from widespectrum.prompts import content_words
from widespectrum.tables import read_frame, read_prompt_pairs

KEY = "sk-very-secret-0123456789"


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def obeys(body, number):
    """A model that does what it is told: one effect of each dimension, the caption as it stands."""
    text = body["messages"][-1]["content"][0]["text"]
    caption = json.loads(text.split("to you:\n")[1].split("\n")[0])
    effects, dimension = [], ""
    for line in text.splitlines():
        if line.startswith("- ") and ": " in line and "Effects:" in line:
            dimension = line[2:].partition(":")[0]
        elif line.startswith("  - ") and dimension:
            key, _, words = line[4:].partition(": for example ")
            effects.append({"dimension": dimension, "effect": key, "words": words})
            dimension = ""
    prompt = ", ".join(each["words"] for each in effects)
    return completion(json.dumps({"prompt": f"{prompt}: {caption}", "effects": effects}))


@pytest.fixture
def build(server, tmp_path):
    """The command, without what it is asked for beside."""
    server.script = obeys
    name = f"vlm@model=toy,base_url={server.base_url},input_price=1,output_price=10"
    return ["build", "--count", 6, "--writer", name, "--out", tmp_path / "vlm.csv"]


def test_a_model_builds_pairs(build, server, tmp_path):
    result = run(*build)
    assert result.exit_code == 0, result.output
    frame = read_prompt_pairs(tmp_path / "vlm.csv")
    assert frame.height == 6
    assert {len(each) for each in frame["effects"]} <= {2, 3, 4}
    kept = read_frame(tmp_path / "vlm.csv")
    assert kept["attempts"].to_list() == ["1"] * 6
    assert kept["writer_fingerprint"].n_unique() == 1
    assert set(frame["writer"]) == {"vlm@model=toy"}  # not where it is served, nor what it costs
    assert "US dollars" in result.stderr


def test_the_same_command_asks_only_what_is_missing(build, server, tmp_path):
    server.script = lambda body, number: (
        error(400, "safety") if number == 2 else obeys(body, number)
    )
    assert run(*build).exit_code == 3
    failures = read_frame(tmp_path / "vlm.failures.csv")
    assert failures["kind"].to_list() == ["provider_refused"]
    assert read_prompt_pairs(tmp_path / "vlm.csv").height == 5
    asked = len(server.requests)
    result = run(*build)
    assert result.exit_code == 0, result.output
    assert len(server.requests) == asked + 1
    assert read_prompt_pairs(tmp_path / "vlm.csv").height == 6
    assert not (tmp_path / "vlm.failures.csv").exists()


def test_a_dry_run_says_calls_and_cost_and_asks_nothing(build, server):
    told = json.loads(run(*build, "--dry-run", "--json").stdout)
    assert told["texts"] == told["estimate"]["questions"] == 6
    assert 0 < told["estimate"]["dollars"] < told["estimate"]["most"]
    assert "at most US$" in run(*build, "--dry-run").stdout
    assert json.loads(run("build", "--count", 3, "--dry-run", "--json").stdout)["estimate"] is None
    assert server.requests == []


def test_a_limit_is_kept_and_told(build, server, tmp_path):
    result = run(*build, "--max-cost", 0.013, "--concurrency", 1)
    assert result.exit_code == 3
    assert "spending_limit" in read_frame(tmp_path / "vlm.failures.csv")["kind"].to_list()
    assert len(server.requests) < 6


def test_without_a_key_nothing_is_written(tmp_path):
    result = run("build", "--writer", "vlm", "--count", 2, "--out", tmp_path / "x.csv")
    assert isinstance(result.exception, NoAccess)
    assert "OPENROUTER_API_KEY" in str(result.exception)
    assert not (tmp_path / "x.csv").exists()


def test_no_file_has_the_key(build, server, tmp_path, monkeypatch):
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", KEY)
    server.script = lambda body, number: (
        completion(f"your key is {KEY}") if number % 2 else error(400, f"wrong key {KEY}")
    )
    result = run(*build)
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in result.output
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".jsonl" for path in files)
    assert not any(KEY.encode() in path.read_bytes() for path in files)


def test_the_two_writers_are_compared_on_the_same_captions(build, tmp_path):
    run(*build)
    assert run("build", "--count", 6, "--out", tmp_path / "template.csv").exit_code == 0
    result = run(
        *("compare", tmp_path / "template.csv", tmp_path / "vlm.csv"),
        *("--out", tmp_path / "compared", "--draws", 200, "--json"),
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    rows = {row["measure"]: row for row in told["tables"]["measures"]}
    assert len(rows) == 8
    words = rows["words"]
    assert words["first_low"] <= words["first"] <= words["first_high"]
    assert words["difference"] == pytest.approx(words["second"] - words["first"])
    assert rows["share of the caption's content words kept"]["difference"] == 0
    assert (tmp_path / "compared" / "report" / "index.html").is_file()


def test_tables_of_other_captions_are_not_compared(tmp_path):
    run("build", "--count", 3, "--out", tmp_path / "a.csv")
    run("build", "--count", 3, "--seed", 1, "--out", tmp_path / "b.csv")
    result = run("compare", tmp_path / "a.csv", tmp_path / "b.csv", "--out", tmp_path / "out")
    assert isinstance(result.exception, BadInput)
    assert "same captions" in str(result.exception)


def test_check_is_a_gate(tmp_path):
    path = tmp_path / "pairs.csv"
    run("build", "--count", 8, "--out", path)
    result = run("check", path)
    assert result.exit_code == 0, result.output
    assert "0 of 8 rows have problems" in result.stderr
    frame = read_frame(path)
    caption = content_words(frame["prompt_original"][0])[0]
    frame = frame.with_columns(
        pl.Series("prompt_anti", ["A weeping clown.", *frame["prompt_anti"].to_list()[1:]])
    )
    frame.write_csv(path)
    result = run("check", path, "--out", tmp_path / "found.jsonl")
    assert result.exit_code == 1
    assert caption in result.stderr
    assert "1 of 8 rows have problems" in result.stderr
    assert read_frame(tmp_path / "found.jsonl").height == 8
    told = json.loads(run("check", path, "--json").stdout)
    assert (told["rows"], told["with_problems"]) == (8, 1)


def test_write_makes_every_text_offline(tmp_path):
    pairs = tmp_path / "pairs.csv"
    run("build", "--count", 5, "--out", pairs)
    (tmp_path / "art.csv").write_text("id,objects,medium\nx,two boats,oil on canvas\n")
    for task, source, column in (
        ("negative", pairs, "negative_prompt"),
        ("clean", pairs, "caption_clean"),
        ("emotion", "builtin", "prompt"),
        ("critique", "topics", "prompt"),
        ("caption", tmp_path / "art.csv", "caption"),
    ):
        out = tmp_path / f"{task}-out.csv"
        result = run("write", task, "--from", source, "--count", 2, "--out", out, "--show", 1)
        assert result.exit_code == 0, (task, result.output)
        frame = read_frame(out)
        assert frame.height == {"critique": 10, "caption": 1}.get(task, 2)
        assert frame[column].null_count() == 0
        assert set(frame["writer"]) == {"template"}
        assert run("check", out, "--task", task).exit_code == 0, task


def test_write_by_a_model_keeps_its_answers_beside_the_table(server, tmp_path):
    server.replies(completion(json.dumps({"negative": "sharp"})))
    pairs = tmp_path / "pairs.csv"
    run("build", "--count", 3, "--only", "clarity", "--dimensions-per-prompt", 1, "--out", pairs)
    name = f"vlm@model=toy,base_url={server.base_url}"
    command = ["write", "negative", "--from", pairs, "--writer", name, "--out", tmp_path / "n.csv"]
    told = json.loads(run(*command, "--dry-run", "--json").stdout)
    assert told["estimate"]["questions"] == 3
    assert run(*command).exit_code == 0
    assert run(*command).exit_code == 0
    assert len(server.requests) == 3
    assert (tmp_path / "n.answers").is_dir()
    assert read_frame(tmp_path / "n.csv")["negative_prompt"].to_list() == ["sharp"] * 3


def test_write_never_overwrites_what_it_reads(tmp_path):
    pairs = tmp_path / "pairs.csv"
    run("build", "--count", 2, "--out", pairs)
    result = run("write", "negative", "--from", pairs, "--out", pairs)
    assert isinstance(result.exception, BadInput)


def test_the_words_of_the_checks_can_be_read():
    result = run("dimensions", "--only", "clarity")
    assert "in the checks told by: blur*" in result.stdout
    (told,) = json.loads(run("dimensions", "--only", "clarity", "--json").stdout)
    assert "blur*" in told["signs"]
