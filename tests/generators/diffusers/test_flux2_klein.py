"""FLUX.2 klein: the right pipeline class, and no guidance that is none."""

from __future__ import annotations

from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image
from probing import PROMPTS, apart, passes_of, refusal, requests, sources, start_picture
from tiny_flux2 import write_klein

from widespectrum.catalog import ModelEntry
from widespectrum.contracts import GenerationRequest
from widespectrum.errors import BadInput
from widespectrum.generators import generator_facts, load_generator
from widespectrum.generators.diffusers import DiffusersGenerator

SMALL = {"size": 32, "steps": 2, "dtype": "float32", "device": "cpu"}


@pytest.fixture(scope="module")
def klein(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_klein(tmp_path_factory.mktemp("klein"))


@pytest.fixture(scope="module")
def undistilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_klein(tmp_path_factory.mktemp("klein-base"), distilled=False)


def entry(pipeline: str, **recipe: object) -> ModelEntry:
    """A table of a user's own."""
    return ModelEntry(
        name="mine",
        kind="generator",
        title="Mine",
        class_path="widespectrum.generators.diffusers:DiffusersGenerator",
        recipe={"pipeline": pipeline, **recipe},
    )


def bare(kind: str, folder: Path):
    pipeline = getattr(diffusers, kind).from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def test_the_wrong_class_paints_something_else_without_an_error(klein):
    """The trap. If this fails, the two classes are told apart upstream by now."""
    painted = [
        bare(kind, klein)(
            prompt=[PROMPTS[0]], generator=sources(1), num_inference_steps=2, width=32, height=32
        ).images[0]
        for kind in ("Flux2KleinPipeline", "Flux2Pipeline")
    ]
    assert all(isinstance(image, Image.Image) for image in painted)
    assert apart(*painted) > 10


def test_the_wrong_class_is_refused(klein):
    wrong = DiffusersGenerator(entry("Flux2Pipeline"), path=str(klein), **SMALL)
    with pytest.raises(BadInput, match=r"is for Flux2KleinPipeline.*Flux2Pipeline"):
        wrong.generate(requests())


def test_a_distilled_klein_is_never_guided(klein, undistilled):
    """The pipeline's rule that the catalog entry states as facts."""
    for folder, passes in ((klein, 2), (undistilled, 4)):
        pipeline = bare("Flux2KleinPipeline", folder)
        with passes_of(pipeline.transformer) as seen:
            pipeline(
                prompt=[PROMPTS[0]],
                generator=sources(1),
                num_inference_steps=2,
                guidance_scale=4.0,
                width=32,
                height=32,
            )
        assert sum(seen) == passes


def test_facts_state_no_weight(klein):
    facts = generator_facts(load_generator("flux2-klein-9b", path=str(klein), **SMALL))
    assert (facts.guidance.kind, facts.guidance.w, facts.passes) == ("none", None, 2)


def test_guidance_that_would_be_ignored_is_refused(klein):
    with pytest.raises(BadInput, match="has no effect on 'flux2-klein-9b'"):
        load_generator("flux2-klein-9b", path=str(klein), guidance=4.0, **SMALL)


def test_an_undistilled_repository_is_no_klein_9b(undistilled):
    generator = load_generator("flux2-klein-9b", path=str(undistilled), **SMALL)
    with pytest.raises(BadInput, match="expects is_distilled = true"):
        generator.generate(requests())


def test_an_undistilled_one_is_guided_by_a_table_of_ones_own(undistilled):
    settings = {**SMALL, "guidance": 4.0, "batch": 3}
    mine = DiffusersGenerator(entry("Flux2KleinPipeline"), path=str(undistilled), **settings)
    facts = generator_facts(mine)
    assert (facts.guidance.kind, facts.guidance.w, facts.passes) == ("cfg", 4.0, 4)
    with passes_of(mine.pipeline.transformer) as seen:
        together = mine.generate(requests())
    assert seen == [3, 3, 3, 3]
    for request, image in zip(requests(), together, strict=True):
        (alone,) = mine.generate([request])
        assert apart(image, alone) <= 1
    theirs = bare("Flux2KleinPipeline", undistilled)(
        prompt=[PROMPTS[0]],
        generator=sources(1),
        num_inference_steps=2,
        guidance_scale=4.0,
        width=32,
        height=32,
    ).images[0]
    assert apart(together[0], theirs) <= 1


def test_a_start_picture_is_refused_and_not_taken_for_a_reference(klein):
    generator = load_generator("flux2-klein-9b", path=str(klein), **SMALL)
    (answer,) = generator.generate(
        [GenerationRequest(PROMPTS[0], 1, start_image=start_picture(), strength=0.5)]
    )
    assert "cannot begin with a picture" in refusal(answer)


def test_inpainting_everything_shows_the_network_the_clean_picture(klein):
    """Why the inpainting sibling is no image-to-image here: twice the tokens at every step."""
    pipeline = diffusers.Flux2KleinInpaintPipeline(**bare("Flux2KleinPipeline", klein).components)
    pipeline.set_progress_bar_config(disable=True)
    lengths = []
    pipeline.transformer.register_forward_pre_hook(
        lambda _module, _args, kwargs: lengths.append(kwargs["hidden_states"].shape[1]),
        with_kwargs=True,
    )
    pipeline(
        prompt=[PROMPTS[0]],
        image=[start_picture()],
        mask_image=[Image.fromarray(np.full((32, 32), 255, np.uint8))],
        strength=1.0,
        generator=sources(1),
        num_inference_steps=2,
        guidance_scale=1.0,
    )
    tokens = (32 // 4) ** 2
    assert lengths == [2 * tokens, 2 * tokens]


def test_prompts_are_read_once(klein):
    generator = load_generator("flux2-klein-9b", path=str(klein), batch=2, **SMALL)
    rows = []
    generator.pipeline.text_encoder.register_forward_pre_hook(
        lambda _module, _args, kwargs: rows.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    asked = [GenerationRequest(PROMPTS[seed % 2], seed) for seed in range(6)]
    assert all(isinstance(image, Image.Image) for image in generator.generate(asked))
    assert sum(rows) == 2
    assert torch.is_grad_enabled()
