from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from torch import Tensor

from widespectrum.bonsai.alignment.prompts import Prompts, bucketed
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.models.tokens import Language
from widespectrum.bonsai.models.weights import Header, write_weights

sys.path.insert(0, str(Path(__file__).parent))  # the toys are shared

from alignment_toys import SHAPE, TEXTS, grey_painter, spoken_language


@pytest.fixture
def spoken() -> Language:
    """A language of six words, with the world's special tokens before them."""
    return spoken_language()


@pytest.fixture
def prompts(spoken: Language) -> Prompts:
    return bucketed(TEXTS, spoken, {"texts": TEXTS})


@pytest.fixture(scope="session")
def learned() -> dict[str, Tensor]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    network = grey_painter()
    torch.set_num_threads(before)
    return network.state_dict()


@pytest.fixture
def base(learned: dict[str, Tensor]) -> GeneratorNetwork:
    """A generator that paints greys of every level."""
    network = GeneratorNetwork(SHAPE)
    network.load_state_dict(learned)
    return network.eval().requires_grad_(False)


@pytest.fixture
def base_file(tmp_path: Path, base: GeneratorNetwork, spoken: Language) -> Path:
    path = tmp_path / "base.safetensors"
    header = Header("generator", asdict(base.shape), spoken.fingerprint, {"recipe": "toy"})
    write_weights(path, base, header)
    return path
