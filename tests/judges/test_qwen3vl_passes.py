"""Sharing changes what is computed, not what comes out."""

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_qwen3vl import pictures, tiny_model, tiny_tokenizer
from torch.utils.flop_counter import FlopCounterMode

from widespectrum.images import to_rgb
from widespectrum.judges import load_wording
from widespectrum.judges.qwen3vl.passes import ImageFirst, RightPadLast, TextFirst, separately
from widespectrum.judges.qwen3vl.pictures import grid_of, patches
from widespectrum.judges.qwen3vl.reader import Reader
from widespectrum.judges.qwen3vl.sequences import IMAGE_TOKEN, answer_ids, readings

SIZE = 128
WAYS = {"paper": TextFirst, "plain": ImageFirst}


class Bench:
    """A tiny model, its readings of a wording, and pictures."""

    def __init__(self, wording: str) -> None:
        self.model, self.tokenizer = tiny_model(), tiny_tokenizer()
        self.wording = load_wording(wording)
        self.dimensions = list(self.wording.questions)
        vision = self.model.config.vision_config
        grid = grid_of(SIZE, vision)
        padding = self.tokenizer.pad_token_id
        self.reader = Reader(self.model, answer_ids(self.tokenizer), grid, padding)
        self.readings = readings(self.wording, self.tokenizer, self.model, grid)
        self.images = pictures(3)
        self.pixels = patches(self.images, SIZE, vision)

    def passes(self):
        return WAYS[self.wording.name](self.reader, self.readings)


@pytest.fixture(scope="module", params=WAYS)
def bench(request):
    with torch.inference_mode():
        yield Bench(request.param)


@pytest.fixture(scope="module")
def separate(bench):
    return separately(bench.reader, bench.readings, bench.pixels, bench.dimensions)


def upstream(bench, image: Image.Image, dimension: str) -> torch.Tensor:
    """The authors' way, spelt out: one turn, one whole pass, the last column's three logits."""
    square = to_rgb(image).resize((SIZE, SIZE))
    levels = (np.asarray(square, np.float32) / 255 - 0.5) / 0.5
    side = SIZE // 32
    blocks = levels.transpose(2, 0, 1).reshape(3, side, 2, 16, side, 2, 16)
    blocks = blocks.transpose(1, 4, 2, 5, 0, 3, 6)[:, :, :, :, :, None]
    cut = np.repeat(blocks, 2, axis=5).reshape(side * side * 4, -1)
    question = bench.wording.question(dimension)
    picture = f"<|vision_start|>{IMAGE_TOKEN * side**2}<|vision_end|>"
    content = question + picture if bench.wording.order == "text-first" else picture + question
    text = f"<|im_start|>user\n{content}<|im_end|>\n<|im_start|>assistant\n"
    ids = torch.tensor([bench.tokenizer(text)["input_ids"]])
    image_token = bench.tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)
    output = bench.model(
        input_ids=ids,
        mm_token_type_ids=(ids == image_token).int(),
        pixel_values=torch.from_numpy(cut),
        image_grid_thw=torch.tensor([[1, SIZE // 16, SIZE // 16]]),
    )
    return output.logits[0, -1, bench.tokenizer.convert_tokens_to_ids(["0", "1", "2"])]


def test_separate_passes_are_what_the_authors_script_computes_for_one_question(bench, separate):
    for row, image in enumerate(bench.images):
        for column in (0, len(bench.dimensions) - 1):
            wanted = upstream(bench, image, bench.dimensions[column])
            assert torch.allclose(separate[row, column], wanted, rtol=0, atol=1e-5)


def test_shared_passes_are_separate_passes(bench, separate):
    shared = bench.passes().logits(bench.pixels, bench.dimensions)
    assert separate.abs().max() > 0.5
    assert torch.allclose(shared, separate, rtol=0, atol=1e-5)


def test_neither_neighbours_nor_the_order_of_questions_matter(bench, separate):
    passes = bench.passes()
    backwards = passes.logits(bench.pixels, bench.dimensions[::-1])
    assert torch.allclose(backwards, separate.flip(1), rtol=0, atol=1e-5)
    one = passes.logits(bench.pixels[1:2], bench.dimensions[3:4])  # what was kept is used again
    assert torch.allclose(one, separate[1:2, 3:4], rtol=0, atol=1e-5)
    twice = passes.logits(bench.pixels[:1], [bench.dimensions[2]] * 2)
    assert torch.allclose(twice, separate[:1, [2, 2]], rtol=0, atol=1e-5)


def flops(action) -> int:
    """Of layers with weights; in a model this small attention would hide them."""
    with FlopCounterMode(display=False) as counter:
        action()
    counts = counter.get_flop_counts()["Global"]
    layers = (torch.ops.aten.mm, torch.ops.aten.addmm, torch.ops.aten.convolution)
    return sum(counts.get(layer, 0) for layer in layers)


def test_what_is_shared_is_computed_once(bench):
    """On this small model; benchmarks/judge_passes.py counts for the real one."""
    arguments = bench.pixels[:1], bench.dimensions
    whole = flops(lambda: separately(bench.reader, bench.readings, *arguments))
    passes = bench.passes()
    first, second = (flops(lambda: passes.logits(*arguments)) for _ in range(2))
    if bench.wording.order == "text-first":
        assert second < first  # the questions themselves are kept
        assert whole / second > 2.5
    else:
        assert first == second
        assert whole / first > 1.5
    look = flops(lambda: bench.reader.look(bench.pixels[:1]))
    one = flops(lambda: bench.passes().logits(bench.pixels[:1], bench.dimensions[:1]))
    assert whole > len(bench.dimensions) * look
    assert second < one * len(bench.dimensions) - look


def test_what_another_picture_left_behind_does_not_matter(bench, separate):
    """The library keeps the positions of its last call on the module; ours are explicit."""
    passes = bench.passes()
    first = passes.logits(bench.pixels[:1], bench.dimensions[:2])
    for left in (None, torch.tensor([[-977]])):
        bench.model.model.rope_deltas = left
        again = passes.logits(bench.pixels[:1], bench.dimensions[:2])
        assert torch.equal(again, first)


def test_the_features_of_early_vision_layers_arrive(bench, separate):
    """Without them the answers are others: this guards the guard."""
    seen = bench.reader.look(bench.pixels[:1])
    seen.deepstack_features = []
    dimension = bench.dimensions[0]
    reading = bench.readings[dimension]
    hidden = bench.reader.read(reading.ids[None], reading.positions[:, None], seen=seen)
    lost = bench.reader.weigh(hidden[:, -1])
    assert (lost - separate[:1, 0]).abs().max() > 1e-2


@pytest.mark.parametrize("bench", ["paper"], indirect=True)
def test_reading_the_last_column_of_a_padded_batch_is_wrong_but_for_the_longest(bench, separate):
    lengths = [len(bench.readings[dimension].ids) for dimension in bench.dimensions]
    longest = int(np.argmax(lengths))
    theirs = RightPadLast(bench.reader, bench.readings).logits(bench.pixels, bench.dimensions)
    off = (theirs - separate).abs().amax(dim=(0, 2))
    assert off[longest] < 1e-5
    assert all(off[column] > 0.1 for column in range(len(lengths)) if column != longest)


@pytest.mark.parametrize("bench", ["paper"], indirect=True)
def test_the_authors_batch_is_repeated_as_it_is(bench):
    """All questions about one picture in one batch, padded right, ``logits[:, -1]``."""
    ids = [bench.readings[dimension].ids for dimension in bench.dimensions]
    batch = torch.nn.utils.rnn.pad_sequence(
        ids, batch_first=True, padding_value=bench.reader.padding
    )
    mask = torch.zeros_like(batch)
    for row, each in enumerate(ids):
        mask[row, : len(each)] = 1
    image_token = bench.model.config.image_token_id
    grid = torch.tensor([[1, *bench.reader.grid]]).repeat(len(ids), 1)
    types = (batch == image_token).int()
    positions, _ = bench.model.model.get_rope_index(
        batch, types, image_grid_thw=grid, attention_mask=mask
    )
    positions = torch.where(mask.bool(), positions, 1)  # as transformers 4.57 fills them
    output = bench.model(
        input_ids=batch,
        attention_mask=mask,
        position_ids=positions,
        mm_token_type_ids=types,
        pixel_values=bench.pixels[:1].repeat(len(ids), 1, 1).flatten(0, 1),
        image_grid_thw=grid,
    )
    answers = bench.tokenizer.convert_tokens_to_ids(["0", "1", "2"])
    wanted = output.logits[:, -1, answers]
    ours = RightPadLast(bench.reader, bench.readings)
    found = ours.logits(bench.pixels[:1], bench.dimensions)[0]
    assert torch.allclose(found, wanted, rtol=0, atol=1e-5)
    few = ours.logits(bench.pixels[:1], bench.dimensions[:2])[0]  # padded as the whole batch is
    assert torch.allclose(few, wanted[:2], rtol=0, atol=1e-5)
