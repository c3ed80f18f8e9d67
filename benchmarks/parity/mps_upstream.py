"""The upstream side of ``mps.py``: runs in an environment of its own, and imports nothing of ours.

The classes of the repository Kwai-Kolors/MPS, with random weights, which are saved as tensors under
the names that they have there.

    python mps_upstream.py FOLDER REPOSITORY
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch
from inputs import read_inputs

CONDITION = (
    "light, color, clarity, tone, style, ambiance, artistry, shape, face, hair, hands, limbs, "
    "structure, instance, texture, quantity, attributes, position, number, location, word, things."
)


def main() -> None:
    """Write what this side says to ``upstream.json`` in the folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("repository", help="a copy of Kwai-Kolors/MPS")
    arguments = parser.parse_args()
    sys.path.insert(0, arguments.repository)
    torch.manual_seed(0)
    with torch.no_grad():
        scores = scores_of(arguments.folder)
    import transformers

    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    answer = {"scores": scores, "versions": versions, "threads": torch.get_num_threads()}
    (arguments.folder / "upstream.json").write_text(json.dumps(answer))


def scores_of(folder: Path) -> list[list[float]]:
    """Every picture under every prompt, one pair at a time as upstream's scripts do."""
    from trainer.models import clip_model
    from trainer.models.cross_modeling import Cross_model
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPTokenizerFast

    model = clip_model.CLIPModel.__new__(clip_model.CLIPModel)
    torch.nn.Module.__init__(model)
    config = CLIPConfig.from_pretrained(folder)
    model.model = clip_model.XCLIPModel(config)
    width = config.projection_dim
    model.cross_model = Cross_model(dim=width, layer_num=4, heads=3, dim_head=width // 3)
    # Upstream casts pixels and mask to half; its weights are, too. Here everything stays single.
    torch.Tensor.half = lambda tensor: tensor.float()
    draw(model.eval())
    tensors = {f"mps.{name}": value.contiguous() for name, value in model.state_dict().items()}
    torch.save(tensors, folder / "model.bin")

    tokenizer = CLIPTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))
    size = config.vision_config.image_size
    processor = CLIPImageProcessor(
        size={"shortest_edge": size}, crop_size={"height": size, "width": size}
    )
    pictures, prompts = read_inputs(folder)

    def tokens(text: str) -> torch.Tensor:
        return tokenizer(
            text, max_length=77, padding="max_length", truncation=True, return_tensors="pt"
        ).input_ids

    def score(picture: object, prompt: str) -> float:
        pixels = processor(picture, return_tensors="pt").pixel_values
        # Upstream compares two pictures per prompt; the same one twice gives its score twice.
        text, first, _ = model(tokens(prompt), pixels.repeat(2, 1, 1, 1), tokens(CONDITION))
        cosine = torch.nn.functional.cosine_similarity(text, first)
        return (model.logit_scale.exp() * cosine).item()

    return [[score(picture, prompt) for prompt in prompts] for picture in pictures]


def draw(model: torch.nn.Module) -> None:
    """Random weights whose outputs are neither near zero nor saturated."""
    for name, parameter in model.named_parameters():
        if name.endswith("logit_scale"):
            parameter.fill_(4.6)
            continue
        parameter.normal_()
        if parameter.ndim > 1:
            parameter.mul_(1.5 / parameter[0].numel() ** 0.5)
        elif name.endswith("weight"):
            parameter.mul_(0.1).add_(1.0)
        else:
            parameter.mul_(0.1)


if __name__ == "__main__":
    main()
