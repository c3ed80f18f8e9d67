from __future__ import annotations

import pytest
import torch

from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.generator.text import PromptReader
from widespectrum.bonsai.models.encoder import DualEncoder
from widespectrum.bonsai.models.tokens import Language


def tokens(language: Language, *prompts: str, length: int = 16) -> torch.Tensor:
    return torch.from_numpy(language.encode(prompts)[:, :length])


def test_it_reads_as_the_encoder_does(shape: GeneratorShape, spoken: Language) -> None:
    torch.manual_seed(0)
    encoder = DualEncoder(shape.reader).eval()
    reader = PromptReader(shape.reader)
    reader.copy_from(encoder)
    prompts = tokens(spoken, "red cat", "blurry blue dog", length=24)
    text = reader(prompts)
    unit = text.whole / text.whole.norm(dim=-1, keepdim=True)
    torch.testing.assert_close(unit, encoder.encode_prompts(prompts))
    assert text.words.shape == (2, 24, 20)
    assert text.real.sum(dim=1).tolist() == [2, 3]
    assert not text.words[~text.real].any()


@pytest.mark.parametrize("length", [16, 24, 72])
def test_padding_changes_nothing(network: GeneratorNetwork, spoken: Language, length: int) -> None:
    noisy, time = torch.randn(2, 3, 16, 16), torch.tensor([0.1, 0.8])
    prompts = "red cat", "blurry dog"
    exact = network(noisy, time, network.read(tokens(spoken, *prompts, length=2)))
    padded = network(noisy, time, network.read(tokens(spoken, *prompts, length=length)))
    torch.testing.assert_close(padded, exact, atol=1e-5, rtol=1e-4)


def test_prompt_and_time_and_noise_all_matter(network: GeneratorNetwork, spoken: Language) -> None:
    noisy, time = torch.randn(1, 3, 16, 16), torch.tensor([0.4])
    text = network.read(tokens(spoken, "red cat"))
    base = network(noisy, time, text)
    assert base.shape == (1, 3, 16, 16)
    assert base.dtype == torch.float32
    other = network.read(tokens(spoken, "blue cat"))
    swapped = network.read(tokens(spoken, "cat red"))
    for changed in (
        network(noisy, time, other),
        network(noisy, time, swapped),
        network(noisy, time + 0.2, text),
        network(noisy + 0.1, time, text),
    ):
        assert not torch.allclose(changed, base, atol=1e-4)


def test_patches_come_back_where_they_were(shape: GeneratorShape, spoken: Language) -> None:
    """With the blocks off, what is in one patch of the input stays in that patch."""
    torch.manual_seed(0)
    network = GeneratorNetwork(shape).eval()
    torch.nn.init.zeros_(network.smooth_out.weight)
    text = network.read(tokens(spoken, "red cat"))
    noisy = torch.zeros(1, 3, 16, 16)
    spotted = noisy.clone()
    spotted[:, :, 4:8, 8:12] = 3.0
    time = torch.zeros(1)
    changed = (network(spotted, time, text) - network(noisy, time, text)).abs().sum(1)[0] > 1e-6
    inside = torch.zeros(16, 16, dtype=torch.bool)
    inside[4:8, 8:12] = True
    assert changed[inside].all()
    assert not changed[~inside].any()


def test_every_trained_weight_gets_a_gradient(shape: GeneratorShape, spoken: Language) -> None:
    torch.manual_seed(0)
    network = GeneratorNetwork(shape)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    text = network.read(tokens(spoken, "red cat", "dog"))
    network(torch.randn(2, 3, 16, 16), torch.rand(2), text).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
