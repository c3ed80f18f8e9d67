"""Which store is in force: the nearest `using`, then the environment, then none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from counting_encoders import CountingEncoder

from widespectrum.encodings import (
    EncodingStore,
    current_store,
    default_folder,
    during,
    encoded,
    store_at,
    text_key,
    using,
)

VARIABLE = "WIDESPECTRUM_ENCODINGS"


def test_nothing_is_kept_unless_somebody_asks(monkeypatch):
    monkeypatch.delenv(VARIABLE)
    assert current_store() is None


def test_the_environment_names_a_folder_or_switches_off(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert current_store().folder == tmp_path
    assert EncodingStore.from_environment() is current_store()
    monkeypatch.setenv(VARIABLE, "off")
    assert current_store() is None
    assert store_at(None) is None


def test_using_wins_over_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "environment"))
    mine = EncodingStore(tmp_path / "mine")
    with using(mine):
        assert current_store() is mine
        with using(None):
            assert current_store() is None
        assert current_store() is mine
    assert current_store().folder == tmp_path / "environment"


def test_a_command_line_asks_for_a_folder_or_for_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE)
    assert store_at(None).folder == default_folder() == tmp_path / "widespectrum" / "encodings"
    assert store_at("here").folder == Path("here")
    assert store_at("off") is None


def test_records_are_worked_out_with_the_store_and_handed_out_without(tmp_path):
    store = EncodingStore(tmp_path)
    closed = []

    def work():
        try:
            for _ in range(3):
                yield current_store()
        finally:
            closed.append(True)

    records = during(store, work())
    for record in records:
        assert record is store
        assert current_store() is None
    again = during(store, work())
    next(again)
    again.close()
    assert closed == [True, True]


def test_without_a_store_everything_is_encoded_and_no_key_is_asked_for():
    encoder = CountingEncoder()
    for _ in range(2):
        encoded("t", ["a", "b"], pytest.fail, encoder)
    assert encoder.asked == ["a", "b", "a", "b"]


def test_with_a_store_only_what_is_new_is_encoded(tmp_path):
    encoder = CountingEncoder()
    with using(EncodingStore(tmp_path)):
        encoded("t", ["a", "b"], text_key, encoder)
        rows = encoded("t", ["c", "b", "c"], text_key, encoder)
    assert encoder.asked == ["a", "b", "c"]
    assert np.array_equal(rows, CountingEncoder()(["c", "b", "c"]))
