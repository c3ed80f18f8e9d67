"""``diffusers:REPOSITORY``, and tables of a user's own: models that nobody here has described."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import LatentConsistencyModelPipeline, LCMScheduler, UNet2DConditionModel
from probing import apart, refusal, requests, sources, start_picture
from tiny_clip_text import WIDTH, clip_text, clip_tokenizer
from tiny_sd15 import write_sd15
from tiny_sdxl import tiny_vae
from tiny_weights import stir

from widespectrum.contracts import GenerationRequest
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.generators import generator_facts, generator_registry, load_generator

TINY: dict[str, Any] = {"dtype": "float32", "device": "cpu"}


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Path:
    """A pipeline class that no file here mentions."""
    folder = tmp_path_factory.mktemp("stranger")
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=2,
        norm_num_groups=2,
        time_cond_proj_dim=32,
    )
    LatentConsistencyModelPipeline(
        vae=stir(tiny_vae(), 0), text_encoder=clip_text(), tokenizer=clip_tokenizer(),
        unet=stir(unet, 1), scheduler=LCMScheduler(), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def test_a_pipeline_that_nobody_described_paints_by_its_signature(stranger):
    generator = load_generator(f"diffusers:{stranger}@steps=2,size=32", **TINY)
    facts = generator_facts(generator)
    assert facts.guidance.kind == "unknown"
    assert facts.rewrites_prompt is None
    assert facts.takes_start_image
    assert not facts.takes_negative
    bare = LatentConsistencyModelPipeline.from_pretrained(stranger, dtype=torch.float32)
    bare.set_progress_bar_config(disable=True)
    expected = bare(
        prompt=["a red ball"], num_inference_steps=2, width=32, height=32, generator=sources(1)
    ).images[0]
    asked = GenerationRequest("a red ball", 1)
    (made,) = generator.generate([asked])
    assert apart(made, expected) == 0
    told = load_generator(f"diffusers:{stranger}@steps=2,size=32,guidance=3.0", **TINY)
    assert apart(told.generate([asked])[0], expected) > 0
    (refused,) = generator.generate([GenerationRequest("a red ball", 1, "dark")])
    assert "takes no negative prompt" in refusal(refused)
    (begun,) = generator.generate(
        [GenerationRequest("x", 1, start_image=start_picture(), strength=0.5)]
    )
    assert begun.size == (32, 32)


def test_its_defaults_are_its_own(stranger):
    generator = load_generator(f"diffusers:{stranger}", **TINY)
    made = generator.generate([GenerationRequest("x", 1)])[0]
    assert made.size == (32, 32), "the UNet's own size times the autoencoder's factor"
    assert generator_facts(generator).steps is None


def test_a_known_class_is_called_as_it_is_known(tmp_path):
    folder = write_sd15(tmp_path)
    name = f"diffusers:{folder}@steps=2,size=16,guidance=7.5"
    generator, known = (
        load_generator(name, **TINY),
        load_generator("sd1.5", path=str(folder), steps=2, size=16, **TINY),
    )
    both = zip(generator.generate(requests()), known.generate(requests()), strict=True)
    assert [apart(*pair) for pair in both] == [0, 0, 0]
    assert generator_facts(generator).guidance == generator_facts(known).guidance


@pytest.mark.parametrize("name", ["diffusers:somebody", "diffusers:a/b/c"])
def test_what_is_no_repository_is_refused(name):
    with pytest.raises(BadInput, match="neither a folder nor a repository"):
        load_generator(name)


def test_a_repository_is_a_name_and_nothing_is_asked_of_the_hub_yet():
    generator = load_generator("diffusers:somebody/some-model@steps=4")
    assert generator.name == "diffusers:somebody/some-model@steps=4"
    assert generator.entry.hub_id == "somebody/some-model"


def test_a_table_of_the_users_own(tmp_path, monkeypatch):
    folder = write_sd15(tmp_path / "weights")
    catalog = tmp_path / "mine.toml"
    catalog.write_text(
        f"""
[mine]
kind = "generator"
title = "Mine"
class = "widespectrum.generators.diffusers:DiffusersGenerator"
extra = "hub"
licence = "mine"
lineage = {{ base = "sd1.5", towards = ["my taste"] }}
[mine.settings]
steps = 2
guidance = 3.0
size = 16
dtype = "float32"
device = "cpu"
path = "{folder}"

[mine.recipe]
pipeline = "StableDiffusionPipeline"
call = {{ guidance_rescale = 0.5 }}
"""
    )
    monkeypatch.setenv("WIDESPECTRUM_CATALOG", str(catalog))
    assert generator_registry().entries["mine"].lineage.base == "sd1.5"
    (made,) = load_generator("mine").generate([GenerationRequest("x", 1)])
    (plain,) = load_generator("mine", guidance=7.5).generate([GenerationRequest("x", 1)])
    assert apart(made, plain) > 0


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ('pipeline = "StableDiffusionPipeline"\nstepz = 3', "recipe.stepz"),
        ('pipeline = "os.system"', "recipe.pipeline"),
        ('pipeline = "NoSuchPipeline"', "is no pipeline of diffusers"),
        (
            'pipeline = "StableDiffusionPipeline"\nguidance = { kind = "loud" }',
            r"recipe\.guidance\.kind",
        ),
    ],
)
def test_a_table_that_says_something_wrong_is_refused_by_field(tmp_path, recipe, says, monkeypatch):
    catalog = tmp_path / "mine.toml"
    catalog.write_text(
        f"""
[mine]
kind = "generator"
title = "Mine"
class = "widespectrum.generators.diffusers:DiffusersGenerator"
hub_id = "somebody/mine"
[mine.recipe]
{recipe}
"""
    )
    monkeypatch.setenv("WIDESPECTRUM_CATALOG", str(catalog))
    (tmp_path / "model_index.json").write_text('{"_class_name": "NoSuchPipeline"}')
    with pytest.raises(BadInput, match=says):
        load_generator("mine", path=str(tmp_path)).generate([GenerationRequest("x", 1)])


def test_a_stranger_that_is_not_here_is_an_error_not_a_failure_of_every_request(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    generator = load_generator("diffusers:nobody/nothing")
    with pytest.raises(MissingWeights, match=r"'model_index\.json' of nobody"):
        generator.generate([GenerationRequest("a red ball", 1)])
