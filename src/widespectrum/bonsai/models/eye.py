"""``bonsai-eye``: says which thing is in a picture, in which colour, and where.

It was taught by the world's own truth, and takes part in no training of a generator: it is there to
tell whether a generator painted what it was asked for. It is also an ordinary scorer, the plainest
measure of kept content: how likely everything that the prompt names is in the picture, whatever
the picture looks like. Of a prompt it takes in the thing, its companion, their colours and the
place; how the picture should look, it does not hear.

No torch is imported, and no weights are read, before the first picture.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.bonsai.language.parsing import UnknownWords, parse
from widespectrum.bonsai.models.scorers import BonsaiScorer
from widespectrum.bonsai.models.weights import load_recogniser
from widespectrum.bonsai.world import COLOURS, KINDS, PLACES
from widespectrum.encodings import content_key, encoded
from widespectrum.errors import BadInput

if TYPE_CHECKING:
    from widespectrum.bonsai.models.recogniser import Recogniser
    from widespectrum.contracts import FloatArray, Image

THINGS: tuple[str, ...] = tuple(KINDS)
HUES: tuple[str, ...] = tuple(COLOURS)
GROUNDS: tuple[str, ...] = tuple(PLACES)
NAMES: tuple[str, ...] = (
    *THINGS,
    *(f"{colour} {thing}" for thing in THINGS for colour in HUES),
    *GROUNDS,
)
"""Everything that an eye has a name for, in the order of its columns: each thing; each thing in
each colour; each place."""

_COLUMN = {name: column for column, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Sight:
    """What an eye sees in `n` pictures, as probabilities."""

    things: FloatArray
    """``(n, things)``: a thing of the kind is there. They need not sum to 1: two may be there."""
    colours: FloatArray
    """``(n, things, colours)``: it has the colour, if it is there. Sum to 1."""
    places: FloatArray
    """``(n, places)``. Sum to 1."""

    def __len__(self) -> int:
        return len(self.things)


class BonsaiEye(BonsaiScorer):
    """How likely everything that the prompt names is in the picture, 0 to 1.

    Arguments and errors as `BonsaiScorer`.
    """

    _network: Recogniser | None

    def see(self, images: Sequence[Image]) -> Sight:
        """What is in pictures. Other sizes than 64 x 64 are resized to it, their shape not kept."""
        if not len(images):
            rows = np.empty((0, len(NAMES)), dtype=np.float32)
        else:
            tower = self._tower.format("image")
            rows = encoded(tower, list(images), content_key, self._encode_images)
        shape = (len(rows), len(THINGS), len(HUES))
        things, coloured, places = np.split(rows, [shape[1], len(NAMES) - len(GROUNDS)], axis=1)
        colours = np.exp(coloured.reshape(shape) - things[:, :, None])
        return Sight(np.exp(things), colours, np.exp(places))

    def _read(self) -> Recogniser:
        return load_recogniser(self.weights, NAMES)

    def _encode_prompts(self, read: Sequence[tuple[str, Any]]) -> FloatArray:
        """What prompts name, ``(n, names)`` of 0 and 1."""
        rows = np.zeros((len(read), len(NAMES)), dtype=np.float32)
        for row, (prompt, _) in zip(rows, read, strict=True):
            row[[_COLUMN[name] for name in named(prompt)]] = 1.0
        return rows

    def _compare(self, image: FloatArray, prompt: FloatArray) -> FloatArray:
        likely: FloatArray = np.exp((image * prompt).sum(axis=1, dtype=np.float32))
        return likely


def named(prompt: str) -> tuple[str, ...]:
    """What a prompt asks to be in the picture, as `NAMES`.

    Raises:
        BadInput: it names no thing and no place.
    """
    with warnings.catch_warnings():
        # The scorer has complained about them already.
        warnings.simplefilter("ignore", UnknownWords)
        asked = parse(prompt)
    things = [(asked.kind, asked.colour), (asked.companion, asked.companion_colour)]
    names = [f"{colour} {kind}" if colour else kind for kind, colour in things if kind]
    if asked.place:
        names.append(asked.place)
    if not names:
        raise BadInput(
            f"the prompt {prompt[:80]!r} names neither a thing nor a place that the eye knows",
            "Score prompts that name one; social critique has none.",
            field="prompt",
        )
    return tuple(names)
