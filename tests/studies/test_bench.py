"""The bench: generators and scorers on the same pictures, by command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from world_painters import Painter, asked

from widespectrum.choosers import ScorerChooser
from widespectrum.cli.main import main
from widespectrum.errors import BadInput
from widespectrum.scorers import load_scorer
from widespectrum.studies.bench import conclude
from widespectrum.studies.generating import load_models, prepare_generation

PAINTERS = Path(__file__).parent / "world_painters.py"
COUNT = 16


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["widespectrum", "bench", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0, capsys.readouterr()


@pytest.fixture
def prompts(tmp_path):
    path = tmp_path / "prompts.parquet"
    asked(COUNT)[0].write_parquet(path)
    return path


def test_generators_and_scorers_are_ranked(prompts, tmp_path, monkeypatch, capsys):
    out = tmp_path / "run"
    arguments = (
        f"{PAINTERS}:Painter@name=bold",
        f"{PAINTERS}:Painter@name=never,timid=1.0",
        "--scorer",
        "sharpness",
        "--scorer",
        "wordmeter",
        "--chooser",
        f"{PAINTERS}:TruthChooser",
        "--aligned",
        "never=bold",
        "--baseline",
        "wordmeter",
        "--prompts",
        prompts,
        "--draws",
        100,
        "--out",
        out,
        "--json",
    )
    code, said = command(monkeypatch, capsys, *arguments)
    assert code == 0
    told = json.loads(said.out)
    assert [row["generator"] for row in told["tables"]["generators"]] == ["bold", "never"]
    assert told["tables"]["generators"][0]["rank_high"] == 1
    assert told["provenance"]["lineages"] == {"never": "bold"}
    pages = {path.name for path in (out / "report").glob("*.html")}
    assert pages == {"index.html", "generation-fidelity.html", "reward-bias.html"}
    # Only the bold painter's pictures say anything about scorers; ties are left out.
    saved = json.loads((out / "findings" / "reward-bias.json").read_text("utf-8"))
    assert saved["provenance"]["truth"] == "truth-chooser"
    again, said = command(monkeypatch, capsys, *arguments)
    assert again == 0
    assert json.loads(said.out)["headline"] == told["headline"]


def test_a_dry_run_counts(prompts, tmp_path, monkeypatch, capsys):
    code, said = command(
        monkeypatch,
        capsys,
        f"{PAINTERS}:Painter",
        "--scorer",
        "sharpness",
        "--prompts",
        prompts,
        "--repeats",
        2,
        "--dry-run",
        "--out",
        tmp_path / "run",
    )
    assert code == 0
    assert str(2 * 2 * COUNT) in said.out + said.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nobody was named"),
        (("--scorer", "sharpness", "--baseline", "blip"), "none of the scorers"),
        (("--scorer", "sharpness", "--aligned", "bold"), "ALIGNED=BASE"),
        (("--scorer", "sharpness", "--aligned", "a=b"), "cannot be compared"),
    ],
)
def test_what_cannot_be_benched(prompts, tmp_path, monkeypatch, capsys, arguments, said):
    code, told = command(
        monkeypatch,
        capsys,
        f"{PAINTERS}:Painter",
        "--prompts",
        prompts,
        "--out",
        tmp_path / "run",
        *arguments,
    )
    assert code == 2
    assert said in told.err
    assert not (tmp_path / "run").exists()


def test_a_chooser_that_decides_by_a_scorer_is_told(tmp_path):
    scorer = load_scorer("wordmeter")
    models = load_models([Painter()], scorers=[scorer], chooser=ScorerChooser(scorer))
    job = prepare_generation(models, asked(COUNT)[0], out=tmp_path / "run")
    for _ in job.work():
        pass
    fidelity = conclude(job, draws=100)[0]
    assert "wordmeter" in fidelity.provenance["circular"]
    blind = prepare_generation(load_models([Painter()]), asked(COUNT)[0], out=tmp_path / "run")
    with pytest.raises(BadInput, match="nobody was named"):
        conclude(blind)
