"""What holds for every family: a seed's picture is its own, every request is answered, facts count.

Each is a tiny repository of the real pipeline class, painted by its catalog entry, and held against
that class called as its documentation says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import diffusers
import pytest
from PIL import Image
from probing import PROMPTS, apart, passes_of, requests, sources, start_picture
from tiny_flux2 import write_klein
from tiny_glm_image import write_glm_image
from tiny_longcat import write_longcat
from tiny_qwen_image import write_qwen_image
from tiny_z_image import write_z_image

from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.generators import generator_facts, load_generator
from widespectrum.images import record_of


@dataclass(frozen=True)
class Family:
    """One catalog entry, and what is known about its pipeline from its documentation."""

    write: Callable[[Path], Path]
    pipeline: str
    bare: dict[str, Any]
    """Arguments for the bare class that mean the same as the entry's own settings."""
    passes_per_step: int
    w: float | None
    takes_negative: bool
    sibling: str | None = None
    without: dict[str, Any] = field(default_factory=dict)
    """Components that the bare class is loaded without."""


SIDE, STEPS = 32, 2
FAMILIES = {
    "flux2-klein-9b": Family(
        write_klein, "Flux2KleinPipeline", {"guidance_scale": 1.0}, 1, None, False,
    ),
    "z-image": Family(
        write_z_image, "ZImagePipeline", {"guidance_scale": 4.0}, 2, 5.0, True,
        sibling="ZImageImg2ImgPipeline",
    ),
    "z-image-turbo": Family(
        write_z_image, "ZImagePipeline", {"guidance_scale": 0.0}, 1, 1.0, False,
        sibling="ZImageImg2ImgPipeline",
    ),
    "qwen-image": Family(
        write_qwen_image, "QwenImagePipeline", {"true_cfg_scale": 4.0, "negative_prompt": [" "]},
        2, 4.0, True, sibling="QwenImageImg2ImgPipeline",
    ),
    "longcat-image": Family(
        write_longcat, "LongCatImagePipeline",
        {"guidance_scale": 4.5, "enable_prompt_rewrite": False}, 2, 4.5, True,
        without={"text_processor": None},
    ),
    "glm-image": Family(
        write_glm_image, "GlmImagePipeline", {"guidance_scale": 1.5}, 2, 1.5, False,
    ),
}  # fmt: skip
START = [name for name, family in FAMILIES.items() if family.sibling is not None]


@dataclass(frozen=True)
class Painted:
    """A loaded generator, and what it makes of three requests, one at a time."""

    generator: Generator
    family: Family
    folder: Path
    alone: list[Image.Image]


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Painted]:
    """Every family once, when it is first asked for."""
    known: dict[str, Painted] = {}

    def of(name: str) -> Painted:
        if name not in known:
            family = FAMILIES[name]
            folder = family.write(tmp_path_factory.mktemp(name))
            generator = tiny(name, folder)
            alone = [generator.generate([request])[0] for request in requests()]
            assert all(isinstance(image, Image.Image) for image in alone), alone
            known[name] = Painted(generator, family, folder, alone)
        return known[name]

    return of


def tiny(name: str, folder: Path, **settings: Any) -> Generator:
    """A catalog entry on a tiny repository."""
    small = {"size": SIDE, "steps": STEPS, "dtype": "float32", "device": "cpu", "batch": 3}
    return load_generator(name, path=str(folder), **{**small, **settings})


def bare(painted: Painted) -> Any:
    """The pipeline class itself, read by diffusers' own loading."""
    kind = getattr(diffusers, painted.family.pipeline)
    pipeline = kind.from_pretrained(painted.folder, **painted.family.without)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.mark.parametrize("name", FAMILIES)
def test_pictures_are_those_of_the_pipeline_called_by_hand(painted, name):
    made = painted(name)
    pipeline = bare(made)
    for request, ours in zip(requests()[:2], made.alone, strict=False):
        theirs = pipeline(
            prompt=[request.prompt],
            generator=sources(request.seed),
            width=SIDE,
            height=SIDE,
            num_inference_steps=STEPS,
            **made.family.bare,
        ).images[0]
        assert apart(ours, theirs) <= 1


@pytest.mark.parametrize("name", FAMILIES)
def test_a_batch_changes_no_picture(painted, name):
    made = painted(name)
    together = made.generator.generate(requests())
    assert [apart(a, b) <= 1 for a, b in zip(together, made.alone, strict=True)] == [True] * 3
    backwards = made.generator.generate(requests()[::-1])
    assert [apart(a, b) <= 1 for a, b in zip(backwards[::-1], made.alone, strict=True)] == [
        True
    ] * 3


@pytest.mark.parametrize("name", FAMILIES)
def test_seed_and_prompt_both_decide(painted, name):
    made = painted(name)
    reseeded, reworded = made.generator.generate(
        [GenerationRequest(PROMPTS[0], 2), GenerationRequest(PROMPTS[1], 1)]
    )
    assert apart(reseeded, made.alone[0]) > 10
    assert apart(reworded, made.alone[0]) > 2


@pytest.mark.parametrize("name", FAMILIES)
def test_facts_and_records_say_what_was_computed(painted, name):
    made = painted(name)
    facts = generator_facts(made.generator)
    assert facts is not None
    assert facts.guidance is not None
    with passes_of(made.generator.pipeline.transformer) as seen:
        (image,) = made.generator.generate(requests()[:1])
    assert sum(seen) == STEPS * made.family.passes_per_step == facts.passes
    assert facts.guidance.w == made.family.w
    assert facts.takes_negative == made.family.takes_negative
    assert facts.takes_start_image == (made.family.sibling is not None)
    assert facts.rewrites_prompt is False
    assert (facts.size, facts.steps) == ((SIDE, SIDE), STEPS)
    record = record_of(image)
    assert (record["pipeline"], record["seed"]) == (made.family.pipeline, 1)
    assert (record["passes"], record["steps"]) == (facts.passes, STEPS)
    assert record["guidance"]["w"] == made.family.w
    assert record["scheduler"]["timesteps"][0] > record["scheduler"]["timesteps"][-1]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_request_is_answered_in_its_place(painted, name):
    made = painted(name)
    asked = [
        GenerationRequest(PROMPTS[0], -1),
        GenerationRequest(PROMPTS[0], 1),
        GenerationRequest(PROMPTS[0], 1, negative_prompt="dark"),
        GenerationRequest(PROMPTS[0], 1, start_image=start_picture(), strength=0.5),
        GenerationRequest(PROMPTS[0], 1, start_image=start_picture(), strength=1.5),
        GenerationRequest(PROMPTS[0], 1, strength=0.5),
    ]
    answers = made.generator.generate(asked)
    good = [isinstance(answer, Image.Image) for answer in answers]
    has_start = made.family.sibling is not None
    assert good == [False, True, made.family.takes_negative, has_start, False, False]
    assert apart(answers[1], made.alone[0]) <= 1
    for answer in answers:
        assert not isinstance(answer, Failure) or (answer.kind == "bad_input" and answer.reason)


@pytest.mark.parametrize("name", [n for n in FAMILIES if FAMILIES[n].takes_negative])
def test_a_negative_prompt_reaches_only_its_own_picture(painted, name):
    made = painted(name)
    plain, led, other = made.generator.generate(
        [
            GenerationRequest(PROMPTS[0], 1),
            GenerationRequest(PROMPTS[0], 1, negative_prompt="polished, beautiful, centred"),
            GenerationRequest(PROMPTS[0], 1, negative_prompt="x"),
        ]
    )
    assert apart(plain, made.alone[0]) <= 1
    assert apart(led, plain) > 2
    assert apart(led, other) > 2
    assert record_of(led)["negative"] == "text"
    assert record_of(plain)["negative"] == "absent"


@pytest.mark.parametrize("name", START)
def test_start_pictures_are_painted_as_the_sibling_does_by_hand(painted, name):
    made = painted(name)
    sibling = getattr(diffusers, made.family.sibling)(**bare(made).components)
    sibling.set_progress_bar_config(disable=True)
    starts = [start_picture(seed) for seed in (5, 6, 7)]
    asked = [
        GenerationRequest(request.prompt, request.seed, start_image=start, strength=0.5)
        for request, start in zip(requests(), starts, strict=True)
    ]
    together = made.generator.generate(asked)
    assert apart(together[0], together[1]) > 10
    for request, start, ours in zip(requests(), starts, together, strict=True):
        theirs = sibling(
            prompt=[request.prompt],
            image=[start],
            strength=0.5,
            generator=sources(request.seed),
            width=SIDE,
            height=SIDE,
            num_inference_steps=STEPS,
            **made.family.bare,
        ).images[0]
        assert apart(ours, theirs) <= 1
        assert record_of(ours)["pipeline"] == made.family.sibling
        assert record_of(ours)["strength"] == 0.5


@pytest.mark.parametrize("name", START)
def test_strength_says_how_many_steps_are_taken(painted, name):
    made = painted(name)
    generator = tiny(name, made.folder, steps=8)
    with passes_of(generator.pipeline.transformer) as seen:
        (image,) = generator.generate(
            [GenerationRequest(PROMPTS[0], 1, start_image=start_picture(), strength=0.5)]
        )
    assert sum(seen) == 4 * made.family.passes_per_step == record_of(image)["passes"]


@pytest.mark.parametrize("name", START)
def test_less_strength_keeps_more_of_the_picture(painted, name):
    made = painted(name)
    start = start_picture(9)
    generator = tiny(name, made.folder, steps=10)
    ways = [0.1, 1.0]
    little, all_of_it = generator.generate(
        [GenerationRequest(PROMPTS[0], 1, start_image=start, strength=way) for way in ways]
    )
    (again,) = tiny(name, made.folder, steps=10).generate(
        [GenerationRequest(PROMPTS[0], 1, start_image=start_picture(10), strength=1.0)]
    )
    assert apart(all_of_it, again) <= 1, "at 1 the start picture is forgotten"
    assert apart(little, all_of_it) > 10


@pytest.mark.parametrize("name", FAMILIES)
def test_identity_is_of_files_and_settings(painted, name, tmp_path):
    made = painted(name)
    assert tiny(name, made.folder).fingerprint == made.generator.fingerprint
    assert tiny(name, made.folder, steps=3).fingerprint != made.generator.fingerprint
    other = partial(made.family.write, seed=7)(tmp_path)
    assert tiny(name, other).fingerprint != made.generator.fingerprint
