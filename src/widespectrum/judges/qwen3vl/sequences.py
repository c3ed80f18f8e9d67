"""What the model reads for one question about one picture: tokens, positions, and what is shared.

The chat template is written out here, and the picture's place is filled by hand, because the
library's own processor needs torchvision. The whole turn is tokenised at once, so that no token
boundary falls where upstream has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from widespectrum.errors import BadInput
from widespectrum.judges.wordings import ANSWERS, Order, Wording

if TYPE_CHECKING:
    from torch import Tensor

IMAGE_TOKEN = "<|image_pad|>"  # noqa: S105  (a token of text)
_PICTURE = f"<|vision_start|>{IMAGE_TOKEN}<|vision_end|>"
_TURN = "<|im_start|>user\n{content}<|im_end|>\n<|im_start|>assistant\n"


@dataclass(frozen=True)
class Reading:
    """One question about one picture, as the model reads it."""

    ids: Tensor
    """``(n,)`` token ids, the picture's place filled with one token per patch group."""
    positions: Tensor
    """``(3, n)`` positions in time, height and width. Always given to the model: left to itself it
    takes them from whatever it read last."""
    shared: int
    """So many leading tokens are the same for every picture (text first: the question) or for every
    question (image first: the picture)."""


def turn(question: str, order: Order) -> str:
    """The chat turn as text, one image token standing for the picture."""
    content = question + _PICTURE if order == "text-first" else _PICTURE + question
    return _TURN.format(content=content)


def readings(
    wording: Wording, tokenizer: Any, model: Any, grid: tuple[int, int]
) -> Mapping[str, Reading]:
    """What the model reads for each dimension of a wording.

    Args:
        wording: the questions.
        tokenizer: of the model.
        model: a Qwen3-VL; only its configuration and its rule for positions are used.
        grid: the picture's patches, rows and columns.

    Raises:
        BadInput: the tokenizer does not know the image token.
    """
    return {
        dimension: _reading(turn(question, wording.order), wording.order, tokenizer, model, grid)
        for dimension, question in wording.questions.items()
    }


def answer_ids(tokenizer: Any) -> Tensor:
    """The tokens of the three answers, ``(3,)``.

    Raises:
        BadInput: one of them is more than one token.
    """
    import torch

    ids = [tokenizer(answer, add_special_tokens=False)["input_ids"] for answer in ANSWERS]
    if any(len(each) != 1 for each in ids):
        raise BadInput(
            "this tokenizer cuts the answers 0, 1 and 2 into pieces",
            "A judge reads one token; name the tokenizer that belongs to the model.",
            field="tokenizer",
        )
    return torch.tensor([each[0] for each in ids])


def _reading(text: str, order: Order, tokenizer: Any, model: Any, grid: tuple[int, int]) -> Reading:
    import torch

    merge = int(model.config.vision_config.spatial_merge_size)
    image = int(model.config.image_token_id)
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    if ids.count(image) != 1:
        raise BadInput(
            f"this tokenizer does not write {IMAGE_TOKEN} as the model's token {image}",
            "Name the tokenizer that belongs to the model.",
            field="tokenizer",
        )
    at = ids.index(image)
    patches = grid[0] * grid[1] // merge**2
    full = torch.tensor([*ids[:at], *[image] * patches, *ids[at + 1 :]])
    # One more for the end of the picture, which follows it directly.
    shared = at if order == "text-first" else at + patches + 1
    positions, _ = model.model.get_rope_index(
        full[None],
        (full == image).int()[None],
        image_grid_thw=torch.tensor([[1, *grid]]),
    )
    return Reading(full, positions[:, 0], shared)
