"""Flux, SDXL, SD 3.5 and SD 1.5 as the driver paints them, against their classes called by hand.

Each is a tiny repository of the real pipeline class, loaded by its catalog entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from PIL import Image
from probing import PROMPTS, apart, passes_of, refusal, requests, sources, start_picture
from tiny_flux import write_flux
from tiny_sd3 import write_sd3
from tiny_sd15 import write_sd15
from tiny_sdxl import write_sdxl

from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.generators import load_generator
from widespectrum.images import record_of

# The classes called by hand warn of what numpy will forbid in Euler schedulers.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SIDE, STEPS = 32, 2


@dataclass(frozen=True)
class Family:
    write: Callable[[Path], Path]
    pipeline: str
    sibling: str
    guidance: float
    denoiser: str
    passes: int
    """Per step."""


FAMILIES = {
    "flux-dev": Family(write_flux, "FluxPipeline", "FluxImg2ImgPipeline", 3.5, "transformer", 1),
    "sd3.5-medium": Family(
        write_sd3,
        "StableDiffusion3Pipeline",
        "StableDiffusion3Img2ImgPipeline",
        4.5,
        "transformer",
        2,
    ),
    "sdxl": Family(
        write_sdxl, "StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline", 5.0, "unet", 2
    ),
    "sd1.5": Family(
        write_sd15, "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", 7.5, "unet", 2
    ),
}


@dataclass
class Case:
    name: str
    family: Family
    folder: Path
    generator: Generator

    def bare(self, kind: str) -> Any:
        """The class by hand, from the same files."""
        pipeline = getattr(diffusers, kind).from_pretrained(self.folder, dtype=torch.float32)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline


@pytest.fixture(scope="module", params=FAMILIES)
def case(request, tmp_path_factory) -> Case:
    family = FAMILIES[request.param]
    folder = family.write(tmp_path_factory.mktemp(request.param))
    return Case(request.param, family, folder, load(request.param, folder, batch=3))


def load(name: str, folder: Path, **settings: Any) -> Generator:
    usual = {"steps": STEPS, "size": SIDE, "dtype": "float32", "device": "cpu"}
    return load_generator(name, path=str(folder), **{**usual, **settings})


def test_a_batch_is_what_the_class_itself_paints(case):
    expected = case.bare(case.family.pipeline)(
        prompt=list(PROMPTS),
        width=SIDE,
        height=SIDE,
        num_inference_steps=STEPS,
        guidance_scale=case.family.guidance,
        generator=sources(1, 2, 3),
    ).images
    made = case.generator.generate(requests())
    assert [apart(*both) for both in zip(made, expected, strict=True)] == [0, 0, 0]


def test_a_picture_follows_from_its_own_request_whatever_the_batch(case):
    alone = load(case.name, case.folder, batch=1)
    together = case.generator.generate(requests())
    backwards = case.generator.generate(requests()[::-1])[::-1]
    singly = alone.generate(requests())
    for one, other, third in zip(together, backwards, singly, strict=True):
        assert apart(one, other) <= 1
        assert apart(one, third) <= 1


def test_seed_and_prompt_both_count(case):
    first, again, seed, prompt = case.generator.generate(
        [
            GenerationRequest("a red ball", 1),
            GenerationRequest("a red ball", 1),
            GenerationRequest("a red ball", 2),
            GenerationRequest("nothing of the kind, in the dark", 1),
        ]
    )
    assert apart(first, again) <= 1
    assert apart(first, seed) > 5
    assert apart(first, prompt) > 2


def test_a_picture_to_begin_with_goes_to_the_sibling_with_the_same_guidance(case):
    start = start_picture()
    expected = case.bare(case.family.sibling)(
        prompt=["a red ball"],
        image=[start],
        strength=0.5,
        num_inference_steps=4,
        guidance_scale=case.family.guidance,
        generator=sources(7),
        **({"width": SIDE, "height": SIDE} if case.family.denoiser == "transformer" else {}),
    ).images[0]
    generator = load(case.name, case.folder, steps=4)
    with passes_of(getattr(generator.pipeline, case.family.denoiser)) as seen:
        (made,) = generator.generate(
            [GenerationRequest("a red ball", 7, start_image=start, strength=0.5)]
        )
    assert apart(made, expected) == 0
    assert len(seen) == (3 if case.name == "sd1.5" else 2)  # PNDM repeats one step
    record = record_of(made)
    assert record["pipeline"] == case.family.sibling
    assert record["passes"] == len(seen) * case.family.passes
    assert record["guidance"]["raw"] == {"guidance_scale": case.family.guidance}


def test_a_picture_to_begin_with_is_resized_and_the_others_keep_their_places(case):
    tall = start_picture(side=48).resize((20, 48)).convert("L")
    mixed = [
        GenerationRequest("a red ball", 1),
        GenerationRequest("a red ball", 2, start_image=tall, strength=0.5),
        GenerationRequest("a blue ball", 3),
        GenerationRequest("a blue ball", 4, start_image=tall, strength=1.0),
    ]
    together = case.generator.generate(mixed)
    assert [image.size for image in together] == [(SIDE, SIDE)] * 4
    for asked, made in zip(mixed, together, strict=True):
        (alone,) = case.generator.generate([asked])
        assert apart(alone, made) <= 1


def test_siblings_share_components_as_they_are(case):
    half = load(case.name, case.folder, dtype="bfloat16")
    before = {name: str(dtype) for name, dtype in dtypes(half.pipeline).items()}
    half.generate([GenerationRequest("x", 1, start_image=start_picture(), strength=0.5)])
    assert {name: str(dtype) for name, dtype in dtypes(half.pipeline).items()} == before
    assert set(before.values()) == {"torch.bfloat16"}


def test_the_trap_that_siblings_avoid_is_there(case):
    pipeline = getattr(diffusers, case.family.pipeline).from_pretrained(
        case.folder, dtype=torch.bfloat16
    )
    getattr(diffusers, case.family.sibling).from_pipe(pipeline)
    assert torch.float32 in dtypes(pipeline).values(), "from_pipe has been mended: simplify"


@pytest.mark.parametrize("strength", [None, 0.0, 1.5, True])
def test_a_strength_out_of_range_is_refused(case, strength):
    (answer,) = case.generator.generate(
        [GenerationRequest("x", 1, start_image=start_picture(), strength=strength)]
    )
    assert "strength" in refusal(answer)


def test_a_strength_that_leaves_no_step_is_refused(case):
    ask = GenerationRequest("x", 1, start_image=start_picture(), strength=0.3)
    assert "leave none to take" in refusal(case.generator.generate([ask])[0])


def test_a_bad_request_fails_alone(case):
    asked = [
        GenerationRequest("a red ball", 1),
        GenerationRequest("a red ball", -1),
        GenerationRequest(None, 1),
        GenerationRequest("a red ball", 1, strength=0.5),
        GenerationRequest("a blue ball", None),
    ]
    first, seed, prompt, strength, last = case.generator.generate(asked)
    assert isinstance(first, Image.Image)
    assert "seed" in refusal(seed)
    assert "prompt" in refusal(prompt)
    assert "strength" in refusal(strength)
    known = record_of(last)["seed"]
    again = case.generator.generate([GenerationRequest("a blue ball", known)])[0]
    assert apart(again, last) <= 1


def test_the_global_source_of_randomness_is_left_alone(case):
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    case.generator.generate(requests())
    assert torch.equal(torch.random.get_rng_state(), before)


def test_guided_steps_are_counted_as_they_are_made(case):
    with passes_of(getattr(case.generator.pipeline, case.family.denoiser)) as seen:
        (made,) = case.generator.generate(requests()[:1])
    assert sum(seen) == record_of(made)["passes"]
    facts = case.generator.facts
    assert facts.passes == STEPS * case.family.passes
    assert (facts.guidance.w is None) == (case.name == "flux-dev")


def test_facts_of_every_answer_are_images_or_failures(case):
    assert all(isinstance(a, Image.Image | Failure) for a in case.generator.generate(requests()))
    assert case.generator.generate([]) == []


def dtypes(pipeline: Any) -> dict[str, torch.dtype]:
    return {
        name: next(module.parameters()).dtype
        for name, module in pipeline.components.items()
        if isinstance(module, torch.nn.Module)
    }
