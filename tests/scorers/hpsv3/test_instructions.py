"""What the rewards are told, byte for byte."""

import hashlib
import tomllib
from importlib import resources

import pytest

from widespectrum.errors import BadInput
from widespectrum.scorers.hpsv3 import SHARED, read_instruction
from widespectrum.scorers.hpsv3.instructions import PLACEHOLDER, REWARD, ending

ORIGINALS = ("hpsv3", "hpsv3pp")


def texts():
    file = resources.files("widespectrum.scorers.hpsv3").joinpath("data", "instructions.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_the_texts_of_others_are_theirs_byte_for_byte():
    known = {
        "hpsv3": (2523, "0393599dad45a971903d1d62a3acf9bad3ccccdafa7f40f680523419e1f68b7a"),
        "hpsv3pp": (1317, "4b760179e6eeec994804cc37e30968d0132bedeea81989ca7b045f8a2051397d"),
        "ending": (67, "2471faca094ae5bd6fe17b71dce20c3d7583625545e235889f7e74e7eeb69d0a"),
    }
    for name, (length, digest) in known.items():
        raw = texts()[name]["text"].encode()
        assert len(raw) == length
        assert hashlib.sha256(raw).hexdigest() == digest


def test_every_text_states_its_digest_source_and_licence():
    for about in texts().values():
        assert hashlib.sha256(about["text"].encode()).hexdigest() == about["sha256"]
        assert about["source"]
        assert about["licence"]


def test_alignment_is_the_original_without_its_first_half():
    original = texts()["hpsv3"]["text"]
    start, end = original.index("**Visual Quality:**"), original.index("**Text Alignment:**")
    assert texts()["alignment"]["text"] == original[:start] + original[end:]


def test_plusplus_is_told_the_first_half_only():
    own, first = texts()["hpsv3pp"]["text"], texts()["hpsv3"]["text"].split("\n\n**Text")[0]
    assert own == first + "\nTextual prompt - {text_prompt}\n\n\n"


@pytest.mark.parametrize("name", ["original", *SHARED])
@pytest.mark.parametrize("original", ORIGINALS)
def test_every_instruction_says_once_where_the_prompt_goes(name, original):
    assert read_instruction(name, original=original).text.count(PLACEHOLDER) == 1


@pytest.mark.parametrize("prompt", ["", "a {cat}", "{text_prompt}", "{", "{0!r:>9}", "%s\\n"])
def test_prompts_are_put_in_as_upstream_puts_them_in(prompt):
    instruction = read_instruction("original", original="hpsv3")
    upstream = instruction.text.format(text_prompt=prompt) + ending()
    assert instruction.around(prompt) == upstream.partition(REWARD)[0]
    assert upstream.endswith(REWARD + "\n\nEND\n")


def test_a_file_may_have_other_braces(tmp_path):
    file = tmp_path / "own.txt"
    file.write_text("Answer {like this}. Prompt: {text_prompt}\n")
    told = read_instruction(str(file), original="hpsv3").around("a cat")
    assert told.startswith("Answer {like this}. Prompt: a cat\n")


@pytest.mark.parametrize("content", ["no prompt", "{text_prompt} {text_prompt}", "x" * 30_000])
def test_a_file_that_is_no_instruction_is_refused(tmp_path, content):
    file = tmp_path / "own.txt"
    file.write_text(content)
    with pytest.raises(BadInput, match=r"own\.txt"):
        read_instruction(str(file), original="hpsv3")


def test_what_is_neither_known_nor_a_file_is_refused(tmp_path):
    with pytest.raises(BadInput, match="neither an instruction nor a file"):
        read_instruction("polite", original="hpsv3")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        read_instruction(str(tmp_path / "bytes.txt"), original="hpsv3")


def test_the_instruction_is_in_the_facts_and_the_fingerprint(make, tmp_path):
    file = tmp_path / "own.txt"
    file.write_text("{text_prompt}")
    scorers = [make(), *(make(instruction=name) for name in (*SHARED, str(file)))]
    assert len({scorer.fingerprint for scorer in scorers}) == len(scorers)
    assert [scorer.facts.instruction for scorer in scorers] == [
        scorer.instruction.text for scorer in scorers
    ]
    assert make(instruction="original").fingerprint == make().fingerprint


def test_scores_follow_the_instruction_and_weights_are_loaded_once(make, pictures):
    first, second = make(), make(instruction="neutral")
    image = pictures["grey"]
    scores = [scorer.score([image], ["a"], [[0, 0]])[0] for scorer in (first, second)]
    assert scores[0] != scores[1]
    assert first.network is second.network
    assert make(dtype="bfloat16").network is not first.network
