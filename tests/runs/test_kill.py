"""Kill -9 at any moment and start again: the tables are those of an undisturbed run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from widespectrum.runs import Run
from widespectrum.runs.schemas import SCHEMAS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks a process that has imported polars"),
]

HARNESS = Path(__file__).with_name("kill_harness.py")


def tables(folder):
    run = Run.open(folder)
    frames = {name: run.table(name) for name in SCHEMAS}
    frames["failures"] = frames["failures"].drop("time")
    return frames


@pytest.fixture(scope="module")
def battered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill")
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), "20251"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_killed_twenty_times_the_tables_are_those_of_an_undisturbed_run(battered):
    folder, report = battered
    calm = tables(folder / "calm")
    assert calm["scores"].height > 150
    assert calm["failures"].height > 10
    killed = sorted(folder.glob("killed-*"))
    assert len(killed) == report["runs"]
    # Every kill met a worker at work, early or late.
    assert len(report["files"]) >= 20
    assert len(set(report["files"])) > 8, report
    for run in killed:
        for name, frame in tables(run).items():
            assert frame.equals(calm[name]), (run.name, name)


def test_two_workers_on_one_folder_do_no_harm(battered):
    folder, _ = battered
    calm = tables(folder / "calm")
    for name, frame in tables(folder / "two").items():
        assert frame.equals(calm[name]), name
