from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor
from training_toys import STEPS, Regression, toy_training

from widespectrum.bonsai.training import checkpoints
from widespectrum.bonsai.training.loop import Branch, Device, Training
from widespectrum.bonsai.training.muon import Muon
from widespectrum.bonsai.training.schedules import Descent, Plateau, Schedule
from widespectrum.errors import BadInput, ForeignRun, InvalidResult, StorageFailed


def weights_after(folder: Path, **settings: int) -> dict[str, Tensor]:
    training = toy_training(folder, **settings)
    for _ in training.run():
        pass
    return training.network.state_dict()


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(
        torch.equal(first[name], second[name]) for name in first
    )


def test_a_training_learns_and_the_seed_decides_the_weights(tmp_path: Path) -> None:
    reports = list(toy_training(tmp_path / "a").run())
    assert [report.step for report in reports] == list(range(1, STEPS + 1))
    assert reports[-1].loss < 0.9 * reports[0].loss
    assert same(weights_after(tmp_path / "b"), weights_after(tmp_path / "c"))
    assert not same(weights_after(tmp_path / "b"), weights_after(tmp_path / "d", seed=1))


@pytest.mark.parametrize("stop", [1, 5, 7, 23, 39])
def test_a_stopped_training_ends_in_the_same_weights(tmp_path: Path, stop: int) -> None:
    stopped = toy_training(tmp_path / "stopped").run()
    for _ in range(stop):
        next(stopped)
    stopped.close()
    assert same(weights_after(tmp_path / "stopped"), weights_after(tmp_path / "undisturbed"))


def test_a_resumed_training_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    run = toy_training(tmp_path).run()
    losses = [next(run).loss for _ in range(11)]
    run.close()
    again = next(toy_training(tmp_path).run())
    assert again.step == 11
    assert again.loss == losses[-1]


def test_kill_nine_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    script = Path(__file__).with_name("training_toys.py")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    child = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "killed")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            if int(line) >= 18:
                child.send_signal(signal.SIGKILL)
                break
    assert child.wait() == -signal.SIGKILL
    left = checkpoints.checkpoints(tmp_path / "killed")
    assert left
    assert left[-1].stem < f"step-{STEPS:08d}"
    assert same(weights_after(tmp_path / "killed"), weights_after(tmp_path / "undisturbed"))


def test_a_half_written_checkpoint_is_never_picked_up(tmp_path: Path) -> None:
    run = toy_training(tmp_path).run()
    for _ in range(12):
        next(run)
    run.close()
    whole = checkpoints.checkpoints(tmp_path)[-1].read_bytes()
    # What a process leaves behind that dies inside `write_bytes`.
    (tmp_path / ".step-00000015.safetensors.abc").write_bytes(whole[: len(whole) // 2])
    assert same(weights_after(tmp_path), weights_after(tmp_path / "undisturbed"))


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_serves(tmp_path: Path) -> None:
    run = toy_training(tmp_path).run()
    for _ in range(12):
        next(run)
    run.close()
    newest = checkpoints.checkpoints(tmp_path)[-1]
    newest.write_bytes(newest.read_bytes()[:-100])
    with pytest.raises(BadInput, match="damaged") as caught:
        next(toy_training(tmp_path).run())
    assert caught.value.place.file == str(newest)
    newest.unlink()
    assert same(weights_after(tmp_path), weights_after(tmp_path / "undisturbed"))


def test_old_checkpoints_are_dropped(tmp_path: Path) -> None:
    weights_after(tmp_path)
    assert len(checkpoints.checkpoints(tmp_path)) == checkpoints.KEPT


def test_a_folder_of_another_training_is_refused(tmp_path: Path) -> None:
    weights_after(tmp_path)
    with pytest.raises(ForeignRun, match="other settings"):
        next(toy_training(tmp_path, seed=1).run())


def test_a_full_disk_stops_the_training_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = toy_training(tmp_path).run()
    for _ in range(5):
        next(run)

    def refuse(data: bytes, path: Path) -> None:
        raise StorageFailed("could not be written", "Make room.", file=path)

    monkeypatch.setattr(checkpoints, "write_bytes", refuse)
    with pytest.raises(StorageFailed):
        list(run)
    monkeypatch.undo()
    assert same(weights_after(tmp_path), weights_after(tmp_path / "undisturbed"))


def test_a_diverging_training_says_so(tmp_path: Path) -> None:
    schedule = Schedule(steps=50, learning_rate=1e30, warmup=1)
    training = Training(Regression(), schedule, Device(threads=1), tmp_path)
    with pytest.raises(InvalidResult, match=r"lower learning rate|loss of step"):
        list(training.run())


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(BadInput, match="tpu"):
        Device(name="tpu").prepare()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_trains_on_a_gpu(tmp_path: Path) -> None:
    schedule = Schedule(steps=STEPS, learning_rate=1e-2, warmup=5)
    training = Training(Regression(), schedule, Device(name="cuda"), tmp_path)
    reports = list(training.run())
    assert reports[-1].loss < reports[0].loss


def averaged(folder: Path, branch: Branch | None = None, **schedule: int) -> Training:
    plateau = Plateau(schedule["steps"], 1e-2, warmup=5)
    pace = Descent(plateau, schedule["start"], 10) if branch else plateau
    return Training(
        Regression(),
        pace,
        Device(threads=1),
        folder,
        checkpoint_every=5,
        optimisers=lambda network, pace: [
            Muon([network[0].weight], 0.02),  # type: ignore[index]
            torch.optim.AdamW([p for p in network.parameters() if p.ndim == 1], pace.learning_rate),
        ],
        averaging=0.9,
        branch=branch,
    )


def everything_after(training: Training, stop: int | None = None) -> dict[str, Tensor]:
    for report in training.run():
        if report.step == stop:
            break
    assert training.average is not None
    average = {f"average.{name}": t for name, t in training.average.state_dict().items()}
    return {**training.network.state_dict(), **average}


def test_several_optimisers_and_the_average_are_resumed_too(tmp_path: Path) -> None:
    undisturbed = everything_after(averaged(tmp_path / "undisturbed", steps=30))
    everything_after(averaged(tmp_path / "stopped", steps=30), stop=13)
    assert same(everything_after(averaged(tmp_path / "stopped", steps=30)), undisturbed)
    assert not torch.equal(undisturbed["0.weight"], undisturbed["average.0.weight"])


def test_a_plateau_is_prolonged_and_a_descent_leaves_it_as_it_was(tmp_path: Path) -> None:
    straight = everything_after(averaged(tmp_path / "straight", steps=30))
    first = averaged(tmp_path / "plateau", steps=20)
    everything_after(first)
    branch = Branch(tmp_path / "plateau", first.recipe)
    below = averaged(tmp_path / "below", branch, steps=20, start=20)
    steps = [report.step for report in below.run()]
    assert steps == list(range(21, 31))
    # Killed, it goes on from its own checkpoint, not from the plateau's.
    everything_after(averaged(tmp_path / "cut", branch, steps=20, start=20), stop=27)
    again = averaged(tmp_path / "cut", branch, steps=20, start=20)
    assert same(everything_after(again), everything_after(below))
    # And the plateau goes on as if nothing had been.
    assert same(everything_after(averaged(tmp_path / "plateau", steps=30)), straight)


def test_a_descent_from_another_training_is_refused(tmp_path: Path) -> None:
    first = averaged(tmp_path / "plateau", steps=10)
    everything_after(first)
    branch = Branch(tmp_path / "plateau", {**first.recipe, "precision": "bfloat16"})
    with pytest.raises(ForeignRun, match="other settings"):
        next(averaged(tmp_path / "below", branch, steps=10, start=10).run())
