"""Decoding overlaps with what is painted next, and pictures are the pipeline's own, bit for bit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from probing import requests, start_picture
from tiny_flux import write_flux
from tiny_flux2 import write_klein
from tiny_glm_image import write_glm_image
from tiny_longcat import write_longcat
from tiny_qwen_image import write_qwen_image
from tiny_sd3 import write_sd3
from tiny_sd15 import write_sd15
from tiny_sdxl import write_sdxl
from tiny_z_image import write_z_image

from widespectrum.contracts import GenerationRequest, Generator
from widespectrum.errors import BadInput
from widespectrum.generators import load_generator
from widespectrum.generators.diffusers import painting
from widespectrum.generators.diffusers.recipe import conventions
from widespectrum.images import record_of

FAMILIES: dict[str, Callable[[Path], Path]] = {
    "flux-dev": write_flux,
    "flux2-klein-9b": write_klein,
    "glm-image": write_glm_image,
    "longcat-image": write_longcat,
    "qwen-image": write_qwen_image,
    "sd1.5": write_sd15,
    "sd3.5-medium": write_sd3,
    "sdxl": write_sdxl,
    "z-image": write_z_image,
}
# The released autoencoders of SDXL overflow in half precision, so the class casts them meanwhile.
TWICE = {"sdxl": ("float32", "float16"), "flux-dev": ("float32", "bfloat16")}


def load(name: str, folder: Path, **settings: Any) -> Generator:
    usual = {"steps": 2, "size": 32, "dtype": "float32", "device": "cpu", "batch": 2}
    return load_generator(name, path=str(folder), **{**usual, **settings})


@pytest.fixture(scope="module")
def sd15(tmp_path_factory) -> Path:
    return write_sd15(tmp_path_factory.mktemp("sd15"))


def same(one: Any, other: Any) -> bool:
    assert isinstance(one, Image.Image), one
    assert isinstance(other, Image.Image), other
    return one.size == other.size and one.tobytes() == other.tobytes()


def test_every_known_class_says_whether_it_can():
    apart = {name for name, facts in conventions().items() if facts.get("decodes_apart")}
    assert apart == set(conventions()), "a class without a test of its pictures below"
    assert len(FAMILIES) == len(conventions())


@pytest.mark.parametrize("name", FAMILIES)
def test_pictures_are_those_of_the_pipelines_own_decoding(name, tmp_path):
    folder = FAMILIES[name](tmp_path)
    for dtype in TWICE.get(name, ("float32",)):
        own = load(name, folder, overlap="off", dtype=dtype)
        apart = load(name, folder, overlap="on", dtype=dtype)
        assert apart.fingerprint == own.fingerprint
        asked = requests()
        if own.facts.takes_start_image:
            start = start_picture()
            asked.append(GenerationRequest("a red ball", 7, start_image=start, strength=0.5))
        expected = own.generate(asked)
        # Twice: what a call leaves behind must not reach the next one.
        for made in (apart.generate(asked), apart.generate(asked)):
            assert all(same(*both) for both in zip(made, expected, strict=True)), dtype
            for picture, other in zip(made, expected, strict=True):
                assert record_of(picture)["passes"] == record_of(other)["passes"]
        pipeline = apart.pipeline
        assert "decode" not in vars(pipeline.vae)
        assert "postprocess" not in vars(pipeline.image_processor)


def test_a_batch_is_decoded_while_the_next_one_is_painted(sd15, monkeypatch):
    generator = load("sd1.5", sd15, batch=1, overlap="on")
    caller = generator._load().caller
    second_begins, decoding = threading.Event(), threading.Event()
    real = caller.call

    def call(jobs):
        if jobs[0].number == 1:
            assert decoding.wait(30), "the first batch is being decoded"
            second_begins.set()
        return real(jobs)

    monkeypatch.setattr(caller, "call", call)
    generator.generate(requests()[:1])  # makes the decoder
    decoder = caller._decoder
    decode = decoder.decode

    def waits(latents, arguments):
        decoding.set()
        assert second_begins.wait(30), "the second batch is being painted"
        return decode(latents, arguments)

    monkeypatch.setattr(decoder, "decode", waits)
    answers = generator.generate(requests())
    assert all(isinstance(answer, Image.Image) for answer in answers), answers


def test_at_most_one_batch_waits_to_be_decoded(sd15, monkeypatch):
    """Painting must not run ahead: latents of many batches would fill the memory."""
    generator = load("sd1.5", sd15, batch=1, overlap="on")
    caller = generator._load().caller
    painted, done, ahead = 0, 0, []
    real, convert = caller.call, painting.outcomes

    def call(jobs):
        nonlocal painted
        painted += 1
        ahead.append(painted - done)
        return real(jobs)

    def outcomes(*args):
        nonlocal done
        done += 1
        return convert(*args)

    monkeypatch.setattr(caller, "call", call)
    monkeypatch.setattr(painting, "outcomes", outcomes)
    generator.generate([GenerationRequest("a", seed) for seed in range(8)])
    assert max(ahead) <= 3


def test_where_memory_does_not_suffice_for_both_the_batch_is_painted_again(sd15, monkeypatch):
    generator = load("sd1.5", sd15, overlap="on")
    caller = generator._load().caller
    expected = generator.generate(requests())
    tried: list[int] = []

    def decode(latents, arguments):
        tried.append(len(latents))
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(caller._decoder, "decode", decode)
    made = generator.generate(requests())
    assert all(same(*both) for both in zip(made, expected, strict=True))
    assert not caller.apart
    assert 1 <= len(tried) <= 2
    assert generator._load().batch == 2, "smaller batches are the second remedy"


def test_painting_that_runs_out_of_memory_first_stops_overlapping(sd15, monkeypatch):
    generator = load("sd1.5", sd15, overlap="on")
    caller = generator._load().caller
    real, sizes = caller.call, []

    def call(jobs):
        sizes.append(len(jobs))
        if caller.apart:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(jobs)

    monkeypatch.setattr(caller, "call", call)
    assert all(isinstance(answer, Image.Image) for answer in generator.generate(requests()))
    assert sizes == [2, 2, 1]


def test_an_error_while_decoding_is_a_failure_of_its_batch_alone(sd15, monkeypatch):
    generator = load("sd1.5", sd15, batch=1, overlap="on")
    generator.generate(requests()[:1])
    decoder = generator._load().caller._decoder
    decode, calls = decoder.decode, []

    def sometimes(latents, arguments):
        calls.append(len(latents))
        if len(calls) == 2:
            raise ValueError("no")
        return decode(latents, arguments)

    monkeypatch.setattr(decoder, "decode", sometimes)
    answers = generator.generate(requests())
    assert [isinstance(answer, Image.Image) for answer in answers] == [True, False, True]


def test_switches_of_the_process_are_put_back_by_the_last_thread():
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.allow_tf32
    entered, leave = threading.Event(), threading.Event()

    def other():
        with painting.exactly():
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=other)
    with painting.exactly():
        thread.start()
        assert entered.wait(30)
    assert (cudnn.deterministic, cudnn.allow_tf32) == (True, False), "the other still needs them"
    leave.set()
    thread.join()
    assert (cudnn.deterministic, cudnn.allow_tf32) == before


def test_by_default_nothing_is_put_off_on_a_processor(sd15):
    assert not load("sd1.5", sd15)._load().caller.apart


def test_what_paints_over_a_decoded_picture_gets_one(sd15):
    from widespectrum.generators.diffusers.decoding import decodes_apart
    from widespectrum.generators.diffusers.settings import Levers

    generator = load("sd1.5", sd15)
    gpu, recipe = torch.device("cuda"), generator.recipe

    class Watermarked:
        safety_checker = None
        watermark = object()

    assert decodes_apart(generator.pipeline, recipe, Levers(), gpu)
    assert not decodes_apart(Watermarked(), recipe, Levers(), gpu)
    assert not decodes_apart(generator.pipeline, recipe, Levers(offload="model"), gpu)
    assert not decodes_apart(generator.pipeline, recipe, Levers(overlap="off"), gpu)
    unknown = recipe.model_copy(update={"decodes_apart": False})
    assert not decodes_apart(generator.pipeline, unknown, Levers(), gpu)
    for wrong in (unknown, recipe):
        levers = Levers(overlap="on", offload="none" if wrong is unknown else "group")
        with pytest.raises(BadInput, match="is 'on'"):
            decodes_apart(generator.pipeline, wrong, levers, gpu)


def test_overlap_is_one_of_three_words(sd15):
    with pytest.raises(BadInput, match="auto, on or off"):
        load("sd1.5", sd15, overlap="sometimes")
