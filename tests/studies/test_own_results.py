"""What a run says by itself is what its tables say, by whichever way they are read."""

import sys
from pathlib import Path

import polars as pl
import polars.testing
import pytest

from widespectrum.errors import BadInput
from widespectrum.exchange import export_run, import_data
from widespectrum.studies.audits import analyse
from widespectrum.studies.findings import load_findings
from widespectrum.studies.own_results import conclude_run

sys.path.insert(0, str(Path(__file__).parents[1] / "exchange"))

from authors_data import benchmark_rows, write_shards

PROMPTS = 6


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    rows = benchmark_rows(PROMPTS)
    job = import_data(write_shards(folder / "set", rows), out=folder / "run")
    return rows, job.run, {f.study: f for f in conclude_run(job.run, draws=100)}


def test_three_studies_and_where_the_results_came_from(imported):
    _, run, findings = imported
    assert set(findings) == {"reward-bias", "generation-fidelity", "agreement"}
    assert findings["reward-bias"].provenance["imported"]["layout"] == "aas_benchmark_final"
    saved = {load_findings(path).study for path in run.findings.glob("*.json")}
    assert saved == set(findings)


def test_the_same_as_from_the_table_of_scores(imported, tmp_path):
    _, run, findings = imported
    export_run(run, tmp_path / "out")
    again = analyse(tmp_path / "out" / "scores.parquet", draws=100)
    ours, theirs = findings["reward-bias"].tables[0].frame, again.tables[0].frame
    numbers = [name for name, kind in ours.schema.items() if kind.is_numeric()]
    shared = [name for name in numbers if name in theirs.columns and name != "excluded"]
    assert {"accuracy", "listening"} <= {name.partition(":")[0] for name in shared} | set(shared)
    pl.testing.assert_frame_equal(
        ours.sort("scorer").select(shared), theirs.sort("scorer").select(shared)
    )


def test_success_is_what_the_chooser_chose(imported):
    rows, _, findings = imported
    board = findings["generation-fidelity"].tables[0].frame
    for model, name in (("flux_dev", "flux-dev"), ("dance_flux", "danceflux")):
        chosen = [row["llm_selected"] == 1 for row in rows if row["model"] == model]
        found = board.filter(pl.col("generator") == name)["success"][0]
        assert found == pytest.approx(sum(chosen) / len(chosen))


def test_lineages_are_those_of_the_catalog(imported):
    assert imported[2]["generation-fidelity"].provenance["lineages"] == {"danceflux": "flux-dev"}


def test_another_chooser(imported):
    _, run, _ = imported
    with pytest.raises(BadInput, match="no choices by 'nobody'"):
        conclude_run(run, chooser="nobody", draws=100)
    findings = {f.study: f for f in conclude_run(run, chooser="paper-blip", draws=100)}
    assert findings["generation-fidelity"].provenance["chooser"] == "paper-blip"
    assert findings["generation-fidelity"].tables[0].frame["success"].to_list() == [1.0, 1.0]
