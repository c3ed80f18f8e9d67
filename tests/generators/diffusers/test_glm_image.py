"""GLM-Image: no negative prompts, one seed per call, and other people's randomness left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import GlmImagePipeline
from PIL import Image
from probing import PROMPTS, apart, passes_of, refusal, requests, sources, start_picture
from tiny_glm_image import CODES, write_glm_image

from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.errors import BadInput
from widespectrum.generators import generator_facts, load_generator

SMALL = {"size": 32, "steps": 2, "dtype": "float32", "device": "cpu"}
CALL = {"num_inference_steps": 2, "width": 32, "height": 32, "guidance_scale": 1.5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_glm_image(tmp_path_factory.mktemp("glm-image"))


@pytest.fixture(scope="module")
def bare(folder: Path) -> GlmImagePipeline:
    pipeline = GlmImagePipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(scope="module")
def generator(folder: Path):
    return load_generator("glm-image", path=str(folder), batch=4, **SMALL)


def test_a_negative_prompt_raises_in_the_pipeline(bare):
    """The trap, where errors are swallowed."""
    with pytest.raises(TypeError, match="negative_prompt"):
        bare(prompt=[PROMPTS[0]], negative_prompt=[""], generator=sources(1), **CALL)


@pytest.mark.parametrize("text", ["dark", ""])
def test_a_negative_prompt_is_refused_before_anything_is_computed(generator, text):
    with passes_of(generator.pipeline.transformer) as seen:
        refused, painted = generator.generate(
            [
                GenerationRequest(PROMPTS[0], 1, negative_prompt=text),
                GenerationRequest(PROMPTS[0], 1),
            ]
        )
    assert "takes no negative prompt" in refusal(refused)
    assert isinstance(painted, Image.Image)
    assert sum(seen) == generator_facts(generator).passes
    assert generator_facts(generator).takes_negative is False


def test_in_a_batch_of_the_pipeline_only_the_first_seed_counts(bare):
    """The trap. If this fails, every picture has a seed of its own in the first stage by now."""
    (alone,) = bare(prompt=[PROMPTS[1]], generator=sources(2), **CALL).images
    _, beside = bare(prompt=list(PROMPTS[:2]), generator=sources(1, 2), **CALL).images
    assert apart(alone, beside) > 2


def test_pictures_are_made_one_at_a_time(generator):
    with passes_of(generator.pipeline.transformer) as seen:
        together = generator.generate(requests())
    assert seen == [1] * 3 * 4
    for request, image in zip(requests(), together, strict=True):
        (alone,) = generator.generate([request])
        assert apart(image, alone) == 0


def test_the_pipeline_resets_the_randomness_of_the_process(bare):
    """The trap: what is drawn after a picture repeats itself."""
    drawn = []
    for start in (11, 12):
        torch.manual_seed(start)
        bare(prompt=[PROMPTS[0]], generator=sources(1), **CALL)
        drawn.append(torch.rand(4))
    assert torch.equal(*drawn)


def test_here_it_is_put_back(generator):
    torch.manual_seed(11)
    before = torch.get_rng_state()
    (image,) = generator.generate(requests()[:1])
    assert isinstance(image, Image.Image)
    assert torch.equal(torch.get_rng_state(), before)


def test_what_was_drawn_before_changes_no_picture(generator):
    made = []
    for start in (11, 12):
        torch.manual_seed(start)
        made += generator.generate(requests()[:1])
    assert apart(*made) == 0


def test_an_early_end_of_the_first_stage_is_a_failure_of_that_request(folder):
    generator = load_generator("glm-image", path=str(folder), **SMALL)
    drawer = generator.pipeline.vision_language_encoder
    drawer.generation_config.eos_token_id = list(range(CODES))
    (answer,) = generator.generate(requests()[:1])
    assert isinstance(answer, Failure)
    assert answer.kind == "invalid_result"
    assert "ended before its picture was complete" in answer.reason, answer.reason
    drawer.generation_config.eos_token_id = None
    (answer,) = generator.generate(requests()[:1])
    assert isinstance(answer, Image.Image), answer


def test_sides_are_multiples_of_32(folder):
    with pytest.raises(BadInput, match="multiples of 32"):
        load_generator("glm-image", path=str(folder), **{**SMALL, "size": 48})


def test_a_start_picture_is_refused_and_not_taken_for_a_reference(generator):
    (answer,) = generator.generate(
        [GenerationRequest(PROMPTS[0], 1, start_image=start_picture(), strength=0.5)]
    )
    assert "cannot begin with a picture" in refusal(answer)


def test_the_papers_weight_is_its_own(folder):
    facts = generator_facts(load_generator("glm-image", path=str(folder), settings="paper"))
    assert (facts.guidance.w, facts.confounds) == (5.0, ())
