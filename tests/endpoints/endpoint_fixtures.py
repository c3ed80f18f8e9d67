"""Fixtures that the tests of everything behind an endpoint share."""

from __future__ import annotations

import pytest
from misbehaving import Server

from widespectrum.endpoints import Session, Terms

VARIABLES = (
    "WIDESPECTRUM_API_KEY",
    "WIDESPECTRUM_BASE_URL",
    "WIDESPECTRUM_ANSWERS",
    "WIDESPECTRUM_MAX_COST",
    "WIDESPECTRUM_CONCURRENCY",
    "OPENAI_API_KEY",
    "OPENROUTER_API_KEY",
    *("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    """No key, address or proxy of whoever runs the tests."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    """A server that behaves until it is told otherwise."""
    running = Server()
    yield running
    running.close()


@pytest.fixture
def terms():
    """Makes terms whose pauses are short enough for a test."""

    def make(**more):
        return Terms(**{"first_pause": 0.01, "longest_pause": 0.05, "timeout": 5.0} | more)

    return make


@pytest.fixture
def session(terms):
    return Session(terms())
