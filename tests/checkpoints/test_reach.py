"""Where the hub does not answer, one short question says so for the whole process."""

from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import file_identity, files_there, locate_file, reach
from widespectrum.errors import MissingWeights

constants = pytest.importorskip("huggingface_hub.constants")


def entry(number: int) -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "name": f"tiny-{number}",
            "kind": "generator",
            "title": "Tiny",
            "class": "widespectrum.generators.diffusers:DiffusersGenerator",
            "hub_id": f"someone/tiny-{number}",
        }
    )


@pytest.fixture(autouse=True)
def asked_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(reach, "PATIENCE", 0.3)
    reach._answers.cache_clear()
    yield
    reach._answers.cache_clear()


@pytest.fixture
def mute():
    """A hub that takes calls and says nothing; how often it was called."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)

        def take() -> None:
            while True:
                try:
                    calls.append(listening.accept())
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", calls
        listening.close()
    for taken in calls:
        taken[0].close()


def test_a_hub_that_says_nothing_is_asked_once_for_all_models(mute, monkeypatch):
    address, calls = mute
    monkeypatch.setattr(constants, "ENDPOINT", address)
    began = time.perf_counter()
    for number in range(4):
        with pytest.raises(MissingWeights, match="out of reach"):
            files_there(entry(number))
        with pytest.raises(MissingWeights, match="out of reach"):
            file_identity(entry(number), "w.safetensors")
        with pytest.raises(MissingWeights, match="out of reach") as caught:
            locate_file(entry(number), "w.safetensors")
    assert time.perf_counter() - began < 5, "the client alone takes half a minute for each"
    assert len(calls) == 1
    assert "hf download someone/tiny-3 w.safetensors" in caught.value.remedy


def test_a_hub_that_is_nowhere_is_no_reason_to_wait(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{port}")
    assert not reach.hub_answers()


@pytest.mark.parametrize("status", [200, 404, 503])
def test_any_answer_is_one(status, monkeypatch):
    class Curt(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Curt) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        assert reach.hub_answers()
        server.shutdown()


def test_a_hub_that_is_switched_off_is_not_asked(mute, monkeypatch):
    address, calls = mute
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert not reach.hub_answers()
    with pytest.raises(MissingWeights):
        files_there(entry(0))
    assert calls == []
