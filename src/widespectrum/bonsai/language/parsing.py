"""Free text as a scene: what a prompt asks of the world, and what the world does not know."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import get_args

from widespectrum.bonsai.language.lexicon import Found, Part, read
from widespectrum.bonsai.language.vocabulary import known_words
from widespectrum.bonsai.language.wordings import FUNCTION_WORDS
from widespectrum.bonsai.language.words import segments
from widespectrum.bonsai.world.attributes import (
    ADDITIVE,
    ATTRIBUTE_OF,
    CRITIQUE_EFFECTS,
    CRITIQUE_HIGHS,
    FACIAL_EFFECTS,
)
from widespectrum.bonsai.world.scene import CRITIQUES, AnyScene, CritiqueScene, Look, Scene, Thing
from widespectrum.bonsai.world.things import KINDS
from widespectrum.errors import BadInput


class UnknownWords(UserWarning):
    """A prompt has words that Bonsai does not know; they are named and left out."""


@dataclass
class _Named:
    """A thing as far as the prompt describes it."""

    kind: str
    colour: str | None = None


@dataclass(frozen=True)
class ParsedPrompt:
    """What a prompt asks for. ``None`` is what it leaves open."""

    prompt: str
    kind: str | None = None
    colour: str | None = None
    place: str | None = None
    companion: str | None = None
    companion_colour: str | None = None
    relation: str | None = None
    portrait: bool = False
    effects: tuple[str, ...] = ()
    high: tuple[str, ...] = ()
    emotion: str | None = None
    topic: str | None = None
    elements: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    """Words of the vocabulary, each once."""
    unknown: tuple[str, ...] = ()
    """Words that are not in it, each once, in their order."""
    dropped: tuple[str, ...] = field(default=())
    """Effects, high attributes and emotions that were asked for and contradict others: the first
    effect of an attribute wins, and effects win over the rest."""

    def scene(self, seed: int = 0) -> AnyScene:
        """A scene that fits the prompt; what that leaves open is usual, or drawn from the seed."""
        look = Look(self.effects, self.high, self.emotion or "calm")
        if self.topic is not None:
            return CritiqueScene(self.topic, self.elements, look, seed)
        dice = Random(f"prompt/{seed}")  # noqa: S311  (pictures, not secrets)
        kind = self.kind or ("person" if self.portrait else dice.choice(list(KINDS)))
        usual_colour, usual_place = KINDS[kind].usual
        companion = None
        if self.companion is not None:
            colour = self.companion_colour or KINDS[self.companion].usual[0]
            companion = Thing(self.companion, colour)
        return Scene(
            subject=Thing(kind, self.colour or usual_colour),
            place=self.place or usual_place,
            companion=companion,
            relation=self.relation or ("beside" if companion else None),
            framing="portrait" if self.portrait else "scene",
            look=look,
            seed=seed,
        )


def parse(prompt: str) -> ParsedPrompt:
    """Read a prompt.

    Words that Bonsai does not know are named in an `UnknownWords` warning, and otherwise ignored.

    Raises:
        BadInput: the prompt has no word that Bonsai knows, beyond those that carry any sentence.
    """
    parts = segments(prompt)
    known = known_words()
    seen = dict.fromkeys(word for part in parts for word in part)
    strangers = tuple(word for word in seen if word not in known)
    if all(word in FUNCTION_WORDS or word not in known for word in seen):
        raise BadInput(
            f"the prompt {prompt[:80]!r} has no word that Bonsai knows",
            "Ask for a thing it can draw, such as a boat, a cat or a person.",
            field="prompt",
        )
    if strangers:
        named = ", ".join(f"'{word}'" for word in strangers[:12])
        more = f" and {len(strangers) - 12} more" if len(strangers) > 12 else ""
        warnings.warn(UnknownWords(f"Bonsai does not know {named}{more}."), stacklevel=2)
    found = [idea for part in parts for idea in read(part)]
    return _understood(prompt, found, tuple(w for w in seen if w in known), strangers)


def _understood(
    prompt: str, found: list[Found], known: tuple[str, ...], unknown: tuple[str, ...]
) -> ParsedPrompt:
    names: dict[str, list[str]] = {
        part: [f.idea.name for f in found if f.idea.part == part] for part in _PARTS
    }
    topic = _topic(names)
    things, relation = ([], None) if topic else _things(found)
    portrait = bool(names["framing"]) and (not things or things[0].kind == "person")
    if portrait and not things:
        things = [_Named("person")]
    if portrait:
        things = things[:1]
    faces = topic is None and any(thing.kind == "person" for thing in things)
    emotion = next(iter(names["emotion"]), None)
    effects, high, dropped = _compatible(names["effect"], names["high"], faces, topic)
    facial = any(effect in FACIAL_EFFECTS for effect in effects)
    lowered = any(ATTRIBUTE_OF[effect] == "emotion" for effect in effects)
    if facial or (lowered and emotion == "happy"):
        dropped, emotion = (*dropped, *([emotion] if emotion else [])), None
    subject = things[0] if things else None
    other = things[1] if len(things) > 1 else None
    return ParsedPrompt(
        prompt=prompt,
        kind=subject.kind if subject else None,
        colour=subject.colour if subject else _lone_colour(names["colour"], things),
        place=next(iter(names["place"]), None),
        companion=other.kind if other else None,
        companion_colour=other.colour if other else None,
        relation=relation if other else None,
        portrait=portrait,
        effects=effects,
        high=high,
        emotion=emotion,
        topic=topic,
        elements=_elements(names["element"], topic),
        known=known,
        unknown=unknown,
        dropped=dropped,
    )


_PARTS: tuple[Part, ...] = get_args(Part)


def _topic(names: dict[str, list[str]]) -> str | None:
    """The topic named, or that of the first element where no thing is."""
    if names["topic"]:
        return names["topic"][0]
    if names["element"] and not names["kind"]:
        return names["element"][0].split("/")[0]
    return None


def _elements(names: Iterable[str], topic: str | None) -> tuple[str, ...]:
    wanted = {name.split("/")[1] for name in names if name.split("/")[0] == topic}
    return tuple(e for e in CRITIQUES.get(topic or "", ()) if e in wanted)


def _things(found: list[Found]) -> tuple[list[_Named], str | None]:
    """The first two things with their colours, and the relation between them.

    A colour belongs to the next thing; behind a person ("in red") it belongs to that person.
    """
    things: list[_Named] = []
    relation: str | None = None
    pending: str | None = None
    for place, item in enumerate(found):
        match item.idea.part:
            case "kind" if len(things) < 2:
                things.append(_Named(item.idea.name, pending))
                pending = None
            case "colour":
                last = things[-1] if things else None
                follows = place + 1 < len(found) and found[place + 1].idea.part == "kind"
                if last and last.kind == "person" and last.colour is None and not follows:
                    last.colour = item.idea.name
                else:
                    pending = item.idea.name
            case "relation" if len(things) == 1 and relation is None:
                relation = item.idea.name
            case _:
                pass
    if len(things) == 2 and things[1].kind == things[0].kind and things[1].colour is None:
        # The same thing mentioned twice, as in "a boat ... the boat".
        things.pop()
    return things, relation


def _lone_colour(names: list[str], things: list[_Named]) -> str | None:
    return names[0] if names and not things else None


def _compatible(
    effects: list[str], high: list[str], faces: bool, topic: str | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What one picture can show of all that was asked: the first of two that contradict."""
    kept: list[str] = []
    dropped: list[str] = []
    for effect in dict.fromkeys(effects):
        attribute = ATTRIBUTE_OF[effect]
        taken = attribute not in ADDITIVE and attribute in {ATTRIBUTE_OF[e] for e in kept}
        impossible = (effect in FACIAL_EFFECTS and not faces) or (
            topic is not None and effect not in CRITIQUE_EFFECTS
        )
        (dropped if taken or impossible else kept).append(effect)
    lowered = {ATTRIBUTE_OF[effect] for effect in kept}
    highs: list[str] = []
    for attribute in dict.fromkeys(high):
        impossible = topic is not None and attribute not in CRITIQUE_HIGHS
        (dropped if attribute in lowered or impossible else highs).append(attribute)
    return tuple(kept), tuple(highs), tuple(dropped)
