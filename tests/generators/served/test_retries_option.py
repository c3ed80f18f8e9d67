"""``--retries``: how often a generator behind an API is asked again, said on the command line."""

from __future__ import annotations

import json

import pytest
from misbehaving import completion
from served_pictures import painted, picture, png
from typer.testing import CliRunner

from widespectrum.cli.main import app
from widespectrum.cli.painting import bases_of, with_settings
from widespectrum.errors import BadInput


def invoke(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def banana(server):
    return f"nano-banana@base_url={server.base_url},size=24x16"


def stubborn(times):
    """Answers with words so often, then with a picture."""

    def script(body, number):
        if number < times:
            return completion("Which red?")
        return painted(png(picture(number)))

    return script


@pytest.mark.parametrize(("retries", "asked"), [(0, 1), (2, 3)])
def test_it_is_asked_again_so_often_and_no_oftener(server, banana, tmp_path, retries, asked):
    server.script = lambda body, number: completion("Which red?")
    out = tmp_path / "out.png"
    done = invoke("generate", "a red ball", "--model", banana, "--out", out, "--retries", retries)
    assert isinstance(done.exception, BadInput)
    assert "Which red?" in done.exception.problem
    assert len(server.requests) == asked
    assert not out.exists(), "nothing stands in for a picture"


def test_a_picture_that_comes_late_is_one(server, banana, tmp_path):
    server.script = stubborn(4)
    out = tmp_path / "out.png"
    done = invoke("generate", "a red ball", "--model", banana, "--out", out, "--retries", 10)
    assert done.exception is None, done.exception
    assert out.exists()
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "a red ball", "--out", "out.png"),
        ("bench", "bonsai", "--scorer", "sharpness"),
        ("compare", "bonsai", "flux-dev"),
        ("edit", "flux-dev", "--pairs", "pairs.csv"),
    ],
)
def test_who_paints_here_is_not_asked_twice(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = invoke(*arguments, "--retries", 5)
    assert isinstance(done.exception, BadInput)
    assert "no generator here is behind an API" in done.exception.problem
    assert "--retry-failed" in done.exception.remedy
    assert not list(tmp_path.iterdir())


def test_among_others_it_is_for_those_behind_an_api(banana):
    local, served = with_settings(["bonsai", banana], retries=7)
    assert "retries" not in local.name
    assert "retries=7" in served.name
    assert served._chosen.retries == 7
    (twice,) = with_settings([f"{banana},retries=1"], retries=7)
    assert twice._chosen.retries == 7, "what is said last counts"


def test_what_it_costs_at_most_counts_every_attempt(banana):
    few, many = (with_settings([banana], retries=n)[0] for n in (0, 9))
    assert few.cost(1).most == few.cost(1).dollars > 0
    assert many.cost(1).most == pytest.approx(10 * few.cost(1).most)


def test_lineages_are_named_as_on_the_command_line(banana):
    generators = ["sd3.5-medium", "sd3.5m-geneval"]
    loaded = with_settings(generators, preset="paper")
    told = bases_of(["sd3.5m-geneval=sd3.5-medium"], generators, loaded)
    assert told == {"sd3.5m-geneval@settings=paper": "sd3.5-medium@settings=paper"}
    names = ["bonsai", banana]
    told = bases_of([f"{banana}=bonsai"], names, with_settings(names, retries=2))
    assert list(told.values()) == ["bonsai"]


def test_a_dry_run_says_what_it_costs_with_retries(banana, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    few = ("bench", banana, "--scorer", "sharpness", "--count", 4, "--dry-run", "--json")
    told = invoke(*few, "--retries", 4)
    assert told.exception is None, told.exception
    (row, *_) = json.loads(told.stdout)["models"]
    assert row["model"].endswith("retries=4,size=24x16")
    assert row["images"] == 8
    assert row["dollars"] > 0
    assert row["most"] == pytest.approx(5 * row["dollars"]), "if every attempt is charged"
