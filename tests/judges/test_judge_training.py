"""A judge is really trained, on a tiny random Qwen3-VL and Bonsai's truth."""

import json
from itertools import chain, islice

import numpy as np
import pytest
import torch
from tiny_qwen3vl import tiny_model, tiny_tokenizer, write_tiny
from typer.testing import CliRunner

from widespectrum.bonsai.training.loop import Device
from widespectrum.errors import BadInput, ForeignRun, InvalidResult
from widespectrum.judges import load_judge, load_wording
from widespectrum.judges.qwen3vl import adapters
from widespectrum.judges.qwen3vl.passes import separately
from widespectrum.judges.qwen3vl.pictures import grid_of, patches
from widespectrum.judges.qwen3vl.reader import Reader
from widespectrum.judges.qwen3vl.sequences import answer_ids, readings
from widespectrum.judges.training import Recipe, open_rating_set, rate_set
from widespectrum.judges.training.losses import loss_parts
from widespectrum.judges.training.tuning import Tuning

SHORT = Recipe(size=64, epochs=2, batch=3, learning_rate=1e-2, rank=4, dropout=0.1)
CPU = Device("cpu", "float32", 1)


def tuning(folder, recipe=SHORT, **settings):
    settings = {"data": open_rating_set("bonsai:7"), "base": "tiny"} | settings
    return Tuning(
        tiny_model(scale=0.08),
        tiny_tokenizer(),
        recipe=recipe,
        device=CPU,
        folder=folder,
        checkpoint_every=2,
        **settings,
    )


def learned(training):
    model = training.model
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}


def test_the_recipe_is_the_papers():
    recipe = Recipe()
    assert (recipe.epochs, recipe.learning_rate, recipe.weight_decay, recipe.rank) == (
        5,
        2e-5,
        0.01,
        32,
    )
    assert recipe.steps(40_000) == 25_000
    assert recipe.rate(0, 100) == 2e-5
    assert recipe.rate(50, 100) == pytest.approx(1e-5)
    assert recipe.rate(100, 100) == pytest.approx(0)
    assert Recipe(batch=8).steps_per_epoch(9) == 2
    with pytest.raises(BadInput, match="at least 1"):
        Recipe(rank=0)


@pytest.mark.parametrize("name", ["plain", "paper"])
def test_the_loss_is_that_of_the_answer_token_of_whole_passes(name):
    model, tokenizer, wording = tiny_model(), tiny_tokenizer(), load_wording(name)
    vision = model.config.vision_config
    grid = grid_of(64, vision)
    reader = Reader(model, answer_ids(tokenizer), grid, tokenizer.pad_token_id)
    dimensions = list(wording.questions)[:4]
    asked = {k: v for k, v in readings(wording, tokenizer, model, grid).items() if k in dimensions}
    data = open_rating_set("bonsai:3", seed=2)
    pixels = patches(data.images([0, 1, 2]), 64, vision)
    ratings = data.ratings(dimensions)
    ratings[0, 1] = ratings[2, 3] = -1
    # A reader of all tokens instead of three gives the logits of the whole vocabulary.
    every = torch.arange(model.get_output_embeddings().weight.shape[0])
    whole = Reader(model, every, grid, tokenizer.pad_token_id)
    with torch.inference_mode():
        found = sum(loss_parts(reader, asked, wording.order, pixels, ratings))
        logits = separately(whole, asked, pixels, dimensions)
    rated = torch.as_tensor(ratings) >= 0
    targets = reader.answers[torch.as_tensor(ratings).clamp(min=0).long()]
    wanted = torch.nn.functional.cross_entropy(logits[rated], targets[rated])
    assert rated.sum() == 10
    assert float(found) == pytest.approx(float(wanted), rel=1e-5)


def test_nothing_rated_is_no_loss():
    assert not list(loss_parts(None, {}, "plain", torch.zeros(1), np.full((1, 2), -1)))


@pytest.mark.parametrize("wording", ["plain", "paper"])
def test_a_judge_learns_and_a_killed_training_ends_in_the_same_weights(tmp_path, wording):
    recipe = Recipe(
        wording=wording, size=64, epochs=2, batch=3, learning_rate=1e-2, rank=4, dropout=0.1
    )
    undisturbed = tuning(tmp_path / "one", recipe)
    before = learned(undisturbed)
    losses = [report.loss for report in undisturbed.run()]
    assert len(losses) == recipe.steps(7) == 6
    assert losses[-1] < losses[0]
    after = learned(undisturbed)
    assert all(".language_model." in name for name in after)
    assert any(not torch.equal(after[name], before[name]) for name in after)

    killed = tuning(tmp_path / "two", recipe)
    list(islice(killed.run(), 3))  # the last checkpoint is that of step 2
    resumed = tuning(tmp_path / "two", recipe)
    steps = [report.step for report in resumed.run()]
    assert steps == [3, 4, 5, 6]
    again = learned(resumed)
    assert all(torch.equal(again[name], after[name]) for name in after)


def test_every_epoch_shows_every_picture_once(tmp_path):
    training = tuning(tmp_path)
    shown = [training._rows(step) for step in range(training.steps)]
    epochs = [list(chain(*shown[:3])), list(chain(*shown[3:]))]
    assert [sorted(epoch) for epoch in epochs] == [list(range(7))] * 2
    assert epochs[0] != epochs[1]


def test_a_folder_of_another_training_is_left_alone(tmp_path):
    list(islice(tuning(tmp_path).run(), 2))
    with pytest.raises(ForeignRun, match="other settings"):
        next(tuning(tmp_path, data=open_rating_set("bonsai:7", seed=1)).run())


def test_a_loss_that_is_no_number_stops(tmp_path):
    training = tuning(tmp_path)
    with torch.no_grad():
        next(iter(training.model.get_base_model().model.language_model.parameters())).fill_(
            torch.nan
        )
    with pytest.raises(InvalidResult, match="lower rate"):
        next(training.run())


def test_data_without_a_rating_that_the_wording_asks_for(tmp_path):
    class Nothing:
        name = "nothing"

        def __len__(self):
            return 2

        def ratings(self, dimensions):
            return np.full((2, len(dimensions)), -1, dtype=np.int8)

    with pytest.raises(BadInput, match="nothing has no rating on a dimension"):
        tuning(tmp_path, data=Nothing())


def test_a_checkpoint_holds_the_adapters_alone(tmp_path):
    training = tuning(tmp_path / "run")
    list(islice(training.run(), 2))
    size = next((tmp_path / "run").glob("step-*.safetensors")).stat().st_size
    weights = sum(weight.numel() for weight in learned(training).values())
    assert size < 4 * weights * 3 + 60_000  # they, two moments, names
    adapters.save(training.model, tmp_path / "adapter", "tiny")
    assert {path.name for path in (tmp_path / "adapter").iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }


def test_from_the_command_line_to_a_judge_that_can_be_asked(tmp_path):
    from widespectrum.cli.main import app

    base = write_tiny(tmp_path / "base", scale=0.08)
    arguments = f"train judge --base {base} --data bonsai:6 --out {tmp_path / 'out'} --size 64"
    arguments += " --images 6 --validation 4 --epochs 1 --batch 3 --rate 0.01 --rank 4"
    arguments += " --device cpu --precision float32 --threads 1 --json"
    result = CliRunner().invoke(app, arguments.split())
    assert result.exception is None, result.exception
    found = json.loads(result.stdout)
    assert found["eleven"]["judge"]["n"] == 44
    judge = load_judge(found["judge"], dtype="float32", device="cpu")
    assert (judge.wording.name, judge.size) == ("plain", 64)
    assert judge.fingerprint != load_judge(f"qwen3vl-4b@path={base}").fingerprint
    record = json.loads((tmp_path / "out" / "adapter" / "judge.json").read_text())
    assert record["recipe"]["rank"] == 4
    assert len(record["dimensions"]) == 11

    (table,) = rate_set(judge, open_rating_set("bonsai:4", seed=1, held_out=True))
    measure = f"judge measure --judge {found['judge']},dtype=float32 --data bonsai:4 --json"
    measured = json.loads(CliRunner().invoke(app, measure.split()).stdout)
    assert measured["all"] == found["all"]
    assert table.height == 44
