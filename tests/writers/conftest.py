"""Writers behind an endpoint are tested against a real server (`misbehaving`)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "endpoints"))

from endpoint_fixtures import bare_environment, server, session, terms

from widespectrum.aesthetics import load_dimensions
from widespectrum.prompts import WritingRequest
from widespectrum.writers import load_writer

__all__ = ["bare_environment", "server", "session", "terms"]

CAPTION = "A woman feeds two goats beside a wooden fence."


@pytest.fixture(scope="session")
def dimensions():
    return load_dimensions()


@pytest.fixture(scope="session")
def request_for(dimensions):
    """Makes a request for an anti prompt."""

    def make(*keys, caption=CAPTION):
        keys = keys or ("clarity", "color brightness")
        return WritingRequest(caption, tuple(dimensions[key] for key in keys), seed=0)

    return make


@pytest.fixture
def writer(server, session):
    """Makes a writer that asks the server."""

    def make(settings="", using=None):
        made = load_writer(f"vlm@model=toy,base_url={server.base_url}{settings}")
        made.session = using or session
        return made

    return make
