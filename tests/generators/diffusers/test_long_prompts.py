"""Prompts that are longer than CLIP reads: read in parts, or cut and recorded, never in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from probing import apart
from tiny_clip_text import clip_tokenizer
from tiny_flux import write_flux
from tiny_sd15 import write_sd15
from tiny_sdxl import write_sdxl

from widespectrum.contracts import GenerationRequest, Generator
from widespectrum.errors import BadInput
from widespectrum.generators import load_generator
from widespectrum.generators.diffusers.long_prompts import MOST, divider
from widespectrum.images import record_of

# In the tiny vocabulary every letter is a token: 75 of them are read at once.
SHORT = "a red ball"
HEAD = "a red ball on one table by the window, out of focus, " + "very crooked, and grey, " * 2
LONG = HEAD + "badly lit, in colours that fight each other"
OTHER = HEAD + "mildly lit, in colours that suit each other"


@dataclass(frozen=True)
class Case:
    name: str
    write: Callable[[Path], Path]
    encoders: int


CASES = {"sd1.5": Case("sd1.5", write_sd15, 1), "sdxl": Case("sdxl", write_sdxl, 2)}


@pytest.fixture(scope="module", params=CASES)
def case(request) -> Case:
    return CASES[request.param]


@pytest.fixture(scope="module")
def folder(case, tmp_path_factory) -> Path:
    return case.write(tmp_path_factory.mktemp(case.name))


def load(case: Case, folder: Path, **changes: Any) -> Generator:
    usual = {"steps": 1, "size": 16, "dtype": "float32", "device": "cpu", "batch": 4}
    return load_generator(case.name, path=str(folder), **{**usual, **changes})


@pytest.fixture(scope="module")
def whole(case, folder) -> Generator:
    return load(case, folder)


def divide(text: str) -> tuple[str, ...]:
    return divider(SimpleNamespace(tokenizer=TOKENIZER), {"tokenizer": 77})(text)


TOKENIZER = clip_tokenizer()


def inside(text: str) -> list[int]:
    """The tokens of a text without those that open and close it."""
    return TOKENIZER(text, truncation=False, verbose=False).input_ids[1:-1]


WORDS = st.lists(st.text("abcxyz,.é", min_size=1, max_size=20), min_size=0, max_size=60)


@settings(max_examples=40, deadline=None)
@given(WORDS, st.sampled_from([" ", "  ", "\n"]))
def test_parts_have_the_tokens_of_the_whole(words, space):
    text = space.join(words)
    parts = divide(text)
    assert all(len(inside(part)) <= 75 for part in parts)
    if len(parts) < MOST:
        assert "".join(parts) == text
        assert [token for part in parts for token in inside(part)] == inside(text)


def test_parts_are_as_long_as_they_can_be():
    parts = divide(" ".join(["word"] * 40))
    assert [len(inside(part)) for part in parts] == [72, 72, 16]
    assert divide("") == ("",)
    assert divide("x" * 75) == ("x" * 75,)


def test_a_text_without_spaces_is_divided_all_the_same():
    text = "x" * 200
    parts = divide(text)
    assert "".join(parts) == text
    assert [len(part) for part in parts] == [75, 75, 50]


def test_a_novel_is_not_read_to_its_end():
    assert len(divide("word " * 10_000)) == MOST


def reference(pipeline: Any, case: Case, text: str, count: int) -> torch.Tensor:
    """States of the encoders for a text's tokens in groups of 75, written for this test alone."""
    sides = []
    for number in range(1, case.encoders + 1):
        suffix = "" if number == 1 else f"_{number}"
        tokenizer = getattr(pipeline, "tokenizer" + suffix)
        encoder = getattr(pipeline, "text_encoder" + suffix)
        ids = tokenizer(text, truncation=False, verbose=False).input_ids
        first, *middle, last = ids
        groups = _groups(tokenizer, middle, text) + [[]] * count
        states = []
        for group in groups[:count]:
            row = [first, *group, last]
            row += [tokenizer.pad_token_id] * (77 - len(row))
            with torch.no_grad():
                out = encoder(torch.tensor([row]), output_hidden_states=True)
            states.append(out.last_hidden_state if case.encoders == 1 else out.hidden_states[-2])
        sides.append(torch.cat(states, dim=1))
    return torch.cat(sides, dim=-1)


def _groups(tokenizer: Any, ids: list[int], text: str) -> list[list[int]]:
    """Groups of at most 75 that end with a word."""
    groups: list[list[int]] = [[]]
    word: list[int] = []
    for token in ids:
        word.append(token)
        ends_word = tokenizer.convert_ids_to_tokens(token).endswith("</w>")
        if ends_word:
            if len(groups[-1]) + len(word) > 75:
                groups.append([])
            groups[-1] += word
            word = []
    assert not word, text
    return groups


# One mark a word, so that words of the vocabulary end where those of the text do.
PLAIN = LONG.replace(",", "")


def test_embeddings_are_the_encoders_states_group_by_group(case, whole):
    embeddings = whole._load().caller.embeddings
    found = embeddings.arguments([PLAIN], [SHORT], True)
    pipeline = whole.pipeline
    for name, text in (("prompt_embeds", PLAIN), ("negative_prompt_embeds", SHORT)):
        expected = reference(pipeline, case, text, 2)
        assert found[name].shape == expected.shape == (1, 154, 32 * case.encoders)
        torch.testing.assert_close(found[name], expected, rtol=1e-5, atol=1e-6)
    if case.encoders == 2:
        (head, _) = embeddings.divide(PLAIN)
        alone = embeddings.arguments([head], [SHORT], True)
        for name in ("pooled_prompt_embeds", "negative_pooled_prompt_embeds"):
            assert torch.equal(found[name], alone[name])


def test_to_no_negative_prompt_more_of_none_is_added(case, whole):
    found = whole._load().caller.embeddings.arguments([PLAIN], None, True)
    negative = found["negative_prompt_embeds"]
    assert negative.shape == found["prompt_embeds"].shape
    if case.name == "sdxl":
        assert not negative.any(), "zeros stand for none"
    else:
        torch.testing.assert_close(
            negative, reference(whole.pipeline, case, "", 2), rtol=1e-5, atol=1e-6
        )


def test_the_end_of_a_long_prompt_counts_unless_it_is_cut(case, folder):
    cut, whole = (load(case, folder, long_prompts=each, batch=1) for each in ("cut", "parts"))
    asked = [GenerationRequest(text, 1) for text in (LONG, OTHER, SHORT)]
    first, second, short = whole.generate(asked)
    assert apart(first, second) > 0
    one, other, same = cut.generate(asked)
    assert apart(one, other) == 0, "what tells them apart is not read"
    assert apart(short, same) == 0, "short prompts are what they were"
    assert apart(first, one) > 0
    assert cut.fingerprint != whole.fingerprint


def test_a_picture_does_not_depend_on_the_lengths_beside_it(case, folder, whole):
    asked = [
        GenerationRequest(SHORT, 1),
        GenerationRequest(LONG, 2),
        GenerationRequest(SHORT, 3, LONG),
        GenerationRequest(SHORT, 4, "dark"),
        GenerationRequest(LONG + LONG, 5, "dark"),
    ]
    together = whole.generate(asked)
    alone = load(case, folder, batch=1).generate(asked)
    assert [apart(*both) for both in zip(together, alone, strict=True)] == [0] * 5


def test_the_record_says_what_was_read(case, folder, whole):
    needed = len(inside(LONG)) + 2
    (read,) = whole.generate([GenerationRequest(LONG, 1, LONG)])
    (cut,) = load(case, folder, long_prompts="cut").generate([GenerationRequest(LONG, 1)])
    names = ["tokenizer", "tokenizer_2"][: case.encoders]
    assert record_of(read)["tokens"] == {
        name: {"tokens": needed, "cut": 0, "parts": 2} for name in names
    }
    assert record_of(read)["negative_tokens"] == record_of(read)["tokens"]
    assert record_of(cut)["tokens"] == {
        name: {"tokens": needed, "cut": needed - 77} for name in names
    }
    (novel,) = whole.generate([GenerationRequest("word " * 300, 1)])
    assert record_of(novel)["tokens"]["tokenizer"] == {
        "tokens": 1202, "cut": 1200 - MOST * 72, "parts": MOST,
    }  # fmt: skip


def test_the_papers_settings_read_what_its_scripts_read():
    known = {
        name: load_generator(name, settings="paper").long_prompts
        for name in ("sdxl", "playground-v2.5", "sd1.5", "dpo-sd1.5")
    }
    assert known == {
        "sdxl": "parts", "playground-v2.5": "cut", "sd1.5": "cut", "dpo-sd1.5": "cut",
    }  # fmt: skip
    with pytest.raises(BadInput, match="settings=paper has its own"):
        load_generator("sdxl", settings="paper", long_prompts="cut")


def test_a_pipeline_whose_prompts_are_not_divided_says_so(tmp_path):
    with pytest.raises(BadInput, match="whose prompts are not divided"):
        load_generator("flux-dev", long_prompts="parts")
    with pytest.raises(BadInput, match="parts or cut"):
        load_generator("sdxl", long_prompts="compel")
    flux = load_generator(
        "flux-dev", path=str(write_flux(tmp_path)), steps=1, size=16, dtype="float32", device="cpu"
    )
    (made,) = flux.generate([GenerationRequest(LONG, 1)])
    needed = len(inside(LONG)) + 2
    tokens = record_of(made)["tokens"]
    assert tokens["tokenizer"] == {"tokens": needed, "cut": needed - 77}, "for the pooled state"
    assert tokens["tokenizer_2"]["cut"] == 0
