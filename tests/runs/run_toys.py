"""Toy models behind the real contracts: cheap, deterministic, and breakable on request.

A scorer that obeys arithmetic lets a test compute what the tables must hold without the engine.
"""

import numpy as np
from PIL import Image

from widespectrum.contracts import VARIANTS, Choice, Failure, ScorerFacts
from widespectrum.runs import (
    ChoiceRequest,
    ChoiceWork,
    ImageRequest,
    ImageWork,
    Plan,
    RatingRequest,
    RatingWork,
    ScoreRequest,
    ScoreWork,
)

DIMENSIONS = ("clarity", "emotion", "richness")


def picture(seed: int, side: int = 8) -> Image.Image:
    """Noise around a level that the seed decides."""
    noise = np.random.default_rng(seed).integers(0, 40, (side, side, 3))
    return Image.fromarray((noise + seed * 37 % 200).astype(np.uint8))


def brightness(image: Image.Image) -> float:
    return float(np.asarray(image).mean())


class ToyMaker:
    """Noise by seed. Payload `refuse` gives a `Failure`, `explode` raises."""

    def __init__(self, name="noise", mended=False):
        self.name = name
        self.fingerprint = f"maker-{name}"
        self.mended = mended
        self.calls = []

    def make(self, requests):
        self.calls.append(len(requests))
        if not self.mended and any("explode" in r.payload for r in requests):
            raise RuntimeError("exploded")
        return [
            Failure("provider_refused", r.payload["refuse"])
            if "refuse" in r.payload and not self.mended
            else picture(r.payload["seed"], r.payload.get("side", 8))
            for r in requests
        ]


class ToyScorer:
    """Brightness plus the number of words. Remembers what it was asked; breaks as told."""

    facts = ScorerFacts(prompt_aware=True, token_limit=5)

    def __init__(self, name="toy", version="", *, raises=(), nan=(), error=ValueError):
        self.name = name
        self.fingerprint = f"scorer-{name}{version}"
        self.raises, self.nan, self.error = set(raises), set(nan), error
        self.calls = []

    def tokens(self, prompts):
        return np.array([len(prompt.split()) for prompt in prompts], dtype=np.int64)

    def score(self, images, prompts, pairs):
        self.calls.append((len(images), len(prompts), len(pairs)))
        if self.raises.intersection(prompts):
            raise self.error("cannot score this")
        return np.array(
            [
                np.nan
                if prompts[p] in self.nan
                else brightness(images[i]) + len(prompts[p].split())
                for i, p in pairs
            ],
            dtype=np.float32,
        )


class ToyJudge:
    name = "judge"
    fingerprint = "judge-1"

    def __init__(self):
        self.calls = []

    def rate(self, images, dimensions):
        self.calls.append((len(images), len(dimensions)))
        high = np.array(
            [[brightness(im) / 512 / (1 + len(d)) for d in dimensions] for im in images]
        )
        return np.stack([np.full_like(high, 0.25), 0.75 - high, high], axis=-1).astype(np.float32)


class ToyChooser:
    name = "chooser"
    fingerprint = "chooser-1"

    def __init__(self):
        self.calls = []

    def choose(self, contests):
        self.calls.append(len(contests))
        return [
            Choice(int(brightness(c.second) > brightness(c.first)), 0.5, {"words": len(c.prompt)})
            for c in contests
        ]


def prompts_of(pair: int) -> tuple[str, str]:
    return f"a cat number {pair}", f"a blurred grainy cat number {pair}"


def image_requests(pairs: int, payloads=None) -> list[ImageRequest]:
    payloads = payloads or {}
    return [
        ImageRequest(f"p{i}", variant, {"seed": 2 * i + k, **payloads.get((i, variant), {})})
        for i in range(pairs)
        for k, variant in enumerate(VARIANTS)
    ]


def score_requests(pairs: int) -> list[ScoreRequest]:
    return [
        ScoreRequest(f"p{i}", variant, prompt)
        for i in range(pairs)
        for variant in VARIANTS
        for prompt in prompts_of(i)
    ]


def toy_plan(pairs=10, *, maker=None, scorers=None, payloads=None, unit_size=16, batch_size=8):
    """Images and scores of `pairs` pairs."""
    return Plan(
        images=[ImageWork(maker or ToyMaker(), image_requests(pairs, payloads), unit_size=8)],
        scores=[
            ScoreWork(scorer, score_requests(pairs), batch_size=batch_size, unit_size=unit_size)
            for scorer in ([ToyScorer()] if scorers is None else scorers)
        ],
    )


def ratings(pairs=10, judge=None) -> Plan:
    requests = [
        RatingRequest(f"p{i}", variant, dimension)
        for i in range(pairs)
        for variant in VARIANTS
        for dimension in DIMENSIONS
    ]
    return Plan(ratings=[RatingWork(judge or ToyJudge(), requests, batch_size=4, unit_size=4)])


def choices(pairs=10, chooser=None) -> Plan:
    requests = [
        ChoiceRequest((f"p{i}", first), (f"p{i}", second), prompts_of(i)[1])
        for i in range(pairs)
        for first, second in (VARIANTS, VARIANTS[::-1])
    ]
    return Plan(choices=[ChoiceWork(chooser or ToyChooser(), requests, batch_size=4, unit_size=8)])
