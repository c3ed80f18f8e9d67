"""What a generator can do, measured on held-out prompts by a scorer that had no part in making it.

**Choice**: of the pictures it paints for the two prompts of a pair, with the same noise, does the
scorer take the anti picture under the anti prompt, and the original under the original? And
**recognition**: is the thing that an ordinary prompt asks for, and is its colour, the one that fits
the picture best among all that the world has? The world's own pictures of the same prompts are
measured beside, as the most that the scorer could find.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.bonsai.language import content
from widespectrum.bonsai.prompted import world_pairs
from widespectrum.bonsai.training.evaluation import measure_choice, score_pairs
from widespectrum.bonsai.world import Scene, Thing, draw
from widespectrum.bonsai.world.palette import COLOURS
from widespectrum.bonsai.world.things import KINDS
from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.errors import InvalidResult

if TYPE_CHECKING:
    from widespectrum.contracts import Image, Scorer


def measure_generator(
    generator: Generator, scorer: Scorer, count: int, seed: int
) -> dict[str, Any]:
    """Choice and recognition of any generator.

    Args:
        generator: who paints.
        scorer: who looks; it should have had no part in making the generator.
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
    shown = [pair.original for pair in scenes]
    return {
        "generator": generator.name,
        "fingerprint": generator.fingerprint,
        "scorer": scorer.name,
        "count": count,
        "seed": seed,
        "choice": measure_choice(score_pairs(scorer, painted, prompts), asked),
        "recognition": recognise(scorer, [original for original, _ in painted], shown),
        "choice_of_the_worlds_own": measure_choice(score_pairs(scorer, drawn, prompts), asked),
        "recognition_of_the_worlds_own": recognise(scorer, [one for one, _ in drawn], shown),
    }


def recognise(scorer: Scorer, pictures: Sequence[Image], scenes: Sequence[Any]) -> dict[str, Any]:
    """How often the subject's kind and colour fit its picture best among all.

    The same words are said of the scene with every kind, then with every colour; the scorer takes
    the wording with the highest score.

    Args:
        scorer: who looks.
        pictures: of the scenes.
        scenes: ordinary ones; what has no subject is passed over.
    """
    chosen = [number for number, scene in enumerate(scenes) if isinstance(scene, Scene)]
    kinds, colours = tuple(KINDS), tuple(COLOURS)
    seen, named = [pictures[n] for n in chosen], [scenes[n] for n in chosen]
    kind = _best(scorer, seen, named, [_of_kind(each) for each in kinds])
    colour = _best(scorer, seen, named, [_of_colour(each) for each in colours])
    right_kind = np.array([kinds[k] == s.subject.kind for k, s in zip(kind, named, strict=True)])
    right_colour = np.array(
        [colours[c] == s.subject.colour for c, s in zip(colour, named, strict=True)]
    )
    return {
        "pictures": len(chosen),
        "thing": float(right_kind.mean()),
        "colour": float(right_colour.mean()),
        "both": float((right_kind & right_colour).mean()),
        "thing_by_kind": {
            each: float(right_kind[mine].mean())
            for each in kinds
            if (mine := np.array([s.subject.kind == each for s in named])).any()
        },
    }


def _best(
    scorer: Scorer,
    pictures: Sequence[Image],
    scenes: Sequence[Scene],
    changes: Sequence[Callable[[Scene], Scene]],
) -> Any:
    """Which of the changes of each scene, put in words, fits its picture best."""
    said = [[content(change(scene)) for change in changes] for scene in scenes]
    prompts = list(dict.fromkeys(line for lines in said for line in lines))
    place = {line: number for number, line in enumerate(prompts)}
    pairs = np.array([(number, place[line]) for number, lines in enumerate(said) for line in lines])
    return scorer.score(pictures, prompts, pairs).reshape(len(scenes), -1).argmax(axis=1)


def _of_kind(kind: str) -> Callable[[Scene], Scene]:
    def change(scene: Scene) -> Scene:
        plain = replace(scene, framing="scene", look=replace(scene.look, emotion="calm"))
        return replace(plain, subject=Thing(kind, scene.subject.colour))

    return change


def _of_colour(colour: str) -> Callable[[Scene], Scene]:
    def change(scene: Scene) -> Scene:
        return replace(scene, subject=Thing(scene.subject.kind, colour))

    return change


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
