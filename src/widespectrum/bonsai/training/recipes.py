"""How each shipped model is made: seed, length, data; and the steps from nothing to a weight file.

A recipe's folder looks like this; everything in it can be deleted once the weights are there::

    OUT/corpus/                 drawn families, shared by all recipes but the judge's
    OUT/rated/                  rated pictures, of the judge
    OUT/bonsai-clip/            checkpoints
    OUT/bonsai-judge/second/    those of the judge's second leg
    OUT/bonsai-clip.safetensors the result
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from widespectrum.bonsai.models.encoder import DualEncoder, EncoderShape
from widespectrum.bonsai.models.eye import GROUNDS, HUES, NAMES, THINGS
from widespectrum.bonsai.models.rater import RaterShape
from widespectrum.bonsai.models.recogniser import RecogniserShape
from widespectrum.bonsai.models.taste import Taste
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import (
    Header,
    Kind,
    digest,
    load_encoder,
    names_fingerprint,
    write_weights,
)
from widespectrum.bonsai.splits import Split
from widespectrum.bonsai.training.corpus import Corpus, corpus_identity, draw_corpus, read_corpus
from widespectrum.bonsai.training.encoder import EncoderTask
from widespectrum.bonsai.training.judging import NAMING_LATER, JudgeTask, NamingRater, optimisers
from widespectrum.bonsai.training.loop import Branch, Device, Training
from widespectrum.bonsai.training.preferences import Dial, collect, vote
from widespectrum.bonsai.training.rated import draw_rated, open_rated, rated_identity
from widespectrum.bonsai.training.recognising import RecogniserTask
from widespectrum.bonsai.training.schedules import Schedule
from widespectrum.bonsai.training.selection import best_candidate
from widespectrum.bonsai.training.taste import TasteTask
from widespectrum.bonsai.world import DIMENSION_ATTRIBUTES

CORPUS_SEED = 20
SPLIT: Split = "train"


@dataclass(frozen=True)
class Recipe:
    """How one model is made."""

    name: str
    kind: Kind
    summary: str
    steps: int
    learning_rate: float
    seed: int
    drawn: int = 20_000
    """Families of the corpus; of a judge, rated pictures."""
    first: int = 0
    """Of a judge's steps, those of the first leg; all of them if there are fewer."""

    @property
    def unit(self) -> str:
        """What is drawn."""
        return "pictures" if self.kind == "judge" else "families"


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("bonsai-clip", "encoder", "contrastive, unaligned", 2500, 1.2e-3, seed=0),
        Recipe("bonsai-clip-b", "encoder", "another seed, somewhat shorter", 1500, 1.2e-3, seed=1),
        Recipe(
            "bonsai-taste",
            "taste",
            "fitted to simulated annotators",
            1500,
            3e-4,
            seed=0,
            drawn=60_000,
        ),
        Recipe(
            "bonsai-judge",
            "judge",
            "rates pictures per dimension",
            38_000,
            2e-3,
            seed=2,
            drawn=300_000,
            first=20_000,
        ),
        Recipe(
            "bonsai-eye",
            "eye",
            "names things, colours and places",
            4500,
            2e-3,
            seed=3,
            drawn=40_000,
        ),
    )
}
"""The models that ship, by name."""


@dataclass(frozen=True)
class Stage:
    """Progress of one stage: so much of so much."""

    title: str
    done: int
    total: int
    detail: str = ""


def follow(
    recipe: Recipe,
    out: Path,
    device: Device,
    *,
    encoder: Path | None = None,
    dial: Dial | None = None,
) -> Iterator[Stage]:
    """Make a model, or what is missing of it: draw the data, train, write the weight file.

    Args:
        recipe: what to make.
        out: folder; see the module.
        device: where to train; its threads also draw.
        encoder: weight file of the encoder that a taste grows from.
        dial: of the annotators, for a taste; by default `Dial()`.

    Raises:
        ForeignRun: `out` holds a training of this name with other settings.
        BadInput, MissingWeights: the encoder's file is missing or does not fit.
        StorageFailed: the disk refused.
    """
    schedule = Schedule(recipe.steps, recipe.learning_rate, recipe.seed)
    target = out / f"{recipe.name}.safetensors"
    if recipe.kind == "judge":
        yield from _make_judge(target, recipe, schedule, device)
        return
    folder, drawn = out / "corpus", (recipe.drawn, CORPUS_SEED, SPLIT)
    for done in draw_corpus(folder, *drawn, device.threads):
        yield Stage("drawing the world", done, recipe.drawn)
    corpus = read_corpus(folder, *drawn)
    provenance = _provenance(recipe, schedule, device, corpus_identity(*drawn))
    if recipe.kind == "encoder":
        shape = EncoderShape(world_language().size, world_language().token_limit)
        yield from _make_encoder(target, schedule, device, provenance, corpus, shape)
    elif recipe.kind == "eye":
        yield from _make_eye(target, schedule, device, provenance, corpus)
    else:
        assert encoder is not None
        voters = dial or Dial()
        yield from _make_taste(target, schedule, device, provenance, corpus, encoder, voters)


def _make_encoder(
    target: Path,
    schedule: Schedule,
    device: Device,
    provenance: dict[str, Any],
    corpus: Corpus,
    shape: EncoderShape,
) -> Iterator[Stage]:
    task = EncoderTask(shape, corpus, provenance["corpus"])
    training = Training(task, schedule, device, target.with_suffix(""))
    yield from _run(training)
    write_weights(target, training.network, _header("encoder", shape, provenance))


def _make_judge(
    target: Path, recipe: Recipe, schedule: Schedule, device: Device
) -> Iterator[Stage]:
    """Train in two legs, the rate falling to zero at the end of both.

    The second goes on from the first as if all steps had been one leg from the beginning: its rate
    is what such a leg has there. Naming counts less in it.
    """
    folder, drawn = target.parent / "rated", (recipe.drawn, CORPUS_SEED, SPLIT)
    for done in draw_rated(folder, *drawn, device.threads):
        yield Stage("drawing the world", done, recipe.drawn)
    identity, names = rated_identity(*drawn), tuple(DIMENSION_ATTRIBUTES)
    task = JudgeTask(RaterShape(len(names)), open_rated(folder, *drawn), identity)
    first = Training(
        task,
        replace(schedule, steps=min(recipe.first, schedule.steps)),
        device,
        target.with_suffix(""),
        optimisers=optimisers,
    )
    yield from _run(first)
    training = Training(
        replace(task, naming=NAMING_LATER),
        schedule,
        device,
        first.folder / "second",
        optimisers=optimisers,
        branch=Branch(first.folder, first.recipe),
    )
    yield from _run(training)
    about = {
        **_provenance(recipe, schedule, device, identity),
        "first_leg": first.schedule.steps,
        "pictures_seen": schedule.steps * task.pictures,
    }
    assert isinstance(training.network, NamingRater)
    header = Header("judge", asdict(task.shape), names_fingerprint(names), about)
    write_weights(target, training.network.rater, header)


def _make_eye(
    target: Path,
    schedule: Schedule,
    device: Device,
    provenance: dict[str, Any],
    corpus: Corpus,
) -> Iterator[Stage]:
    shape = RecogniserShape(len(THINGS), len(HUES), len(GROUNDS))
    task = RecogniserTask(shape, corpus, provenance["corpus"])
    training = Training(task, schedule, device, target.with_suffix(""))
    yield from _run(training)
    about = {**provenance, "pictures_seen": schedule.steps * task.pictures}
    header = Header("eye", asdict(shape), names_fingerprint(NAMES), about)
    write_weights(target, training.network, header)


def _make_taste(
    target: Path,
    schedule: Schedule,
    device: Device,
    provenance: dict[str, Any],
    corpus: Corpus,
    encoder_path: Path,
    dial: Dial,
) -> Iterator[Stage]:
    """Train a taste, keep a candidate every 50 steps, and choose one by held-out agreement."""
    folder = target.with_suffix("")
    encoder: DualEncoder = load_encoder(encoder_path, world_language())
    about = {
        **provenance,
        "dial": dial.describe(),
        "encoder": digest(encoder_path),
    }
    header = _header("taste", encoder.shape, about)

    def keep(step: int, network: nn.Module) -> None:
        write_weights(folder / "candidates" / f"{step:06d}.safetensors", network, header)

    preferences = collect(vote(corpus, dial.population, schedule.seed), dial, schedule.seed)
    task = TasteTask(encoder, digest(encoder_path), corpus, preferences, dial, provenance["corpus"])
    training = Training(task, schedule, device, folder, checkpoint_every=50, keep=keep)
    yield from _run(training)
    candidates = sorted((folder / "candidates").glob("*.safetensors"))
    chosen, agreement = best_candidate(candidates, dial)
    network = Taste(encoder.shape)
    network.load_state_dict(_state(chosen))
    about["pairs"] = len(preferences)
    about["selected"] = {
        "rule": "highest agreement with the majority of held-out annotators on ordinary prompts",
        "step": int(chosen.stem),
        "agreement_by_step": agreement,
    }
    write_weights(target, network, _header("taste", encoder.shape, about))


def _run(training: Training) -> Iterator[Stage]:
    for report in training.run():
        yield Stage("training", report.step, report.steps, f"loss {report.loss:.3f}")


def _state(path: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return {name: tensor.float() for name, tensor in load_file(str(path)).items()}


def _header(kind: Kind, shape: EncoderShape, provenance: dict[str, Any]) -> Header:
    return Header(kind, asdict(shape), world_language().fingerprint, provenance)


def _provenance(
    recipe: Recipe, schedule: Schedule, device: Device, identity: dict[str, Any]
) -> dict[str, Any]:
    return {
        "recipe": recipe.name,
        "schedule": asdict(schedule),
        **provenance_of(device, identity),
    }


def provenance_of(device: Device, identity: dict[str, Any]) -> dict[str, Any]:
    """What a weight file says of where and on what it was trained."""
    return {
        "corpus": identity,
        "precision": device.precision,
        "device": device.name,
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
