"""The upstream side of ``blip.py``: runs in an environment of its own, and imports nothing of ours.

``imagereward``: the classes of the package image-reward, with random weights, which are saved as
``ImageReward.pt``. ``matching``: transformers' BLIP and its processing, from a folder.

    python blip_upstream.py imagereward FOLDER --layers 2 --width 128
    python blip_upstream.py matching FOLDER
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
import types
from pathlib import Path

import torch
from inputs import read_inputs

MED_CONFIG = {
    "architectures": ["BertModel"],
    "attention_probs_dropout_prob": 0.1,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": 768,
    "initializer_range": 0.02,
    "intermediate_size": 3072,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "model_type": "bert",
    "num_attention_heads": 12,
    "num_hidden_layers": 12,
    "pad_token_id": 0,
    "type_vocab_size": 2,
    "vocab_size": 30524,
    "encoder_width": 768,
    "add_cross_attention": True,
}


def main() -> None:
    """Write what this side says to ``upstream.json`` in the folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["imagereward", "matching"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--width", type=int, default=1024)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    run = {"imagereward": imagereward, "matching": matching}[arguments.what]
    with torch.no_grad():
        answer = run(arguments)
    import transformers

    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    answer |= {"versions": versions, "threads": torch.get_num_threads()}
    (arguments.folder / "upstream.json").write_text(json.dumps(answer))


def imagereward(arguments: argparse.Namespace) -> dict:
    """ImageReward's own ``score(prompt, image)``, for every picture under every prompt."""
    package = _bare_package("ImageReward")
    from ImageReward.models.BLIP import blip, blip_pretrain
    from transformers import BertTokenizer

    folder, width, layers = arguments.folder, arguments.width, arguments.layers

    def local_tokenizer() -> BertTokenizer:
        tokenizer = BertTokenizer(str(folder / "vocab.txt"))
        tokenizer.add_special_tokens({"bos_token": "[DEC]"})
        tokenizer.add_special_tokens({"additional_special_tokens": ["[ENC]"]})
        return tokenizer

    def vision_of_this_size(*_: object) -> tuple:
        tower = blip.VisionTransformer(
            img_size=224, patch_size=16, embed_dim=width, depth=layers, num_heads=width // 64
        )
        return tower, width

    blip_pretrain.init_tokenizer = local_tokenizer
    blip_pretrain.create_vit = vision_of_this_size
    config = MED_CONFIG | {"num_hidden_layers": min(12, layers)}
    (folder / "med_config.json").write_text(json.dumps(config))
    model = package.ImageReward(med_config=str(folder / "med_config.json")).eval()
    draw(model)
    torch.save(model.state_dict(), folder / "ImageReward.pt")
    pictures, prompts = read_inputs(folder)
    start = time.perf_counter()
    scores = [[model.score(prompt, picture) for prompt in prompts] for picture in pictures]
    return {"scores": scores, "seconds": time.perf_counter() - start}


def matching(arguments: argparse.Namespace) -> dict:
    """Transformers' BLIP as the paper called it: both logits and the cosine of every pair."""
    from transformers import BertTokenizerFast, BlipForImageTextRetrieval
    from transformers.models.blip.image_processing_blip import BlipImageProcessor

    folder = arguments.folder
    model = BlipForImageTextRetrieval.from_pretrained(folder).eval()
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))
    size = model.config.vision_config.image_size
    processor = BlipImageProcessor(size={"height": size, "width": size})
    pictures, prompts = read_inputs(folder)

    def called(picture: object, prompt: str) -> list[float]:
        pixels = processor(picture, return_tensors="pt")
        text = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)
        match = model(**pixels, **text).itm_score[0]
        cosine = model(**pixels, **text, use_itm_head=False)[0][0]
        return [*match.tolist(), *cosine.tolist()]

    return {"scores": [[called(picture, prompt) for prompt in prompts] for picture in pictures]}


def draw(model: torch.nn.Module) -> None:
    """Random weights whose outputs are neither near zero nor saturated."""
    for name, parameter in model.named_parameters():
        parameter.normal_()
        if parameter.ndim > 1:
            parameter.mul_(1.5 / parameter[0].numel() ** 0.5)
        elif name.endswith("weight"):
            parameter.mul_(0.1).add_(1.0)
        else:
            parameter.mul_(0.1)


def _bare_package(name: str) -> types.ModuleType:
    """A package's module of the same name, without what its ``__init__`` imports besides."""
    found = importlib.util.find_spec(name)
    if found is None or found.submodule_search_locations is None:
        raise SystemExit(f"{name} is not installed here")
    for part in ("", ".models"):
        package = types.ModuleType(name + part)
        inside = part.replace(".", "/")
        package.__path__ = [f"{place}{inside}" for place in found.submodule_search_locations]
        sys.modules[name + part] = package
    return importlib.import_module(f"{name}.{name}")


if __name__ == "__main__":
    main()
