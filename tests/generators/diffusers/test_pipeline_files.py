"""Which files of a repository are taken, where they are looked for, and what identifies them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import constants
from tiny_sd15 import write_sd15
from tiny_sdxl import write_sdxl

from widespectrum.checkpoints import Unpinned, reach
from widespectrum.contracts import GenerationRequest, Generator
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.generators import load_generator
from widespectrum.generators.diffusers.index import PipelineIndex, read_index
from widespectrum.generators.diffusers.recipe import Recipe
from widespectrum.generators.diffusers.sources import Incomplete, Part, parts_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TINY: dict[str, Any] = {"steps": 1, "size": 16, "dtype": "float32", "device": "cpu"}
PIPELINE = "StableDiffusionPipeline"


def chosen(listing: list[str], **recipe: Any) -> Part:
    index = PipelineIndex(PIPELINE, {"unet": ("diffusers", "UNet2DConditionModel")})
    (part,) = parts_of(listing, index, Recipe(pipeline=PIPELINE, **recipe))
    return part


def unet(*names: str) -> list[str]:
    return ["unet/config.json", *(f"unet/{name}" for name in names)]


def test_of_many_copies_of_the_weights_one_is_taken():
    listing = [
        "v1-5-pruned.safetensors",
        "unet_other/config.json",
        *unet("model.onnx", "diffusion_flax_model.msgpack"),
        "unet/diffusion_pytorch_model.bin",
        "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_pytorch_model.non_ema.safetensors",
    ]
    assert chosen(listing).files == tuple(unet("diffusion_pytorch_model.safetensors"))
    half = chosen(listing, variant="fp16")
    assert half.files == tuple(unet("diffusion_pytorch_model.fp16.safetensors"))
    assert half.variant == "fp16"
    other = chosen(listing, variant="bf16")
    assert other.files == tuple(unet("diffusion_pytorch_model.safetensors"))
    assert other.variant is None


def test_shards_are_taken_all_or_not_at_all():
    shards = [f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3)]
    index = "model.safetensors.index.json"
    others = ["model.safetensors.index.fp16.json", "pytorch_model.bin.index.json"]
    assert chosen(unet(*shards, index, *others)).files == tuple(sorted(unet(*shards, index)))
    with pytest.raises(Incomplete, match="shards beside"):
        chosen(unet(*shards[:2], index))
    half = [f"model.fp16-0000{n}-of-00002.safetensors" for n in (1, 2)]
    found = chosen(unet(*half, others[0], *shards, index), variant="fp16")
    assert found.files == tuple(sorted(unet(*half, others[0])))


@pytest.mark.parametrize(
    "listing", [[], ["unet/config.json"], ["unet/diffusion_pytorch_model.safetensors"]]
)
def test_a_component_without_weights_or_configuration_is_incomplete(listing):
    with pytest.raises(Incomplete, match="unet"):
        chosen(listing)


def test_vocabularies_and_schedulers_need_no_weights():
    index = PipelineIndex(
        PIPELINE,
        {
            "tokenizer": ("transformers", "CLIPTokenizer"),
            "scheduler": ("diffusers", "PNDMScheduler"),
            "safety_checker": ("stable_diffusion", "StableDiffusionSafetyChecker"),
        },
    )
    listing = ["tokenizer/merges.txt", "tokenizer/config.json", "scheduler/scheduler_config.json"]
    recipe = Recipe(pipeline=PIPELINE, without=("safety_checker",))
    parts = {part.component: part.files for part in parts_of(listing, index, recipe)}
    assert parts == {
        "tokenizer": ("tokenizer/config.json", "tokenizer/merges.txt"),
        "scheduler": ("scheduler/scheduler_config.json",),
    }


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"_class_name": "../x"}', "not json"])
def test_an_index_that_is_none_is_refused(tmp_path, content):
    file = tmp_path / "model_index.json"
    file.write_text(content)
    with pytest.raises(BadInput):
        read_index(file)


@pytest.fixture(scope="module")
def sd15(tmp_path_factory) -> Path:
    return write_sd15(tmp_path_factory.mktemp("sd15"))


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache of the hub, and no network."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put_into(cache: Path, folder: Path, repository: str) -> Path:
    """A repository as the hub's client keeps it."""
    home = cache / f"models--{repository.replace('/', '--')}"
    shutil.copytree(folder, home / "snapshots" / COMMIT)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(COMMIT)
    return home / "snapshots" / COMMIT


def paint(generator: Generator) -> Any:
    return generator.generate([GenerationRequest("a red ball", 1)])[0]


@pytest.mark.filterwarnings("ignore::widespectrum.checkpoints.Unpinned")
def test_the_cache_of_the_hub_serves_as_well_as_a_folder(sd15, cache):
    put_into(cache, sd15, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    from widespectrum.images import record_of

    cached, own = load_generator("sd1.5", **TINY), load_generator("sd1.5", path=str(sd15), **TINY)
    assert cached.fingerprint == own.fingerprint, "content counts, wherever it lies"
    made, expected = paint(cached), paint(own)
    assert made.tobytes() == expected.tobytes()
    hub = f"stable-diffusion-v1-5/stable-diffusion-v1-5@{COMMIT}"
    assert record_of(made)["sources"] == {"pipeline": hub}
    assert record_of(expected)["sources"] == {"pipeline": sd15.name}


def test_a_branch_is_named_as_what_it_is(sd15, cache):
    put_into(cache, sd15, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    with pytest.warns(Unpinned, match=COMMIT):
        paint(load_generator("sd1.5", **TINY))
    paint(load_generator("sd1.5", revision=COMMIT, **TINY))


@pytest.mark.filterwarnings("ignore::widespectrum.checkpoints.Unpinned")
def test_a_run_records_the_commit_that_it_used(sd15, cache, tmp_path, monkeypatch):
    """The commit of the snapshot that was read, of a model that nobody had pinned."""
    from widespectrum.checkpoints import hub
    from widespectrum.generators import GeneratorMaker, generation_payload
    from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, work

    monkeypatch.setattr(hub, "_resolved", {})
    repository = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    put_into(cache, sd15, repository)
    run = Run.create(tmp_path / "run", identity={"test": 1}, settings={})
    maker = GeneratorMaker(load_generator("sd1.5", **TINY))
    asked = [ImageRequest("a", "original", generation_payload("a red ball", 1))]
    for _ in work(run, Plan(images=[ImageWork(maker, asked)])):
        pass
    assert run.provenance["not_pinned"] == {repository: COMMIT}
    (record,) = run.table("images")["record"]
    assert json.loads(record)["sources"] == {"pipeline": f"{repository}@{COMMIT}"}


def test_offline_the_message_has_the_command_that_gets_everything(cache):
    with pytest.raises(MissingWeights) as caught:
        paint(load_generator("sdxl", **TINY))
    message = str(caught.value)
    assert "'sdxl' needs 'model_index.json' of stabilityai/stable-diffusion-xl-base-1.0" in message
    assert (
        "hf download stabilityai/stable-diffusion-xl-base-1.0 "
        '--include "model_index.json" --include "*/*.json"' in message
    )
    assert '--include "*/*.fp16*.safetensors"' in message
    assert "sdxl@path=FOLDER" in message
    assert "licence" not in message


def test_a_gate_is_said_to_be_one(cache):
    with pytest.raises(MissingWeights) as caught:
        paint(load_generator("flux-krea", **TINY))
    assert "Accept the licence at https://huggingface.co/black-forest-labs/FLUX.1-Krea-dev" in str(
        caught.value
    )
    assert "hf auth login" in str(caught.value)


def test_what_the_hub_refuses_is_said_with_where_to_ask(cache, monkeypatch):
    import httpx

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(reach, "hub_answers", lambda: True)
    answer = httpx.Response(403, request=httpx.Request("GET", "https://huggingface.co"))

    def refuse(*_: Any, **__: Any) -> None:
        raise huggingface_hub.errors.GatedRepoError("gated", response=answer)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refuse)
    with pytest.raises(MissingWeights, match=r"https://huggingface\.co/black-forest-labs/FLUX"):
        paint(load_generator("flux-dev", **TINY))


def test_a_download_that_was_broken_off_is_not_taken_for_whole(sd15, cache):
    home = put_into(cache, sd15, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    (home / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(MissingWeights):
        paint(load_generator("sd1.5", revision=COMMIT, **TINY))


def test_a_folder_that_lacks_something_is_named_with_it(sd15, tmp_path):
    with pytest.raises(MissingWeights, match=r"no 'model_index\.json'"):
        paint(load_generator("sd1.5", path=str(tmp_path), **TINY))
    half = shutil.copytree(sd15, tmp_path / "half")
    shutil.rmtree(half / "vae")
    with pytest.raises(MissingWeights, match="lacks 'vae'"):
        paint(load_generator("sd1.5", path=str(half), **TINY))


def test_a_plan_can_be_made_without_weights_but_nothing_painted(sd15, cache):
    planned = load_generator("sd1.5", **TINY)
    assert len(planned.fingerprint) == 64
    assert planned.fingerprint == load_generator("sd1.5", **TINY).fingerprint
    assert planned.fingerprint != load_generator("sdxl", **TINY).fingerprint
    with pytest.raises(MissingWeights):
        paint(planned)
    put_into(cache, sd15, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    late = load_generator("sd1.5", revision=COMMIT, **TINY)
    assert late.fingerprint != planned.fingerprint
    assert paint(late).size == (16, 16)


def test_weights_that_come_after_the_plan_are_not_painted_with(sd15, cache):
    planned = load_generator("sd1.5", revision=COMMIT, **TINY)
    before = planned.fingerprint
    put_into(cache, sd15, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    with pytest.raises(MissingWeights, match="planned without them"):
        paint(planned)
    assert planned.fingerprint == before


def test_the_fingerprint_is_of_content_and_of_what_changes_a_picture(sd15, tmp_path):
    def print_of(path: Path = sd15, **settings: Any) -> str:
        return load_generator("sd1.5", path=str(path), **{**TINY, **settings}).fingerprint

    copy = shutil.copytree(sd15, tmp_path / "copy")
    assert print_of(copy) == print_of()
    assert print_of(batch=5) == print_of(device="auto") == print_of()
    changed = [
        print_of(steps=2),
        print_of(guidance=3.0),
        print_of(size=32),
        print_of(dtype="bfloat16"),
        print_of(settings="paper", steps=None, dtype="float16"),
    ]
    config = copy / "scheduler" / "scheduler_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "steps_offset": 0}))
    changed.append(print_of(copy))
    assert len({print_of(), *changed}) == len(changed) + 1


def test_a_variant_of_the_weights_is_loaded_where_there_is_one(tmp_path):
    folder = write_sdxl(tmp_path / "sdxl", variant="fp16")
    assert list((folder / "unet").glob("*.fp16.safetensors"))
    assert paint(load_generator("sdxl", path=str(folder), **TINY)).size == (16, 16)


def test_making_a_generator_reads_nothing(monkeypatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(os, "open", refuse)
    load_generator("flux-dev@path=/nowhere,steps=4")
