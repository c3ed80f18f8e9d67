"""MPS with random weights at any depth, as files that `load_scorer` takes.

For benchmarks that need the arithmetic of a large model and not its opinions::

    scorer = load_scorer(write_mps(folder))      # CLIP-H with four crossing layers, 4.4 GB

A shallower CLIP costs less; the crossing module keeps its four layers, so that a very shallow MPS
is mostly that.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

_CLIP_WORDS = 49_408


def write_mps(folder: Path, *, depth: int = 32) -> str:
    """An MPS over a CLIP of `depth` vision layers and 3/4 as many of text; its scorer's name."""
    from widespectrum.scorers.clip import byte_signs, empty_network, read_architecture
    from widespectrum.scorers.mps.crossing import Crossing, Shape

    architecture = read_architecture("ViT-H/14")
    config = {"model_type": "clip"} | json.loads(json.dumps(architecture.config))
    config["vision_config"]["num_hidden_layers"] = depth
    config["text_config"]["num_hidden_layers"] = max(1, depth * 3 // 4)
    (folder / "config.json").write_text(json.dumps(config))
    clip = empty_network(read_architecture(str(folder / "config.json")))
    with torch.device("meta"):
        crossing = Crossing(Shape(width=1024, layers=4, heads=16, head_width=64, inner=4096))
    weights = {f"model.{name}": tensor for name, tensor in _drawn(clip).items()}
    for name, tensor in _drawn(crossing).items():
        layer, _, rest = name.removeprefix("layers.").partition(".")
        block, _, rest = rest.partition(".")
        weights[f"cross_model.layers.{layer}.{block}.fn.{rest}"] = tensor
    save_file(weights, folder / "model.safetensors")
    signs = byte_signs()
    words = [*signs, *(f"{sign}</w>" for sign in signs)]
    words += [f"unused{number}" for number in range(_CLIP_WORDS - 2 - len(words))]
    words += ["<|startoftext|>", "<|endoftext|>"]
    numbered = {word: number for number, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(numbered), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    return f"mps@path={folder},architecture={folder / 'config.json'}"


def _drawn(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Random weights for a network on the meta device, small enough that nothing overflows."""
    generator = torch.Generator().manual_seed(0)
    drawn = {}
    for name, tensor in network.state_dict().items():
        values = torch.randn(tensor.shape, generator=generator)
        if tensor.ndim > 1:
            drawn[name] = values / tensor[0].numel() ** 0.5
        elif name.endswith("weight"):
            drawn[name] = 1 + 0.1 * values
        else:
            drawn[name] = 0.1 * values
    return drawn
