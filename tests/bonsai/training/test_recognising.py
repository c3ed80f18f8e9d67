from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch

from widespectrum.bonsai import parse
from widespectrum.bonsai.models.eye import GROUNDS, HUES, THINGS
from widespectrum.bonsai.models.recogniser import Recogniser, RecogniserShape, Seen
from widespectrum.bonsai.training.corpus import Corpus, assemble
from widespectrum.bonsai.training.families import draw_family, facet
from widespectrum.bonsai.training.loop import Device, Training
from widespectrum.bonsai.training.recognising import (
    NOTHING,
    PLACE_WEIGHT,
    RecogniserTask,
    Truth,
    read_truth,
    recognition_loss,
)
from widespectrum.bonsai.training.schedules import Schedule
from widespectrum.bonsai.world import ATTRIBUTES


def _name(names: tuple[str, ...], place: int) -> str | None:
    return None if place == NOTHING else names[place]


def test_the_truth_is_what_the_captions_say() -> None:
    families = [draw_family(3, "train", index) for index in range(10)]
    truth = read_truth(assemble(families))
    captions = [lines[2] for family in families for lines in family.captions]
    assert len(truth.places) == len(captions) == 40
    for row, caption in enumerate(captions):
        said = parse(caption)
        assert _name(THINGS, truth.things[row, 0]) == said.kind
        assert _name(HUES, truth.colours[row, 0]) == said.colour
        assert _name(THINGS, truth.things[row, 1]) == said.companion
        assert _name(HUES, truth.colours[row, 1]) == said.companion_colour
        assert _name(GROUNDS, truth.places[row]) == said.place
    assert (truth.things[:, 1] != NOTHING).any()


def test_critique_shows_no_thing_and_strangers_are_admitted() -> None:
    content = np.array([[[facet("war"), facet("critique"), 1, 2], [facet("cat"), 0, 0, 0]]])
    levels = np.zeros((1, 2, len(ATTRIBUTES)), dtype=np.int8)
    levels[0, 1, ATTRIBUTES.index("pairing")] = -1
    empty = np.zeros((1, 2, 1, 1), dtype=np.uint16)
    truth = read_truth(Corpus(empty, empty, levels, content.astype(np.int32)))
    assert truth.things.tolist() == [[NOTHING, NOTHING], [THINGS.index("cat"), NOTHING]]
    assert truth.alone.tolist() == [True, False]


def _seen(things: list[float]) -> Seen:
    return Seen(
        torch.tensor([things + [-50.0] * (len(THINGS) - len(things))]),
        torch.zeros(1, len(THINGS), len(HUES)),
        torch.zeros(1, len(GROUNDS)),
    )


def _truth(things: list[int], *, alone: bool) -> Truth:
    colours = [3 if thing != NOTHING else NOTHING for thing in things]
    return Truth(
        np.array([things]), np.array([colours]), np.array([2]), np.array([alone], dtype=np.bool_)
    )


PLACE = PLACE_WEIGHT * math.log(len(GROUNDS))
COLOUR = math.log(len(HUES))


def test_the_loss_of_one_thing_and_of_two() -> None:
    one = recognition_loss(_seen([50.0]), _truth([0, NOTHING], alone=True))
    assert math.isclose(float(one), COLOUR + PLACE, rel_tol=1e-5)
    two = recognition_loss(_seen([50.0, 50.0]), _truth([1, 0], alone=True))
    assert math.isclose(float(two), 2 * COLOUR + PLACE, rel_tol=1e-5)
    missed = recognition_loss(_seen([0.0]), _truth([0, NOTHING], alone=True))
    assert math.isclose(float(missed), math.log(2) + COLOUR + PLACE, rel_tol=1e-5)


def test_seeing_a_stranger_costs_only_where_there_is_none() -> None:
    stray = _seen([50.0, 4.0])
    held = recognition_loss(stray, _truth([0, NOTHING], alone=True))
    admitted = recognition_loss(stray, _truth([0, NOTHING], alone=False))
    assert math.isclose(float(held - admitted), math.log1p(math.exp(4)), rel_tol=1e-5)


def test_learns_two_things_side_by_side(tmp_path: Path) -> None:
    """A bright half is a cat, a striped half a dog; colours by hue. Either, or both."""
    rng = np.random.default_rng(0)
    cat, dog, hues = THINGS.index("cat"), THINGS.index("dog"), ("red", "blue")
    images = np.full((64, 4, 16, 16, 3), 20, dtype=np.uint8)
    content = np.zeros((64, 4, 4), dtype=np.int32)
    for picture, row in zip(images.reshape(-1, 16, 16, 3), content.reshape(-1, 4), strict=True):
        subject, own, other = rng.integers(0, 2, 3)
        picture[4:12, 1 + 8 * subject : 7 + 8 * subject, 2 * own] = 220
        if subject:
            picture[4:12:2, 9:15] = 20
        row[:3] = facet(THINGS[dog if subject else cat]), facet(hues[own]), facet(GROUNDS[0])
        if other:
            picture[4:12, 1:15, 1] = 60
            row[2] = facet(GROUNDS[1])
    levels = np.zeros((64, 4, len(ATTRIBUTES)), dtype=np.int8)
    corpus = Corpus(images, np.zeros((64, 4, 1, 1), np.uint16), levels, content)
    shape = RecogniserShape(len(THINGS), len(HUES), len(GROUNDS), width=16, blocks=1, image_size=16)
    task = RecogniserTask(shape, corpus, {"toy": 1}, pictures=32)
    schedule = Schedule(120, 1e-2, seed=0, warmup=5)
    training = Training(task, schedule, Device(threads=1), tmp_path, checkpoint_every=120)
    list(training.run())
    network = training.network
    assert isinstance(network, Recogniser)
    truth = read_truth(corpus)
    pixels = torch.from_numpy(images).flatten(0, 1).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.inference_mode():
        seen = network(pixels)
    assert (seen.things.argmax(-1).numpy() == truth.things[:, 0]).mean() > 0.95
    own = seen.colours[torch.arange(len(pixels)), truth.things[:, 0]].argmax(-1)
    assert (own.numpy() == truth.colours[:, 0]).mean() > 0.95
