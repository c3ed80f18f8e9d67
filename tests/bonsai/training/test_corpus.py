from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from widespectrum.bonsai.splits import held_out_effects
from widespectrum.bonsai.training import corpus as corpora
from widespectrum.bonsai.training.corpus import assemble, draw_corpus, read_corpus
from widespectrum.bonsai.training.families import (
    ALTERED,
    ANTI,
    ORIGINAL,
    RESTYLED,
    VARIANTS,
    WORDINGS,
    draw_family,
)
from widespectrum.errors import BadInput


def same(first: corpora.Corpus, second: corpora.Corpus) -> bool:
    names = first.__dataclass_fields__
    return all(np.array_equal(getattr(first, n), getattr(second, n)) for n in names)


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "SHARD", 2)


def test_a_family_is_what_it_says() -> None:
    for index in range(12):
        family = draw_family(3, "train", index)
        assert family.images.shape == (len(VARIANTS), 64, 64, 3)
        assert {len(captions) for captions in family.captions} == {WORDINGS}
        assert (family.levels[ORIGINAL] >= 0).all()
        assert (family.levels[ANTI] < 0).any()
        assert family.dimensions
        assert np.array_equal(family.content[ORIGINAL], family.content[ANTI])
        assert np.array_equal(family.content[ORIGINAL], family.content[RESTYLED])
        assert not np.array_equal(family.content[ORIGINAL], family.content[ALTERED])
        assert len({family.images[v].tobytes() for v in range(4)}) == 4


def test_a_family_follows_from_seed_split_and_index() -> None:
    first, again = draw_family(3, "train", 5), draw_family(3, "train", 5)
    assert np.array_equal(first.images, again.images)
    assert first.captions == again.captions
    for other in (
        draw_family(4, "train", 5),
        draw_family(3, "train", 6),
        draw_family(3, "test", 5),
    ):
        assert first.captions != other.captions


def test_captions_of_both_splits_are_in_the_vocabulary() -> None:
    # Unknown words would warn, and warnings are errors here.
    drawn = [draw_family(0, split, index) for split in ("train", "test") for index in range(8)]
    tokens = assemble(drawn).tokens
    assert tokens.shape[:3] == (16, len(VARIANTS), WORDINGS)
    assert (tokens[..., 0] > 0).all()


def test_training_never_shows_a_reserved_pair_of_effects() -> None:
    from random import Random

    from widespectrum.bonsai.training.families import _pair

    for seed in range(60):
        _, anti = _pair(Random(seed), "train")
        assert not held_out_effects(anti.look.effects)


@pytest.mark.usefixtures("small_files")
def test_a_corpus_is_drawn_once_and_only_what_is_missing(tmp_path: Path) -> None:
    assert list(draw_corpus(tmp_path, 5, 0, "train", 1))[-1] == 5
    whole = read_corpus(tmp_path, 5, 0, "train")
    assert len(whole) == 5
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    kept = files[0].stat().st_mtime_ns
    files[1].unlink()
    assert list(draw_corpus(tmp_path, 5, 0, "train", 1)) == [3, 5]
    assert same(read_corpus(tmp_path, 5, 0, "train"), whole)
    assert files[0].stat().st_mtime_ns == kept
    assert same(whole, assemble([draw_family(0, "train", index) for index in range(5)]))


@pytest.mark.usefixtures("small_files")
def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    list(draw_corpus(tmp_path, 4, 0, "train", 1))
    broken = sorted(tmp_path.iterdir())[0]
    broken.write_bytes(broken.read_bytes()[:1000])
    with pytest.raises(BadInput, match="cannot be read") as caught:
        read_corpus(tmp_path, 4, 0, "train")
    assert caught.value.place.file == str(broken)
