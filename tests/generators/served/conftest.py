"""Generators behind APIs are tested against a real server (`misbehaving`)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "endpoints"))

from endpoint_fixtures import bare_environment, server, session, terms

from widespectrum.generators import load_generator

__all__ = ["bare_environment", "server", "session", "terms"]


@pytest.fixture(autouse=True)
def no_replicate_key(monkeypatch):
    monkeypatch.delenv("REPLICATE_API_TOKEN", raising=False)


@pytest.fixture
def painter(server, session):
    """Makes generators of the catalog that ask the test's server for pictures of 24 x 16 pixels."""

    def make(name, session=session, **settings):
        given = {"base_url": server.base_url, "size": "24x16", **settings}
        generator = load_generator(name, **given)
        generator.session = session
        return generator

    return make
