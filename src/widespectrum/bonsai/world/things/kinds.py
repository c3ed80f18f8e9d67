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
    usual: tuple[str, str] = ("red", "meadow")
    """The colour and the place that one would expect, where a prompt says neither."""
    scale: float = 1.0
    """Its size next to other things."""
    hovers: float = 0.0
    """How far above the ground it is at home, in its own units; 0 if it stands."""


KINDS: dict[str, Kind] = {
    "house": Kind(
        outdoors.house, ("tree", "flower", "car", "cat", "dog"), ("orange", "meadow"), scale=1.15
    ),
    "tree": Kind(
        plants.tree,
        ("bird", "mushroom", "flower", "apple", "house"),
        ("green", "meadow"),
        scale=1.15,
    ),
    "boat": Kind(outdoors.boat, ("bird", "fish"), ("red", "sea"), scale=1.1),
    "car": Kind(outdoors.car, ("house", "tree", "dog"), ("blue", "city")),
    "cat": Kind(animals.cat, ("flower", "cup", "bird", "book", "lamp"), ("grey", "room")),
    "dog": Kind(animals.dog, ("house", "person", "tree", "flower"), ("brown", "meadow")),
    "fish": Kind(animals.fish, ("boat", "cat"), ("orange", "sea"), hovers=0.5),
    "bird": Kind(animals.bird, ("tree", "flower", "boat", "cat"), ("blue", "forest"), scale=0.95),
    "flower": Kind(plants.flower, ("bird", "tree", "mushroom", "cat"), ("pink", "meadow")),
    "mushroom": Kind(plants.mushroom, ("flower", "tree", "bird"), ("red", "forest"), scale=0.95),
    "apple": Kind(plants.apple, ("cup", "tree", "book"), ("red", "room"), scale=0.9),
    "cup": Kind(household.cup, ("apple", "book", "clock", "lamp"), ("white", "room"), scale=0.95),
    "book": Kind(household.book, ("lamp", "cup", "apple", "clock"), ("purple", "room")),
    "lamp": Kind(household.lamp, ("book", "cup", "clock", "cat"), ("yellow", "room")),
    "clock": Kind(household.clock, ("lamp", "book", "cup"), ("teal", "room"), scale=0.95),
    "umbrella": Kind(
        household.umbrella, ("person", "dog", "mushroom"), ("black", "city"), scale=1.05
    ),
    "balloon": Kind(outdoors.balloon, ("bird", "kite", "person"), ("red", "meadow"), hovers=0.55),
    "kite": Kind(outdoors.kite, ("bird", "balloon", "person"), ("yellow", "beach"), hovers=0.6),
    "star": Kind(
        outdoors.star, ("house", "balloon", "kite"), ("yellow", "moon"), scale=0.9, hovers=0.9
    ),
    "person": Kind(
        people.figure,
        ("dog", "cat", "balloon", "umbrella", "kite", "flower"),
        ("blue", "meadow"),
        scale=1.1,
    ),
}
"""Every kind of thing, by the name that captions use."""
