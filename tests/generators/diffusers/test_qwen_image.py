"""Qwen-Image: no negative prompt, no guidance; so there always is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from diffusers import QwenImagePipeline
from probing import PROMPTS, apart, passes_of, refusal, requests, sources
from tiny_qwen_image import write_qwen_image

from widespectrum.contracts import GenerationRequest
from widespectrum.generators import generator_facts, load_generator
from widespectrum.images import record_of

SMALL = {"size": 32, "steps": 2, "dtype": "float32", "device": "cpu"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_qwen_image(tmp_path_factory.mktemp("qwen-image"))


def tiny(folder: Path, **settings: object):
    return load_generator("qwen-image", path=str(folder), **{**SMALL, **settings})


def test_without_a_negative_prompt_the_weight_is_ignored(folder):
    """The trap. If this fails, the pipeline guides by itself by now."""
    pipeline = QwenImagePipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    call = {"num_inference_steps": 2, "width": 32, "height": 32, "true_cfg_scale": 4.0}
    counts = []
    for negative in (None, [" "]):
        with passes_of(pipeline.transformer) as seen:
            pipeline(prompt=[PROMPTS[0]], generator=sources(1), negative_prompt=negative, **call)
        counts.append(sum(seen))
    assert counts == [2, 4]


def test_a_request_without_one_is_guided_all_the_same(folder):
    generator = tiny(folder, batch=3)
    facts = generator_facts(generator)
    assert (facts.guidance.kind, facts.guidance.w, facts.passes) == ("cfg", 4.0, 4)
    with passes_of(generator.pipeline.transformer) as seen:
        images = generator.generate(requests())
    assert seen == [3, 3, 3, 3]
    for image in images:
        record = record_of(image)
        assert (record["negative"], record["negative_passed"]) == ("absent", " ")


def test_absent_is_a_space_and_an_empty_text_is_another_thing(folder):
    absent, space, empty = tiny(folder).generate(
        [
            GenerationRequest(PROMPTS[0], 1),
            GenerationRequest(PROMPTS[0], 1, negative_prompt=" "),
            GenerationRequest(PROMPTS[0], 1, negative_prompt=""),
        ]
    )
    assert apart(absent, space) <= 1
    assert apart(absent, empty) > 0
    assert [record_of(image)["negative"] for image in (absent, space, empty)] == [
        "absent",
        "text",
        "empty",
    ]


def test_negative_prompts_of_a_batch_are_each_its_own(folder):
    asked = [
        GenerationRequest(text, seed, negative_prompt=against)
        for text, seed, against in zip(
            PROMPTS, (1, 2, 3), ("dark", "polished and centred, sharp", "x"), strict=True
        )
    ]
    together = tiny(folder, batch=3).generate(asked)
    alone = [image for request in asked for image in tiny(folder).generate([request])]
    assert [apart(a, b) <= 1 for a, b in zip(together, alone, strict=True)] == [True] * 3


def test_switched_off_it_takes_one_pass_and_no_negative_prompt(folder):
    generator = tiny(folder, guidance=1.0)
    assert generator_facts(generator).guidance.w == 1.0
    with passes_of(generator.pipeline.transformer) as seen:
        generator.generate(requests()[:1])
    assert sum(seen) == 2 == generator_facts(generator).passes
    (answer,) = generator.generate([GenerationRequest(PROMPTS[0], 1, negative_prompt="dark")])
    assert "Set guidance above 1" in refusal(answer)


def test_prompts_and_the_space_are_read_once(folder):
    generator = tiny(folder, batch=2)
    rows = []
    generator.pipeline.text_encoder.register_forward_pre_hook(
        lambda _module, _args, kwargs: rows.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    generator.generate([GenerationRequest(PROMPTS[seed % 2], seed) for seed in range(6)])
    assert sum(rows) == 3


def test_the_papers_settings_differ_between_the_variants(folder):
    facts = generator_facts(load_generator("qwen-image", path=str(folder), settings="paper"))
    assert facts.settings_preset == "paper"
    assert any("negative" in confound for confound in facts.confounds)
