"""LongCat-Image: a prompt is painted as it stands."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from diffusers import LongCatImagePipeline
from PIL import Image
from probing import PROMPTS, apart, passes_of, refusal, requests, sources, start_picture
from tiny_longcat import write_longcat

from widespectrum.contracts import GenerationRequest
from widespectrum.generators import generator_facts, load_generator
from widespectrum.images import record_of

SMALL = {"size": 32, "steps": 2, "dtype": "float32", "device": "cpu"}
CALL = {"num_inference_steps": 2, "width": 32, "height": 32, "guidance_scale": 4.5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_longcat(tmp_path_factory.mktemp("longcat"))


@pytest.fixture(scope="module")
def bare(folder: Path) -> LongCatImagePipeline:
    pipeline = LongCatImagePipeline.from_pretrained(folder, text_processor=None)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def tiny(folder: Path, **settings: object):
    return load_generator("longcat-image", path=str(folder), **{**SMALL, **settings})


class Scribe:
    """Stands for the text processor, which needs torchvision: it answers with a finer prompt."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def apply_chat_template(self, messages, **_options) -> str:
        self.asked.append(messages[0]["content"][0]["text"])
        return "chat"

    def __call__(self, **_options):
        ids = torch.ones(1, 3, dtype=torch.long)
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}

        class Inputs(dict):
            input_ids = ids

            def to(self, _device):
                return self

        return Inputs(inputs)

    def batch_decode(self, _ids, **_options) -> list[str]:
        return ["a radiant masterpiece of a ball, golden light, perfectly composed"]


def test_left_to_itself_it_paints_another_prompt(bare, monkeypatch):
    """The trap: its default asks the language model for a finer prompt and paints that."""
    scribe = Scribe()
    monkeypatch.setattr(bare, "text_processor", scribe)
    written = SimpleNamespace(times=0)
    generate = bare.text_encoder.generate

    def watched(*args, **kwargs):
        written.times += 1
        return generate(*args, **{**kwargs, "max_new_tokens": 2})

    monkeypatch.setattr(bare.text_encoder, "generate", watched)
    asked = bare(prompt=[PROMPTS[1]], generator=sources(1), **CALL).images[0]
    assert written.times == 1
    assert PROMPTS[1] in scribe.asked[0]
    as_it_stands = bare(
        prompt=[PROMPTS[1]], generator=sources(1), enable_prompt_rewrite=False, **CALL
    ).images[0]
    assert written.times == 1
    assert apart(asked, as_it_stands) > 2


def test_here_nothing_is_rewritten_and_it_says_so(folder, monkeypatch):
    generator = tiny(folder)

    def never(*_args, **_kwargs):
        raise AssertionError("the language model was asked to write")

    monkeypatch.setattr(generator.pipeline.text_encoder, "generate", never)
    (image,) = generator.generate(requests()[:1])
    assert isinstance(image, Image.Image), image
    assert generator_facts(generator).rewrites_prompt is False
    assert record_of(image)["call"]["enable_prompt_rewrite"] is False


def test_the_text_processor_is_listed_and_not_loaded(folder):
    listed = json.loads((folder / "model_index.json").read_text())
    assert listed["text_processor"] == ["transformers", "Qwen2VLProcessor"]
    assert tiny(folder).pipeline.text_processor is None


def test_guided_predictions_are_capped_and_the_record_says_so(folder, bare):
    (ours,) = tiny(folder, guidance=40.0).generate(requests()[:1])
    assert record_of(ours)["call"]["enable_cfg_renorm"] is True
    capped, uncapped = (
        bare(
            prompt=[PROMPTS[0]],
            generator=sources(1),
            enable_prompt_rewrite=False,
            enable_cfg_renorm=cap,
            **{**CALL, "guidance_scale": 40.0},
        ).images[0]
        for cap in (True, False)
    )
    assert apart(ours, capped) <= 1
    assert apart(ours, uncapped) > 2


def test_embeddings_cannot_be_handed_in(bare):
    """Why there is no rule of encoding. If this fails, there can be one."""
    embeds, _ = bare.encode_prompt([PROMPTS[0]])
    with pytest.raises(TypeError, match="NoneType"):
        bare(prompt_embeds=embeds, generator=sources(1), enable_prompt_rewrite=False, **CALL)


def test_without_guidance_it_takes_one_pass(folder):
    generator = tiny(folder, guidance=1.0)
    with passes_of(generator.pipeline.transformer) as seen:
        generator.generate(requests()[:1])
    assert sum(seen) == 2 == generator_facts(generator).passes


def test_a_start_picture_is_refused(folder):
    (answer,) = tiny(folder).generate(
        [GenerationRequest(PROMPTS[0], 1, start_image=start_picture(), strength=0.5)]
    )
    assert "cannot begin with a picture" in refusal(answer)
