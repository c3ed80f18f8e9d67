"""Texts are encoded once, by the pipeline's own encoder, and change nothing in the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from probing import PROMPTS, requests
from tiny_flux import write_flux
from tiny_sdxl import write_sdxl

from widespectrum.contracts import GenerationRequest, Generator
from widespectrum.generators import load_generator
from widespectrum.generators.diffusers.embeddings import Embeddings


@pytest.fixture(scope="module")
def sdxl(tmp_path_factory) -> Path:
    return write_sdxl(tmp_path_factory.mktemp("sdxl"))


def load(name: str, folder: Path, **settings: Any) -> Generator:
    usual = {"steps": 1, "size": 16, "dtype": "float32", "device": "cpu", "batch": 3}
    return load_generator(name, path=str(folder), **{**usual, **settings})


def counted(module: torch.nn.Module) -> list[int]:
    """Rows of every pass through an encoder."""
    rows: list[int] = []
    module.register_forward_pre_hook(
        lambda _, args, kwargs: rows.append(len(args[0] if args else kwargs["input_ids"])),
        with_kwargs=True,
    )
    return rows


def test_every_text_is_encoded_once(sdxl):
    generator = load("sdxl", sdxl)
    rows = counted(generator.pipeline.text_encoder_2)
    generator.generate([*requests(), *requests((4, 5, 6))])
    assert rows == [3], "zeros stand for no negative prompt, and need no encoder"
    generator.generate([GenerationRequest(text, 9, "dark") for text in PROMPTS])
    assert sum(rows) <= 3 + 2, "the negative prompt, once for all"
    before = len(rows)
    generator.generate([GenerationRequest(text, 8, "dark") for text in PROMPTS])
    assert len(rows) == before


def test_flux_needs_no_second_encoding_for_a_picture_to_begin_with(tmp_path):
    from PIL import Image

    generator = load("flux-dev", write_flux(tmp_path))
    rows = counted(generator.pipeline.text_encoder_2)
    start = Image.new("RGB", (16, 16), "red")
    generator.generate(
        [
            GenerationRequest("a red ball", 1),
            GenerationRequest("a red ball", 1, start_image=start, strength=1.0),
        ]
    )
    assert rows == [1]


def test_only_so_many_are_kept(sdxl):
    pipeline = load("sdxl", sdxl).pipeline
    recipe = load("sdxl", sdxl).recipe
    kept = Embeddings(pipeline, recipe, kept=4)
    for number in range(12):
        kept.arguments([f"text {number}"], None, True)
    assert len(kept._kept) <= 4
    assert kept.encoded == 13, "twelve texts, and that there is no negative one"
    kept.arguments(["text 11"], None, True)
    assert kept.encoded == 13
    kept.arguments(["text 0"], None, True)
    assert kept.encoded == 14
    assert len(kept.arguments([f"text {n}" for n in range(9)], None, True)["prompt_embeds"]) == 9


@pytest.mark.parametrize("negatives", [None, ["", "dark", ""]])
def test_embeddings_are_those_of_the_pipeline_itself(sdxl, negatives):
    generator = load("sdxl", sdxl)
    pipeline = generator.pipeline
    kept = Embeddings(pipeline, generator.recipe)
    kept.arguments([PROMPTS[1]], None if negatives is None else [negatives[1]], True)
    found = kept.arguments(PROMPTS, negatives, True)
    expected = pipeline.encode_prompt(
        prompt=list(PROMPTS), negative_prompt=negatives, do_classifier_free_guidance=True,
        num_images_per_prompt=1, device="cpu",
    )  # fmt: skip
    assert tuple(found) == ("prompt_embeds", "pooled_prompt_embeds", "negative_prompt_embeds",
                            "negative_pooled_prompt_embeds")  # fmt: skip
    for name, value in zip(generator.recipe.encoding.outputs, expected, strict=True):
        torch.testing.assert_close(found[name], value, rtol=1e-5, atol=1e-6)
    if negatives is None:
        assert not found["negative_prompt_embeds"].any()


def test_without_guidance_nothing_is_encoded_to_lead_away_from(sdxl):
    generator = load("sdxl", sdxl)
    kept = Embeddings(generator.pipeline, generator.recipe)
    assert set(kept.arguments(["x"], None, False)) == {"prompt_embeds", "pooled_prompt_embeds"}
    assert set(kept.arguments(["x"], None, True)) == set(generator.recipe.encoding.outputs)
