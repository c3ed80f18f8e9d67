"""Scoring as the published code of each model does it, on the weights of one of our scorers.

Written down here from that code's structure, with transformers' own forward passes: the published
packages need other versions of everything (`parity/` runs them themselves, and compares scores).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from widespectrum.checkpoints import faithful

FOUR = ((0, 0), (0, 1), (1, 0), (1, 1))

Way = Callable[[Sequence[Image.Image], Sequence[str], int], np.ndarray]


def upstream(name: str, scorer: Any, folder: Path, device: str) -> Way:
    """(images, prompts, pairs) -> scores ``(pairs, 4)``, as the code of model `name` does it."""
    if name == "hpsv3":
        return _reward(scorer, device)
    return _one_by_one(_MODELS[name](scorer, folder, device))


def _one_by_one(score: Callable[[Image.Image, str], float]) -> Way:
    """Every score by itself."""

    def run(images: Sequence[Image.Image], prompts: Sequence[str], pairs: int) -> np.ndarray:
        with faithful():
            rows = [
                [score(images[2 * pair + i], prompts[2 * pair + p]) for i, p in FOUR]
                for pair in range(pairs)
            ]
        return np.array(rows, dtype=np.float32)

    return run


def _clip(scorer: Any, folder: Path, device: str) -> Callable[[Image.Image, str], float]:
    """CLIP's own example, and PickScore's: processor, both towers, product. Text filled to 77."""
    from transformers import CLIPModel

    network = CLIPModel.from_pretrained(folder).to(device).eval()
    tokens = scorer._towers.tokens

    def score(image: Image.Image, prompt: str) -> float:
        pixels = torch.from_numpy(scorer.prepare(image))[None].to(device)
        row = tokens.encode([prompt])[0]
        ids = np.full((1, 77), tokens.end, dtype=np.int64)
        ids[0, : len(row)] = row
        given = {"input_ids": torch.from_numpy(ids).to(device), "pixel_values": pixels}
        out = network(**given)
        return float((out.text_embeds * out.image_embeds).sum())

    return score


def _matching(scorer: Any, folder: Path, device: str) -> Callable[[Image.Image, str], float]:
    """The hub card's example: the whole model for each image with its text."""
    from transformers import BlipForImageTextRetrieval

    network = BlipForImageTextRetrieval.from_pretrained(folder).to(device).eval()

    def score(image: Image.Image, prompt: str) -> float:
        pixels = torch.from_numpy(scorer.prepare(image))[None].to(device)
        ids = torch.tensor([list(scorer.vocabulary.encode([prompt], 512)[0])], device=device)
        given = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": pixels}
        logits = network(**given, use_itm_head=True).itm_score
        return float(logits.softmax(dim=1)[0, 1])

    return score


def _imagereward(scorer: Any, folder: Path, device: str) -> Callable[[Image.Image, str], float]:
    """``score(prompt, image)``: text filled to 35, image tower, text tower, head."""
    network = scorer.network

    def score(image: Image.Image, prompt: str) -> float:
        pixels = torch.from_numpy(scorer.prepare(image))[None].to(device)
        seen = network.vision(pixel_values=pixels).last_hidden_state
        row = list(scorer.vocabulary.encode([prompt], 35)[0])
        ids = torch.tensor([row + [0] * (35 - len(row))], device=device)
        mask = (torch.arange(35, device=device) < len(row)).long()[None]
        state = network.text(
            input_ids=ids,
            attention_mask=mask,
            encoder_hidden_states=seen,
            encoder_attention_mask=torch.ones(seen.shape[:2], device=device, dtype=torch.long),
            is_decoder=False,
        ).last_hidden_state[:, 0]
        return float(network.head(state)[0, 0])

    return score


def _reward(scorer: Any, device: str) -> Way:
    """HPSv3's inferencer: the whole sequence for every score, pairs in a batch, filled up right."""
    from widespectrum.scorers.hpsv3.tokens import PATCHES

    wording, sight = scorer.wording, scorer.sight
    patch = scorer.vocabulary.control(PATCHES)

    def run(images: Sequence[Image.Image], prompts: Sequence[str], pairs: int) -> np.ndarray:
        network = scorer.network
        columns = []
        with faithful():
            for i, p in FOUR:
                looked = [sight.cut(sight(images[2 * pair + i])) for pair in range(pairs)]
                rows = [
                    [*wording.before, *[patch] * (grid[0] * grid[1] // 4), *wording.after(prompt)]
                    for (_, grid), prompt in zip(looked, prompts[p::2], strict=True)
                ]
                length = max(map(len, rows)) + 8  # upstream reads on to the end of the turn
                ids = torch.tensor([row + [0] * (length - len(row)) for row in rows], device=device)
                places = torch.arange(length, device=device).expand(3, pairs, -1)
                seen = network.backbone(
                    input_ids=ids,
                    attention_mask=(
                        torch.arange(length)[None] < torch.tensor([[len(row) + 8] for row in rows])
                    )
                    .long()
                    .to(device),
                    pixel_values=torch.from_numpy(np.concatenate([it[0] for it in looked])).to(
                        device
                    ),
                    image_grid_thw=torch.tensor([[1, *grid] for _, grid in looked], device=device),
                    position_ids=places,
                    use_cache=False,
                ).last_hidden_state
                ends = torch.tensor([len(row) - 1 for row in rows], device=device)
                states = seen[torch.arange(pairs, device=device), ends]
                columns.append(network.rm_head(states.float())[:, 0].cpu().numpy())
        return np.stack(columns, axis=1)

    return run


_MODELS = {"clip-l": _clip, "imagereward": _imagereward, "blip-large": _matching}
