import hashlib

import pytest
from misbehaving import picture

from widespectrum.endpoints import Received
from widespectrum.images import encode_png


@pytest.fixture(params=["on disk", "in memory"])
def received(request, tmp_path):
    return Received(tmp_path / "pictures" if request.param == "on disk" else None)


def test_a_picture_is_kept_under_the_hash_of_its_png(received):
    digest = received.keep(picture("teal"))
    assert digest == hashlib.sha256(encode_png(picture("teal"))).hexdigest()
    assert received.find(digest).tobytes() == picture("teal").tobytes()
    assert received.keep(picture("teal")) == digest


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", ""])
def test_what_is_not_there_is_none(received, digest):
    assert received.find(digest) is None


def test_another_session_finds_what_is_on_disk(tmp_path):
    digest = Received(tmp_path).keep(picture("teal"))
    assert Received(tmp_path).find(digest) is not None
    assert Received(None).find(digest) is None


def test_memory_holds_the_last_ones_only(monkeypatch):
    colours = ("red", "green", "blue")
    monkeypatch.setattr(
        "widespectrum.endpoints.received.MOST_HELD", 2 * len(encode_png(picture("red"))) + 10
    )
    received = Received(None)
    digests = [received.keep(picture(colour)) for colour in colours]
    assert [received.find(digest) is not None for digest in digests] == [False, True, True]
