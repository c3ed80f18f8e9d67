"""Who stands where: the sizes and places of everything in a scene.

The frame of the picture is 0..1 in both directions. What the scene leaves open is drawn from its
seed; the streams are separate, so that an effect moves only what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from widespectrum.bonsai.world.attributes import Level
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.bonsai.world.scene import Scene, Thing
from widespectrum.bonsai.world.things import KINDS

PORTRAIT_SIZE = 0.5
"""Half the height of head and shoulders, as a share of the picture's side."""


@dataclass(frozen=True)
class Placement:
    """One thing and where it stands."""

    thing: Thing
    x: float
    """Of its middle."""
    foot: float
    """Of its lower edge; may lie outside the picture."""
    size: float
    """Half its height."""
    flip: bool = False
    turn: float = 0.0
    """Degrees counter-clockwise."""
    ground: float | None = None
    """Where its shadow falls; ``None`` for right below it, on its foot."""
    role: str = "subject"
    """``subject``, ``companion``, or ``intruder``: something nobody asked for by name."""
    portrait: bool = False

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom, in shares of the picture's side; may reach beyond it."""
        return (
            self.x - self.size,
            self.foot - 2 * self.size,
            self.x + self.size,
            self.foot,
        )


@dataclass(frozen=True)
class Composition:
    """Horizon and placements, the farthest first."""

    horizon: float
    placements: tuple[Placement, ...]

    @property
    def subject(self) -> Placement:
        """The main object."""
        return next(p for p in self.placements if p.role == "subject")


def compose(scene: Scene) -> Composition:
    """Find a place for everything in the scene."""
    dice = scene.dice("composition")
    horizon = dice.uniform(0.54, 0.66)
    subject = _subject(scene, dice, horizon)
    placements = [subject]
    if scene.companion is not None:
        placements = _with_companion(scene, subject, dice)
    placements = _low_prominence(scene, placements, horizon)
    placements = _low_pairing(scene, placements, horizon)
    return Composition(horizon, tuple(_explicit(scene, p) for p in placements))


def _subject(scene: Scene, dice: Random, horizon: float) -> Placement:
    flip = dice.random() < 0.5
    if scene.framing == "portrait":
        size = PORTRAIT_SIZE * (1.12 if scene.look.level("prominence") is Level.HIGH else 1.0)
        x = 0.5 + dice.uniform(-0.03, 0.03)
        return Placement(scene.subject, x, 0.48 + size, size, flip, portrait=True)
    kind = KINDS[scene.subject.kind]
    if scene.look.level("prominence") is Level.HIGH:
        size, x, foot = dice.uniform(0.38, 0.43), dice.uniform(0.46, 0.54), dice.uniform(0.92, 0.96)
        size = min(size * kind.scale, 0.46)
    else:
        size, x, foot = dice.uniform(0.24, 0.29), dice.uniform(0.34, 0.66), dice.uniform(0.8, 0.9)
        size *= kind.scale
    return _lifted(Placement(scene.subject, x, foot, size, flip))


def _lifted(placement: Placement) -> Placement:
    """Things that hover leave the ground; their shadow stays there."""
    lift = KINDS[placement.thing.kind].hovers * placement.size
    foot = max(placement.foot - lift, 2 * placement.size + 0.02)
    foot = min(foot, placement.foot)
    return replace(placement, foot=foot, ground=placement.foot)


def _with_companion(scene: Scene, subject: Placement, dice: Random) -> list[Placement]:
    """Subject and companion in their relation, in the order of drawing."""
    thing = scene.companion
    assert thing is not None
    kind = KINDS[thing.kind]
    flip = dice.random() < 0.5
    large = scene.look.level("prominence") is Level.HIGH
    foot = subject.ground if subject.ground is not None else subject.foot
    size = subject.size if large else min(subject.size, 0.23 * KINDS[subject.thing.kind].scale)

    def companion(x: float, foot: float, share: float) -> Placement:
        return _lifted(Placement(thing, x, foot, size * share * kind.scale, flip, role="companion"))

    me = replace(subject, size=size)
    match scene.relation:
        case "left of" | "right of":
            side = -1 if scene.relation == "left of" else 1
            shift = size * (0.3 if large else 0.0)
            me = _lifted(replace(me, x=0.5 + side * (0.24 - shift), foot=foot))
            other = companion(0.5 - side * (0.27 + shift), foot - 0.02, 0.7 if large else 0.85)
            return [other, me]
        case "beside":
            side = dice.choice((-1, 1))
            x = min(0.74, max(0.26, 0.5 - side * 0.16))
            reach = size * 1.05 + size * 0.5 * kind.scale
            me = _lifted(replace(me, x=x, foot=foot))
            return [companion(min(0.88, max(0.12, x + side * reach)), foot + 0.03, 0.56), me]
        case "above":
            low = companion(0.5 + dice.uniform(-0.06, 0.06), 0.93, 0.72)
            size = min(size, 0.21)
            return [low, replace(me, x=low.x, foot=low.box[1] - 0.02, size=size, ground=0.93)]
        case "under":
            me = replace(me, x=0.5 + dice.uniform(-0.06, 0.06), foot=0.93, size=min(size, 0.22))
            me = replace(me, ground=0.93)
            high = replace(companion(me.x, 0.5, 0.8), foot=me.box[1] - 0.01, ground=0.93)
            return [me, high]
        case "on":
            base = companion(0.5 + dice.uniform(-0.08, 0.08), 0.93, 0.95)
            base = replace(base, foot=0.93, ground=0.93)
            top = base.foot - base.size * (2.0 - 0.12)
            size = min(size, 0.2)
            return [base, replace(me, x=base.x, foot=top + 0.02, size=size, ground=top + 0.02)]
        case "in front of":
            side = dice.choice((-1, 1))
            back = replace(companion(0.5 + side * 0.13, foot - 0.1, 1.15), foot=foot - 0.1)
            return [back, replace(me, x=0.5 - side * 0.1, foot=foot + 0.05, ground=foot + 0.05)]
        case _:  # behind
            side = dice.choice((-1, 1))
            me = replace(me, x=0.5 + side * 0.11, foot=foot - 0.1, size=size * 1.15)
            front = companion(0.5 - side * 0.12, foot + 0.05, 0.85)
            return [replace(me, ground=me.foot), replace(front, foot=foot + 0.05)]


def _low_prominence(scene: Scene, placements: list[Placement], horizon: float) -> list[Placement]:
    look, dice = scene.look, scene.dice("prominence")
    side = dice.choice((-1, 1))
    if look.shows("tiny-subject"):
        size, x = dice.uniform(0.075, 0.095), 0.5 + side * dice.uniform(0.3, 0.38)
        foot = dice.uniform(horizon + 0.1, 0.92)
        return _regrouped(placements, x, foot, size)
    if look.shows("cropped-subject"):
        return _regrouped(placements, 0.5 + side * dice.uniform(0.5, 0.56), 0.98, 0.34)
    if look.shows("accidental-snapshot"):
        return [
            replace(p, turn=p.turn + side * 14)
            for p in _regrouped(placements, 0.5 + side * 0.44, dice.uniform(1.06, 1.14), 0.28)
        ]
    if look.shows("empty-center"):
        return _regrouped(placements, 0.5 + side * dice.uniform(0.4, 0.43), 0.84, 0.15)
    if look.shows("many-equals"):
        return _equals(placements, dice)
    return placements


def _regrouped(placements: list[Placement], x: float, foot: float, size: float) -> list[Placement]:
    """Everything moved and scaled so that the subject comes to stand there at that size."""
    subject = next(p for p in placements if p.role == "subject")
    share = size / subject.size

    def moved(p: Placement) -> Placement:
        drop = p.foot - subject.foot
        shadow = p.ground if p.ground is not None else p.foot
        new_foot = foot + drop * share
        return replace(
            p,
            x=x + (p.x - subject.x) * share,
            foot=new_foot,
            size=p.size * share,
            ground=new_foot + (shadow - p.foot) * share,
            portrait=p.portrait and size > 0.2,
        )

    return [moved(p) for p in placements]


def _equals(placements: list[Placement], dice: Random) -> list[Placement]:
    """The subject among eight of its kind, all alike but for their colour."""
    subject = next(p for p in placements if p.role == "subject")
    spots = [(x, foot) for foot in (0.62, 0.8, 0.98) for x in (0.18, 0.5, 0.82)]
    place = dice.randrange(9)
    size = 0.125
    crowd = []
    for i, (x, foot) in enumerate(spots):
        colour = subject.thing.colour if i == place else dice.choice(list(COLOURS))
        crowd.append(
            Placement(
                replace(subject.thing, colour=colour, size=None, position=None),
                x,
                foot,
                size,
                dice.random() < 0.5,
                ground=foot,
                role="subject" if i == place else "intruder",
            )
        )
    return crowd


def _low_pairing(scene: Scene, placements: list[Placement], horizon: float) -> list[Placement]:
    look, dice = scene.look, scene.dice("pairing")
    subject = next(p for p in placements if p.role == "subject")
    strangers = _strangers(scene, dice)

    def intruder(
        x: float, foot: float, size: float, turn: float = 0.0, ground: float | None = None
    ) -> Placement:
        kind, colour = strangers.pop(), dice.choice(list(COLOURS))
        flip = dice.random() < 0.5
        thing = Thing(kind, colour)
        return Placement(thing, x, foot, size, flip, turn, ground, role="intruder")

    side = 1 if subject.x < 0.5 else -1
    if look.shows("wrong-sizes"):
        giant = intruder(0.5 + side * 0.3, 0.99, 0.44, ground=0.99)
        small = replace(subject, size=subject.size * 0.6, x=0.5 - side * 0.26)
        placements = [giant, *(small if p is subject else p for p in placements)]
        placements.append(intruder(0.5 - side * 0.02, 0.95, 0.07, ground=0.95))
    if look.shows("floating-items"):
        for x, y in ((0.18, 0.28), (0.5, 0.2), (0.82, 0.3)):
            at = x + dice.uniform(-0.05, 0.05)
            thing = intruder(at, y + dice.uniform(0, 0.08), 0.11, dice.choice((-38, 32, 160, 200)))
            placements.append(replace(thing, ground=2.0))
    if look.shows("unrelated-props"):
        for x in (subject.x - 1.35 * subject.size, subject.x + 1.35 * subject.size):
            at = min(0.88, max(0.12, x))
            placements.append(intruder(at, dice.uniform(0.86, 0.97), 0.14, dice.choice((-14, 12))))
    if look.shows("surreal-pairing"):
        top = max(0.26, subject.box[1] + 0.05)
        placements.append(replace(intruder(subject.x, top, subject.size * 0.7), ground=2.0))
        placements.append(replace(intruder(0.5 + side * 0.32, 0.3, 0.14, 180.0), ground=2.0))
    if look.shows("awkward-overlaps"):
        for dx, dy in ((-0.5, -0.1), (0.55, 0.06), (0.1, -0.85)):
            x, foot = subject.x + dx * subject.size, subject.foot + dy * subject.size
            placements.append(intruder(x, foot, subject.size * 0.6, dice.choice((-18, 16))))
    if look.shows("crowded-jumble"):
        for _ in range(9):
            x, foot = dice.uniform(0.08, 0.92), dice.uniform(horizon - 0.02, 1.02)
            jumbled = intruder(x, foot, dice.uniform(0.1, 0.15), dice.choice((-30, -12, 10, 25)))
            placements.insert(dice.randrange(len(placements) + 1), jumbled)
    if look.shows("lopsided-weight"):
        placements = _regrouped(placements, 0.5 - side * 0.3, 0.84, min(subject.size, 0.2))
        for dx, foot, size in ((0.02, 0.98, 0.13), (0.2, 0.95, 0.12), (0.06, 0.5, 0.11)):
            placements.append(intruder(0.5 - side * (0.46 - dx), foot, size))
    return placements


def _strangers(scene: Scene, dice: Random) -> list[str]:
    """Kinds that do not belong with the subject, shuffled, enough for every effect at once."""
    present = {scene.subject.kind, "person"}
    if scene.companion is not None:
        present.add(scene.companion.kind)
    kinds = [k for k in KINDS if k not in present and k not in KINDS[scene.subject.kind].goes_with]
    return dice.sample(kinds, len(kinds)) + dice.sample(kinds, len(kinds))


def _explicit(scene: Scene, placement: Placement) -> Placement:
    """What the scene itself says about size and place has the last word."""
    thing = placement.thing
    if placement.role == "intruder" or (thing.size is None and thing.position is None):
        return placement
    x, foot = thing.position or (placement.x, placement.foot)
    size = thing.size or placement.size
    return replace(placement, x=x, foot=foot, size=size, ground=foot)
