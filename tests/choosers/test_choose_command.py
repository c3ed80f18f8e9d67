import json

import pytest
from choosing_pairs import obeys, write_pairs
from misbehaving import error
from typer.testing import CliRunner

from widespectrum.cli.main import app
from widespectrum.errors import NoAccess


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def pairs(tmp_path):
    return write_pairs(tmp_path / "pairs", choices=True)


@pytest.fixture
def asked(server, pairs, tmp_path):
    """The command, without what it is asked to do beside choosing."""
    name = f"openai:toy@base_url={server.base_url},input_price=1,output_price=10"
    return ["choose", pairs, "--chooser", name, "--out", tmp_path / "run", "--draws", "200"]


def test_choose_writes_a_report_and_says_what_it_cost(server, asked, tmp_path):
    server.script = obeys
    result = run(*asked)
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "run" / "report" / "index.html") in result.stdout
    assert "cost 0.0132 US dollars" in result.stderr
    page = (tmp_path / "run" / "report" / "choosing.html").read_text()
    assert "Which image follows the prompt?" in page
    assert (tmp_path / "run" / "report" / "agreement.html").is_file()


def test_a_dry_run_prints_the_cost(server, asked):
    result = run(*asked, "--dry-run")
    assert result.exit_code == 0
    assert "at most US$" in result.stdout
    told = json.loads(run(*asked, "--dry-run", "--json").stdout)
    assert told[0]["contests"] == 6
    assert told[0]["estimate"]["questions"] == 12
    assert server.requests == []


def test_failures_are_an_exit_code_and_are_tried_again_on_demand(server, asked):
    server.script = lambda body, number: (
        error(400, "no", "safety") if number == 0 else obeys(body, 0)
    )
    assert run(*asked).exit_code == 3
    result = run(*asked, "--retry-failed", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["tables"]["choosers"][0]["contests"] == 6


def test_a_limit_that_is_reached_is_a_failure_that_says_how_to_go_on(server, asked):
    server.script = obeys
    result = run(*asked, "--max-cost", "0.012", "--concurrency", "1")
    assert result.exit_code == 3
    assert "--retry-failed" in result.stderr


def test_no_key_stops_with_the_variable_to_set(pairs, tmp_path):
    result = run("choose", pairs, "--chooser", "gpt-5-chat", "--out", tmp_path / "run")
    assert isinstance(result.exception, NoAccess)
    assert "OPENROUTER_API_KEY" in str(result.exception)


def test_agreement_of_a_run_with_people(server, asked, tmp_path):
    server.script = obeys
    run(*asked)
    people = tmp_path / "people.csv"
    rows = [
        f"pair-{n},{rater},{'anti' if n else 'tie'},people" for n in range(6) for rater in "xyz"
    ]
    people.write_text("\n".join(["id,rater,choice,group", *rows]))
    result = run("agreement", tmp_path / "run", people, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    raters = {row["rater"] for row in found["tables"]["raters"]}
    assert {"x", "y", "z", "people (majority)"} < raters
    assert (tmp_path / "out" / "report" / "index.html").is_file()
