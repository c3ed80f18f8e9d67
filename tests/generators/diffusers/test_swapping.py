"""Weights that are a part of another model: one file, a folder, or an adapter in PEFT's layout."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import diffusers
import peft
import pytest
import torch
from probing import apart, requests
from safetensors.torch import load_file, save_file
from tiny_flux import flux_transformer, write_flux
from tiny_sd3 import ATTENTION, sd3_transformer, write_adapter, write_sd3
from tiny_sd15 import sd15_unet, write_sd15

from widespectrum.contracts import Generator
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.generators import load_generator
from widespectrum.generators.diffusers.adapters import merge_adapter
from widespectrum.studies.generating import known_lineages

TINY: dict[str, Any] = {
    "steps": 2,
    "size": 32,
    "dtype": "float32",
    "device": "cpu",
    "batch": 3,
}


@pytest.fixture(scope="module")
def flux(tmp_path_factory) -> Path:
    return write_flux(tmp_path_factory.mktemp("flux"))


@pytest.fixture(scope="module")
def sd3(tmp_path_factory) -> Path:
    return write_sd3(tmp_path_factory.mktemp("sd3"))


@pytest.fixture(scope="module")
def adapter(tmp_path_factory) -> Path:
    return write_adapter(tmp_path_factory.mktemp("adapter"), rank=4, alpha=8)


def test_danceflux_is_flux_dev_with_the_transformer_of_one_file(flux, tmp_path):
    other = flux_transformer(seed=9)
    own = tmp_path / "ema.safetensors"
    save_file(other.state_dict(), own)
    swapped = load_generator("danceflux", path=str(own), base=str(flux), **TINY)
    found = swapped.pipeline.transformer.state_dict()
    assert found.keys() == other.state_dict().keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in other.state_dict().items())

    by_hand = diffusers.FluxPipeline.from_pretrained(flux, transformer=other)
    whole = tmp_path / "whole"
    by_hand.save_pretrained(whole)
    same = load_generator("flux-dev", path=str(whole), **TINY)
    base = load_generator("flux-dev", path=str(flux), **TINY)
    three = [generator.generate(requests()) for generator in (swapped, same, base)]
    for made, expected, before in zip(*three, strict=True):
        assert apart(made, expected) == 0
        assert apart(made, before) > 2


def test_danceflux_in_the_folder_of_its_repository(flux, tmp_path):
    own = tmp_path / "checkpoint-ema-300-0" / "diffusion_pytorch_model.safetensors"
    own.parent.mkdir()
    save_file(flux_transformer(seed=9).state_dict(), own)
    by_folder = load_generator("danceflux", path=str(tmp_path), base=str(flux), **TINY)
    by_file = load_generator("danceflux", path=str(own), base=str(flux), **TINY)
    assert apart(by_folder.generate(requests())[0], by_file.generate(requests())[0]) == 0


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda t: t.pop("x_embedder.bias"), "lacks 'x_embedder.bias'"),
        (lambda t: t.update({"x_embedder.bias": torch.zeros(3)}), "x_embedder.bias"),
        (lambda t: t.update({"more": torch.zeros(3)}), "has no use for 'more'"),
    ],
)
def test_a_file_that_is_no_such_transformer_is_refused(flux, tmp_path, spoil, says):
    tensors = dict(flux_transformer().state_dict())
    spoil(tensors)
    own = tmp_path / "own.safetensors"
    save_file(tensors, own)
    with pytest.raises(BadInput, match=says) as caught:
        _ = load_generator("danceflux", path=str(own), base=str(flux), **TINY).pipeline
    assert str(own) in str(caught.value)


def test_what_is_missing_is_said_with_the_way_to_get_it(flux, tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    own = tmp_path / "own.safetensors"
    save_file(flux_transformer().state_dict(), own)
    with pytest.raises(MissingWeights) as base:
        load_generator("danceflux", path=str(own), **TINY).generate(requests())
    assert "hf download black-forest-labs/FLUX.1-dev" in str(base.value)
    assert "Accept the licence at https://huggingface.co/black-forest-labs/FLUX.1-dev" in str(
        base.value
    )
    assert "danceflux@base=FOLDER" in str(base.value)
    with pytest.raises(MissingWeights) as weights:
        load_generator("danceflux", base=str(flux), **TINY).generate(requests())
    assert "hf download xzyhku/flux_hpsv2.1_dancegrpo" in str(weights.value)
    assert "danceflux@path=FOLDER" in str(weights.value)


def test_dpo_is_sd15_with_another_unet(tmp_path):
    base = write_sd15(tmp_path / "base")
    own = tmp_path / "own"
    other = sd15_unet(seed=9)
    other.save_pretrained(own / "unet")
    swapped = load_generator("dpo-sd1.5", path=str(own), base=str(base), **TINY)
    found = swapped.pipeline.unet.state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in other.state_dict().items())
    before = load_generator("sd1.5", path=str(base), **TINY)
    pairs = zip(swapped.generate(requests()), before.generate(requests()), strict=True)
    assert all(apart(*pair) > 2 for pair in pairs)


def test_every_part_is_in_the_fingerprint(flux, sd3, adapter, tmp_path):
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    save_file(flux_transformer(seed=1).state_dict(), one)
    save_file(flux_transformer(seed=2).state_dict(), two)
    other = write_flux(tmp_path / "other", seed=4)
    prints = {
        load_generator("danceflux", path=str(path), base=str(base), **TINY).fingerprint
        for path in (one, two)
        for base in (flux, other)
    }
    assert len(prints) == 4
    moved = tmp_path / "moved.safetensors"
    shutil.copy(one, moved)
    again = load_generator("danceflux", path=str(moved), base=str(flux), **TINY)
    assert again.fingerprint in prints
    plain = load_generator("sd3.5-medium", path=str(sd3), **TINY).fingerprint
    tuned = load_generator("sd3.5m-pickscore", path=str(adapter), base=str(sd3), **TINY)
    assert tuned.fingerprint != plain


def test_an_adapter_is_merged_at_full_strength(sd3, adapter):
    tuned = load_generator("sd3.5m-geneval", path=str(adapter), base=str(sd3), **TINY)
    before = sd3_transformer().state_dict()
    after = tuned.pipeline.transformer.state_dict()
    pairs = load_file(adapter / "adapter_model.safetensors")
    changed = 0
    assert after.keys() == before.keys(), "the network is as it was, without traces of peft"
    for name, weight in before.items():
        stem = f"base_model.model.{name.removesuffix('.weight')}"
        down, up = (pairs.get(f"{stem}.lora_{side}.weight") for side in "AB")
        expected = weight if down is None else weight + 8 / 4 * up @ down
        changed += down is not None
        torch.testing.assert_close(after[name], expected, rtol=1e-5, atol=1e-6)
    assert changed == len(pairs) // 2 >= 2 * len(ATTENTION) - 2
    base = load_generator("sd3.5-medium", path=str(sd3), **TINY)
    both = zip(tuned.generate(requests()), base.generate(requests()), strict=True)
    assert all(apart(*pair) > 2 for pair in both)


def test_the_trap_that_loads_nothing_is_there(sd3, adapter):
    """Diffusers' own loader finds nothing in such a folder, and does not fail."""
    pipeline = diffusers.StableDiffusion3Pipeline.from_pretrained(sd3)
    before = {name: tensor.clone() for name, tensor in pipeline.transformer.state_dict().items()}
    pipeline.load_lora_weights(adapter, weight_name="adapter_model.safetensors")
    after = pipeline.transformer.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    assert not pipeline.get_list_adapters().get("transformer")


def test_an_adapter_at_half_strength_is_refused(adapter, monkeypatch):
    layer = peft.tuners.lora.layer.LoraLayer
    real = layer.update_layer

    def forgets_alpha(self, name, *args, **kwargs):
        real(self, name, *args, **kwargs)
        self.scaling[name] = 1.0

    monkeypatch.setattr(layer, "update_layer", forgets_alpha)
    with pytest.raises(BadInput, match="at another strength"):
        merge_adapter(sd3_transformer(), adapter)


def test_an_adapter_that_changes_nothing_is_refused(tmp_path, adapter):
    idle = edited(adapter, tmp_path, lora_alpha=0)
    with pytest.raises(BadInput, match="at another strength"):
        merge_adapter(sd3_transformer(), idle)


def test_patterns_of_strength_are_honoured(tmp_path, adapter):
    uneven = edited(adapter, tmp_path, alpha_pattern={"to_q": 2})
    network = sd3_transformer()
    before = network.transformer_blocks[0].attn.to_q.weight.detach().clone()
    merge_adapter(network, uneven)
    pairs = load_file(adapter / "adapter_model.safetensors")
    stem = "base_model.model.transformer_blocks.0.attn.to_q.lora_"
    expected = before + 2 / 4 * pairs[f"{stem}B.weight"] @ pairs[f"{stem}A.weight"]
    torch.testing.assert_close(network.transformer_blocks[0].attn.to_q.weight, expected)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda t: t.pop(next(iter(t))), "lacks a matrix"),
        (lambda t: [t.pop(k) for k in list(t) if ".0.attn.to_q." in k], "has nothing for"),
        (lambda t: t.update({f"transformer.{k}": t.pop(k) for k in list(t)[:2]}), "has"),
        (lambda t: t.update({"lora.down.weight": torch.zeros(1)}), "not in PEFT's layout"),
        (lambda t: t.update({k: v * float("nan") for k, v in list(t.items())[:1]}), "not finite"),
        (lambda t: t.clear(), "is empty"),
    ],
)
def test_an_adapter_of_something_else_is_refused(tmp_path, adapter, spoil, says):
    copy = shutil.copytree(adapter, tmp_path / "copy")
    tensors = load_file(copy / "adapter_model.safetensors")
    spoil(tensors)
    save_file(tensors, copy / "adapter_model.safetensors")
    with pytest.raises(BadInput, match=says):
        merge_adapter(sd3_transformer(), copy)


def test_an_adapter_of_another_network_is_refused(adapter):
    with pytest.raises(BadInput, match="no adapter of this network"):
        merge_adapter(flux_transformer(), adapter)


def test_an_adapter_wants_its_folder(sd3, adapter):
    file = adapter / "adapter_model.safetensors"
    wrong = load_generator("sd3.5m-geneval", path=str(file), base=str(sd3), **TINY)
    with pytest.raises(BadInput, match="needs a folder"):
        wrong.generate(requests())


LINEAGES = {
    "danceflux": "flux-dev",
    "prefflux": "flux-dev",
    "sd3.5m-geneval": "sd3.5-medium",
    "sd3.5m-pickscore": "sd3.5-medium",
    "alchemist": "sd3.5-large",
    "dpo-sd1.5": "sd1.5",
}


def test_studies_find_the_lineages():
    assert known_lineages([*LINEAGES, *LINEAGES.values()]) == LINEAGES


@pytest.mark.parametrize("name", LINEAGES)
def test_members_of_a_lineage_are_painted_alike(name):
    """Nothing that can be set differs between an aligned model and its base, but its weights."""
    assert shots(load_generator(name)) == shots(load_generator(LINEAGES[name]))


def shots(generator: Generator) -> tuple[Any, ...]:
    facts = generator.facts
    return facts.size, facts.steps, facts.guidance, generator.levers.dtype, generator.recipe.call


def edited(adapter: Path, to: Path, **changes: Any) -> Path:
    copy = shutil.copytree(adapter, to / "edited")
    file = copy / "adapter_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    return copy
