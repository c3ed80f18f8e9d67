"""``bonsai-eye``: trained on pictures of the world and on what the world drew in them.

The corpus is that of the other models. Which thing it shows, in which colour, beside which other
and where, stands in it as numbers that are equal where pictures show the same; here they are read
back. Scenes of social critique have no such thing and are left out. Where an effect has added
strangers to a scene, nothing is held against an eye that sees them.

Presence is a yes or no for each kind (binary cross entropy, summed over kinds); colour, of the
things that are there, and place are one of many (cross entropy).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

from widespectrum.bonsai.models.eye import GROUNDS, HUES, THINGS
from widespectrum.bonsai.models.recogniser import Recogniser, RecogniserShape, Seen
from widespectrum.bonsai.training.corpus import Corpus
from widespectrum.bonsai.training.encoder import pixels
from widespectrum.bonsai.training.families import beside, facet
from widespectrum.bonsai.training.wear import worn
from widespectrum.bonsai.world import ATTRIBUTES, RELATIONS

PLACE_WEIGHT = 0.3
"""What the place counts in the loss, next to 1 for colours: things are what an eye is for."""

NOTHING = -1

Ints = NDArray[np.int64]


class Truth(NamedTuple):
    """What pictures show, as places in `THINGS`, `HUES` and `GROUNDS`; `NOTHING` where none is."""

    things: Ints
    """``(n, 2)``: subject and companion."""
    colours: Ints
    """``(n, 2)``: of both."""
    places: Ints
    """``(n,)``."""
    alone: NDArray[np.bool_]
    """``(n,)``: nothing else is there; no effect has added strangers."""

    def take(self, rows: Ints) -> Truth:
        """Some of the pictures."""
        return Truth(self.things[rows], self.colours[rows], self.places[rows], self.alone[rows])


@dataclass
class RecogniserTask:
    """Training of an eye on a corpus."""

    shape: RecogniserShape
    corpus: Corpus
    identity: dict[str, Any]
    """Of the corpus."""
    pictures: int = 96
    """Per batch."""
    name: str = "eye"

    def __post_init__(self) -> None:
        self._truth = read_truth(self.corpus)
        self._shown = np.flatnonzero(self._truth.things[:, 0] != NOTHING)
        self._images = self.corpus.images.reshape(-1, *self.corpus.images.shape[2:])

    def describe(self) -> dict[str, Any]:
        """What decides the outcome besides schedule and device."""
        return {
            "corpus": self.identity,
            "pictures": self.pictures,
            "place_weight": PLACE_WEIGHT,
            "shape": asdict(self.shape),
        }

    def build(self) -> nn.Module:
        """An eye with random weights."""
        return Recogniser(self.shape)

    def loss(self, network: nn.Module, rng: np.random.Generator, device: torch.device) -> Tensor:
        """Of a batch of pictures, worn."""
        assert isinstance(network, Recogniser)
        chosen = np.sort(self._shown[rng.integers(len(self._shown), size=self.pictures)])
        seen = network(pixels(worn(self._images[chosen], rng), device))
        return recognition_loss(seen, self._truth.take(chosen))


def recognition_loss(seen: Seen, truth: Truth) -> Tensor:
    """Presence, colours and place, averaged over pictures."""
    device = seen.things.device
    things, colours, places, alone = (torch.from_numpy(column).to(device) for column in truth)
    there = things != NOTHING
    wanted = torch.zeros_like(seen.things)
    wanted[there.nonzero()[:, 0], things[there]] = 1.0
    told = torch.maximum(wanted, alone[:, None].to(wanted.dtype))
    presence = functional.binary_cross_entropy_with_logits(
        seen.things, wanted, weight=told, reduction="none"
    )
    own = seen.colours.gather(1, things.clamp(min=0)[..., None].expand(-1, -1, len(HUES)))
    colour = functional.cross_entropy(own[there], colours[there], reduction="sum") / len(things)
    place = functional.cross_entropy(seen.places, places)
    return presence.sum(-1).mean() + colour + PLACE_WEIGHT * place


def read_truth(corpus: Corpus) -> Truth:
    """What each picture of a corpus shows, family by family."""
    content = corpus.content.reshape(-1, corpus.content.shape[-1])
    levels = corpus.levels.reshape(-1, corpus.levels.shape[-1])
    pairs = {
        facet(beside(thing, colour, relation)): (row, column)
        for row, thing in enumerate(THINGS)
        for column, colour in enumerate(HUES)
        for relation in RELATIONS
    }
    companion, its_colour = (
        _read(content[:, 3], {number: pair[part] for number, pair in pairs.items()})
        for part in (0, 1)
    )
    return Truth(
        np.stack([_read(content[:, 0], _numbered(THINGS)), companion], axis=1),
        np.stack([_read(content[:, 1], _numbered(HUES)), its_colour], axis=1),
        _read(content[:, 2], _numbered(GROUNDS)),
        levels[:, ATTRIBUTES.index("pairing")] >= 0,
    )


def _numbered(names: tuple[str, ...]) -> dict[int, int]:
    return {facet(name): place for place, name in enumerate(names)}


def _read(numbers: NDArray[Any], meaning: dict[int, int]) -> Ints:
    """The meaning of each number; `NOTHING` for one that has none."""
    known, place = np.unique(numbers, return_inverse=True)
    return np.array([meaning.get(int(each), NOTHING) for each in known], dtype=np.int64)[place]
