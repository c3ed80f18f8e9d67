"""``import``, ``export`` and ``analyse`` of a run, as a person types them."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from widespectrum.cli import console
from widespectrum.cli.main import app
from widespectrum.errors import BadInput, ForeignRun, UnknownName
from widespectrum.runs import Run

sys.path.insert(0, str(Path(__file__).parents[1] / "exchange"))

from authors_data import benchmark_rows, blue, picture, write_shards


def type_in(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def source(tmp_path):
    return write_shards(
        tmp_path / "set", benchmark_rows(6, ("flux_dev", "dance_flux", "flux_krea"))
    )


def test_in_concluded_and_out(tmp_path, source):
    brought = type_in("import", source, "--out", tmp_path / "run")
    assert brought.exit_code == 0, brought.output
    assert brought.stdout.strip() == str(tmp_path / "run")
    assert "aas_benchmark_final, 18 pairs, 36 pictures" in brought.stderr
    assert "llm_judge" in brought.stderr

    said = type_in("analyse", tmp_path / "run", "--draws", 100, "--json")
    assert said.exit_code == 0, said.output
    document = json.loads(said.stdout)
    studies = [study["study"] for study in document["findings"]]
    assert studies == ["reward-bias", "generation-fidelity", "agreement"]
    assert Path(document["report"]).is_file()
    page = (Path(document["report"]).parent / "reward-bias.html").read_text()
    assert "hpsv2.1" in page
    again = type_in("report", tmp_path / "run")
    assert again.exit_code == 0

    out = type_in(
        "export", tmp_path / "run", "--to", tmp_path / "out", "--layout", "aas_benchmark_final",
        "--layout", "plain", "--licence", "cc-by-4.0", "--json",
    )  # fmt: skip
    assert out.exit_code == 0, out.output
    assert json.loads(out.stdout)["pushed"] is None
    assert 'license: "cc-by-4.0"' in (tmp_path / "out" / "README.md").read_text()
    table = type_in("analyse", tmp_path / "out" / "scores.parquet", "--out", tmp_path / "t",
                    "--draws", 100, "--json")  # fmt: skip
    assert table.exit_code == 0, table.output


def test_failures_have_an_exit_code_of_their_own(tmp_path):
    rows = benchmark_rows(2)
    rows[0]["image_distorted"] = picture(blue())
    source = write_shards(tmp_path / "set", rows)
    brought = type_in("import", source, "--out", tmp_path / "run", "--json")
    assert brought.exit_code == console.EXIT_WITH_FAILURES
    assert json.loads(brought.stdout)["failures"] == 1
    assert "1 pictures could not be brought in" in brought.stderr
    assert "row 1, field 'image_distorted'" in brought.stderr


def test_what_goes_wrong_is_raised_with_a_remedy(tmp_path, source):
    type_in("import", source, "--out", tmp_path / "run")
    for words, kind in (
        (("import", tmp_path / "nothing", "--out", tmp_path / "x"), BadInput),
        (("import", source, "--out", tmp_path / "run", "--rows", 1), ForeignRun),
        (("import", source, "--out", tmp_path / "x", "--layout", "y"), UnknownName),
        (("export", tmp_path / "nothing", "--to", tmp_path / "x"), BadInput),
        (("export", tmp_path / "run", "--to", tmp_path / "x", "--format", "xls"), UnknownName),
        (("export", tmp_path / "run", "--to", tmp_path / "run"), BadInput),
        (("analyse", tmp_path / "run", "--out", tmp_path / "x"), BadInput),
    ):
        result = type_in(*words)
        assert isinstance(result.exception, kind), (words, result.exception)
        assert result.exception.remedy


def test_a_run_with_nothing_to_conclude(tmp_path):
    rows = [{"prompt": "a sad dog", "emotion": "sad"}]
    type_in("import", write_shards(tmp_path / "set", rows), "--out", tmp_path / "run")
    assert Run.open(tmp_path / "run").prompts.height == 1
    result = type_in("analyse", tmp_path / "run")
    assert isinstance(result.exception, BadInput)
    assert "neither all four scores" in str(result.exception)
