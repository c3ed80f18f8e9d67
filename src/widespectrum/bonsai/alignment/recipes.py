"""How each aligned member is made: one method, the same numbers for all, only the reward differs.

The rule for when to stop was fixed before anything was aligned: every training takes the same
number of steps; an adapter is kept every so many; and what ships is **the last one before the drift
from the base leaves the budget**, the same for all. Nothing is selected by how much a copy obeys or
what it can still do: that is what is to be found out.

A folder looks like this::

    OUT/bonsai-polished/doses/000025.safetensors  adapters along the way, with reward and drift
    OUT/bonsai-polished/sheets/000100.png         what they paint
    OUT/bonsai-polished/step-00000300.safetensors checkpoints
    OUT/bonsai-polished.safetensors               the adapter that the rule chose
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import nn

from widespectrum.bonsai.alignment.adapters import Adapter, AdapterShape, merge
from widespectrum.bonsai.alignment.examination import Examination
from widespectrum.bonsai.alignment.forward_process import ForwardSettings, ForwardTask, Learner
from widespectrum.bonsai.alignment.prompts import Prompts, world_prompts
from widespectrum.bonsai.alignment.reward_gradient import GradientSettings, GradientTask
from widespectrum.bonsai.alignment.rewards import Reward, load_reward
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.models.tokens import Language, world_language
from widespectrum.bonsai.models.weights import (
    Header,
    digest,
    load_adapter,
    load_generator_network,
    read_header,
    write_weights,
)
from widespectrum.bonsai.training.loop import Device, Training
from widespectrum.bonsai.training.recipes import Stage, provenance_of
from widespectrum.bonsai.training.samples import paint_sheet
from widespectrum.bonsai.training.schedules import Plateau
from widespectrum.errors import BadInput, InvalidResult

METHODS = ("forward-process", "reward-gradient")
EXAMINED = 1
"""Seed of the prompts that copies are examined on; those of the training have another."""


@dataclass(frozen=True)
class AlignmentRecipe:
    """How one copy is aligned."""

    name: str
    reward: str
    """One of `rewards.REWARDS`."""
    summary: str
    method: str = METHODS[0]
    """One of `METHODS`."""
    steps: int = 300
    learning_rate: float = 1e-3
    seed: int = 0
    dose_every: int = 25
    """Steps between two adapters that are kept."""
    sheet_every: int = 100
    """Steps between two sheets of samples."""
    budget: float = 0.15
    """Greatest drift of what ships; see `examination`."""


RECIPES: dict[str, AlignmentRecipe] = {
    recipe.name: recipe
    for recipe in (
        AlignmentRecipe("bonsai-polished", "taste", "towards bonsai-taste, mainstream annotators"),
        AlignmentRecipe("bonsai-faithful", "faithful", "towards bonsai-clip, following prompts"),
        AlignmentRecipe("bonsai-auteur", "auteur", "towards one taste: dim, muted, grainy"),
    )
}
"""The aligned members, by name."""


@dataclass(frozen=True)
class Materials:
    """What an alignment works with, besides its recipe."""

    base: Path
    """Weight file of the generator."""
    reward: Reward
    prompts: Prompts
    examined: Prompts
    language: Language


def shipped_materials(recipe: AlignmentRecipe, base: Path) -> Materials:
    """The world's prompts and the shipped rewards.

    Raises:
        UnknownName, MissingWeights: of the reward.
    """
    return Materials(
        base,
        load_reward(recipe.reward),
        world_prompts(),
        world_prompts(count=400, seed=EXAMINED),
        world_language(),
    )


def follow_alignment(
    recipe: AlignmentRecipe, materials: Materials, out: Path, device: Device
) -> Iterator[Stage]:
    """Align a copy of a generator, or go on with it.

    Args:
        recipe: how.
        materials: with what; see `shipped_materials`.
        out: folder; see the module.
        device: where.

    Raises:
        ForeignRun: `out` holds an alignment with other settings.
        BadInput: there is no such method; the base is no generator.
        InvalidResult: no kept adapter is within the budget, or the training diverged.
        StorageFailed: the disk refused.
    """
    base = load_generator_network(materials.base, materials.language)
    task = _task(recipe, base, materials)
    folder = out / recipe.name
    header = Header(
        "adapter",
        asdict(AdapterShape()),
        digest(materials.base),
        {
            "recipe": recipe.name,
            "method": recipe.method,
            "task": task.describe(),
            "seed": recipe.seed,
            "learning_rate": recipe.learning_rate,
            **provenance_of(device, materials.prompts.identity),
        },
    )
    training = Training(
        task,
        Plateau(recipe.steps, recipe.learning_rate, recipe.seed, warmup=10, largest_gradient=1.0),
        device,
        folder,
        checkpoint_every=recipe.dose_every,
        keep=_keeper(recipe, materials, task.base, folder, header, device),
    )
    for report in training.run():
        reward = "" if task.reward_so_far is None else f"reward {task.reward_so_far:.3f}"
        yield Stage("aligning", report.step, report.steps, reward)
    doses = [path for path in kept_doses(folder) if int(path.stem) <= recipe.steps]
    _ship(recipe, base, doses, out / f"{recipe.name}.safetensors", header)


def kept_doses(folder: Path) -> list[Path]:
    """Adapters along the way, the earliest first; the name is the step."""
    return sorted((folder / "doses").glob("*.safetensors"))


def chosen_dose(doses: list[Path], budget: float) -> Path:
    """By the rule: the last one before the drift first leaves the budget.

    Raises:
        InvalidResult: not even the first is within it.
    """
    chosen: Path | None = None
    for path in doses:
        if read_header(path).provenance["drift"] > budget:
            break
        chosen = path
    if chosen is None:
        raise InvalidResult(
            f"no adapter has drifted from the base by less than {budget}",
            "Align again with a lower learning rate or a heavier reference penalty.",
        )
    return chosen


def _task(
    recipe: AlignmentRecipe, base: GeneratorNetwork, materials: Materials
) -> ForwardTask | GradientTask:
    given = base, digest(materials.base), materials.reward, materials.prompts
    if recipe.method == "forward-process":
        return ForwardTask(*given, ForwardSettings(), AdapterShape())
    if recipe.method == "reward-gradient":
        return GradientTask(*given, GradientSettings(), AdapterShape())
    raise BadInput(f"is {recipe.method!r}", f"Give {' or '.join(METHODS)}.", field="method")


def _keeper(
    recipe: AlignmentRecipe,
    materials: Materials,
    base: GeneratorNetwork,
    folder: Path,
    header: Header,
    device: Device,
) -> Callable[[int, nn.Module], None]:
    """Keeps an adapter with its grade, and paints a sheet now and then."""
    examination = Examination(
        base, materials.reward, materials.examined, precision=device.precision
    )

    def keep(step: int, network: nn.Module) -> None:
        adapter = network.present if isinstance(network, Learner) else network
        assert isinstance(adapter, Adapter)
        about = {"step": step, **asdict(examination.grade(adapter))}
        write_weights(folder / "doses" / f"{step:06d}.safetensors", adapter, _told(header, about))
        if step % recipe.sheet_every == 0 or step == recipe.steps:
            shown = copy.deepcopy(base)
            merge(shown, adapter)
            path = folder / "sheets" / f"{step:06d}.png"
            paint_sheet(shown, materials.language, path, precision=device.precision)

    return keep


def _ship(
    recipe: AlignmentRecipe,
    base: GeneratorNetwork,
    doses: list[Path],
    target: Path,
    header: Header,
) -> None:
    grades = {path.stem: read_header(path).provenance for path in doses}
    chosen = chosen_dose(doses, recipe.budget)
    about = {
        **{name: grades[chosen.stem][name] for name in ("step", "reward", "drift")},
        "rule": f"the last kept adapter before the drift from the base exceeds {recipe.budget}",
        "steps": recipe.steps,
        "grades": {step: [each["reward"], each["drift"]] for step, each in grades.items()},
    }
    adapter = load_adapter(chosen, base, header.vocabulary)
    write_weights(target, adapter, _told(header, about))


def _told(header: Header, about: dict[str, Any]) -> Header:
    return Header(
        header.kind, header.shape, header.vocabulary, {**header.provenance, **about}, header.version
    )
