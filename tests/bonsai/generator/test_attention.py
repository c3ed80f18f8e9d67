from __future__ import annotations

import torch

from widespectrum.bonsai.generator.attention import Heads, JointAttention, attend, joint_attention
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.models.tokens import Language


def heads(count: int, seed: int) -> Heads:
    generator = torch.Generator().manual_seed(seed)
    return Heads(*(torch.randn(2, 3, count, 4, generator=generator) for _ in range(3)))


def test_the_step_is_one_softmax_over_both_streams() -> None:
    picture, prompt = heads(5, 0), heads(4, 1)
    seen, said = joint_attention(picture, prompt, torch.zeros(2, 4))
    expected = torch.nn.functional.scaled_dot_product_attention(
        *(torch.cat(pair, dim=2) for pair in zip(picture, prompt, strict=True)), scale=1.0
    )
    torch.testing.assert_close(torch.cat([seen, said], dim=2), expected)


def test_padding_is_as_if_it_were_not_there() -> None:
    picture, prompt = heads(5, 0), heads(4, 1)
    bias = torch.tensor([[0.0, 0.0, -1e4, -1e4]] * 2)
    short = Heads(*(part[:, :, :2] for part in prompt))
    masked = attend(picture.query, picture, prompt, bias)
    torch.testing.assert_close(masked, attend(picture.query, picture, short, torch.zeros(2, 2)))


def test_queries_and_keys_are_normalised() -> None:
    torch.manual_seed(0)
    layer = JointAttention(24, 2)
    seen: list[Heads] = []

    def look(picture: Heads, prompt: Heads, bias: torch.Tensor) -> tuple[torch.Tensor, ...]:
        seen.append(picture)
        return joint_attention(picture, prompt, bias)

    layer.step = look  # type: ignore[assignment]
    layer(torch.randn(2, 6, 24) * 50, torch.randn(2, 3, 24), torch.zeros(2, 3))
    torch.testing.assert_close(seen[0].key.square().mean(-1), torch.ones(2, 2, 6))
    # Queries carry the scale of the logits.
    torch.testing.assert_close(seen[0].query.square().sum(-1), torch.ones(2, 2, 6))


def test_a_replaced_step_is_used_in_every_block_and_only_as_long_as_asked(
    network: GeneratorNetwork, spoken: Language
) -> None:
    text = network.read(torch.from_numpy(spoken.encode(["red cat"])[:, :16]))
    noisy, time = torch.randn(1, 3, 16, 16), torch.tensor([0.3])
    plain = network(noisy, time, text)
    calls = 0

    def flipped(picture: Heads, prompt: Heads, bias: torch.Tensor) -> tuple[torch.Tensor, ...]:
        nonlocal calls
        calls += 1
        return joint_attention(picture, prompt._replace(value=-prompt.value), bias)

    with network.attending(flipped):  # type: ignore[arg-type]
        assert not torch.allclose(network(noisy, time, text), plain)
    assert calls == network.shape.blocks
    assert torch.equal(network(noisy, time, text), plain)
