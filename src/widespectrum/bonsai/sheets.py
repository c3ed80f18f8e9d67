"""Contact sheets of the world, so that anyone can see what it knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from widespectrum.bonsai.prompted import world_pairs
from widespectrum.bonsai.world.attributes import ATTRIBUTES, EFFECTS, FACIAL_EFFECTS
from widespectrum.bonsai.world.faces import EMOTIONS
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.bonsai.world.places import PLACES
from widespectrum.bonsai.world.render import draw
from widespectrum.bonsai.world.scene import CRITIQUES, CritiqueScene, Look, Scene, Thing
from widespectrum.bonsai.world.things import KINDS
from widespectrum.errors import UnknownName
from widespectrum.images import contact_sheet

if TYPE_CHECKING:
    from widespectrum.contracts import Image

_CELL = (128, 128)
_SMALL = (96, 96)


def world_sheet(kind: str, seed: int = 0) -> Image:
    """A contact sheet.

    Args:
        kind: one of `SHEETS`.
        seed: of everything random.

    Raises:
        UnknownName: no such sheet.
    """
    if kind not in SHEETS:
        raise UnknownName(f"there is no sheet '{kind}'", f"Choose one of: {', '.join(SHEETS)}.")
    return SHEETS[kind](seed)


def _objects(seed: int) -> Image:
    """Every thing, in colours and places drawn, large and not."""
    dice = Random(f"objects/{seed}")  # noqa: S311
    rows = []
    for kind in KINDS:
        colours, places = dice.sample(list(COLOURS), 4), dice.sample(list(PLACES), 4)
        rows.append(
            [
                draw(Scene(Thing(kind, colour), place, look=Look(high=high), seed=seed + i))
                for i, (colour, place, high) in enumerate(
                    zip(colours, places, (("prominence",), ("prominence",), (), ()), strict=True)
                )
            ]
        )
    half = len(rows) // 2
    labels = [f"{a}\n{b}" for a, b in zip(list(KINDS)[:half], list(KINDS)[half:], strict=True)]
    return contact_sheet(
        [left + right for left, right in zip(rows[:half], rows[half:], strict=True)],
        labels,
        (),
        _CELL,
    )


def _places(seed: int) -> Image:
    """Every place: bare of looks, scenic, rich."""
    things = dict(
        zip(
            PLACES,
            ("dog", "bird", "kite", "car", "cup", "boat", "umbrella", "clock", "cat", "star"),
            strict=True,
        )
    )
    looks = (
        Look(),
        Look(high=("background",)),
        Look(high=("richness",)),
        Look(emotion="happy"),
        Look(emotion="sad"),
        Look(emotion="angry"),
        Look(emotion="fearful"),
    )
    rows = [
        [
            draw(
                Scene(
                    Thing(things[place], KINDS[things[place]].usual[0]), place, look=look, seed=seed
                )
            )
            for look in looks
        ]
        for place in PLACES
    ]
    columns = ("", "scenic", "rich", "happy", "sad", "angry", "fearful")
    return contact_sheet(rows, list(PLACES), columns, _SMALL)


_MODELS = (
    Scene(Thing("boat", "red"), "sea", seed=3),
    Scene(Thing("cat", "orange"), "room", seed=5),
    Scene(Thing("house", "blue"), "meadow", seed=8),
    Scene(Thing("person", "green"), "beach", seed=12),
)


def _attributes(seed: int) -> Image:
    """Every attribute: high, neutral, and its effects."""
    rows, labels, captions = [], [], []
    for number, attribute in enumerate(ATTRIBUTES):
        model = replace(_MODELS[number % len(_MODELS)], seed=seed + number)
        if attribute == "emotion":
            model = replace(_MODELS[3], framing="portrait", seed=seed + number)
        scenes = [_high(model, attribute), model]
        texts = ["high", "neutral"]
        for effect in islice(EFFECTS[attribute], 8):
            scenes.append(replace(model, look=Look(effects=(effect,))))
            texts.append(effect)
        rows.append([draw(scene) for scene in scenes])
        captions.append(texts)
        labels.append(attribute)
    return contact_sheet(rows, labels, (), (120, 120), captions=captions)


def _high(model: Scene, attribute: str) -> Scene:
    if attribute == "emotion":
        return replace(model, look=Look(emotion="happy"))
    if attribute == "pairing":
        other = KINDS[model.subject.kind].goes_with[0]
        return replace(model, companion=Thing(other, "yellow"), relation="beside")
    return replace(model, look=Look(high=(attribute,)))


def _effects(seed: int) -> Image:
    """Every effect once, by attribute."""
    scenes, captions = [], []
    for number, effects in enumerate(EFFECTS.values()):
        for effect in effects:
            model = _MODELS[3] if effect in FACIAL_EFFECTS else _MODELS[number % 3]
            framing = "portrait" if effect in FACIAL_EFFECTS else "scene"
            scenes.append(
                draw(replace(model, framing=framing, look=Look((effect,)), seed=seed + number))
            )
            captions.append(effect)
    width = 10
    starts = range(0, len(scenes), width)
    return contact_sheet(
        [scenes[i : i + width] for i in starts],
        cell=(112, 112),
        captions=[captions[i : i + width] for i in starts],
    )


def _emotions(seed: int) -> Image:
    """Faces and figures, by emotion."""
    rows = []
    for emotion in EMOTIONS:
        look = Look(emotion=emotion)
        faces = [
            draw(
                Scene(Thing("person", colour), place, framing="portrait", look=look, seed=seed + i)
            )
            for i, (colour, place) in enumerate(
                zip(list(COLOURS)[::2], list(PLACES)[:6], strict=True)
            )
        ]
        figures = [
            draw(
                Scene(
                    Thing("person", colour),
                    place,
                    look=Look((), ("prominence",), emotion),
                    seed=seed + i,
                )
            )
            for i, (colour, place) in enumerate((("yellow", "city"), ("teal", "meadow")))
        ]
        rows.append(faces + figures)
    return contact_sheet(rows, list(EMOTIONS), (), _CELL)


def _critique(seed: int) -> Image:
    """Every topic: with all its elements, with each alone, with none."""
    rows, captions = [], []
    for topic, elements in CRITIQUES.items():
        shown = (elements, *((element,) for element in elements), ())
        rows.append([draw(CritiqueScene(topic, some, seed=seed + 2)) for some in shown])
        captions.append(["all", *elements, "none"])
    return contact_sheet(rows, list(CRITIQUES), (), _CELL, captions=captions)


def _pairs(seed: int) -> Image:
    """Prompt pairs: the original scene, and the scene with the effects asked for."""
    pairs = world_pairs(18, seed)
    pictures, captions = [], []
    for row in pairs.frame.iter_rows(named=True):
        pair = pairs.scenes[row["id"]]
        pictures += [draw(pair.original), draw(pair.anti)]
        captions += ["original", _broken(row["effects"])]
    starts = range(0, len(pictures), 6)
    return contact_sheet(
        [pictures[i : i + 6] for i in starts],
        cell=(160, 160),
        captions=[captions[i : i + 6] for i in starts],
    )


def _broken(names: list[str]) -> str:
    return "\n".join([*names, *[""] * (4 - len(names))])


SHEETS: dict[str, Callable[[int], Image]] = {
    "objects": _objects,
    "places": _places,
    "attributes": _attributes,
    "effects": _effects,
    "emotions": _emotions,
    "critique": _critique,
    "pairs": _pairs,
}
"""Every sheet by its name."""
