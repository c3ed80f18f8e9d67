"""How ``bonsai`` is made: from nothing to a weight file, and on from there.

Two trainings follow each other. The first stays at its greatest rate, as long as there is time for
it. The second leaves it at a checkpoint, falls to zero and gives the weights that ship; the first
can go on afterwards, for better weights another day. A folder looks like this::

    OUT/gallery/                        drawn pictures
    OUT/bonsai/                         checkpoints of the plateau
    OUT/bonsai/sheets/                  sample sheets
    OUT/bonsai/descent-00024000-2000/   checkpoints of a descent
    OUT/bonsai.safetensors              the newest weights
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import nn

from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.models.encoder import EncoderShape
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import Header, digest, load_encoder, write_weights
from widespectrum.bonsai.training.checkpoints import checkpoints
from widespectrum.bonsai.training.gallery import draw_gallery, gallery_identity, open_gallery
from widespectrum.bonsai.training.generator import GeneratorTask, optimisers
from widespectrum.bonsai.training.loop import Branch, Device, Training
from widespectrum.bonsai.training.recipes import Stage, provenance_of
from widespectrum.bonsai.training.samples import paint_sheet
from widespectrum.bonsai.training.schedules import Descent, Plateau
from widespectrum.errors import BadInput

NAME = "bonsai"
GALLERY_SEED = 20
AVERAGING = 0.998
"""What ships is a running average over about five hundred steps."""
CHECKPOINT_EVERY = 250
SHEET_EVERY = 1_000


@dataclass(frozen=True)
class PaintingRecipe:
    """How the generator is made."""

    steps: int = 30_000
    """On the plateau."""
    descent: int = 2_500
    """Steps of the descent."""
    pictures: int = 350_000
    """Of the gallery."""
    learning_rate: float = 2e-3
    seed: int = 0


def follow_painting(
    recipe: PaintingRecipe,
    out: Path,
    device: Device,
    encoder: Path,
    *,
    compiled: bool = False,
    descend_now: bool = False,
) -> Iterator[Stage]:
    """Make the generator, or what is missing of it.

    Args:
        recipe: how.
        out: folder; see the module.
        device: where to train; its threads also draw.
        encoder: weight file of the encoder whose text half it begins to read with.
        compiled: compile the network first: minutes, then about half as fast again.
        descend_now: leave the plateau at its newest checkpoint, whatever its step.

    Raises:
        ForeignRun: `out` holds a training with other settings.
        BadInput: there is no checkpoint to descend from; the encoder's file does not fit.
        MissingWeights: there is no such encoder.
        StorageFailed: the disk refused.
    """
    gallery = out / "gallery"
    for done in draw_gallery(gallery, recipe.pictures, GALLERY_SEED, "train", device.threads):
        yield Stage("drawing the world", done, recipe.pictures)
    task = _task(recipe, gallery, encoder, compiled)
    plateau = Plateau(recipe.steps, recipe.learning_rate, recipe.seed)
    folder = out / NAME
    first = _training(task, plateau, device, folder, folder / "sheets")
    if not descend_now:
        yield from _run("training", first)
    found = checkpoints(folder)
    if not found:
        raise BadInput(
            "holds no checkpoint to descend from", "Train without --now first.", file=folder
        )
    start = int(found[-1].stem.removeprefix("step-"))
    descent = Descent(plateau, start, recipe.descent)
    below = folder / f"descent-{start:08d}-{recipe.descent}"
    branch = Branch(folder, first.recipe)
    second = _training(task, descent, device, below, folder / "sheets", branch)
    yield from _run("settling", second)
    header = Header(
        "generator",
        asdict(task.shape),
        world_language().fingerprint,
        {
            "recipe": NAME,
            "schedule": descent.describe(),
            "steps": descent.steps,
            "pictures_seen": descent.steps * task.pictures,
            "encoder": task.encoder_digest,
            **provenance_of(device, task.identity),
        },
    )
    assert second.average is not None
    write_weights(out / f"{NAME}.safetensors", second.average, header)


def _task(recipe: PaintingRecipe, folder: Path, encoder: Path, compiled: bool) -> GeneratorTask:
    language = world_language()
    network = load_encoder(encoder, language)
    return GeneratorTask(
        shape=shape_for(network.shape),
        encoder=network,
        encoder_digest=digest(encoder),
        gallery=open_gallery(folder, recipe.pictures, GALLERY_SEED, "train"),
        identity=gallery_identity(recipe.pictures, GALLERY_SEED, "train"),
        compiled=compiled,
    )


def shape_for(encoder: EncoderShape) -> GeneratorShape:
    """The generator's shape if it reads with that encoder's text half."""
    return GeneratorShape(
        encoder.vocabulary,
        encoder.token_limit,
        text_width=encoder.width,
        text_heads=encoder.heads,
        text_blocks=encoder.text_blocks,
        text_embedding=encoder.embedding,
    )


def _training(
    task: GeneratorTask,
    schedule: Plateau | Descent,
    device: Device,
    folder: Path,
    sheets: Path,
    branch: Branch | None = None,
) -> Training:
    return Training(
        task,
        schedule,
        device,
        folder,
        checkpoint_every=CHECKPOINT_EVERY,
        keep=_sheets(sheets, schedule, device),
        optimisers=optimisers,
        averaging=AVERAGING,
        branch=branch,
    )


def _sheets(
    folder: Path, schedule: Plateau | Descent, device: Device
) -> Callable[[int, nn.Module], None]:
    """Paints a sheet now and then, and at the end."""
    settled = "-settled" if isinstance(schedule, Descent) else ""

    def keep(step: int, network: nn.Module) -> None:
        assert isinstance(network, GeneratorNetwork)
        if step % SHEET_EVERY == 0 or step == schedule.steps:
            path = folder / f"step-{step:08d}{settled}.png"
            paint_sheet(network, world_language(), path, precision=device.precision)

    return keep


def _run(title: str, training: Training) -> Iterator[Stage]:
    for report in training.run():
        yield Stage(title, report.step, report.steps, f"loss {report.loss:.3f}")
