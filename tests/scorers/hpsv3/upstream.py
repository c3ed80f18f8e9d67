"""What upstream computes, written plainly: one full pass per picture and prompt, nothing shared.

From the package hpsv3 1.0.0 (HPSv3) and the repository of HPSv3++: `inference.py`, the reward
classes, and the base models' own processors.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import torch
from hpsv3_toys import Toy
from PIL import Image as pil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from widespectrum.scorers.hpsv3.instructions import ending

AREA = 256 * 28 * 28


def in_upstreams_bits(model: Any) -> Any:
    """Upstream turns the model into bfloat16, buffers included; here, back for exact comparison.

    The weights have the bits of bfloat16 already, so only the rotary frequencies change.
    """
    return copy.deepcopy(model).bfloat16().float()


def hpsv3(
    toy: Toy,
    image: pil.Image,
    prompt: str,
    instruction: str,
    *,
    model: Any = None,
    own: bool = False,
) -> torch.Tensor:
    """HPSv3's two outputs.

    Args:
        toy: the network.
        image: the picture.
        prompt: the prompt.
        instruction: with ``{text_prompt}`` in it.
        model: instead of the toy's, in upstream's bits.
        own: with Qwen2-VL's own positions, which HPSv3 does not use.
    """
    model = in_upstreams_bits(toy.model) if model is None else model
    processor = Qwen2VLImageProcessorPil(size={"shortest_edge": 3136, "longest_edge": 12845056})
    seen = processor(images=resized(image), return_tensors="pt")
    ids = sequence(
        toy,
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n",
        told(instruction, prompt),
        seen["image_grid_thw"],
    )
    is_patch = ids == toy.tokenizer.token_to_id("<|image_pad|>")
    if own:
        states = model(input_ids=ids, mm_token_type_ids=is_patch.int(), **seen).last_hidden_state
    else:
        embedded = model.language_model.embed_tokens(ids)
        patches = model.visual(seen["pixel_values"], grid_thw=seen["image_grid_thw"]).pooler_output
        embedded = embedded.masked_scatter(is_patch[..., None].expand_as(embedded), patches)
        counted = torch.arange(ids.shape[1]).expand(3, 1, -1)
        states = model.language_model(
            inputs_embeds=embedded, position_ids=counted
        ).last_hidden_state
    return toy.heads["rm_head"](states[ids == toy.tokenizer.token_to_id("<|Reward|>")])[0]


def plusplus(
    toy: Toy,
    images: list[pil.Image],
    prompts: list[str],
    instruction: str,
    *,
    iteration: float = 0.0,
    together: bool = False,
) -> torch.Tensor:
    """HPSv3++'s two outputs for each row.

    Args:
        toy: the network.
        images: the pictures.
        prompts: one for each.
        instruction: with ``{text_prompt}`` in it.
        iteration: of training by reinforcement.
        together: whether capability is pooled over the rows, as upstream does for a batch.
    """
    model = in_upstreams_bits(toy.model)
    processor = Qwen2VLImageProcessorPil(
        patch_size=16,
        size={"shortest_edge": 65536, "longest_edge": 16777216},
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )
    pooled = []
    for image, prompt in zip(images, prompts, strict=True):
        seen = processor(images=resized(image), return_tensors="pt")
        ids = sequence(toy, "", told(instruction, prompt), seen["image_grid_thw"])
        is_patch = ids == toy.tokenizer.token_to_id("<|image_pad|>")
        states = model(input_ids=ids, mm_token_type_ids=is_patch.int(), **seen).last_hidden_state
        pooled.append(states[ids == toy.tokenizer.token_to_id("<|Reward|>")])
    hidden = torch.cat(pooled)
    encoder = toy.heads["cap_encoder"]

    def capability(group: torch.Tensor) -> torch.Tensor:
        x = encoder["proj"](group)
        attention = torch.softmax(encoder["pool_attn"](x), dim=0)
        return torch.sigmoid(encoder["out_proj"]((x * attention).sum(dim=0))).squeeze(-1)

    if together:
        able = capability(hidden).expand(len(hidden))
    else:
        able = torch.stack([capability(row[None]) for row in hidden])
    condition = torch.stack([able, torch.full_like(able, iteration)], dim=-1)
    gamma, beta = toy.heads["film_gen"](toy.heads["cond_encoder"](condition)).chunk(2, dim=-1)
    return toy.heads["rm_head"](hidden * (1.0 + gamma) + beta)


def told(instruction: str, prompt: str) -> str:
    """The user's text."""
    return instruction.format(text_prompt=prompt) + ending()


def sequence(toy: Toy, system: str, text: str, grid: torch.Tensor) -> torch.Tensor:
    """The whole sequence, by the chat template, with one token per four patches."""
    patches = "<|image_pad|>" * int(grid.prod() // 4)
    turn = f"{system}<|im_start|>user\n<|vision_start|>{patches}<|vision_end|>{text}<|im_end|>\n"
    return torch.tensor([toy.tokenizer.encode(turn + "<|im_start|>assistant\n").ids])


def resized(image: pil.Image) -> pil.Image:
    """What the reward does before the base model's processor sees the picture."""
    image = image.convert("RGB")
    width, height = image.size
    high, wide = max(28, round(height / 28) * 28), max(28, round(width / 28) * 28)
    if high * wide > AREA:
        beta = math.sqrt((height * width) / AREA)
        high, wide = (math.floor(side / beta / 28) * 28 for side in (height, width))
    elif high * wide < AREA:
        beta = math.sqrt(AREA / (height * width))
        high, wide = (math.ceil(side * beta / 28) * 28 for side in (height, width))
    return image.resize((wide, high), pil.Resampling.BICUBIC)
