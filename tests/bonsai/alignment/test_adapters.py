from __future__ import annotations

import copy
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from widespectrum.bonsai.alignment.adapters import (
    Adapter,
    AdapterShape,
    adapted_matrices,
    merge,
    policy,
)
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.models.tokens import Language
from widespectrum.bonsai.models.weights import (
    Header,
    digest,
    load_adapter,
    load_generator_network,
    write_weights,
)
from widespectrum.errors import BadInput


@pytest.fixture
def adapter(base: GeneratorNetwork) -> Adapter:
    """One that adds something everywhere."""
    torch.manual_seed(3)
    made = Adapter(base, AdapterShape(rank=2))
    for parameter in made.up.values():
        torch.nn.init.normal_(parameter, std=0.2)
    return made


def asked(network: GeneratorNetwork) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(5)
    noisy, time = torch.randn(3, 3, 16, 16), torch.tensor([0.1, 0.5, 0.9])
    return noisy, time, network.read(torch.tensor([[4, 5], [6, 0], [3, 7]]))  # type: ignore[return-value]


def test_a_new_adapter_and_scale_0_are_the_base_to_the_bit(
    base: GeneratorNetwork, adapter: Adapter
) -> None:
    plain = base(*asked(base))
    assert torch.equal(policy(base, Adapter(base, AdapterShape()))(*asked(base)), plain)
    assert torch.equal(policy(base, adapter, 0.0)(*asked(base)), plain)
    assert not torch.allclose(policy(base, adapter)(*asked(base)), plain, atol=1e-3)


def test_the_base_is_never_changed(base: GeneratorNetwork, adapter: Adapter) -> None:
    before = copy.deepcopy(base.state_dict())
    policy(base, adapter)(*asked(base)).sum().backward()
    assert all(torch.equal(before[name], tensor) for name, tensor in base.state_dict().items())
    assert all(parameter.grad is None for parameter in base.parameters())
    assert all(parameter.grad is not None for parameter in adapter.parameters())


def test_changes_attention_and_perceptron_of_every_block(
    base: GeneratorNetwork, adapter: Adapter
) -> None:
    names = set(adapted_matrices(base))
    parts = ("attention.project_in", "attention.project_out", "widen", "narrow")
    assert names == {f"blocks.{block}.{part}.weight" for block in (0, 1) for part in parts}
    for name, matrix in adapter.applied(base).items():
        added = matrix - dict(base.named_parameters())[name]
        assert torch.linalg.matrix_rank(added.detach(), rtol=1e-4) == 2


@pytest.mark.parametrize("scale", [-0.5, 0.3, 1.0])
def test_merged_it_paints_as_the_policy_does(
    base: GeneratorNetwork, adapter: Adapter, scale: float
) -> None:
    wanted = policy(base, adapter, scale)(*asked(base))
    merged = copy.deepcopy(base)
    merge(merged, adapter, scale)
    assert torch.equal(merged(*asked(base)), wanted)


def test_comes_back_from_its_file(
    tmp_path: Path, base: GeneratorNetwork, base_file: Path, adapter: Adapter, spoken: Language
) -> None:
    path = tmp_path / "adapter.safetensors"
    header = Header("adapter", asdict(adapter.shape), digest(base_file), {"step": 3})
    write_weights(path, adapter, header)
    again = load_adapter(path, load_generator_network(base_file, spoken), digest(base_file))
    assert again.shape == adapter.shape
    for name, tensor in adapter.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor.half().float())
    with pytest.raises(BadInput, match="another generator"):
        load_adapter(path, base, "0" * 64)
    with pytest.raises(BadInput, match="kind 'generator', not 'adapter'"):
        load_adapter(base_file, base, digest(base_file))
