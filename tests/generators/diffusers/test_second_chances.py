"""A batch that fails: only the guilty request does, memory is asked for less, and order is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from probing import apart
from tiny_sd15 import write_sd15

from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.generators import load_generator
from widespectrum.generators.diffusers.outcomes import outcomes

SEVEN = [GenerationRequest(f"picture {number}", number) for number in range(7)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_sd15(tmp_path_factory.mktemp("sd15"))


def load(folder: Path, **settings: Any) -> Generator:
    usual = {"steps": 1, "size": 16, "dtype": "float32", "device": "cpu", "batch": 4}
    return load_generator("sd1.5", path=str(folder), **{**usual, **settings})


def spied(generator: Generator, fails: Any) -> list[int]:
    """Sizes of the calls that are made; `fails` may raise before each."""
    sizes: list[int] = []
    caller = generator._load().caller
    real = caller.call

    def call(jobs: Sequence[Any]) -> Any:
        sizes.append(len(jobs))
        fails(jobs)
        return real(jobs)

    caller.call = call
    return sizes


def test_only_the_guilty_request_fails(folder):
    generator = load(folder)

    def fails(jobs):
        if any(job.number == 2 for job in jobs):
            raise ValueError("cannot count to two")

    sizes = spied(generator, fails)
    answers = generator.generate(SEVEN)
    assert answers[2] == Failure("error", "ValueError: cannot count to two")
    assert [isinstance(answer, Image.Image) for answer in answers] == [
        number != 2 for number in range(7)
    ]
    assert sizes == [4, 1, 1, 1, 1, 3]


def test_when_memory_runs_out_batches_become_smaller_and_stay_so(folder):
    generator = load(folder)

    def fails(jobs):
        if len(jobs) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")

    sizes = spied(generator, fails)
    answers = generator.generate(SEVEN)
    assert all(isinstance(answer, Image.Image) for answer in answers)
    assert sizes == [4, 2, *[1] * 7]
    reference = load(folder, batch=1).generate(SEVEN)
    assert all(apart(*both) <= 1 for both in zip(answers, reference, strict=True))
    sizes.clear()
    generator.generate(SEVEN)
    assert sizes == [1] * 7


def test_memory_that_is_not_enough_for_one_is_a_failure_of_its_kind(folder):
    generator = load(folder)

    def fails(jobs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    spied(generator, fails)
    assert {answer.kind for answer in generator.generate(SEVEN[:3])} == {"out_of_memory"}


def test_answers_come_as_they_are_done_and_are_ordered_in_the_end(folder, tmp_path):
    generator = load(folder, batch=2)
    start = Image.new("RGB", (16, 16), "red")
    asked = [
        GenerationRequest("a", 1),
        GenerationRequest("b", 2, start_image=start, strength=1.0),
        GenerationRequest("c", -3),
        GenerationRequest("d", 4),
        GenerationRequest("e", 5),
    ]
    streamed = list(generator.stream(asked))
    assert [number for number, _ in streamed] == [2, 0, 3, 4, 1]
    assert [type(answer) for answer in generator.generate(asked)] == [
        type(dict(streamed)[number]) for number in range(5)
    ]


def test_a_batch_is_painted_while_the_one_before_is_converted(folder, monkeypatch):
    from widespectrum.generators.diffusers import painting

    generator = load(folder, batch=1)
    events: list[str] = []
    spied(generator, lambda jobs: events.append(f"paint {jobs[0].number}"))
    real = painting.outcomes

    def slow(*args):
        patience = time.monotonic() + 20
        while "paint 1" not in events and time.monotonic() < patience:
            time.sleep(0.01)
        events.append("converted")
        return real(*args)

    monkeypatch.setattr(painting, "outcomes", slow)
    generator.generate(SEVEN[:3])
    assert events.index("paint 1") < events.index("converted")


def test_no_other_thread_touches_the_pipeline(folder):
    """A tokenizer that two threads ask at once pads for one what the other wants as it is."""
    generator = load(folder, batch=1)
    tokenizer = generator.pipeline.tokenizer
    threads: set[str] = set()

    class Spied(type(tokenizer)):
        def __call__(self, *args, **kwargs):
            threads.add(threading.current_thread().name)
            return super().__call__(*args, **kwargs)

    tokenizer.__class__ = Spied
    generator.generate(SEVEN)
    assert threads == {threading.current_thread().name}


def test_pictures_of_the_driver_are_those_of_the_library():
    from diffusers.image_processor import VaeImageProcessor

    values = torch.rand(3, 3, 20, 24, generator=torch.Generator().manual_seed(0)) * 2.2 - 1.1
    processor = VaeImageProcessor()
    expected = processor.postprocess(values, output_type="pil")
    for dtype in (torch.float32, torch.bfloat16):
        decoded = values.to(dtype)
        expected = processor.postprocess(decoded, output_type="pil")
        made = outcomes(processor.postprocess(decoded, output_type="pt"), [False] * 3)
        assert [apart(*both) for both in zip(made, expected, strict=True)] == [0, 0, 0]


def test_numbers_that_are_not_finite_are_no_picture():
    values = torch.rand(3, 3, 8, 8)
    values[1, 0, 2, 2] = float("nan")
    first, second, third = outcomes(values, [False] * 3)
    assert isinstance(first, Image.Image)
    assert isinstance(third, Image.Image)
    assert second.kind == "invalid_result"
    assert "dtype=bfloat16" in second.reason


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_one_colour_all_over_is_no_picture(value):
    (answer,) = outcomes(torch.full((1, 3, 8, 8), value), [False])
    assert answer.kind == "invalid_result"


def test_a_dark_picture_is_one():
    values = torch.zeros(1, 3, 16, 16)
    values[..., 4:8, 4:8] = 0.05
    (answer,) = outcomes(values, [False])
    assert isinstance(answer, Image.Image)


def test_a_flagged_picture_is_a_refusal_whatever_it_shows():
    (answer,) = outcomes(torch.rand(1, 3, 8, 8), [True])
    assert answer.kind == "provider_refused"
