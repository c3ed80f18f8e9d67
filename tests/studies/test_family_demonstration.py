"""The demonstration with painters of known timidity: every study, one report, absent members."""

from __future__ import annotations

import polars as pl
import pytest
from world_painters import Painter, TruthChooser, TruthJudge

from widespectrum.report import report_run
from widespectrum.studies.family_demonstration import Cast, Size, plan_family

COUNT = 16
SIZE = Size(drawn=COUNT, painted=COUNT, draws=200)


def cast(**changes):
    """Bonsai's names, so that the catalog knows their lineage; the world's own hand."""
    painters = (
        Painter("bonsai", count=COUNT),
        Painter("bonsai-polished", 0.7, count=COUNT),
        Painter("bonsai-faithful", 0.1, count=COUNT),
        "bonsai@weights=gone.safetensors",
    )
    given = {
        "generators": painters,
        "scorers": ("wordmeter", "sharpness"),
        "baseline": "wordmeter",
        "judge": TruthJudge(),
        "chooser": TruthChooser(COUNT),
    }
    return Cast(**given | changes)


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    job = plan_family(tmp_path_factory.mktemp("demo") / "run", size=SIZE, cast=cast())
    for _ in job.work():
        pass
    return job


@pytest.fixture(scope="module")
def findings(job):
    return {each.study: each for each in job.conclude()}


def test_all_studies_are_there_in_reading_order(job, findings):
    assert list(findings) == [
        "reward-bias",
        "generation-fidelity",
        "narrowing",
        "expressive-range",
    ]
    assert "narrowed bonsai-polished" in findings["narrowing"].headline[0]
    board = findings["generation-fidelity"].table("generators").frame
    assert board["generator"][0] == "bonsai"
    assert board.filter(pl.col("generator") == "bonsai-polished")["aligned_from"][0] == "bonsai"
    # The audit knows the truth: it is of the world's own drawings alone.
    assert set(findings["reward-bias"].gallery.frame["id"]) == set(job.audit.pairs["id"])


def test_absent_members_are_named_and_never_forgotten(job, findings):
    (name,) = job.absent
    assert name == "bonsai@weights=gone.safetensors"
    assert "no weights" in job.absent[name]
    for each in findings.values():
        assert f"{name} is absent" in each.notes[0]
    assert job.run.provenance["absent"] == dict(job.absent)


def test_what_the_world_drew_stands_beside(job, findings):
    frame = findings["generation-fidelity"].lineup.frame
    world = frame.filter(pl.col("model") == "the world itself")
    assert world.height == COUNT
    assert world["image_anti"].null_count() == 0
    # A bold painter draws the very scene, but from other noise.
    assert set(world["image_anti"]).isdisjoint(
        frame.filter(pl.col("model") == "bonsai")["image_original"]
    )
    page = report_run(job.run)
    text = (page.parent / "generation-fidelity.html").read_text("utf-8")
    assert text.count("the world itself") >= 12
    contents = page.read_text("utf-8")
    assert contents.index("Does the scorer") < contents.index("Does the generator")


def test_a_second_time_nothing_is_painted_again(job):
    again = plan_family(job.run.path, size=SIZE, cast=cast())
    painters = [each for each in again.generation.models.generators if hasattr(each, "painted")]
    for _ in again.work():
        pass
    assert [each.painted for each in painters] == [0, 0, 0]


def test_without_generators_it_is_an_audit(tmp_path):
    alone = cast(
        generators=("bonsai@weights=gone.safetensors",),
        judge="bonsai-judge@weights=gone.safetensors",
    )
    job = plan_family(tmp_path / "run", size=Size(6, 6, 100), cast=alone)
    for _ in job.work():
        pass
    (only,) = job.conclude()
    assert only.study == "reward-bias"
    assert len(job.absent) == 2
