"""Refusals and failures as findings: who declines what, told from outages."""

from __future__ import annotations

import polars as pl
import pytest
import vl_convert
from world_painters import Painter, TruthChooser, asked, lot

from widespectrum.contracts import Failure
from widespectrum.studies.bench import conclude
from widespectrum.studies.findings import load_findings
from widespectrum.studies.generating import load_models, prepare_generation
from widespectrum.studies.refusals import OPEN, REQUESTS, analyse, requests_of

COUNT = 16


class Prude(Painter):
    """Declines anti prompts with a known probability, and sometimes is simply down."""

    def __init__(self, name="prude", declines=0.6, down=0.1):
        super().__init__(name)
        self.declines, self.down, self.fingerprint = declines, down, f"prude-{declines}-{down}"

    def _one(self, request, wanted, ordinary):
        if lot("down", request.prompt) < self.down:
            return Failure("timed_out", "no answer in time")
        if wanted is not ordinary and lot("declines", request.prompt) < self.declines:
            return Failure("text_only", "I would rather describe it: a dark cat")
        return super()._one(request, wanted, ordinary)


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    models = load_models([Painter("bold"), Prude()], chooser=TruthChooser(COUNT))
    job = prepare_generation(models, asked(COUNT)[0], out=tmp_path_factory.mktemp("r") / "run")
    for _ in job.work():
        pass
    return job


@pytest.fixture(scope="module")
def requests(job):
    return requests_of(job.run, job.painted())


def test_every_request_has_an_end(requests):
    counts = dict(requests.group_by("generator", "outcome").len().select(
        pl.format("{} {}", "generator", "outcome"), "len"
    ).iter_rows())  # fmt: skip
    frame, _ = asked(COUNT)
    down = {
        p for name in ("original", "anti") for p in frame[f"prompt_{name}"] if lot("down", p) < 0.1
    }
    declined = [p for p in frame["prompt_anti"] if p not in down and lot("declines", p) < 0.6]
    assert counts["bold painted"] == 2 * COUNT
    assert counts["prude refused"] == len(declined) > 3
    assert counts.get("prude failed", 0) == len(down)
    assert counts["prude painted"] == 2 * COUNT - len(declined) - len(down)


def test_refusals_are_told_from_outages(requests):
    findings = analyse(requests, draws=300)
    assert findings.headline[0].startswith("prude refuses")
    assert "points more" in findings.headline[0]
    board = findings.table("generators").frame
    prude, bold = board.to_dicts()
    assert (bold["anti"], bold["original"], bold["refused"]) == (0, 0, 0)
    # Nobody refused is not a share of exactly nothing.
    assert bold["anti_high"] > 0.1
    assert prude["original"] == 0
    assert prude["more_low"] > 0
    assert prude["p_holm"] < 0.05
    # An outage says nothing about a prompt: it is in no share.
    answered = requests.filter(
        (pl.col("generator") == "prude")
        & (pl.col("variant") == "anti")
        & (pl.col("outcome") != "failed")
    )
    assert prude["anti"] == pytest.approx(prude["refused"] / answered.height)
    kinds = findings.table("kinds").frame
    assert set(kinds["kind"]) <= {"text_only", "timed_out"}
    assert "rather describe" in kinds.filter(pl.col("kind") == "text_only")["reason"][0]
    assert vl_convert.vegalite_to_svg(dict(findings.figures[0].spec)).startswith("<svg")


def test_the_bench_has_a_page_of_them(job):
    findings = conclude(job, draws=200)
    assert [each.study for each in findings][:2] == ["generation-fidelity", "refusals"]
    assert load_findings(job.run.findings / "refusals.json").headline == findings[1].headline


def rows(outcomes: list[tuple[str, str]], repeats: int = 1) -> pl.DataFrame:
    """Outcome of the original and of the anti picture, shot by shot."""
    return pl.DataFrame(
        [
            {
                "generator": "g",
                "prompt": f"p{place // repeats}",
                "repeat": place % repeats,
                "cluster": f"p{place // repeats}",
                "variant": variant,
                "outcome": outcome,
                "kind": None if outcome in ("painted", OPEN) else outcome,
                "reason": None,
            }
            for place, pair in enumerate(outcomes)
            for variant, outcome in zip(("original", "anti"), pair, strict=True)
        ],
        schema=REQUESTS,
    )


def test_nothing_failed_nothing_said():
    assert analyse(rows([("painted", "painted")] * 5)) is None
    # What a comparison that stopped early did not ask for is no failure.
    assert analyse(rows([("painted", "painted"), (OPEN, OPEN)])) is None


def test_outages_alone_are_no_refusals():
    findings = analyse(rows([("painted", "painted"), ("failed", "painted")]))
    assert findings.headline == (
        "Nobody refused to paint.",
        "1 of 4 requests failed for other reasons.",
    )
    assert findings.figures == ()


def test_repeats_are_clustered():
    pairs = [("painted", "refused")] * 4 + [("painted", "painted")] * 12
    whole = analyse(rows(pairs), draws=500).table("generators").frame
    # The same four refusals, but all of two prompts: less is known.
    few = analyse(rows(pairs, repeats=2), draws=500).table("generators").frame
    assert whole["anti"][0] == few["anti"][0] == 0.25
    assert few["more_high"][0] - few["more_low"][0] > whole["more_high"][0] - whole["more_low"][0]
