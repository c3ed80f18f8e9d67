"""Generators with a known answer: Bonsai's world draws exactly what is asked, or does not dare.

A bold painter draws the scene that the prompt asks for; a timid one draws the scene of the ordinary
prompt instead, with a known probability that follows from prompt and seed alone. The truth judge
and the truth chooser read the scene behind a picture, so that nothing but timidity is measured.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache

import numpy as np

from widespectrum.bonsai.prompted import world_pairs
from widespectrum.bonsai.world.dimensions import DIMENSION_ATTRIBUTES, truth
from widespectrum.bonsai.world.render import draw
from widespectrum.contracts import Choice, Failure
from widespectrum.statistics.arrays import Floats

SEEN = {}
"""Bytes of a picture -> the scene it shows."""


def seen():
    """`SEEN` of the one module of this name: a model named by file is another copy of it."""
    import world_painters

    return world_painters.SEEN


def lot(*parts) -> float:
    """A number in [0, 1) that follows from the parts."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@cache
def asked(count: int, seed: int = 0):
    """Prompt pairs and the scenes that answer them."""
    pairs = world_pairs(count, seed)
    scenes = {}
    for row in pairs.frame.iter_rows(named=True):
        scenes[row["prompt_original"]] = (pairs.scenes[row["id"]].original,) * 2
        scenes[row["prompt_anti"]] = (
            pairs.scenes[row["id"]].anti,
            pairs.scenes[row["id"]].original,
        )
    return pairs.frame, scenes


class Painter:
    """Draws the scene of the prompt, or with probability `timid` that of the ordinary prompt."""

    def __init__(self, name="bold", timid=0.0, *, count=16, fails=0.0):
        self.name, self.timid, self.count, self.fails = name, timid, count, fails
        self.fingerprint = f"painter-{name}-{timid}-{fails}"
        self.painted = 0

    def generate(self, requests):
        _, scenes = asked(self.count)
        return [self._one(request, *scenes[request.prompt]) for request in requests]

    def _one(self, request, wanted, ordinary):
        self.painted += 1
        if lot("fails", request.prompt, request.seed, self.name) < self.fails:
            return Failure("provider_refused", "will not paint that")
        dares = lot("dares", request.prompt, request.seed) >= self.timid
        scene = replace(wanted if dares else ordinary, seed=request.seed)
        image = draw(scene)
        seen()[image.tobytes()] = scene
        return image


class TruthJudge:
    """Says what the scene behind the picture is."""

    name, fingerprint = "truth", "truth-judge"
    dimensions = tuple(DIMENSION_ATTRIBUTES)

    def rate(self, images, dimensions):
        rated = np.zeros((len(images), len(dimensions), 3), np.float32)
        for row, image in enumerate(images):
            levels = truth(seen()[image.convert("RGB").tobytes()])
            for column, dimension in enumerate(dimensions):
                rated[row, column, int(levels[dimension])] = 1
        return rated


class TruthChooser:
    """Takes the picture whose scene the prompt asks for; two of the same scene are a tie."""

    name, fingerprint = "truth-chooser", "truth-chooser"

    def __init__(self, count=16):
        self.count = count

    def choose(self, contests):
        _, scenes = asked(self.count)
        chosen = []
        for contest in contests:
            wanted = scenes[contest.prompt][0].look
            shown = [
                seen()[image.convert("RGB").tobytes()].look == wanted
                for image in (contest.first, contest.second)
            ]
            chosen.append(Choice(-1 if shown[0] == shown[1] else int(shown[1])))
        return chosen


def painted_by_hand(
    generators: dict[str, Floats], *, repeats: int = 1, clusters: list[str] | None = None
):
    """Shots whose choices are given: generator -> choice of every prompt (repeats in a row)."""
    import polars as pl

    from widespectrum.studies.painted import RATINGS, SCORES, SHOTS, Painted

    rows = []
    for name, choices in generators.items():
        for place, choice in enumerate(choices):
            prompt, repeat = divmod(place, repeats)
            rows.append(
                {
                    "id": f"{name} | {prompt} | {repeat}",
                    "generator": name,
                    "prompt": f"prompt {prompt:03d}",
                    "repeat": repeat,
                    "cluster": clusters[prompt] if clusters else f"prompt {prompt:03d}",
                    "prompt_original": f"a cat {prompt}",
                    "prompt_anti": f"a blurred cat {prompt}",
                    "dimensions": ["clarity"] if prompt % 2 else ["clarity", "emotion"],
                    "image_original": "0" * 64,
                    "image_anti": "1" * 64,
                    "choice": None if choice is None else int(choice),
                }
            )
    return Painted(
        pl.DataFrame(rows, schema=SHOTS),
        pl.DataFrame(schema=SCORES),
        pl.DataFrame(schema=RATINGS),
        chooser="by hand",
    )


class Editor(Painter):
    """Keeps the picture it begins with, or with probability polish x strength draws the ordinary
    scene instead."""

    def __init__(self, name="keeper", polish=0.0, *, count=16):
        super().__init__(name, count=count)
        self.polish, self.fingerprint = polish, f"editor-{name}-{polish}"

    def generate(self, requests):
        _, scenes = asked(self.count)
        return [self._edit(request, *scenes[request.prompt]) for request in requests]

    def _edit(self, request, _, ordinary):
        self.painted += 1
        if lot("polish", ordinary, request.seed) >= self.polish * request.strength:
            return request.start_image
        image = draw(replace(ordinary, seed=request.seed))
        seen()[image.tobytes()] = ordinary
        return image
