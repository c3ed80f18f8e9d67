from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.bonsai.models.encoder import DualEncoder, EncoderShape
from widespectrum.bonsai.training.corpus import Corpus
from widespectrum.bonsai.training.encoder import (
    contrastive_loss,
    draw_captions,
    encode_by_length,
)
from widespectrum.bonsai.training.preferences import Dial, Preferences, all_pairs, collect, vote
from widespectrum.bonsai.training.taste import bradley_terry_loss
from widespectrum.errors import BadInput


def made_up_corpus(count: int = 60, seed: int = 0, attributes: int = 6) -> Corpus:
    rng = np.random.default_rng(seed)
    levels = rng.integers(-1, 2, (count, 4, attributes)).astype(np.int8)
    levels[:, 0] = np.abs(levels[:, 0])  # ordinary
    levels[:, 1, 0] = -1  # anti
    return Corpus(
        images=rng.integers(0, 256, (count, 4, 16, 16, 3), dtype=np.uint8),
        tokens=rng.integers(1, 7, (count, 4, 2, 8)).astype(np.uint16),
        levels=levels,
        content=rng.integers(0, 2, (count, 4, 3)).astype(np.int16),
    )


def collected(corpus: Corpus, dial: Dial, seed: int, most: int | None = None) -> Preferences:
    return collect(vote(corpus, dial.population, seed), dial, seed, most)


def test_every_prompt_meets_every_two_pictures_once() -> None:
    corpus = made_up_corpus()
    pairs = all_pairs(corpus, Dial().population.draw(6, 0), 0)
    assert len(pairs) == 60 * 4 * 6
    rows = set(zip(pairs.family, pairs.prompt, pairs.first, pairs.second, strict=True))
    assert len(rows) == len(pairs)
    low = (corpus.levels[pairs.family, pairs.prompt] < 0).any(-1)
    assert np.array_equal(pairs.anti, low)


@given(st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.sampled_from([0.5, 0.8, 0.95]))
@settings(max_examples=12, deadline=None)
def test_the_dial_decides_the_share_and_the_agreement(share: float, agreement: float) -> None:
    kept = collected(made_up_corpus(), Dial(anti_share=share, agreement=agreement), seed=0)
    assert kept.anti.mean() == pytest.approx(share, abs=0.02)
    assert (np.maximum(kept.share, 1 - kept.share) >= agreement).all()


def test_dials_can_be_compared_at_equal_size() -> None:
    for dial in (Dial(agreement=0.5, anti_share=0.5), Dial(agreement=0.8, anti_share=0.5)):
        assert len(collected(made_up_corpus(), dial, 0, most=40)) == 40


def test_collecting_follows_from_the_seed() -> None:
    first, second, other = (collected(made_up_corpus(), Dial(), seed) for seed in (0, 0, 1))
    assert np.array_equal(first.family, second.family)
    assert np.array_equal(first.share, second.share)
    assert not np.array_equal(first.family, other.family)


def test_a_filter_that_leaves_nothing_is_said() -> None:
    with pytest.raises(BadInput, match="agreement"):
        collected(made_up_corpus(2), Dial(mainstream=0.0, agreement=1.0, anti_share=0.5), seed=0)


def test_the_contrastive_loss_is_that_of_two_cross_entropies() -> None:
    vectors = torch.eye(3)
    perfect = contrastive_loss(vectors, vectors, torch.tensor(100.0))
    assert perfect.item() == pytest.approx(0, abs=1e-6)
    blind = contrastive_loss(torch.ones(3, 3), torch.ones(3, 3), torch.tensor(10.0))
    assert blind.item() == pytest.approx(np.log(3), abs=1e-6)


def test_the_bradley_terry_loss_is_least_at_the_log_odds_of_the_votes() -> None:
    share = torch.tensor([0.8])
    margins = torch.linspace(-4, 4, 801)
    losses = torch.stack([bradley_terry_loss(margin[None], share) for margin in margins])
    assert margins[losses.argmin()].item() == pytest.approx(np.log(0.8 / 0.2), abs=0.01)


def test_prompts_encoded_by_length_come_back_in_order(tiny: EncoderShape) -> None:
    network = DualEncoder(tiny).eval()
    tokens = np.zeros((9, 8), np.uint16)
    for row in range(9):
        tokens[row, : 1 + (row * 5) % 8] = 1 + row % 6
    whole = network.encode_prompts(torch.from_numpy(tokens.astype(np.int64)))
    torch.testing.assert_close(encode_by_length(network, tokens, torch.device("cpu")), whole)


def test_wordings_are_drawn_of_the_variant_itself() -> None:
    corpus = made_up_corpus()
    drawn = draw_captions(corpus.tokens, np.random.default_rng(0))
    assert drawn.shape == (60, 4, 8)
    matches = (drawn[:, :, None] == corpus.tokens).all(-1)
    assert matches.any(-1).all()
    assert 0.3 < matches[:, :, 0].mean() < 0.7
