"""Z-Image: what its guidance number means, and lists that are written into."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from diffusers import ZImagePipeline
from probing import PROMPTS, apart, passes_of, refusal, requests, sources
from tiny_z_image import write_z_image

from widespectrum.contracts import GenerationRequest
from widespectrum.generators import generator_facts, load_generator
from widespectrum.images import record_of

SMALL = {"size": 32, "dtype": "float32", "device": "cpu"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_z_image(tmp_path_factory.mktemp("z-image"))


def tiny(folder: Path, name: str = "z-image", **settings: object):
    return load_generator(name, path=str(folder), **{**SMALL, "steps": 2, **settings})


@pytest.mark.parametrize(("g", "w", "per_step"), [(0.0, 1.0, 1), (1.0, 2.0, 2), (3.0, 4.0, 2)])
def test_guidance_is_off_at_zero_and_w_is_one_more(folder, g, w, per_step):
    generator = tiny(folder, guidance=g)
    facts = generator_facts(generator)
    assert (facts.guidance.kind, facts.guidance.w) == ("cfg", w)
    assert facts.guidance.raw == {"guidance_scale": g}
    with passes_of(generator.pipeline.transformer) as seen:
        generator.generate(requests()[:1])
    assert seen == [per_step, per_step]
    assert facts.passes == 2 * per_step


def test_the_stated_weight_is_the_one_that_is_applied(folder):
    """What the scheduler gets is ``negative + w (positive - negative)``, with w from the facts."""
    generator = tiny(folder, guidance=3.0, steps=1)
    pipeline = generator.pipeline
    caught = SimpleNamespace()
    pipeline.transformer.register_forward_hook(
        lambda _module, _args, output: setattr(caught, "predictions", output[0])
    )
    step = pipeline.scheduler.step

    def watched(prediction, *args, **kwargs):
        caught.used = prediction
        return step(prediction, *args, **kwargs)

    pipeline.scheduler.step = watched
    generator.generate(requests()[:1])
    positive, negative = caught.predictions
    w = generator_facts(generator).guidance.w
    expected = -(negative + w * (positive - negative)).squeeze(1)
    torch.testing.assert_close(caught.used[0], expected, rtol=1e-4, atol=1e-5)


def test_turbo_is_not_guided_and_the_papers_turbo_was(folder):
    own = {"path": str(folder), "size": 32, "device": "cpu"}
    ours = load_generator("z-image-turbo", **own)
    papers = load_generator("z-image-turbo", settings="paper", **own)
    counts = []
    for generator in (ours, papers):
        with passes_of(generator.pipeline.transformer) as seen:
            (image,) = generator.generate(requests()[:1])
        assert sum(seen) == generator_facts(generator).passes == record_of(image)["passes"]
        counts.append(sum(seen))
    assert counts == [8, 16]
    assert generator_facts(ours).guidance.w == 1.0
    assert generator_facts(papers).guidance.w == 2.0
    assert generator_facts(papers).guidance.raw == {"guidance_scale": 1.0}


def test_the_entry_asks_for_as_many_steps_as_turbo_was_made_for(folder):
    """Its makers say nine steps for eight passes; in diffusers 0.42 a step is a pass."""
    assert generator_facts(load_generator("z-image-turbo")).passes == 8
    nine = load_generator("z-image-turbo", path=str(folder), size=32, device="cpu", steps=9)
    with passes_of(nine.pipeline.transformer) as seen:
        nine.generate(requests()[:1])
    assert len(seen) == 9, "the last step is idle again: state idle_steps, and nine steps"


def test_turbo_refuses_a_negative_prompt_that_it_would_ignore(folder):
    (answer,) = tiny(folder, "z-image-turbo").generate(
        [GenerationRequest(PROMPTS[0], 1, negative_prompt="dark")]
    )
    assert "Set guidance above 0" in refusal(answer)


def test_a_list_that_is_passed_twice_is_wrapped_twice(folder):
    """The trap. If this fails, the pipeline leaves its caller's list alone by now."""
    pipeline = ZImagePipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    prompts = [PROMPTS[0]]
    call = {"num_inference_steps": 2, "guidance_scale": 0.0, "width": 32, "height": 32}
    first = pipeline(prompt=prompts, generator=sources(1), **call).images[0]
    assert prompts != [PROMPTS[0]]
    second = pipeline(prompt=prompts, generator=sources(1), **call).images[0]
    assert apart(first, second) > 2


def test_the_same_request_twice_is_the_same_picture(folder):
    generator = tiny(folder, batch=2)
    request = GenerationRequest(PROMPTS[0], 1)
    first, second = generator.generate([request, request])
    (third,) = generator.generate([request])
    assert apart(first, second) <= 1
    assert apart(first, third) <= 1
    assert request.prompt == PROMPTS[0]


def test_prompts_and_the_empty_negative_are_read_once(folder):
    generator = tiny(folder, batch=2)
    rows = []
    generator.pipeline.text_encoder.register_forward_pre_hook(
        lambda _module, _args, kwargs: rows.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    generator.generate([GenerationRequest(PROMPTS[seed % 2], seed) for seed in range(6)])
    assert sum(rows) == 3, "two prompts, and one empty text to lead away from"


def test_lineage_says_what_turbo_was_made_from():
    entry = load_generator("z-image-turbo").entry
    assert entry.lineage.base == "z-image"
