from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import EMPTY, LENGTHS
from widespectrum.bonsai.models.encoder import PADDING, DualEncoder, EncoderShape
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import (
    Header,
    load_generator_network,
    read_header,
    write_weights,
)
from widespectrum.bonsai.training import painting, samples
from widespectrum.bonsai.training.gallery import CAPTIONS, draw_gallery, open_gallery
from widespectrum.bonsai.training.generator import (
    FRAME_MARGIN,
    PLAIN,
    THINGS,
    GeneratorTask,
    effort,
    emphasis,
    optimisers,
)
from widespectrum.bonsai.training.loop import Device, Training
from widespectrum.bonsai.training.painting import PaintingRecipe, follow_painting, shape_for
from widespectrum.bonsai.training.recipes import Stage
from widespectrum.bonsai.training.schedules import Plateau
from widespectrum.errors import BadInput

PICTURES = 64


def small(shape: EncoderShape) -> object:
    return replace(shape_for(shape), width=32, heads=2, blocks=1, head_channels=4)


@pytest.fixture(scope="module")
def encoder() -> DualEncoder:
    language = world_language()
    torch.manual_seed(0)
    return DualEncoder(
        EncoderShape(
            language.size,
            language.token_limit,
            width=16,
            heads=2,
            image_blocks=1,
            text_blocks=1,
            embedding=8,
        )
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("painting")
    list(draw_gallery(out / "gallery", PICTURES, painting.GALLERY_SEED, "train", 1))
    return out


def make_task(folder: Path, encoder: DualEncoder) -> GeneratorTask:
    gallery = open_gallery(folder / "gallery", PICTURES, painting.GALLERY_SEED, "train")
    shape = small(encoder.shape)
    return GeneratorTask(shape, encoder, "e" * 64, gallery, {}, pictures=8)  # type: ignore[arg-type]


def test_it_learns(folder: Path, encoder: DualEncoder, tmp_path: Path) -> None:
    task = make_task(folder, encoder)
    training = Training(
        task,
        Plateau(25, 5e-3, warmup=5),
        Device(threads=1),
        tmp_path,
        checkpoint_every=1000,
        optimisers=optimisers,
        averaging=0.9,
    )
    losses = [report.loss for report in training.run()]
    assert losses[-1] < losses[0] - 0.3


def test_batches_are_of_one_length_and_some_prompts_are_dropped(
    folder: Path, encoder: DualEncoder
) -> None:
    task = make_task(folder, encoder)
    assert task._shares.sum() == pytest.approx(1)
    lengths = (task.gallery.tokens != PADDING).sum(-1).ravel()
    for members, longest, shorter in zip(task._members, LENGTHS, (0, *LENGTHS), strict=False):
        assert all(shorter < lengths[member] <= longest for member in members)
    tokens = np.full((2000, 16), 7)
    dropped = task._unprompted(tokens, np.random.default_rng(0))
    empty = (dropped[:, 0] == EMPTY) & (dropped[:, 1:] == PADDING).all(axis=1)
    assert 0.07 < empty.mean() < 0.13
    assert (dropped[~empty] == 7).all()


def test_plain_pictures_and_hard_things_are_shown_more_often(
    folder: Path, encoder: DualEncoder
) -> None:
    task = make_task(folder, encoder)
    task.pictures = 4000
    bucket = int(task._shares.argmax())
    shown = task._choose(bucket, np.random.default_rng(0))
    members = task._members[bucket]
    assert set(shown) <= set(members)
    hard = effort(task.gallery.tokens).ravel()
    weights = np.where(task.gallery.plain[members // CAPTIONS], PLAIN, 1.0) * hard[members]
    for sort in (task.gallery.plain.repeat(CAPTIONS), hard > 1):
        assert 0.1 < sort[members].mean() < 0.9
        expected = (weights * sort[members]).sum() / weights.sum()
        assert sort[shown].mean() == pytest.approx(expected, abs=0.04)


def test_the_hardest_thing_of_a_caption_decides() -> None:
    said = ["a red dog", "a kitten beside a child", "a child", "a house, dark", "dark"]
    assert effort(world_language().encode(said)).tolist() == [2, 4, 2, 1, 1]


def test_pixels_of_things_count_more() -> None:
    nothing = np.zeros(4)
    left_half = np.array([-0.2, 0.0, 0.5 - FRAME_MARGIN, 1.0])
    corner = np.array([0.9, 0.9, 1.4, 1.4])
    frames = np.stack([[nothing, nothing], [left_half, nothing], [left_half, corner]])
    counts = emphasis(frames.astype(np.float32), 8)
    assert counts.shape == (3, 1, 8, 8)
    torch.testing.assert_close(counts.mean(dim=(1, 2, 3)), torch.ones(3))
    assert (counts[0] == 1).all()
    torch.testing.assert_close(counts[1, 0, :, :4] / counts[1, 0, 0, 7], torch.full((8, 4), THINGS))
    assert (counts[1, 0, :, 4:] == counts[1, 0, 0, 7]).all()
    assert (counts[2, 0] == counts[2, 0].max()).sum() == 8 * 4 + 1


def test_it_begins_to_read_as_the_encoder_does(folder: Path, encoder: DualEncoder) -> None:
    network = make_task(folder, encoder).build()
    assert isinstance(network, GeneratorNetwork)
    theirs = encoder.state_dict()
    assert all(torch.equal(t, theirs[name]) for name, t in network.reader.state_dict().items())


def test_muon_takes_the_matrices_of_the_blocks(folder: Path, encoder: DualEncoder) -> None:
    network = make_task(folder, encoder).build()
    muon, rest = optimisers(network, Plateau(10, 1e-3))
    count = [len(group.param_groups[0]["params"]) for group in (muon, rest)]
    assert sum(count) == len(list(network.parameters()))
    assert count[0] == 5  # in, out, widen, narrow, and the modulation of the only block


def run(
    folder: Path, encoder: DualEncoder, monkeypatch: pytest.MonkeyPatch, **settings: object
) -> list[Stage]:
    monkeypatch.setattr(painting, "shape_for", small)
    monkeypatch.setattr(samples, "PROMPTS", samples.PROMPTS[: samples.COLUMNS])
    path = folder / "encoder.safetensors"
    if not path.exists():
        shape = {**encoder.shape.__dict__}
        write_weights(path, encoder, Header("encoder", shape, world_language().fingerprint))
    recipe = PaintingRecipe(
        steps=int(settings.pop("steps", 3)),  # type: ignore[call-overload]
        descent=2,
        pictures=PICTURES,
    )
    return list(follow_painting(recipe, folder, Device(threads=1), path, **settings))  # type: ignore[arg-type]


@pytest.mark.slow
def test_from_nothing_to_weights_and_on(
    folder: Path, encoder: DualEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="no checkpoint to descend from"):
        run(folder, encoder, monkeypatch, descend_now=True)
    stages = run(folder, encoder, monkeypatch)
    assert [(s.title, s.done) for s in stages[1:]] == [
        ("training", 1),
        ("training", 2),
        ("training", 3),
        ("settling", 4),
        ("settling", 5),
    ]
    weights = folder / "bonsai.safetensors"
    header = read_header(weights)
    assert header.kind == "generator"
    assert header.provenance["steps"] == 5
    assert header.provenance["pictures_seen"] == 5 * 64
    load_generator_network(weights, world_language())
    sheets = sorted((folder / "bonsai" / "sheets").iterdir())
    assert [sheet.name for sheet in sheets] == ["step-00000003.png", "step-00000005-settled.png"]
    with Image.open(sheets[0]) as sheet:
        assert sheet.width > samples.COLUMNS * 128

    first = weights.read_bytes()
    assert [s.title for s in run(folder, encoder, monkeypatch)] == ["drawing the world"]
    assert weights.read_bytes() == first
    # More steps go on from where the descent began, not from its end.
    later = run(folder, encoder, monkeypatch, steps=4)
    assert [(s.title, s.done) for s in later[1:]] == [
        ("training", 4),
        ("settling", 5),
        ("settling", 6),
    ]
    assert weights.read_bytes() != first
