"""The judge's recipe from nothing to its weight file, in two legs of a few steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from widespectrum.bonsai.models.weights import read_header
from widespectrum.bonsai.training import judging, rated
from widespectrum.bonsai.training.checkpoints import checkpoints
from widespectrum.bonsai.training.loop import Device
from widespectrum.bonsai.training.recipes import RECIPES, Stage, follow

RECIPE = replace(RECIPES["bonsai-judge"], steps=4, first=2, drawn=8)


def steps(stages: list[Stage]) -> list[int]:
    return [stage.done for stage in stages if stage.title == "training"]


def test_the_second_leg_goes_on_from_the_first_and_naming_counts_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rated, "SHARD", 8)
    counted = []
    loss = judging.JudgeTask.loss

    def observed(task: judging.JudgeTask, *given: object) -> object:
        counted.append(task.naming)
        return loss(task, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(judging.JudgeTask, "loss", observed)
    device = Device(threads=1)
    assert steps(list(follow(RECIPE, tmp_path, device))) == [1, 2, 3, 4]
    assert counted == [judging.NAMING] * 2 + [judging.NAMING_LATER] * 2
    target = tmp_path / "bonsai-judge.safetensors"
    about = read_header(target).provenance
    assert (about["first_leg"], about["schedule"]["steps"]) == (2, 4)
    assert about["pictures_seen"] == 4 * 96

    # Killed after the last step but before the weights: the same command repeats no step.
    made = target.read_bytes()
    target.unlink()
    assert steps(list(follow(RECIPE, tmp_path, device))) == []
    assert target.read_bytes() == made
    assert len(checkpoints(tmp_path / "bonsai-judge" / "second")) == 1
