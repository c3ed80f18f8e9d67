"""What a generator can do, measured on held-out prompts by models that had no part in making it.

**Choice**: of the pictures it paints for the two prompts of a pair, with the same noise, does a
scorer take the anti picture under the anti prompt, and the original under the original?
**Recognition**: does an eye see the thing that the prompt asks for, in its colour? The world's own
pictures of the same prompts are measured beside, as the most that scorer and eye could find.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from widespectrum.bonsai.models.eye import BonsaiEye
from widespectrum.bonsai.prompted import world_pairs
from widespectrum.bonsai.training.evaluation import measure_choice, score_pairs
from widespectrum.bonsai.training.recognition import recognise
from widespectrum.bonsai.world import ScenePair, draw
from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.errors import InvalidResult

if TYPE_CHECKING:
    from widespectrum.contracts import Image, Scorer


def measure_generator(
    generator: Generator, scorer: Scorer, eye: BonsaiEye, count: int, seed: int
) -> dict[str, Any]:
    """Choice and recognition of any generator.

    Args:
        generator: who paints.
        scorer: who chooses; it should have had no part in making the generator.
        eye: who recognises.
        count: held-out pairs.
        seed: of the pairs and of the noise.

    Raises:
        InvalidResult: the generator failed on a prompt.
    """
    made = world_pairs(count, seed, split="test")
    rows = made.frame.select("id", "prompt_original", "prompt_anti", "dimensions").rows()
    scenes = [made.scenes[name] for name, *_ in rows]
    prompts = [(original, anti) for _, original, anti, _ in rows]
    asked = [tuple(dimensions) for *_, dimensions in rows]
    noise = [seed * count + number for number in range(count)]
    painted = list(
        zip(
            _paint(generator, [original for original, _ in prompts], noise),
            _paint(generator, [anti for _, anti in prompts], noise),
            strict=True,
        )
    )
    drawn = [(draw(pair.original), draw(pair.anti)) for pair in scenes]
    return {
        "generator": generator.name,
        "fingerprint": generator.fingerprint,
        "scorer": scorer.name,
        "eye": eye.name,
        "eye_fingerprint": eye.fingerprint,
        "count": count,
        "seed": seed,
        "choice": measure_choice(score_pairs(scorer, painted, prompts), asked),
        "choice_of_the_worlds_own": measure_choice(score_pairs(scorer, drawn, prompts), asked),
        "recognition": _recognition(eye, painted, scenes),
        "recognition_of_the_worlds_own": _recognition(eye, drawn, scenes),
    }


def _recognition(
    eye: BonsaiEye, pictures: Sequence[tuple[Image, Image]], pairs: Sequence[ScenePair]
) -> dict[str, Any]:
    """Under ordinary and under anti prompts."""
    ordinary = recognise(eye, [one for one, _ in pictures], [pair.original for pair in pairs])
    anti = recognise(eye, [other for _, other in pictures], [pair.anti for pair in pairs])
    return {"ordinary": ordinary.summary(), "anti": anti.summary()}


def _paint(generator: Generator, prompts: Sequence[str], seeds: Sequence[int]) -> list[Image]:
    requests = [GenerationRequest(p, seed) for p, seed in zip(prompts, seeds, strict=True)]
    pictures = []
    for request, answer in zip(requests, generator.generate(requests), strict=True):
        if isinstance(answer, Failure):
            raise InvalidResult(
                f"{generator.name} failed on {request.prompt!r} ({answer.reason})",
                "Measure a generator that paints every prompt of Bonsai's world.",
            )
        pictures.append(answer)
    return pictures
