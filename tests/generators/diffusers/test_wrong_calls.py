"""Calls that mean something else than they say: each is refused, or means what it says."""

from __future__ import annotations

import inspect
import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from PIL import Image
from probing import apart, passes_of, refusal, requests, sources
from safetensors.torch import load_file, save_file
from tiny_flux import write_flux
from tiny_sd3 import write_sd3
from tiny_sd15 import write_sd15
from tiny_sdxl import write_sdxl

from widespectrum.catalog import ModelEntry
from widespectrum.contracts import GenerationRequest, Generator
from widespectrum.errors import BadInput, MissingExtra, MissingWeights
from widespectrum.generators import generator_facts, generator_registry, load_generator
from widespectrum.generators.diffusers import DiffusersGenerator
from widespectrum.images import record_of

TINY: dict[str, Any] = {"steps": 2, "size": 32, "dtype": "float32", "device": "cpu"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("repositories")
    return {
        "flux-dev": write_flux(root / "flux"),
        "flux-schnell": write_flux(root / "schnell", guidance_embeds=False),
        "sdxl": write_sdxl(root / "sdxl"),
        "sd3.5-medium": write_sd3(root / "sd3"),
        "sd1.5": write_sd15(root / "sd15"),
    }


def load(folders: dict[str, Path], name: str, **settings: Any) -> Generator:
    return load_generator(name, path=str(folders[name]), **{**TINY, **settings})


def with_recipe(name: str, folder: Path, **recipe: Any) -> DiffusersGenerator:
    """A generator whose table in a user's catalog says something else."""
    entry = generator_registry().entries[name]
    changed = {**entry.model_dump(by_alias=True), "recipe": {**entry.recipe, **recipe}}
    return DiffusersGenerator(
        ModelEntry.model_validate(changed),
        path=str(folder),
        **{**TINY, "guidance": entry.settings.get("guidance")},
    )


def ask(generator: Generator, negative: str | None = None) -> Any:
    (answer,) = generator.generate([GenerationRequest("a red ball", 1, negative)])
    return answer


def test_an_empty_negative_prompt_is_not_none_for_sdxl_and_is_for_the_others(folders):
    sdxl = load(folders, "sdxl")
    absent, empty = ask(sdxl), ask(sdxl, "")
    assert apart(absent, empty) > 1
    assert [record_of(each)["negative"] for each in (absent, empty)] == ["absent", "empty"]
    for name in ("sd1.5", "sd3.5-medium"):
        generator = load(folders, name)
        assert apart(ask(generator), ask(generator, "")) == 0
        assert apart(ask(generator), ask(generator, "blurred, dark, many things")) > 2


def test_negative_prompts_of_every_kind_share_a_call_of_the_driver(folders):
    """Kinds are never mixed in one call of the pipeline, where one would stand for the other."""
    generator = load(folders, "sdxl", batch=4)
    negatives = [None, "", "dark", None, ""]
    mixed = generator.generate(
        [GenerationRequest("a red ball", 1, negative) for negative in negatives]
    )
    for negative, made in zip(negatives, mixed, strict=True):
        assert apart(made, ask(load(folders, "sdxl"), negative)) <= 1


def test_flux_ignores_a_negative_prompt_without_true_cfg_so_it_is_refused(folders):
    plain = load(folders, "flux-dev")
    reason = refusal(ask(plain, "dark"))
    assert "ignores a negative prompt" in reason
    assert "true_cfg above 1" in reason
    assert not generator_facts(plain).takes_negative
    assert apart(ask(plain), ask(plain, "")) == 0

    guided = load(folders, "flux-dev", true_cfg=3.0)
    with passes_of(guided.pipeline.transformer) as seen:
        against = ask(guided, "dark, out of focus")
    assert len(seen) == 4, "two passes per step"
    assert apart(against, ask(guided)) > 2
    assert generator_facts(guided).takes_negative
    assert record_of(against)["guidance"] == {
        "kind": "embedded+cfg",
        "w": 3.0,
        "raw": {"guidance_scale": 3.5, "true_cfg_scale": 3.0},
    }
    bare = diffusers.FluxPipeline.from_pretrained(folders["flux-dev"], dtype=torch.float32)
    bare.set_progress_bar_config(disable=True)
    expected = bare(
        prompt=["a red ball"], negative_prompt=["dark, out of focus"], true_cfg_scale=3.0,
        guidance_scale=3.5, num_inference_steps=2, width=32, height=32, generator=sources(1),
    ).images[0]  # fmt: skip
    assert apart(against, expected) == 0


def test_guidance_that_is_off_ignores_a_negative_prompt_too(folders):
    off = load(folders, "sd3.5-medium", guidance=1.0)
    assert "guidance above 1" in refusal(ask(off, "dark"))
    assert generator_facts(off).guidance.w == 1.0
    with passes_of(off.pipeline.transformer) as seen:
        ask(off)
    assert seen == [1, 1]


def test_schnell_ignores_guidance_so_setting_it_is_refused(folders):
    with pytest.raises(BadInput, match="has no effect on 'flux-schnell'"):
        load(folders, "flux-schnell", guidance=3.5)
    generator = load(folders, "flux-schnell")
    made = ask(generator)
    assert record_of(made)["guidance"] == {"kind": "none", "w": None, "raw": {}}
    assert record_of(made)["call"] == {"max_sequence_length": 256}


@pytest.mark.parametrize(("name", "other"), [("flux-dev", "schnell"), ("flux-schnell", "flux")])
def test_numbers_for_a_guidance_that_the_network_does_not_have_are_refused(folders, name, other):
    folder = next(path for path in folders.values() if path.name == other)
    wrong = load_generator(name, path=str(folder), **TINY)
    with pytest.raises(BadInput, match=r"expects transformer\.guidance_embeds"):
        wrong.generate(requests())


def test_an_argument_that_sdxl_would_swallow_is_refused(folders):
    bare = diffusers.StableDiffusionXLPipeline.from_pretrained(folders["sdxl"])
    kinds = {p.kind for p in inspect.signature(bare.__call__).parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD in kinds, "the trap is gone: simplify"
    wrong = with_recipe("sdxl", folders["sdxl"], call={"guidance_rescal": 0.7})
    with pytest.raises(BadInput, match=r"'guidance_rescal': is no argument of Stable.*rescale"):
        wrong.generate(requests())


def test_an_argument_that_must_not_be_passed_is_refused(folders):
    wrong = with_recipe(
        "sdxl", folders["sdxl"], call={"eta": 1.0}, never={"eta": "it adds noise of its own"}
    )
    with pytest.raises(BadInput, match=r"must not be passed .* it adds noise of its own"):
        wrong.generate(requests())


def test_a_repository_for_another_pipeline_class_is_refused(folders):
    wrong = load_generator("sdxl", path=str(folders["sd1.5"]), **TINY)
    with pytest.raises(BadInput, match="is for StableDiffusionPipeline") as caught:
        wrong.generate(requests())
    assert 'pipeline = "StableDiffusionPipeline"' in str(caught.value)


def test_a_watermark_is_never_added(folders, monkeypatch):
    """Left alone, SDXL adds one wherever the package for it is installed."""
    seen: list[Any] = []
    real = diffusers.StableDiffusionXLPipeline.__init__

    def spied(self, *args, **kwargs):
        seen.append(kwargs.get("add_watermarker", "left alone"))
        real(self, *args, **kwargs)

    spied.__signature__ = inspect.signature(real)
    monkeypatch.setattr(diffusers.StableDiffusionXLPipeline, "__init__", spied)
    assert load(folders, "sdxl").pipeline.watermark is None
    assert seen == [False]


def test_the_safety_checker_is_not_loaded(folders, tmp_path):
    folder = shutil.copytree(folders["sd1.5"], tmp_path / "checked")
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["requires_safety_checker"] = True
    (folder / "model_index.json").write_text(json.dumps(index))
    generator = load_generator("sd1.5", path=str(folder), **TINY)
    assert generator.pipeline.safety_checker is None
    assert apart(ask(generator), ask(load(folders, "sd1.5"))) == 0


def test_a_black_picture_of_a_safety_checker_is_a_refusal(folders):
    generator = load(folders, "sd1.5", batch=2)

    class Strict(torch.nn.Module):
        """Flags the second picture of a batch, and paints it black, as the real one does."""

        device, dtype = torch.device("cpu"), torch.float32

        def forward(self, images, clip_input):
            images[1] = 0
            return images, [False, True]

    pipeline = generator.pipeline
    pipeline.safety_checker = Strict()
    pipeline.feature_extractor = lambda images, return_tensors: Features()
    fine, flagged = generator.generate(requests()[:2])
    assert isinstance(fine, Image.Image), fine
    assert fine.size == (32, 32)
    assert flagged.kind == "provider_refused"
    assert "safety checker" in flagged.reason


class Features(dict):
    pixel_values = torch.zeros(1)

    def to(self, device: Any) -> Features:
        return self


def test_code_that_a_repository_brings_is_not_run(folders, tmp_path):
    folder = shutil.copytree(folders["sd1.5"], tmp_path / "hostile")
    index = json.loads((folder / "model_index.json").read_text())
    for component, library, kind in [
        ("unet", "os", "system"),
        ("unet", "my_unet", "Network"),
        ("scheduler", "diffusers", "utils"),
        ("scheduler", "subprocess", "Popen"),
    ]:
        (folder / "my_unet.py").write_text("raise SystemExit('it was run')")
        (folder / "unet" / "my_unet.py").write_text("raise SystemExit('it was run')")
        changed = {**index, component: [library, kind]}
        (folder / "model_index.json").write_text(json.dumps(changed))
        with pytest.raises(BadInput, match=f"wants component '{component}'"):
            load_generator("sd1.5", path=str(folder), **TINY).generate(requests())
    changed = {**index, "_class_name": ["my_pipeline", "StableDiffusionPipeline"]}
    (folder / "model_index.json").write_text(json.dumps(changed))
    with pytest.raises(BadInput, match="class of the repository's own"):
        load_generator("sd1.5", path=str(folder), **TINY).generate(requests())


def test_pickles_are_not_opened(folders, tmp_path):
    folder = shutil.copytree(folders["sd1.5"], tmp_path / "pickles")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(MissingWeights, match="lacks configuration or weights of 'unet'"):
        load_generator("sd1.5", path=str(folder), **TINY).generate(requests())


def test_weights_that_are_missing_are_not_made_up(folders, tmp_path):
    for component, file in [("unet", "diffusion_pytorch_model"), ("text_encoder", "model")]:
        folder = shutil.copytree(folders["sd1.5"], tmp_path / component)
        weights = folder / component / f"{file}.safetensors"
        tensors = load_file(weights)
        name = sorted(tensors)[0]
        del tensors[name]
        save_file(tensors, weights, metadata={"format": "pt"})
        with pytest.raises(BadInput, match="lacks"):
            load_generator("sd1.5", path=str(folder), **TINY).generate(requests())


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"true_cfg": 2.0}, "'true_cfg': is no setting of 'sd1.5'"),
        ({"base": "somewhere"}, "'base': is no setting of 'sd1.5'"),
        ({"steps": 0}, "'steps': is 0"),
        ({"guidance": "high"}, "'guidance': is 'high'"),
        ({"size": 33}, "'size': is 33. Give one side, or WIDTHxHEIGHT, in multiples of 8"),
        ({"size": "32by32"}, "'size'"),
        ({"batch": 0}, "'batch': is 0"),
        ({"dtype": "int8"}, "'dtype'"),
        ({"device": "tpu"}, "'device'"),
        ({"offload": "disk"}, "'offload': is 'disk'. Give none, model, sequential or group"),
        ({"vae_tiling": 1}, "'vae_tiling': is 1. Give true or false"),
        ({"quantise": "2bit"}, "'quantise'"),
        ({"settings": "papr"}, "'settings': is 'papr'. Give controlled or paper"),
    ],
)
def test_settings_that_mean_nothing_are_refused_before_anything_is_loaded(settings, says):
    with pytest.raises(BadInput, match=says):
        load_generator("sd1.5", path="nowhere", **settings)


def test_an_unknown_setting_is_named_with_the_nearest():
    with pytest.raises(BadInput, match=r"no setting 'guidence'\. Did you mean guidance\?"):
        load_generator("sdxl@guidence=3")


def test_offloading_needs_something_to_offload_from(folders):
    with pytest.raises(BadInput, match="computes on the processor"):
        load(folders, "sd1.5", offload="model").generate(requests())


def test_a_missing_library_is_named_with_what_brings_it(folders, monkeypatch):
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'widespectrum\[hub\]'"):
        load(folders, "sd1.5").generate(requests())


def test_a_quantisation_needs_its_library():
    if find_spec("bitsandbytes") is None:
        with pytest.raises(MissingExtra, match="pip install bitsandbytes"):
            load_generator("flux-dev@quantise=4bit")


def test_fewer_bits_change_pictures_and_the_fingerprint(folders):
    plain, small = load(folders, "sd3.5-medium"), load(folders, "sd3.5-medium", quantise="fp8")
    assert plain.fingerprint != small.fingerprint
    assert 0 < apart(ask(plain), ask(small)) < 128
    stored = {tensor.dtype for tensor in small.pipeline.transformer.parameters()}
    assert torch.float8_e4m3fn in stored


def test_tiles_are_switched_on_where_they_are_asked_for(folders):
    generator = load(folders, "sd1.5", vae_tiling=True, vae_slicing=True)
    assert generator.pipeline.vae.use_tiling
    assert generator.pipeline.vae.use_slicing
    plain = load(folders, "sd1.5")
    assert generator.fingerprint != plain.fingerprint
    assert load(folders, "sd1.5", vae_slicing=True, batch=7).fingerprint == plain.fingerprint
