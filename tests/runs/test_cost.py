import pytest
from run_toys import ToyScorer, choices, prompts_of, ratings, toy_plan

from widespectrum.errors import BadInput
from widespectrum.runs import Plan, ScoreRequest, ScoreWork, work


def by_stage(cost):
    return {line.stage: line for line in cost.works}


def test_a_dry_run_says_what_the_models_will_be_given(run):
    scorer = ToyScorer()
    plan = toy_plan(10, scorers=[scorer], unit_size=16, batch_size=8) | ratings(10) | choices(10)
    lines = by_stage(plan.cost(run))
    assert plan.cost() == plan.cost(run)
    assert lines["images"].left == lines["images"].images == 20
    scores = lines["scores"]
    assert (scores.total, scores.done, scores.left) == (40, 0, 40)
    assert (scores.units, scores.calls) == (3, 5)
    assert lines["ratings"].images == 20
    assert lines["ratings"].texts == 15  # three dimensions in each of five calls
    assert lines["choices"].left == 20
    assert not run.folder("scores").exists()

    list(work(run, plan))
    given = [sum(column) for column in zip(*scorer.calls, strict=True)]
    assert given == [scores.images, scores.texts, scores.left]
    assert len(scorer.calls) == scores.calls
    done = plan.cost(run)
    assert done.units == done.left("scores") == done.left("images") == 0
    assert by_stage(done)["scores"].done == 40


def test_failures_are_neither_done_nor_left(run):
    payloads = {(0, "anti"): {"explode": True}}
    plan = toy_plan(4, payloads=payloads, scorers=[ToyScorer(raises=[prompts_of(2)[0]])])
    list(work(run, plan))
    lines = by_stage(plan.cost(run))
    assert (lines["images"].done, lines["images"].failed, lines["images"].left) == (7, 1, 0)
    assert (lines["scores"].done, lines["scores"].failed, lines["scores"].left) == (12, 4, 0)
    retry = by_stage(plan.cost(run, retry_failed=True))
    assert retry["images"].left == 1
    assert retry["scores"].left == 4


def test_the_cost_of_a_senseless_plan_is_refused(run):
    plan = Plan(scores=[ScoreWork(ToyScorer(), [ScoreRequest("p9", "anti", "cat")])])
    with pytest.raises(BadInput, match="row p9"):
        plan.cost(run)
