"""What a plan costs, from what models state; what nobody states is unknown, and is said."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from world_painters import Painter, TruthJudge, asked

from widespectrum.choosers import load_chooser
from widespectrum.cli.main import main
from widespectrum.errors import BadInput, MissingWeights, NoAccess
from widespectrum.generators import GeneratorFacts
from widespectrum.studies.costs import BYTES_PER_PIXEL, FLOPS_PER_SECOND, by_name, plan_cost
from widespectrum.studies.generating import (
    Models,
    load_models,
    plan_generation,
    prepare_generation,
    shots_of,
)
from widespectrum.studies.spending import refuse_unknown_prices
from widespectrum.studies.support import refuse_unsupported

PAINTERS = Path(__file__).parent / "world_painters.py"
COUNT = 16
PICTURES = 2 * COUNT


class Stating(Painter):
    """A painter that states facts, and may be behind somebody's endpoint."""

    def __init__(self, name, *, served=False, **facts):
        super().__init__(name)
        self.facts = GeneratorFacts(**facts)
        if served:
            self.session = None


class Absent:
    """A scorer whose weights are not here."""

    name = "absent"

    @property
    def fingerprint(self):
        raise MissingWeights("there are no weights here")


def costs(*generators, **others):
    models = Models(tuple(generators), **others)
    names = [each.name for each in generators]
    plan = plan_generation(by_name(models), shots_of(asked(COUNT)[0], names, 1))
    return plan_cost(models, plan)


def test_hours_and_disk_follow_from_facts():
    cost = costs(
        Stating("timed", size=(1024, 1024), passes=40, seconds=9.0),
        Stating("counted", size=(64, 64), passes=4, flops=1.5e15),
    )
    timed, counted = cost.models
    assert (timed.images, timed.passes) == (PICTURES, 40 * PICTURES)
    assert timed.bytes == round(PICTURES * 1024**2 * BYTES_PER_PIXEL)
    assert timed.gpu_hours == pytest.approx(PICTURES * 9 / 3600)
    assert counted.gpu_hours == pytest.approx(PICTURES * 1.5e15 / FLOPS_PER_SECOND / 3600)
    assert cost.dollars == 0
    assert cost.unknown == ()


def test_what_is_not_stated_is_unknown():
    cost = costs(Painter("silent"), Stating("shy", takes_seed=True))
    silent, shy = cost.models
    assert silent.passes is None
    assert silent.bytes is None
    assert silent.gpu_hours is None
    assert "silent states nothing about itself" in cost.unknown
    assert {"size of the pictures of shy", "seconds per picture of shy"} <= set(cost.unknown)
    assert shy.dollars == 0  # it runs here


def test_money_is_asked_by_endpoints_alone():
    chooser = load_chooser("gpt-5-chat")
    cost = costs(
        Stating("paid", served=True, size=(1024, 1024), cost_per_image=0.04),
        Stating("dear", served=True, size=(1024, 1024)),
        chooser=chooser,
    )
    paid, dear, choices = cost.models
    assert paid.dollars == pytest.approx(0.04 * PICTURES)
    assert paid.gpu_hours == 0
    assert dear.dollars is None
    assert "price of dear" in cost.unknown
    assert choices.requests == 2 * COUNT
    assert 0 < choices.dollars < choices.most
    assert cost.dollars == pytest.approx(paid.dollars + choices.dollars)


def test_counting_reads_no_weights():
    cost = costs(Painter(), scorers=(Absent(),), judge=TruthJudge())
    assert [each.stage for each in cost.models] == ["images", "scores", "ratings"]
    assert cost.models[1].requests == 4 * COUNT
    assert cost.models[1].gpu_hours is None


def test_what_is_done_costs_nothing_more(tmp_path):
    models = load_models([Stating("timed", size=(64, 64), seconds=3600.0)], scorers=["sharpness"])
    job = prepare_generation(models, asked(COUNT)[0], out=tmp_path / "run")
    assert plan_cost(models, job.plan, job.run).gpu_hours == PICTURES
    for _ in job.work():
        pass
    after = plan_cost(models, job.plan, job.run)
    assert [each.requests for each in after.models] == [0, 0]
    assert after.gpu_hours == 0


def test_a_limit_needs_prices():
    free = Models((Painter(),))
    refuse_unknown_prices(free, 1.0)
    dear = Models((Stating("dear", served=True),))
    refuse_unknown_prices(dear, None)
    with pytest.raises(NoAccess, match="price of dear"):
        refuse_unknown_prices(dear, 1.0)
    chooser = load_chooser("openai@model=x,base_url=http://127.0.0.1:1/v1")
    with pytest.raises(NoAccess, match="price of openai"):
        refuse_unknown_prices(Models((Painter(),), chooser=chooser), 1.0)
    known = Models((Stating("paid", served=True, cost_per_image=0.04),))
    refuse_unknown_prices(known, 1.0)


def test_what_a_generator_cannot_do_is_said_before():
    able, unable = Stating("able", takes_start_image=True), Stating("unable")
    refuse_unsupported([able, Painter("silent")], start_image=True, negative=False)
    with pytest.raises(BadInput, match=r"unable does not paint from a picture.*able can"):
        refuse_unsupported([able, unable], start_image=True)
    with pytest.raises(BadInput, match="able, unable ignores a negative prompt"):
        refuse_unsupported([able, unable], negative=True)


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["widespectrum", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0, capsys.readouterr()


def test_a_dry_run_of_models_that_are_not_here(tmp_path, monkeypatch, capsys):
    path = tmp_path / "prompts.parquet"
    asked(COUNT)[0].write_parquet(path)
    common = ("--prompts", path, "--scorer", "hpsv3", "--dry-run")
    code, said = command(
        monkeypatch, capsys, "bench", f"{PAINTERS}:Painter", *common, "--chooser", "gpt-5-chat"
    )
    assert code == 0
    assert "bold states nothing about itself" in said.err
    assert "Nothing was painted or spent" in said.err
    code, said = command(
        monkeypatch, capsys, "compare", f"{PAINTERS}:Painter@name=a", f"{PAINTERS}:Painter@name=b",
        *common, "--json",
    )  # fmt: skip
    assert code == 0
    told = json.loads(said.out)
    assert told["drops"][0]["needed"] > 0
    assert [each["model"] for each in told["cost"]["models"]][:2] == ["a", "b"]


def test_the_papers_settings_must_be_known(tmp_path, monkeypatch, capsys):
    for settings, said in (("paper", "does not take"), ("best", "controlled or paper")):
        code, told = command(
            monkeypatch, capsys, "bench", f"{PAINTERS}:Painter", "--scorer", "sharpness",
            "--settings", settings, "--out", tmp_path / "run",
        )  # fmt: skip
        assert code == 2
        assert said in told.err or "settings" in told.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["sdxl", "flux-dev", "qwen-image", "z-image", "sd3.5-large"])
def test_hours_of_every_network_of_the_catalog_are_known(name):
    from widespectrum.generators import generator_facts, load_generator

    facts = generator_facts(load_generator(name))
    assert facts is not None
    assert facts.flops
    entry = load_generator(name).recipe
    assert facts.flops == pytest.approx(entry.flops_per_pass * facts.passes)
    half = generator_facts(load_generator(name, size=512))
    assert half is not None
    assert half.flops == pytest.approx(facts.flops / 4), "by area"


def test_no_catalog_entry_of_diffusers_lacks_its_operations():
    from widespectrum.generators import generator_registry

    entries = generator_registry().entries.values()
    own = [entry for entry in entries if entry.class_path.endswith(":DiffusersGenerator")]
    assert len(own) >= 19
    assert [entry.name for entry in own if "flops_per_pass" not in entry.recipe] == []


def test_what_is_not_counted_is_said():
    cost = costs(Stating("slow", size=(64, 64), passes=4, flops=1.5e15, uncounted="its first act"))
    assert "of slow, its first act" in cost.unknown
    timed = costs(Stating("slow", size=(64, 64), seconds=2.0, uncounted="its first act"))
    assert timed.unknown == ()
