"""The kinds of things, and what the world knows about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from widespectrum.bonsai.world.palette import RGB
from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.things import animals, household, outdoors, people, plants


@dataclass(frozen=True)
class Kind:
    """One kind of thing."""

    draw: Callable[[Pen, RGB, Random], None]
    """Draws it within -1..1, standing on y = 1."""
    goes_with: tuple[str, ...]
    """Kinds that are its natural companions: shown with one of them, object pairing is high."""
    scale: float = 1.0
    """Its size next to other things."""
    hovers: float = 0.0
    """How far above the ground it is at home, in its own units; 0 if it stands."""


KINDS: dict[str, Kind] = {
    "house": Kind(outdoors.house, ("tree", "flower", "car", "cat", "dog"), scale=1.15),
    "tree": Kind(plants.tree, ("bird", "mushroom", "flower", "apple", "house"), scale=1.15),
    "boat": Kind(outdoors.boat, ("bird", "fish"), scale=1.1),
    "car": Kind(outdoors.car, ("house", "tree", "dog")),
    "cat": Kind(animals.cat, ("flower", "cup", "bird", "book", "lamp")),
    "dog": Kind(animals.dog, ("house", "person", "tree", "flower")),
    "fish": Kind(animals.fish, ("boat", "cat"), hovers=0.5),
    "bird": Kind(animals.bird, ("tree", "flower", "boat", "cat"), scale=0.95),
    "flower": Kind(plants.flower, ("bird", "tree", "mushroom", "cat")),
    "mushroom": Kind(plants.mushroom, ("flower", "tree", "bird"), scale=0.95),
    "apple": Kind(plants.apple, ("cup", "tree", "book"), scale=0.9),
    "cup": Kind(household.cup, ("apple", "book", "clock", "lamp"), scale=0.95),
    "book": Kind(household.book, ("lamp", "cup", "apple", "clock")),
    "lamp": Kind(household.lamp, ("book", "cup", "clock", "cat")),
    "clock": Kind(household.clock, ("lamp", "book", "cup"), scale=0.95),
    "umbrella": Kind(household.umbrella, ("person", "dog", "mushroom"), scale=1.05),
    "balloon": Kind(outdoors.balloon, ("bird", "kite", "person"), hovers=0.55),
    "kite": Kind(outdoors.kite, ("bird", "balloon", "person"), hovers=0.6),
    "star": Kind(outdoors.star, ("house", "balloon", "kite"), scale=0.9, hovers=0.9),
    "person": Kind(people.figure, ("dog", "cat", "balloon", "umbrella", "kite", "flower"), scale=1.1),
}
"""Every kind of thing, by the name that captions use."""
