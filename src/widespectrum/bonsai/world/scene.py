"""What a picture shows, as data: the scene description that everything else reads.

A scene is all that the world knows about a picture. The same scene gives the same picture, byte for
byte; what it does not say (which clouds, which face) is drawn from its seed, each part from a
stream of its own, so that changing one thing leaves the others where they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from pydantic import ConfigDict

from widespectrum.bonsai.world.attributes import (
    ADDITIVE,
    ATTRIBUTE_OF,
    ATTRIBUTES,
    CRITIQUE_EFFECTS,
    CRITIQUE_HIGHS,
    EFFECTS,
    FACIAL_EFFECTS,
    Level,
)
from widespectrum.bonsai.world.faces import EMOTIONS
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.bonsai.world.places import PLACES
from widespectrum.bonsai.world.things import KINDS
from widespectrum.errors import BadInput, UnknownName

RELATIONS = ("left of", "right of", "above", "under", "in front of", "behind", "on", "beside")
"""Where the subject is, seen from its companion."""

FRAMINGS = ("scene", "portrait")
"""A portrait shows head and shoulders of a person, so large that the face can be read."""

CRITIQUES: dict[str, tuple[str, ...]] = {
    "pollution": ("factory", "smoke", "litter", "dead fish", "mask"),
    "war": ("ruins", "fire", "helmet", "mourner", "toy"),
    "inequality": ("wall", "barbed wire", "towers", "shacks", "queue"),
    "censorship": ("gag", "redacted posters", "chains", "watching eyes", "crossed-out microphone"),
    "screens": ("screens", "wires", "notifications", "glow", "tired eyes"),
}
"""Topics of social critique, and the named elements that carry it; each can be left out."""

MAX_SEED = 2**63 - 1

_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class Thing:
    """One thing in a scene.

    Raises:
        UnknownName: the world has no such kind or colour; the message names those it has.
        BadInput: size or position lies outside the picture.
    """

    __pydantic_config__ = _STRICT

    kind: str
    """One of `widespectrum.bonsai.world.things.KINDS`."""
    colour: str
    """One of `widespectrum.bonsai.world.palette.COLOURS`. People wear it."""
    size: float | None = None
    """Half its height as a share of the picture's side, in (0, 0.6]; ``None`` leaves it to the
    composition."""
    position: tuple[float, float] | None = None
    """Where it stands: x and y of its foot, 0..1 from the upper left; ``None`` leaves it to the
    composition."""

    def __post_init__(self) -> None:
        _known("kind", self.kind, KINDS)
        _known("colour", self.colour, COLOURS)
        if self.size is not None and not 0 < self.size <= 0.6:
            raise BadInput(f"is {self.size}", "Give a share of the side, to 0.6.", field="size")
        if self.position is not None and not all(0 <= value <= 1 for value in self.position):
            raise BadInput(f"is {self.position}", "Give x and y between 0 and 1.", field="position")


@dataclass(frozen=True)
class Look:
    """How a scene looks: the effects that lower attributes, those that are high, the emotion.

    Effects and attributes may be given in any order; they are kept in a fixed one, each once.

    Raises:
        UnknownName: no such effect, attribute or emotion.
        BadInput: an attribute is asked to be high and low at once, or two effects hide each other.
    """

    __pydantic_config__ = _STRICT

    effects: tuple[str, ...] = ()
    """Keys of the effects drawn; see `EFFECTS`."""
    high: tuple[str, ...] = ()
    """Attributes that are high. Emotion is high when it is happy, pairing when the companion is a
    natural one: neither can be listed here."""
    emotion: str = "calm"
    """One of `EMOTIONS`: of the face where there is one, and of weather and light."""

    def __post_init__(self) -> None:
        for effect in self.effects:
            _known("effect", effect, ATTRIBUTE_OF)
        liftable = [name for name in ATTRIBUTES if name not in ("emotion", "pairing")]
        for attribute in self.high:
            _known("attribute that can be high", attribute, liftable)
        _known("emotion", self.emotion, EMOTIONS)
        object.__setattr__(self, "effects", _ordered(self.effects, ATTRIBUTE_OF))
        object.__setattr__(self, "high", _ordered(self.high, ATTRIBUTES))
        lowered = {ATTRIBUTE_OF[effect] for effect in self.effects}
        both = lowered & {*self.high, *(["emotion"] if self.emotion == "happy" else [])}
        if both:
            raise BadInput(
                f"asks for {', '.join(sorted(both))} to be both low and high",
                "Drop the effect or the high attribute.",
                field="look",
            )
        single = [ATTRIBUTE_OF[e] for e in self.effects if ATTRIBUTE_OF[e] not in ADDITIVE]
        twice = sorted({attribute for attribute in single if single.count(attribute) > 1})
        if twice:
            raise BadInput(
                f"has two effects on {', '.join(twice)}, which hide each other",
                "Choose one of them.",
                field="look",
            )
        faces = {FACIAL_EFFECTS[effect] for effect in self.effects if effect in FACIAL_EFFECTS}
        if len(faces | ({self.emotion} - {"calm"})) > 1:
            raise BadInput(
                "asks for more than one emotion of one face", "Choose one.", field="look"
            )

    @property
    def mood(self) -> str:
        """The emotion that face and weather show: the scene's own, or that of a facial effect."""
        moods = [FACIAL_EFFECTS[effect] for effect in self.effects if effect in FACIAL_EFFECTS]
        return moods[0] if moods else self.emotion

    def level(self, attribute: str) -> Level:
        """The level of an attribute as far as the look decides it (pairing: `Scene.level`)."""
        if attribute == "emotion" and self.mood != "calm":
            return Level.HIGH if self.mood == "happy" else Level.LOW
        if any(effect in self.effects for effect in EFFECTS[attribute]):
            return Level.LOW
        return Level.HIGH if attribute in self.high else Level.NEUTRAL

    def shows(self, *effects: str) -> bool:
        """Whether any of the effects is drawn."""
        return any(effect in self.effects for effect in effects)


@dataclass(frozen=True)
class Scene:
    """A thing, or two, in a place.

    Raises:
        UnknownName: no such place, relation or framing.
        BadInput: a companion without relation or the reverse; a portrait of something else than a
            person, or with a companion; a facial effect where nobody is; a seed out of range.
    """

    __pydantic_config__ = _STRICT

    subject: Thing
    place: str
    """One of `PLACES`."""
    companion: Thing | None = None
    relation: str | None = None
    """One of `RELATIONS`: where the subject is, seen from the companion."""
    framing: str = "scene"
    """One of `FRAMINGS`."""
    look: Look = field(default_factory=Look)
    seed: int = 0

    def __post_init__(self) -> None:
        _known("place", self.place, PLACES)
        _known("framing", self.framing, FRAMINGS)
        if self.relation is not None:
            _known("relation", self.relation, RELATIONS)
        if (self.companion is None) != (self.relation is None):
            raise BadInput(
                "names a companion without a relation, or a relation without a companion",
                "Give both or neither.",
                field="relation",
            )
        if self.framing == "portrait" and (self.subject.kind != "person" or self.companion):
            raise BadInput(
                "is a portrait of something else than one person", "Use 'scene'.", field="framing"
            )
        if self.look.shows(*FACIAL_EFFECTS) and not self.people:
            raise BadInput(
                "has an effect that shows only on people, and shows nobody",
                "Choose another effect, or make the subject a person.",
                field="look",
            )
        _check_seed(self.seed)

    @property
    def people(self) -> bool:
        """Whether anybody is in the picture."""
        others = [self.companion] if self.companion else []
        return any(thing.kind == "person" for thing in (self.subject, *others))

    @property
    def natural(self) -> bool:
        """Whether the companion is one that belongs with the subject."""
        return (
            self.companion is not None
            and self.relation == "beside"
            and self.companion.kind in KINDS[self.subject.kind].goes_with
        )

    def level(self, attribute: str) -> Level:
        """The level of an attribute: what is true of the picture.

        Raises:
            UnknownName: no such attribute.
        """
        _known("attribute", attribute, ATTRIBUTES)
        level = self.look.level(attribute)
        if attribute == "pairing" and level is Level.NEUTRAL and self.natural:
            return Level.HIGH
        return level

    def dice(self, part: str) -> Random:
        """The random stream of one part of the picture."""
        return Random(f"{self.seed}/{part}")  # noqa: S311  (pictures, not secrets)


@dataclass(frozen=True)
class CritiqueScene:
    """A scene of social critique, with the elements that carry it.

    Raises:
        UnknownName: no such topic, or no such element of it.
        BadInput: the look asks for what such a scene cannot show; a seed out of range.
    """

    __pydantic_config__ = _STRICT

    topic: str
    """One of `CRITIQUES`."""
    elements: tuple[str, ...]
    """Those visible, of ``CRITIQUES[topic]``, kept in that order; none at all is a scene from which
    the critique has gone."""
    look: Look = field(default_factory=Look)
    seed: int = 0

    def __post_init__(self) -> None:
        _known("topic", self.topic, CRITIQUES)
        for element in self.elements:
            _known(f"element of '{self.topic}'", element, CRITIQUES[self.topic])
        object.__setattr__(self, "elements", _ordered(self.elements, CRITIQUES[self.topic]))
        beyond = [e for e in self.look.effects if e not in CRITIQUE_EFFECTS]
        beyond += [a for a in self.look.high if a not in CRITIQUE_HIGHS]
        if beyond:
            raise BadInput(
                f"asks for {', '.join(beyond)}, which a scene of social critique cannot show",
                "Drop it; CRITIQUE_EFFECTS and CRITIQUE_HIGHS say what it can show.",
                field="look",
            )
        _check_seed(self.seed)

    def level(self, attribute: str) -> Level:
        """The level of an attribute: what is true of the picture.

        Raises:
            UnknownName: no such attribute.
        """
        _known("attribute", attribute, ATTRIBUTES)
        return self.look.level(attribute)

    def dice(self, part: str) -> Random:
        """The random stream of one part of the picture."""
        return Random(f"{self.seed}/{part}")  # noqa: S311  (pictures, not secrets)


AnyScene: TypeAlias = Scene | CritiqueScene
"""Whatever the world can draw."""


def _ordered(names: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    wanted = set(names)
    return tuple(name for name in order if name in wanted)


def _known(what: str, name: str, names: Iterable[str]) -> None:
    if name not in names:
        raise UnknownName(f"there is no {what} '{name}'", f"Choose one of: {', '.join(names)}.")


def _check_seed(seed: int) -> None:
    if not 0 <= seed <= MAX_SEED:
        raise BadInput(f"is {seed}", f"Give a seed from 0 to {MAX_SEED}.", field="seed")
