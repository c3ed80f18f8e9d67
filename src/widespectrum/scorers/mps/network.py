"""MPS with its weights in it: a CLIP, and the crossing module between its two sides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from widespectrum.checkpoints import load_strictly
from widespectrum.errors import BadInput
from widespectrum.scorers.clip import Architecture, empty_network
from widespectrum.scorers.mps.crossing import Crossing, Shape
from widespectrum.scorers.mps.layout import DROPPED, from_mps

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel


class MpsNetwork(nn.Module):
    """The two sides of a CLIP as sequences in its joint space, and what lets them meet."""

    clip: CLIPModel

    def __init__(self, clip: CLIPModel, crossing: Crossing) -> None:
        super().__init__()
        self.clip, self.crossing = clip, crossing

    def see(self, pixels: Tensor) -> Tensor:
        """Image tokens in the joint space, ``(images, tokens, width)``.

        They are taken before the last layer norm of the vision tower, as upstream does.
        """
        clip = self.clip
        states: Tensor = clip.visual_projection(
            clip.vision_model(pixel_values=pixels).last_hidden_state
        )
        return states

    def read(self, tokens: Tensor, end: int) -> Tensor:
        """Words in the joint space, and behind them the vector of the whole prompt.

        Args:
            tokens: numbers of whole rows, padded with `end`, ``(prompts, words)``. No mask: what
                stands behind the first `end` is part of what is read.
            end: the sign of the end.

        Returns:
            ``(prompts, words + 1, width)``.
        """
        clip = self.clip
        words: Tensor = clip.text_projection(clip.text_model(input_ids=tokens).last_hidden_state)
        first_end = (tokens == end).int().argmax(dim=1)
        whole = words[torch.arange(len(words), device=words.device), first_end]
        return torch.cat([words, whole[:, None]], dim=1)


def visible_words(words: Tensor, condition: Tensor, threshold: float) -> Tensor:
    """Which words of a prompt the condition lets the image tokens read, ``(prompts, words)``.

    A word counts as much as its largest dot product with any word of the condition, relative to the
    most that a word of the same prompt counts. (Upstream divides by the most in the whole batch, so
    that there a score depends on its neighbours; at batch size 1, at which its scripts run, the two
    are the same.)

    Args:
        words: ``(prompts, words, width)``.
        condition: ``(words, width)``.
        threshold: what counts more than this is visible.
    """
    counts = (words @ condition.T).amax(dim=2)
    return counts / counts.amax(dim=1, keepdim=True) > threshold


def mps_network(
    architecture: Architecture, tensors: Mapping[str, Tensor], file: Path
) -> MpsNetwork:
    """The network with weights under upstream's names.

    Raises:
        BadInput: these are not the weights of MPS over a CLIP of this architecture.
    """
    weights = from_mps(tensors)
    clip = empty_network(architecture)
    with torch.device("meta"):
        network = MpsNetwork(clip, Crossing(_shape(weights, file)))
    load_strictly(network, weights, who="MPS", file=file, drop=DROPPED)
    for side in (clip.text_model, clip.vision_model):
        # A buffer that only counts, and that no checkpoint has to have.
        places = torch.arange(side.embeddings.position_embedding.num_embeddings)
        side.embeddings.register_buffer("position_ids", places[None], persistent=False)
    return network


def _shape(weights: Mapping[str, Tensor], file: Path) -> Shape:
    """Sizes of the crossing module, read off its weights."""
    try:
        attention, width = weights["crossing.layers.0.0.to_q.weight"].shape
        head_width = weights["crossing.layers.0.0.to_kv.weight"].shape[0] // 2
        inner = weights["crossing.layers.0.0.ff.2.weight"].shape[1]
        layers = {name.split(".")[2] for name in weights if name.startswith("crossing.layers.")}
        return Shape(width, len(layers), attention // head_width, head_width, inner)
    except (KeyError, ValueError, IndexError, ZeroDivisionError) as error:
        raise BadInput(
            f"is no MPS checkpoint: it has no crossing module (it lacks {error})",
            "Name the safetensors copy of MPS's weights (docs/models/mps.md says where).",
            file=file,
        ) from error
