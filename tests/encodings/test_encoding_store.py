"""What is asked for again is not made again, in this process or another, whatever became of it."""

from __future__ import annotations

import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from counting_encoders import CountingEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.encodings import EncodingsNotKept, EncodingStore
from widespectrum.encodings.shards import SUFFIX
from widespectrum.encodings.towers import MANY
from widespectrum.errors import BadInput, BrokenContract

TOWER = "toy/text/1"


def ask(store: EncodingStore, texts, encoder: CountingEncoder, tower: str = TOWER):
    return store.through(tower, texts, lambda places: encoder([texts[p] for p in places]))


def shards(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/*{SUFFIX}"))


def test_rows_come_in_the_order_of_the_keys_and_each_is_made_once(tmp_path):
    encoder = CountingEncoder()
    rows = ask(EncodingStore(tmp_path), ["b", "a", "b", "c"], encoder)
    assert np.array_equal(rows, CountingEncoder()(["b", "a", "b", "c"]))
    assert encoder.asked == ["b", "a", "c"]


def test_another_process_makes_only_what_is_new(tmp_path):
    ask(EncodingStore(tmp_path), ["a", "b"], CountingEncoder())
    later = CountingEncoder()
    store = EncodingStore(tmp_path)
    rows = ask(store, ["c", "b", "a"], later)
    assert later.asked == ["c"]
    assert np.array_equal(rows, CountingEncoder()(["c", "b", "a"]))
    assert (store.found, store.made) == (2, 1)


def test_towers_do_not_share(tmp_path):
    store, encoder = EncodingStore(tmp_path), CountingEncoder()
    ask(store, ["a"], encoder, "one")
    ask(store, ["a"], encoder, "two")
    assert encoder.asked == ["a", "a"]
    assert store.knows("one", ["a", "b"]) == [True, False]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int64"])
def test_the_type_of_the_rows_is_kept(tmp_path, dtype):
    first = ask(EncodingStore(tmp_path), ["a"], CountingEncoder(dtype=dtype))
    again = ask(EncodingStore(tmp_path), ["a"], CountingEncoder(dtype="complex64"))
    assert again.dtype == first.dtype == np.dtype(dtype)
    assert np.array_equal(again, first)


def test_rows_of_any_shape_are_kept(tmp_path):
    sequence = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    EncodingStore(tmp_path).through(TOWER, ["a", "b"], lambda places: sequence)
    again = EncodingStore(tmp_path).through(TOWER, ["b", "a"], lambda places: sequence[:0])
    assert np.array_equal(again, sequence[::-1])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.text(max_size=3), min_size=1, max_size=6), max_size=6))
def test_any_sequence_of_requests_gives_what_the_encoder_alone_gives(tmp_path_factory, requests):
    folder, encoder = tmp_path_factory.mktemp("store"), CountingEncoder()
    for texts in requests:
        assert np.array_equal(ask(EncodingStore(folder), texts, encoder), CountingEncoder()(texts))
    assert len(encoder.asked) == len(set(encoder.asked))


def test_encodings_that_are_not_finite_are_returned_and_not_kept(tmp_path):
    rows = np.array([[1.0, np.nan], [2.0, 3.0]], dtype=np.float32)
    store = EncodingStore(tmp_path)
    got = store.through(TOWER, ["bad", "good"], lambda places: rows)
    assert np.array_equal(got, rows, equal_nan=True)
    assert EncodingStore(tmp_path).knows(TOWER, ["bad", "good"]) == [False, True]


def test_an_encoder_with_too_few_rows_is_told(tmp_path):
    with pytest.raises(BrokenContract, match="for 2 inputs"):
        EncodingStore(tmp_path).through(TOWER, ["a", "b"], lambda places: np.zeros((1, 4)))


def test_a_tower_that_changes_its_form_is_told(tmp_path):
    store = EncodingStore(tmp_path)
    ask(store, ["a"], CountingEncoder(width=4))
    with pytest.raises(BrokenContract, match="misses a setting"):
        ask(store, ["a", "b"], CountingEncoder(width=5))


def test_nothing_to_encode_is_an_error(tmp_path):
    with pytest.raises(BadInput):
        EncodingStore(tmp_path).through(TOWER, [], lambda places: np.zeros((0, 4)))


@pytest.mark.parametrize("damage", ["truncated", "empty", "contents", "pickle", "text"])
def test_a_damaged_shard_is_named_and_its_rows_are_made_again(tmp_path, damage):
    ask(EncodingStore(tmp_path), ["a", "b"], CountingEncoder())
    (path,) = shards(tmp_path)
    data = bytearray(path.read_bytes())
    if damage == "contents":
        data[130] ^= 1
    if damage == "pickle":
        data = data.replace(b"'|u1'", b"'|O' ", 1)
    path.write_bytes({"truncated": data[:-3], "empty": b"", "text": b"hello"}.get(damage, data))
    encoder = CountingEncoder()
    with pytest.warns(EncodingsNotKept, match=path.name):
        rows = ask(EncodingStore(tmp_path), ["a", "b"], encoder)
    assert encoder.asked == ["a", "b"]
    assert np.array_equal(rows, CountingEncoder()(["a", "b"]))


def test_a_flipped_bit_in_a_row_costs_that_row(tmp_path):
    ask(EncodingStore(tmp_path), ["a", "b"], CountingEncoder())
    (path,) = shards(tmp_path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    store, encoder = EncodingStore(tmp_path), CountingEncoder()
    with pytest.warns(EncodingsNotKept, match="damaged"):
        rows = ask(store, ["a", "b"], encoder)
    assert len(encoder.asked) == 1
    assert np.array_equal(rows, CountingEncoder()(["a", "b"]))
    ask(store, ["a", "b"], encoder)
    assert len(encoder.asked) == 1


def test_a_writer_that_died_leaves_nothing_that_is_read(tmp_path):
    ask(EncodingStore(tmp_path), ["a"], CountingEncoder())
    (path,) = shards(tmp_path)
    (path.parent / f".{path.name}.xyz").write_bytes(b"half")
    later = CountingEncoder()
    ask(EncodingStore(tmp_path), ["a"], later)
    assert later.asked == []


def test_many_small_shards_become_few(tmp_path):
    store = EncodingStore(tmp_path)
    for number in range(MANY + 1):
        ask(store, [str(number)], CountingEncoder())
    assert len(shards(tmp_path)) == MANY + 1
    opened = EncodingStore(tmp_path)
    later = CountingEncoder()
    rows = ask(opened, [str(number) for number in range(MANY + 1)], later)
    assert len(shards(tmp_path)) == 1
    assert later.asked == []
    # The store that knew the small shards finds the rows where they are now.
    assert np.array_equal(ask(store, [str(n) for n in range(MANY + 1)], later), rows)
    assert later.asked == []


def test_a_store_that_is_cleared_under_another_goes_on(tmp_path):
    store = EncodingStore(tmp_path)
    ask(store, ["a"], CountingEncoder())
    assert EncodingStore(tmp_path).clear() > 0
    encoder = CountingEncoder()
    assert np.array_equal(ask(store, ["a"], encoder), CountingEncoder()(["a"]))
    assert encoder.asked == ["a"]


def test_clearing_one_tower_leaves_the_others_and_what_is_not_ours(tmp_path):
    store = EncodingStore(tmp_path)
    ask(store, ["a"], CountingEncoder(), "one")
    ask(store, ["a"], CountingEncoder(), "two")
    (mine,) = [path for path in tmp_path.glob("*/tower.json") if "one" in path.read_text()]
    (mine.parent / "notes.txt").write_text("keep")
    store.clear("one")
    assert [size.tower for size in store.sizes()] == ["two"]
    assert (mine.parent / "notes.txt").read_text() == "keep"


def test_sizes_say_what_is_kept(tmp_path):
    store = EncodingStore(tmp_path)
    ask(store, ["a", "b", "c"], CountingEncoder(), "large")
    ask(store, ["a"], CountingEncoder(), "small")
    large, small = store.sizes()
    assert (large.tower, large.encodings, large.shards) == ("large", 3, 1)
    assert large.bytes > small.bytes > 0
    assert EncodingStore(tmp_path / "nowhere").sizes() == []


def test_a_folder_that_cannot_be_written_costs_no_result(tmp_path):
    (tmp_path / "file").write_text("no folder")
    store, encoder = EncodingStore(tmp_path / "file"), CountingEncoder()
    with pytest.warns(EncodingsNotKept, match="going on without"):
        rows = ask(store, ["a"], encoder)
    assert np.array_equal(rows, CountingEncoder()(["a"]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ask(store, ["a"], encoder)
    assert encoder.asked == ["a", "a"]


def test_a_store_that_is_full_keeps_no_more_and_says_so_once(tmp_path):
    store, encoder = EncodingStore(tmp_path, limit=600), CountingEncoder()
    ask(store, ["a"], encoder)
    while sum(p.stat().st_size for p in tmp_path.glob("*/*")) < 600:
        ask(store, [str(len(encoder.asked))], encoder)
    with pytest.warns(EncodingsNotKept, match="encodings clear"):
        ask(store, ["b"], encoder)
    rows = ask(store, ["8"], encoder)  # said once
    assert np.array_equal(rows, CountingEncoder()(["8"]))
    kept = sum(path.stat().st_size for path in tmp_path.glob("*/*"))
    assert 600 <= kept < 1200
    assert store.knows(TOWER, ["a", "8"]) == [True, False]
    store.clear()
    ask(store, ["8"], encoder)
    assert store.knows(TOWER, ["8"]) == [True]


def test_threads_may_share_a_store(tmp_path):
    store, wrong = EncodingStore(tmp_path), []

    def work(start: int) -> None:
        for number in range(20):
            texts = [str(start + number), str(number)]
            if not np.array_equal(ask(store, texts, CountingEncoder()), CountingEncoder()(texts)):
                wrong.append(texts)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


WORKER = """
import sys, numpy as np
from widespectrum.encodings import EncodingStore, towers
towers.MANY = 3
for number in range(40):
    store = EncodingStore(sys.argv[1])
    keys = [str(number + place) for place in range(5)]
    rows = store.through("t", keys, lambda p: np.array([[int(keys[i])] * 3 for i in p], "f4"))
    assert rows[:, 0].tolist() == [float(key) for key in keys], rows
"""


def test_two_processes_at_once_do_no_harm(tmp_path):
    # They also put shards together, each while the other reads them.
    started = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", WORKER, str(tmp_path)])
        for _ in range(2)
    ]
    assert [process.wait(60) for process in started] == [0, 0]
    keys = [str(number) for number in range(44)]
    rows = EncodingStore(tmp_path).through("t", keys, lambda p: np.zeros((0, 3), "f4"))
    assert rows[:, 2].tolist() == [float(key) for key in keys]
