"""How often what was asked for is recognised, by an eye that had no part in painting it.

A thing is **recognised** if the eye holds it likelier than not that such a thing is there; its
colour, if of all colours the eye gives that thing the one asked for. Neither is a forced choice: of
a picture in which nothing is to be made out, the eye says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai.models.eye import GROUNDS, HUES, THINGS, BonsaiEye, Sight
from widespectrum.bonsai.world import AnyScene, Level, Scene
from widespectrum.statistics import wilson

if TYPE_CHECKING:
    from widespectrum.contracts import Image

LIKELY = 0.5
"""From this probability on a thing counts as seen."""

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Recognition:
    """What an eye sees in pictures, next to the scenes that they were asked to show."""

    sight: Sight
    scenes: tuple[Scene, ...]

    def __len__(self) -> int:
        return len(self.scenes)

    @property
    def things(self) -> Ints:
        """The subject of each scene, as a place in `THINGS`."""
        return np.array([THINGS.index(s.subject.kind) for s in self.scenes], dtype=np.int64)

    @property
    def colours(self) -> Ints:
        """Its colour, as a place in `HUES`."""
        return np.array([HUES.index(s.subject.colour) for s in self.scenes], dtype=np.int64)

    @property
    def seen(self) -> Bools:
        """``(n, things)``: what is seen, asked for or not."""
        return np.asarray(self.sight.things >= LIKELY)

    @property
    def present(self) -> Bools:
        """``(n, things)``: what was asked for."""
        there = np.zeros(self.sight.things.shape, dtype=np.bool_)
        for row, scene in zip(there, self.scenes, strict=True):
            row[[THINGS.index(kind) for kind in shown(scene)]] = True
        return there

    @property
    def thing(self) -> Bools:
        """Whether the subject is recognised."""
        return self._of_own(self.seen)

    @property
    def colour(self) -> Bools:
        """Whether the subject has its colour, recognised or not."""
        return np.asarray(self._of_own(self.sight.colours.argmax(-1)) == self.colours)

    @property
    def place(self) -> Bools:
        """Whether the likeliest place is the one asked for."""
        asked = np.array([GROUNDS.index(scene.place) for scene in self.scenes])
        return np.asarray(self.sight.places.argmax(-1) == asked)

    @property
    def whole(self) -> Bools:
        """Whether nothing is in the picture but what was asked for by name: no effect has put
        strangers there.
        """
        return np.array([s.look.level("pairing") is not Level.LOW for s in self.scenes], np.bool_)

    def take(self, rows: Bools) -> Recognition:
        """Some of the pictures."""
        sight = Sight(self.sight.things[rows], self.sight.colours[rows], self.sight.places[rows])
        return Recognition(
            sight, tuple(s for s, wanted in zip(self.scenes, rows, strict=True) if wanted)
        )

    def summary(self) -> dict[str, Any]:
        """Shares with 95% Wilson intervals, as JSON values.

        ``both`` is thing and colour of the subject, ``both_alone`` the same where no other thing
        was asked for. ``both_of_another`` asks every picture for the next picture's subject: what
        an eye that sees everything everywhere would be given away by. ``stray`` is the share of
        pictures in which something is seen that was not asked for, of those to which no effect
        adds strangers.
        """
        both = self.thing & self.colour
        alone = np.array([scene.companion is None for scene in self.scenes], np.bool_)
        turned = Recognition(self.sight, (*self.scenes[1:], *self.scenes[:1]))
        stray = np.asarray((self.seen & ~self.present).any(axis=1))[self.whole]
        return {
            "pictures": len(self),
            "thing": _share(self.thing),
            "colour": _share(self.colour),
            "both": _share(both),
            "both_alone": _share(both[alone]),
            "place": _share(self.place),
            "both_of_another": _share(turned.thing & turned.colour),
            "stray": _share(stray),
            "both_by_thing": {
                thing: _share(both[mine])
                for number, thing in enumerate(THINGS)
                if (mine := self.things == number).any()
            },
        }

    def _of_own(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of ``(n, things)``, the entry of each picture's own subject."""
        chosen: NDArray[Any] = values[np.arange(len(self)), self.things]
        return chosen


def recognise(eye: BonsaiEye, pictures: Sequence[Image], scenes: Sequence[AnyScene]) -> Recognition:
    """Let an eye look at pictures of scenes. Scenes without a subject are passed over."""
    rows = [
        (picture, scene)
        for picture, scene in zip(pictures, scenes, strict=True)
        if isinstance(scene, Scene)
    ]
    return Recognition(eye.see([picture for picture, _ in rows]), tuple(s for _, s in rows))


def shown(scene: Scene) -> dict[str, str]:
    """The colour of each thing that a scene asks for by name."""
    things = [scene.subject, *([scene.companion] if scene.companion else [])]
    return {thing.kind: thing.colour for thing in things}


def _share(right: Bools) -> dict[str, Any]:
    return asdict(wilson(int(right.sum()), len(right)))
