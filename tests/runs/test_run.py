import json

import polars as pl
import pytest

from widespectrum.errors import BadInput, ForeignRun
from widespectrum.runs import Run
from widespectrum.runs.schemas import SCHEMAS

IDENTITY = {"pairs": "abc", "seed": 1, "maker": {"name": "darkroom", "sizes": [1, 2]}}


def test_a_new_run_is_described_by_its_file(tmp_path):
    run = Run.create(tmp_path / "new" / "run", identity=IDENTITY, settings={"draws": 10})
    document = json.loads((run.path / "run.json").read_text())
    assert document["identity"] == IDENTITY == run.identity
    assert document["settings"] == {"draws": 10} == run.settings
    assert document == run.provenance
    assert sorted(p.name for p in run.path.iterdir()) == ["run.json"]


def test_the_same_identity_opens_the_run_again(tmp_path):
    first = Run.create(tmp_path, identity=IDENTITY, settings={"draws": 10})
    first.record(counts={"pairs": 3})
    again = Run.create(
        tmp_path,
        identity={"seed": 1, "pairs": "abc", "maker": {"sizes": (1, 2), "name": "darkroom"}},
        settings={"draws": 20},
    )
    assert again.settings == {"draws": 20}
    assert again.provenance["counts"] == {"pairs": 3}
    assert again.provenance["created"] == first.provenance["created"]
    assert Run.open(tmp_path).identity == IDENTITY


def test_another_identity_is_refused_by_what_differs(tmp_path):
    Run.create(tmp_path, identity=IDENTITY, settings={})
    before = (tmp_path / "run.json").read_bytes()
    other = {"pairs": "abc", "maker": {"name": "bonsai", "sizes": [1, 2]}, "extra": "x" * 200}
    with pytest.raises(ForeignRun) as caught:
        Run.create(tmp_path, identity=other, settings={"draws": 5})
    message = str(caught.value)
    assert '\'maker.name\' is "darkroom" there and "bonsai" here' in message
    assert "'seed' is 1 there and not set here" in message
    assert "'extra' is not set there and" in message
    assert "'pairs'" not in message
    assert "sizes" not in message
    assert "another folder" in message
    assert len(message) < 500
    assert (tmp_path / "run.json").read_bytes() == before


def test_an_unset_value_is_not_null(tmp_path):
    Run.create(tmp_path, identity={"seed": None}, settings={})
    with pytest.raises(ForeignRun, match="'seed' is null there and not set here"):
        Run.create(tmp_path, identity={}, settings={})


def test_a_folder_of_something_else_is_refused_and_untouched(tmp_path):
    (tmp_path / "thesis.tex").write_text("important")
    with pytest.raises(ForeignRun, match="not of a run; nothing was touched"):
        Run.create(tmp_path, identity=IDENTITY, settings={})
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(ForeignRun, match="is a file"):
        Run.create(tmp_path / "thesis.tex", identity=IDENTITY, settings={})
    with pytest.raises(BadInput, match="is not a run"):
        Run.open(tmp_path)
    with pytest.raises(BadInput, match="is not a run"):
        Run.open(tmp_path / "nowhere")


def test_a_creation_that_died_half_way_is_no_other_run(tmp_path):
    (tmp_path / ".run.json.k2j3").write_text('{"format"')
    Run.create(tmp_path, identity=IDENTITY, settings={})
    assert Run.open(tmp_path).identity == IDENTITY


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '{"format": 1}', "[" * 10_000, "\xff"])
def test_a_damaged_description_names_the_file(tmp_path, text):
    (tmp_path / "run.json").write_text(text, encoding="latin-1")
    with pytest.raises(BadInput, match=r"run\.json.*cannot be read as the description of a run"):
        Run.open(tmp_path)
    with pytest.raises(BadInput, match=r"run\.json"):
        Run.create(tmp_path, identity={}, settings={})


def test_a_newer_format_is_refused(tmp_path):
    (tmp_path / "run.json").write_text('{"format": 99, "identity": {}, "settings": {}}')
    with pytest.raises(BadInput, match=r"format 99.*newer widespectrum"):
        Run.open(tmp_path)


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), object(), pl.DataFrame()])
def test_an_identity_must_be_json(tmp_path, value):
    with pytest.raises(BadInput, match="the identity of a run must be JSON"):
        Run.create(tmp_path / "run", identity={"value": value}, settings={})
    assert not (tmp_path / "run").exists()


def test_records_merge(run):
    run.record(counts={"a": {"x": 1}, "b": 2}, note="first")
    run.record(counts={"a": {"y": 3}}, note="second")
    assert run.provenance["counts"] == {"a": {"x": 1, "y": 3}, "b": 2}
    assert run.provenance["note"] == "second"
    with pytest.raises(BadInput, match="identity of a run never changes"):
        run.record(identity={})


def test_executions_say_on_what_but_not_whose(run, monkeypatch):
    monkeypatch.setenv("HOSTNAME", "my-secret-laptop")
    run.record_execution()
    run.record_execution()
    executions = run.provenance["executions"]
    assert len(executions) == 2
    environment = executions[0]["environment"]
    assert environment["cpu_count"] >= 1
    assert environment["packages"]["polars"] == pl.__version__
    assert "my-secret-laptop" not in (run.path / "run.json").read_text()


def test_tables_of_an_empty_run_are_typed(run):
    for name, schema in SCHEMAS.items():
        assert run.table(name).schema == schema
        assert run.table(name).height == 0
    with pytest.raises(BadInput, match="no table 'prompts'"):
        run.table("prompts")


def test_prompts_are_kept_as_they_are(run):
    with pytest.raises(BadInput, match=r"prompts\.parquet.*not there yet"):
        _ = run.prompts
    frame = pl.DataFrame(
        {"id": ["a", "b"], "dimensions": [["clarity"], []], "severity": [0.5, None]}
    )
    run.prompts = frame
    assert run.prompts.equals(frame)


def test_folders_for_findings_and_report(run):
    assert run.findings.is_dir()
    assert run.report == run.path / "report"
    assert run.images.root == run.path / "images"
