"""The vocabulary knows every word that any of us writes to Bonsai, and is the same anywhere."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from widespectrum.aesthetics import load_dimensions
from widespectrum.bonsai import (
    CritiqueScene,
    Look,
    Vocabulary,
    caption,
    sample_scene,
    vocabulary,
    world_pairs,
)
from widespectrum.bonsai.language import NULL, PAD, TOKEN_LIMIT, UNKNOWN, known_words, words
from widespectrum.bonsai.world import CRITIQUES, drawable
from widespectrum.errors import BadInput
from widespectrum.prompts.frames import CAPTION_FIRST, EFFECTS_FIRST, PICTURE_WORDS
from widespectrum.prompts.neutral import STATEMENTS


def missing(text: str) -> set[str]:
    return set(words(text)) - known_words()


def test_knows_every_caption() -> None:
    for number in range(400):
        scene = sample_scene(Random(number))
        for style in ("short", "written"):
            assert not missing(caption(scene, number, style=style))  # type: ignore[arg-type]


def test_knows_every_phrase_of_every_effect_that_the_world_draws() -> None:
    for dimension in drawable(load_dimensions()).values():
        for effect in dimension.effects:
            assert not missing(" ".join(effect.phrases)), effect.key


def test_knows_the_frames_and_neutral_statements() -> None:
    slots = dict.fromkeys(
        ("effects", "Effects", "first", "rest", "opening", "inside", "stop"), ""
    ) | {"picture": "picture", "a_picture": "a picture", "A_picture": "A picture"}
    for frame in (*EFFECTS_FIRST, *CAPTION_FIRST):
        assert not missing(frame.text.format(**slots))
    for group in STATEMENTS:
        for statement in group:
            assert not missing(statement)
    assert not missing(" ".join(PICTURE_WORDS))


def test_prompt_pairs_fit_uncut_and_without_unknown_words() -> None:
    frame = world_pairs(80, seed=2).frame
    known = vocabulary()
    for column in ("prompt_original", "prompt_anti", "prompt_neutral"):
        assert known.count(frame[column].to_list()).max() <= TOKEN_LIMIT
        assert not (known.encode(frame[column].to_list()) == known.tokens.index(UNKNOWN)).any()


def test_same_in_another_process() -> None:
    script = "from widespectrum.bonsai import vocabulary; print(vocabulary().fingerprint)"
    there = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert there.stdout.strip() == vocabulary().fingerprint


def test_encode() -> None:
    known = vocabulary()
    table = known.encode(["A red boat", "a RED zeppelin!", "", "blurry " * 100])
    assert table.shape == (4, TOKEN_LIMIT)
    assert table.dtype == np.int64
    pad, unknown, null = (known.tokens.index(token) for token in (PAD, UNKNOWN, NULL))
    assert (pad, unknown, null) == (0, 1, 2)
    assert [known.tokens[i] for i in table[0, :3]] == ["a", "red", "boat"]
    assert list(table[1, :4]) == [table[0, 0], table[0, 1], unknown, pad]
    assert list(table[2, :2]) == [null, pad]
    assert (table[3] == table[3, 0]).all()
    assert list(known.count(["A red boat", "", "blurry " * 100])) == [3, 0, 100]


def test_hyphens_part_words_and_apostrophes_do_not() -> None:
    assert words("Low-polygon, the subject’s 3D _ model") == [
        "low",
        "polygon",
        "the",
        "subject's",
        "3d",
        "model",
    ]


def test_another_vocabulary_is_refused() -> None:
    known = vocabulary()
    known.check(known.fingerprint, model="bonsai-clip")
    other = Vocabulary((*known.tokens, "zeppelin"))
    assert other.fingerprint != known.fingerprint
    with pytest.raises(BadInput, match=r"bonsai-clip.*vocabulary"):
        known.check(other.fingerprint, model="bonsai-clip")


@pytest.mark.parametrize("tokens", [(), ("a", "b", "c"), (PAD, UNKNOWN, NULL, "a", "a")])
def test_a_damaged_vocabulary_is_refused(tokens: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        Vocabulary(tokens)


def test_captions_fit_uncut() -> None:
    """Also the longest: a critique scene with everything in it, and as much said of its look."""
    topics = [CritiqueScene(topic, elements) for topic, elements in CRITIQUES.items()]
    look = Look(
        ("motion-blur", "sensor-noise", "torn-tiles", "warped-lines"), ("brightness",), "fearful"
    )
    for seed in range(60):
        for scene in topics:
            said = caption(replace(scene, look=look), seed, style="written")
            assert len(words(said)) <= TOKEN_LIMIT
