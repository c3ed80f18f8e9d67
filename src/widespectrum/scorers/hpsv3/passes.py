"""The fewest passes: the picture and the instruction once, then every prompt behind them.

Both rewards read the picture first, then the instruction, then the prompt. Attention looks back
only, so the keys and values of everything before the prompt are the same for all prompts: they are
computed in one pass per picture (`read_picture`), and the prompts are read behind them, all in one
row (`read_prompts`). In that row a prompt sees the picture, the instruction and itself, and none of
its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from transformers import DynamicCache

from widespectrum.scorers.hpsv3.tokens import common

if TYPE_CHECKING:
    from torch import Tensor
    from transformers.cache_utils import DynamicLayer

    from widespectrum.scorers.hpsv3.networks import RewardNetwork

_BLOCK = 1024
"""So many tokens are computed at once; it bounds the memory that a very long prompt takes."""


@dataclass(frozen=True)
class Prefix:
    """What a base model keeps of a picture and the beginning of the text behind it."""

    layers: tuple[tuple[Tensor, Tensor], ...]
    """Keys and values per layer, ``(1, heads, length, channels)``. Never written to."""
    text: tuple[int, ...]
    """The tokens behind the picture's patches, which are the last of the sequence."""
    length: int
    """Tokens of the sequence."""
    end: int
    """The place that the next token has."""


@dataclass(frozen=True)
class _Branch:
    """One prompt behind a prefix."""

    tokens: Sequence[int]
    """Those that are not in the prefix."""
    kept: int
    """So many tokens of the prefix come before them."""
    start: int
    """The place of the first."""


def read_picture(
    network: RewardNetwork,
    patches: Tensor,
    grid: tuple[int, int],
    before: Sequence[int],
    patch: int,
    text: Sequence[int],
) -> Prefix:
    """Read the turn's beginning, a picture, and the text that every prompt begins with.

    Args:
        network: the reward.
        patches: of the picture, ``(patches, values)``.
        grid: patches down and across.
        before: tokens before the picture.
        patch: the token that stands for four patches.
        text: tokens behind the picture.
    """
    device = patches.device
    count = grid[0] * grid[1] // 4
    ids = torch.tensor([[*before, *[patch] * count, *text]], device=device)
    picture = torch.zeros_like(ids)
    picture[:, len(before) : len(before) + count] = 1
    shape = torch.tensor([[1, *grid]], device=device)
    places = network.positions(ids, picture, shape)
    cache = DynamicCache(config=network.backbone.config)
    network.backbone(
        input_ids=ids,
        pixel_values=patches,
        image_grid_thw=shape,
        position_ids=places,
        past_key_values=cache,
        use_cache=True,
    )
    layers = cast("list[DynamicLayer]", cache.layers)
    kept = tuple((cast("Tensor", each.keys), cast("Tensor", each.values)) for each in layers)
    return Prefix(kept, tuple(text), ids.shape[1], int(places.max()) + 1)


def read_prompts(network: RewardNetwork, prefix: Prefix, texts: Sequence[Sequence[int]]) -> Tensor:
    """Read texts behind a prefix.

    Args:
        network: the reward.
        prefix: what was read before.
        texts: all tokens behind the picture, up to the one whose state is read. A text need not
            begin with all of the prefix's: it sees as much of the prefix as it has in common.

    Returns:
        The state of each text's last token, ``(texts, width)``.
    """
    branches = [_branch(prefix, text) for text in texts]
    device = prefix.layers[0][0].device
    ids = torch.tensor([[token for each in branches for token in each.tokens]], device=device)
    places = torch.cat(
        [torch.arange(each.start, each.start + len(each.tokens)) for each in branches]
    ).to(device)
    lengths = torch.tensor([len(each.tokens) for each in branches])
    owner = torch.arange(len(branches)).repeat_interleave(lengths).to(device)
    kept = torch.tensor([each.kept for each in branches], device=device)[owner]
    cache = DynamicCache(prefix.layers)
    states = []
    for start in range(0, ids.shape[1], _BLOCK):
        block = slice(start, start + _BLOCK)
        seen = network.backbone(
            input_ids=ids[:, block],
            position_ids=places[block].expand(3, 1, -1),
            attention_mask=_visible(prefix.length, kept, owner, block),
            past_key_values=cache,
            use_cache=True,
        )
        states.append(seen.last_hidden_state[0])
    last = lengths.cumsum(0).to(device) - 1
    return torch.cat(states)[last]


def _branch(prefix: Prefix, text: Sequence[int]) -> _Branch:
    shared = common(prefix.text, text)
    missing = len(prefix.text) - shared
    return _Branch(text[shared:], prefix.length - missing, prefix.end - missing)


def _visible(length: int, kept: Tensor, owner: Tensor, block: slice) -> Tensor:
    """Who sees whom, ``(1, 1, tokens of the block, tokens so far)``.

    A token sees what its text shares with the prefix, and of the row its own text up to itself.
    """
    row = torch.arange(len(owner), device=owner.device)
    asking, asked = row[block, None], row[None, : row[block][-1] + 1]
    beginning = torch.arange(length, device=owner.device)[None] < kept[block, None]
    own = (owner[block, None] == owner[None, : asked.shape[1]]) & (asked <= asking)
    return torch.cat([beginning, own], dim=1)[None, None]
