"""What the eye can do, measured against the world's own truth on scenes that it has never seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from PIL import Image as pil

from widespectrum.bonsai.models.eye import HUES, THINGS, BonsaiEye
from widespectrum.bonsai.prompted import world_pairs
from widespectrum.bonsai.sampling import ORDINARY, sample_scenes
from widespectrum.bonsai.training.recognition import LIKELY, Recognition, recognise, shown
from widespectrum.bonsai.training.wear import repainted
from widespectrum.bonsai.world import ScenePair, draw, render

EDGES = (0.0, 0.5, 0.7, 0.9, 0.97, 1.0)
"""Of the bins of confidence in which claims are compared with the truth."""


def measure_eye(eye: BonsaiEye, count: int, seed: int) -> dict[str, Any]:
    """Recognition, calibration and confusion, on held-out pairs.

    Args:
        eye: who looks.
        count: pairs as studies make them, with two to four dimensions lowered: their originals are
            the ordinary pictures. And as many with one, which say what each dimension hides.
        seed: of the pairs.
    """
    several, one = (
        _recognised(eye, count, seed, per_prompt=lowered) for lowered in ((2, 4), (1, 1))
    )
    originals = [pair.original for pair in several.pairs]
    met = list(sample_scenes(count, seed, split="train", recipe=ORDINARY))
    rng = np.random.default_rng(seed)
    painted = [pil.fromarray(repainted(render(scene), rng)) for scene in originals]
    ordinary = recognise(eye, [draw(scene) for scene in originals], originals)
    again = recognise(eye, painted, originals)
    known = recognise(eye, [draw(scene) for scene in met], met)
    return {
        "scorer": eye.name,
        "fingerprint": eye.fingerprint,
        "count": count,
        "seed": seed,
        "ordinary": ordinary.summary(),
        "ordinary_repainted": again.summary(),
        "ordinary_of_the_training_split": known.summary(),
        "anti": several.anti.summary(),
        "anti_by_dimensions": {
            number: exam.anti.take(exam.lowers(number)).summary()
            for exam, numbers in ((one, (1,)), (several, (2, 3, 4)))
            for number in numbers
        },
        "one_dimension": {
            dimension: one.anti.take(one.lowers(dimension)).summary()
            for dimension in sorted({name for names in one.asked for name in names})
        },
        "calibration": {"ordinary": calibration(ordinary), "anti": calibration(several.anti)},
        "confusion": {"things": confused_things(ordinary), "colours": confused_colours(ordinary)},
    }


@dataclass(frozen=True)
class _Exam:
    """Pairs, the dimensions that they lower, and what an eye sees in their anti pictures."""

    pairs: list[ScenePair]
    asked: list[list[str]]
    anti: Recognition

    def lowers(self, what: int | str) -> Any:
        """Pairs that lower so many dimensions, or this one."""
        if isinstance(what, int):
            return np.array([len(names) == what for names in self.asked])
        return np.array([what in names for names in self.asked])


def _recognised(eye: BonsaiEye, count: int, seed: int, per_prompt: tuple[int, int]) -> _Exam:
    made = world_pairs(count, seed, per_prompt=per_prompt, split="test")
    rows = made.frame.select("id", "dimensions").rows()
    pairs = [made.scenes[name] for name, _ in rows]
    pictures = [draw(pair.anti) for pair in pairs]
    anti = recognise(eye, pictures, [pair.anti for pair in pairs])
    return _Exam(pairs, [asked for _, asked in rows], anti)


def calibration(seen: Recognition) -> dict[str, Any]:
    """How often a claim is true, by how sure the eye is of it.

    A claim is: this thing is there, in this colour; one for every thing that is seen, in its
    likeliest colour. Pictures to which an effect has added strangers are left out.

    Returns:
        ``error`` is the expected calibration error: the distance between confidence and share of
        true claims, averaged over the bins by their number of claims.
    """
    whole = seen.take(seen.whole)
    picture, thing = np.nonzero(whole.seen)
    colour = whole.sight.colours.argmax(-1)[picture, thing]
    sure = whole.sight.things[picture, thing] * whole.sight.colours[picture, thing, colour]
    true = np.array(
        [
            shown(whole.scenes[row]).get(THINGS[kind]) == HUES[hue]
            for row, kind, hue in zip(picture, thing, colour, strict=True)
        ],
        dtype=np.bool_,
    )
    bins = []
    for low, high in pairwise(EDGES):
        mine = (sure >= low) & ((sure < high) | (high == EDGES[-1]))
        if mine.any():
            bins.append(
                {
                    "from": low,
                    "to": high,
                    "claims": int(mine.sum()),
                    "confidence": float(sure[mine].mean()),
                    "true": float(true[mine].mean()),
                }
            )
    gaps = [row["claims"] * abs(row["confidence"] - row["true"]) for row in bins]
    return {"claims": len(sure), "bins": bins, "error": sum(gaps) / max(len(sure), 1)}


def confused_things(seen: Recognition) -> list[dict[str, Any]]:
    """Which thing the eye takes for which, where only one was asked for; the most frequent first.

    What it says is the likeliest thing, or nothing if none is likelier than not.
    """
    alone = seen.take(np.array([scene.companion is None for scene in seen.scenes], np.bool_))
    said = [
        THINGS[row.argmax()] if row.max() >= LIKELY else "nothing" for row in alone.sight.things
    ]
    return _confused([scene.subject.kind for scene in alone.scenes], said)


def confused_colours(seen: Recognition) -> list[dict[str, Any]]:
    """Which colour it takes for which, of subjects that it recognises; the most frequent first."""
    known = seen.take(seen.thing)
    said = known.sight.colours[np.arange(len(known)), known.things].argmax(-1)
    return _confused([scene.subject.colour for scene in known.scenes], [HUES[n] for n in said])


def _confused(asked: list[str], said: list[str]) -> list[dict[str, Any]]:
    of = Counter(asked)
    wrong = Counter((a, s) for a, s in zip(asked, said, strict=True) if a != s)
    return [
        {"asked": a, "said": s, "times": times, "of": of[a]}
        for (a, s), times in wrong.most_common()
    ]
