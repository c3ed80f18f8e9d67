import os
import random
import re
import subprocess
import sys
import textwrap
import time

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput, StorageFailed
from widespectrum.runs.schemas import SCHEMAS
from widespectrum.runs.shards import (
    read_shards,
    remove_stale_temporaries,
    write_shard,
)


def scores(*rows):
    return pl.DataFrame(
        [
            {"scorer": "toy", "fingerprint": "f", "image": i, "prompt": p, "score": s, "tokens": 1}
            for i, p, s in rows
        ],
        schema=SCHEMAS["scores"],
    )


def test_a_shard_comes_back_as_written(tmp_path):
    frame = scores(("a", "cat", 1.5), ("b", "猫", -2.0))
    write_shard(tmp_path / "deep" / "scores", "k1", frame)
    assert read_shards(tmp_path / "deep" / "scores", "scores").equals(frame)
    (name,) = os.listdir(tmp_path / "deep" / "scores")
    assert re.fullmatch(r"k1\.[0-9a-f]{16}\.parquet", name)


def test_images_of_runs_that_kept_no_records_are_read(tmp_path):
    row = {"pair_id": "p", "variant": "anti", "image": "i", "maker": "m", "fingerprint": "f"}
    now = pl.DataFrame([{**row, "record": "{}"}], schema=SCHEMAS["images"])
    before = pl.DataFrame([{**row, "pair_id": "o"}], schema=SCHEMAS["images"]).drop("record")
    write_shard(tmp_path, "k1", before)
    assert read_shards(tmp_path, "images")["record"].to_list() == [None]
    write_shard(tmp_path, "k2", now)
    found = read_shards(tmp_path, "images")
    assert found.schema == SCHEMAS["images"]
    assert dict(zip(found["pair_id"], found["record"], strict=True)) == {"o": None, "p": "{}"}
    write_shard(tmp_path, "k3", before.drop("maker"))
    with pytest.raises(BadInput, match="columns are not those"):
        read_shards(tmp_path, "images")


def test_the_order_of_files_does_not_matter_and_keys_are_unique(tmp_path):
    rows = [(f"i{n}", f"p{n % 5}", float(n)) for n in range(30)]
    doubled = [("i3", "p3", 7.0)]  # a worker that did not agree
    frames = []
    for attempt in range(4):
        folder = tmp_path / str(attempt)
        shuffled = rows + doubled
        random.Random(attempt).shuffle(shuffled)
        for start in range(0, len(shuffled), 7):
            write_shard(folder, f"k{start}", scores(*shuffled[start : start + 7]))
        frames.append(read_shards(folder, "scores"))
    assert frames[0].height == 30
    assert frames[0].filter(image="i3")["score"].to_list() == [3.0]
    assert all(frame.equals(frames[0]) for frame in frames)


def test_temporaries_are_passed_by_and_swept_when_old(tmp_path):
    write_shard(tmp_path, "k1", scores(("a", "cat", 1.0)))
    dead, alive = tmp_path / ".k2.parquet.x1", tmp_path / ".k3.parquet.x2"
    dead.write_bytes(b"PAR1 half")
    alive.write_bytes(b"PAR1 half")
    os.utime(dead, (time.time() - 7200,) * 2)
    assert read_shards(tmp_path, "scores").height == 1
    remove_stale_temporaries(tmp_path)
    assert not dead.exists()
    assert alive.exists()


@pytest.mark.parametrize("damage", ["truncated", "empty", "garbage", "foreign", "flipped"])
def test_a_damaged_shard_is_named(tmp_path, damage):
    write_shard(tmp_path, "good", scores(("a", "cat", 1.0)))
    path = write_shard(tmp_path, "bad", scores(*[(f"i{n}", "dog", 1.0) for n in range(200)]))
    data = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "garbage":
        path.write_bytes(b"\x00" * len(data))
    elif damage == "foreign":
        path.unlink()
        path = write_shard(tmp_path, "bad", pl.DataFrame({"x": [1]}))
    else:
        path.write_bytes(data[:-8] + b"\xff\xff\xff\x7f" + data[-4:])
    with pytest.raises(
        BadInput, match=r"bad\.\w+\.parquet.*Delete this file and run the command again"
    ):
        read_shards(tmp_path, "scores")
    path.unlink()
    assert read_shards(tmp_path, "scores").height == 1


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_goes_unnoticed(tmp_path, where, bit):
    path = write_shard(tmp_path, "k1", scores(("a", "cat", 1.0), ("b", "dog", 2.0)))
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(BadInput, match="checksum in its name"):
        read_shards(tmp_path, "scores")


def test_no_folder_is_an_empty_table(tmp_path):
    assert read_shards(tmp_path / "nowhere", "failures").equals(
        pl.DataFrame(schema=SCHEMAS["failures"])
    )


def test_a_refused_rename_leaves_the_earlier_shard(tmp_path, monkeypatch):
    first = scores(("a", "cat", 1.0))
    write_shard(tmp_path, "k1", first)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(5, "I/O error")))
    with pytest.raises(StorageFailed, match=r"k1\.\w+\.parquet.*I/O error"):
        write_shard(tmp_path, "k1", scores(("a", "cat", 2.0)))
    monkeypatch.undo()
    assert read_shards(tmp_path, "scores").equals(first)
    assert len(os.listdir(tmp_path)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file size limit")
def test_a_real_limit_of_the_system_is_a_storage_failure(tmp_path):
    script = """
        import resource, sys
        from run_toys import toy_plan
        from widespectrum.errors import StorageFailed
        from widespectrum.runs import Run, work

        run = Run.create(sys.argv[1], identity={}, settings={})
        list(work(run, toy_plan(6, scorers=[])))
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        try:
            list(work(run, toy_plan(40, unit_size=160)))
        except StorageFailed as error:
            print(error, len(run.table("images")), len(run.table("scores")))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "run")],
        capture_output=True,
        text=True,
        check=True,
        cwd=os.path.dirname(__file__),
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert "could not be written (File too large)" in done.stdout, done.stderr
    assert "run the command again" in done.stdout
    assert done.stdout.split()[-2:] == ["12", "0"]  # those of the first call
    assert not list((tmp_path / "run").rglob(".*"))
