"""An import may be stopped at any moment; the same call ends like an undisturbed one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from authors_data import benchmark_rows, write_shards
from made_runs import everything

from widespectrum.errors import ForeignRun
from widespectrum.exchange import import_data, prepare_import
from widespectrum.exchange.pictures import Gallery


@pytest.fixture
def source(tmp_path):
    return write_shards(tmp_path / "set", benchmark_rows(8), 3)


def test_what_was_stored_is_not_read_again(tmp_path, source, monkeypatch):
    calm = everything(import_data(source, out=tmp_path / "calm", unit_size=4).run)
    job = prepare_import(source, out=tmp_path / "run", unit_size=4)
    steps = job.work()
    for _ in range(4):
        next(steps)
    steps.close()
    there = job.run.table("images").height
    assert 0 < there < 32
    looked = []
    content = Gallery.content
    monkeypatch.setattr(
        Gallery, "content", lambda self, where: looked.append(where) or content(self, where)
    )
    again = import_data(source, out=tmp_path / "run", unit_size=4)
    assert len(looked) == 32 - there
    assert everything(again.run) == calm
    looked.clear()
    import_data(source, out=tmp_path / "run", unit_size=4)
    assert looked == []


def test_stopped_between_pictures_and_results(tmp_path, source):
    job = prepare_import(source, out=tmp_path / "run")
    for _ in job.work():
        pass
    assert job.run.table("scores").height == 0
    assert everything(import_data(source, out=tmp_path / "run").run) == everything(
        import_data(source, out=tmp_path / "calm").run
    )


def test_another_import_is_another_run(tmp_path, source):
    import_data(source, out=tmp_path / "run")
    with pytest.raises(ForeignRun, match="keep_duplicates"):
        prepare_import(source, out=tmp_path / "run", keep_duplicates=True)
    other = write_shards(tmp_path / "other", benchmark_rows(2))
    with pytest.raises(ForeignRun, match="source"):
        prepare_import(other, out=tmp_path / "run")


def test_rows_may_be_asked_for_in_any_order(source):
    from widespectrum.exchange.arrow_files import Cells

    file = sorted(Path(source).glob("*.parquet"))[0]
    cells = Cells(file, ["image_original", "image_distorted"])
    straight = [cells.at(row) for row in range(6)]
    assert [cells.at(row) for row in (5, 0, 3, 3, 1)] == [straight[row] for row in (5, 0, 3, 3, 1)]


CHILD = """
import sys
from widespectrum.exchange import import_data
import_data(sys.argv[1], out=sys.argv[2], unit_size=2)
"""


def test_killed(tmp_path):
    source = write_shards(tmp_path / "set", benchmark_rows(40), 2)
    run = tmp_path / "run"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(source), str(run)])
    shards = run / "tables" / "images"
    patience = time.monotonic() + 60
    while time.monotonic() < patience and child.poll() is None:
        if shards.is_dir() and len(list(shards.glob("*.parquet"))) >= 3:
            break
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "it was done before it could be killed"
    there = len(list(shards.glob("*.parquet")))
    assert there < 80
    again = import_data(source, out=run, unit_size=2)
    assert again.run.table("failures").height == 0
    assert everything(again.run) == everything(import_data(source, out=tmp_path / "calm").run)
