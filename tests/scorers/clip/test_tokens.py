import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_clip import BEGIN, END, vocabulary
from upstream_text import cut, numbers

from widespectrum.catalog import ModelEntry
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.scorers.clip import (
    ClipTokens,
    Vocabulary,
    byte_signs,
    locate_vocabulary,
    read_vocabulary,
)

HAND_MADE = [
    "",
    "   ",
    "the cat",
    "The  CAT\tand\nthe dog's 42 cats, isn't it?",
    "“curly” – and … ﬁne ligatures",
    "schÃ¶n",  # mojibake
    "&lt;b&gt; &amp;amp; more &#39;quotes&#39;",
    "一只猫在黑暗的房间里",
    "صورة ضبابية",
    "тёмная фотография",
    "🌋🐢 \u202e\u0000 \\ {} %s",
    "half a character: \ud83c",
    "x" * 300,
]


def entry(**fields):
    known = {"name": "tiny", "kind": "scorer", "title": "T", "class": "widespectrum.x:T"}
    return ModelEntry.model_validate(known | fields)


@pytest.fixture(scope="module")
def readers():
    tokens, merges = vocabulary()
    made = Vocabulary(tokens, [tuple(merge.split()) for merge in merges])
    return {cleaned: ClipTokens(made, cleaned=cleaned, limit=16) for cleaned in (False, True)}


@pytest.mark.parametrize("prompt", HAND_MADE)
@pytest.mark.parametrize("cleaned", [True, False])
def test_tokens_are_those_of_the_published_code(readers, prompt, cleaned):
    text = prompt.encode("utf-8", "replace").decode()
    assert readers[cleaned].count([prompt])[0] == len(numbers(text, cleaned=cleaned))
    ours, theirs = readers[cleaned].encode([prompt])[0], cut(numbers(text, cleaned=cleaned))
    used = min(16, len(numbers(text, cleaned=cleaned)))
    assert ours[:used].tolist() == theirs[:used]


# Case folding of rare letters differs between Python and the tokenizer's library; NFC, which only
# the latter does, changes letters that were written in two parts.
_PLAIN = st.text(st.sampled_from("abcthe THE 019 .,;:!?'\"-_()&;#“”…–ﬁéüßж猫ا🌋\t\n"), max_size=60)


@settings(max_examples=150, deadline=None)
@given(prompt=_PLAIN)
def test_cleaned_prompts_read_as_openai_reads_them(readers, prompt):
    assert readers[True]._numbers([prompt])[0] == numbers(prompt, cleaned=True)


def test_typography_is_where_the_two_traditions_part(readers):
    prompt = "the “old” house… &amp; ﬁre"
    assert readers[True].count([prompt])[0] < readers[False].count([prompt])[0]


def test_a_long_prompt_keeps_its_beginning_and_ends_with_the_sign(readers):
    tokens, _ = vocabulary()
    (row,) = readers[True].encode(["cat " * 50])
    assert len(row) == 16
    assert row[0] == tokens[BEGIN]
    assert row[-1] == tokens[END]
    assert tokens[END] not in row[:-1]


def test_a_prompt_is_filled_up_by_its_own_length_alone():
    tokens, _ = vocabulary()
    reader = ClipTokens(Vocabulary(tokens, []), cleaned=False, limit=77)
    for letters, length in ((0, 16), (14, 16), (15, 32), (60, 64), (62, 64), (63, 77), (200, 77)):
        (row,) = reader.encode(["a" * letters])
        assert len(row) == length
    alone, beside = reader.encode(["abc"])[0], reader.encode(["a" * 70, "abc"])[1]
    assert np.array_equal(alone, beside)


def test_no_prompts_no_tokens(readers):
    assert readers[True].count([]).shape == (0,)
    assert readers[True].encode([]) == []


def test_the_three_forms_of_a_vocabulary_say_the_same(tmp_path):
    tokens, merges = vocabulary()
    for form in ("pair", "one", "lists"):
        (tmp_path / form).mkdir()
    (tmp_path / "pair/vocab.json").write_text(json.dumps(tokens))
    (tmp_path / "pair/merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    one = {"model": {"type": "BPE", "vocab": tokens, "merges": merges}}
    (tmp_path / "one/tokenizer.json").write_text(json.dumps(one))
    one["model"]["merges"] = [merge.split() for merge in merges]
    (tmp_path / "lists/tokenizer.json").write_text(json.dumps(one))
    read = [
        read_vocabulary(locate_vocabulary(entry(), tokenizer=str(tmp_path / form)))
        for form in ("pair", "one", "lists")
    ]
    assert read[0] == read[1] == read[2]
    assert read[0].merges == [("t", "h"), ("th", "e</w>")]


def test_openais_file_gives_clips_numbers(tmp_path):
    """As many merges as CLIP uses are taken, and more are left: 49,408 tokens."""
    lines = ["version", *(f"a{k} b" for k in range(50_000))]
    file = tmp_path / "bpe_simple_vocab_16e6.txt.gz"
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    read = read_vocabulary(locate_vocabulary(entry(), tokenizer=str(tmp_path)))
    assert len(read.tokens) == 49408
    assert (read.tokens[BEGIN], read.tokens[END]) == (49406, 49407)
    assert read.tokens["!"] == 0
    assert read.tokens["!</w>"] == 256
    assert read.tokens["a0b"] == 512
    assert len(read.merges) == 48894


def test_bytes_have_256_different_printable_signs():
    signs = byte_signs()
    assert len(set(signs)) == 256
    assert all(sign.isprintable() and not sign.isspace() for sign in signs)
    assert signs[:2] == ["!", '"']
    assert signs[-68:][:1] == ["Ā"]  # byte 0 is the first of those that had to move


def test_where_the_vocabulary_is_looked_for(tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    for folder in ("beside", "named"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tokenizer.json").write_text(folder)
    weights = tmp_path / "beside" / "w.pt"
    weights.write_bytes(b"")
    near = {"path": str(weights)}
    assert locate_vocabulary(entry(), **near).paths[0].parent.name == "beside"
    named = locate_vocabulary(entry(), **near, tokenizer=str(tmp_path / "named"))
    assert named.paths[0].parent.name == "named"
    assert named.identity != locate_vocabulary(entry(), **near).identity
    with pytest.raises(MissingWeights, match=r"hf download some/where vocab.json merges.txt"):
        locate_vocabulary(entry(tokenizer="some/where", hub_id="weights/only"))
    with pytest.raises(MissingWeights, match="hf download weights/only vocab"):
        locate_vocabulary(entry(hub_id="weights/only"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingWeights, match="no vocabulary of a CLIP"):
        locate_vocabulary(entry(), tokenizer=str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"vocab.json": "{}", "merges.txt": ""}, "lacks"),
        ({"vocab.json": "[]", "merges.txt": ""}, "no vocabulary"),
        ({"vocab.json": '{"a": "b"}', "merges.txt": ""}, "no numbers"),
        ({"vocab.json": '{"a": 1}', "merges.txt": "one two three"}, "no vocabulary"),
        ({"tokenizer.json": '{"model": {}}'}, "no vocabulary"),
        ({"tokenizer.json": "<html>"}, "no vocabulary"),
        ({"bpe_simple_vocab_16e6.txt.gz": "no gzip"}, "no vocabulary"),
    ],
)
def test_what_is_no_vocabulary_is_named(tmp_path, files, says):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(BadInput, match=says) as caught:
        read_vocabulary(locate_vocabulary(entry(), tokenizer=str(tmp_path)))
    assert caught.value.place.file == str(tmp_path / next(iter(files)))


def test_merges_of_another_vocabulary_are_refused():
    tokens, _ = vocabulary()
    with pytest.raises(BadInput, match="does not fit together"):
        ClipTokens(Vocabulary(tokens, [("no", "such")]), cleaned=False, limit=16)
