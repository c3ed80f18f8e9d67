"""The upstream side of ``clip_family.py``: imports nothing of ours, runs where upstream runs.

    python clip_upstream.py NAME FOLDER [--full]

It builds the published class, draws its weights, saves them as they are published, and scores every
picture of FOLDER under every prompt by the published way: with the package's own function where
there is one, else with the steps of its authors' README.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import itertools
import json
import math
import shutil
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from inputs import read_inputs

Score = Callable[[Any, str], float]

VOCABULARY = "bpe_simple_vocab_16e6.txt.gz"
SMALL = {"width": 128, "layers": 3, "patch": 32, "embedding": 64}
LARGE = {"ViT-L/14": (768, 12, 1024, 24, 768), "ViT-H/14": (1024, 24, 1280, 32, 1024)}


def main() -> None:
    """Build, draw, save, score."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=WAYS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    way, architecture, activation, packages = WAYS[arguments.name]
    config = configuration(architecture if arguments.full else None, activation)
    (arguments.folder / "config.json").write_text(json.dumps(config))
    pictures, prompts = read_inputs(arguments.folder)
    if arguments.full:
        pictures, prompts = pictures[:2], prompts[1:3]
    with torch.no_grad():
        score = way(arguments.folder, config)
        start = time.perf_counter()
        scores = [[attempt(score, picture, p) for p in prompts] for picture in pictures]
    answer = {
        "scores": scores,
        "seconds": time.perf_counter() - start,
        "threads": torch.get_num_threads(),
        "versions": {each: importlib.metadata.version(each) for each in ("torch", *packages)},
    }
    (arguments.folder / "upstream.json").write_text(json.dumps(answer))


def attempt(score: Score, picture: Any, prompt: str) -> float:
    """The score, or nan where upstream fails (HPSv2 on a transparent picture)."""
    try:
        return float(score(picture, prompt))
    except RuntimeError as error:
        print(f"  upstream, {picture.mode} {picture.size}: {error}"[:120], file=sys.stderr)
        return math.nan


def hpsv1(folder: Path, config: dict) -> Score:
    """OpenAI's class, transform and tokenizer, as the README of align_sd uses them."""
    clip, model, transform = openai(config)
    torch.save({"state_dict": model.state_dict()}, folder / "weights.pt")
    shutil.copy(Path(clip.__file__).parent / VOCABULARY, folder)

    def score(picture: Any, prompt: str) -> float:
        seen = model.encode_image(transform(picture)[None])
        read = model.encode_text(clip.tokenize([prompt], truncate=True))
        seen /= seen.norm(dim=-1, keepdim=True)
        read /= read.norm(dim=-1, keepdim=True)
        return (seen @ read.T).item()

    return score


def laion(folder: Path, config: dict) -> Score:
    """OpenAI's image tower, then five linear layers with dropout between them, at rest."""
    _, model, transform = openai(config)
    torch.save(model.state_dict(), folder / "weights.pt")
    widths = [config["projection_dim"], 1024, 128, 64, 16, 1]
    linear = [torch.nn.Linear(a, b) for a, b in itertools.pairwise(widths)]
    drop = [torch.nn.Dropout(p) for p in (0.2, 0.2, 0.1)]
    order = [linear[0], drop[0], linear[1], drop[1], linear[2], drop[2], linear[3], linear[4]]
    head = torch.nn.Sequential(*order).eval()
    named = {f"layers.{name}": tensor for name, tensor in head.state_dict().items()}
    torch.save(named, folder / "head.pth")

    def score(picture: Any, _: str) -> float:
        seen = model.encode_image(transform(picture)[None]).numpy()
        length = (seen**2).sum() ** 0.5
        return head(torch.from_numpy(seen / (length or 1.0)).float()).item()

    return score


def openai(config: dict) -> tuple[Any, Any, Any]:
    """OpenAI's package, its class with drawn weights, and its transform."""
    _stand_in_for_torchvision_operators()
    import clip
    from clip.clip import _transform
    from clip.model import CLIP

    text, vision = config["text_config"], config["vision_config"]
    model = CLIP(
        embed_dim=config["projection_dim"],
        image_resolution=vision["image_size"],
        vision_layers=vision["num_hidden_layers"],
        vision_width=vision["hidden_size"],
        vision_patch_size=vision["patch_size"],
        context_length=77,
        vocab_size=49408,
        transformer_width=text["hidden_size"],
        transformer_heads=text["num_attention_heads"],
        transformer_layers=text["num_hidden_layers"],
    )
    draw(model)
    return clip, model.eval(), _transform(vision["image_size"])


def hpsv2(folder: Path, config: dict) -> Score:
    """The package's own ``score``: it reads the checkpoint again for every call."""
    _stand_in_for_torchvision_operators()
    progress = types.ModuleType("clint.textui")
    progress.progress = None  # type: ignore[attr-defined]
    sys.modules |= {"clint": types.ModuleType("clint"), "clint.textui": progress}
    import hpsv2.img_score as package
    from hpsv2.src import open_clip

    name = open_clip_config(open_clip, folder, config)
    model, _, transform = open_clip.create_model_and_transforms(
        name,
        None,
        precision="amp",
        device="cpu",
        light_augmentation=True,
        aug_cfg={},
        output_dict=True,
        with_score_predictor=False,
        with_region_predictor=False,
    )
    draw(model)
    torch.save({"state_dict": model.state_dict()}, folder / "weights.pt")
    shutil.copy(Path(open_clip.__file__).parent / VOCABULARY, folder)
    package.model_dict.update(model=model, preprocess_val=transform)
    file = str(folder / "weights.pt")
    return lambda picture, prompt: package.score(picture, prompt, cp=file)[0]


def clip_h(folder: Path, config: dict) -> Score:
    """open_clip's class, its transform for evaluation, its tokenizer."""
    _stand_in_for_torchvision_operators()
    import open_clip

    name = open_clip_config(open_clip, folder, config)
    model, _, transform = open_clip.create_model_and_transforms(name)
    draw(model)
    torch.save({"state_dict": model.state_dict()}, folder / "weights.pt")
    shutil.copy(Path(open_clip.__file__).parent / VOCABULARY, folder)
    model, tokenizer = model.eval(), open_clip.get_tokenizer("ViT-H-14")

    def score(picture: Any, prompt: str) -> float:
        seen = model.encode_image(transform(picture)[None], normalize=True)
        read = model.encode_text(tokenizer([prompt]), normalize=True)
        return (seen @ read.T).item()

    return score


def open_clip_config(open_clip: Any, folder: Path, config: dict) -> str:
    """The configuration in open_clip's form, made known to it; its name."""
    text, vision = config["text_config"], config["vision_config"]
    wide, heads = vision["hidden_size"], vision["num_attention_heads"]
    form = {
        "embed_dim": config["projection_dim"],
        "quick_gelu": text["hidden_act"] == "quick_gelu",
        "vision_cfg": {
            "image_size": vision["image_size"],
            "layers": vision["num_hidden_layers"],
            "width": wide,
            "head_width": wide // heads,
            "patch_size": vision["patch_size"],
        },
        "text_cfg": {
            "context_length": 77,
            "vocab_size": 49408,
            "width": text["hidden_size"],
            "heads": text["num_attention_heads"],
            "layers": text["num_hidden_layers"],
        },
    }
    (folder / "as-open-clip").mkdir()
    (folder / "as-open-clip" / "parity.json").write_text(json.dumps(form))
    open_clip.add_model_config(folder / "as-open-clip")
    return "parity"


def pickscore(folder: Path, config: dict) -> Score:
    """The steps of PickScore's README."""
    return _transformers(folder, config, scaled=True)


def clip_l(folder: Path, config: dict) -> Score:
    """The cosine of the features that transformers gives."""
    return _transformers(folder, config, scaled=False)


def _transformers(folder: Path, config: dict, *, scaled: bool) -> Score:
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizerFast

    model = CLIPModel(CLIPConfig.from_dict(config)).eval()
    draw(model)
    torch.save(model.state_dict(), folder / "weights.pt")
    tokenizer = CLIPTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))
    processor = CLIPImageProcessor()

    def score(picture: Any, prompt: str) -> float:
        pixels = processor(images=picture, return_tensors="pt")
        text = tokenizer(prompt, padding=True, truncation=True, max_length=77, return_tensors="pt")
        seen, read = model.get_image_features(**pixels), model.get_text_features(**text)
        seen = seen / torch.norm(seen, dim=-1, keepdim=True)
        read = read / torch.norm(read, dim=-1, keepdim=True)
        factor = model.logit_scale.exp() if scaled else 1.0
        return (factor * (read @ seen.T)[0])[0].item()

    return score


def draw(model: torch.nn.Module) -> None:
    """Random weights whose outputs are neither near zero nor saturated; a scale of 100."""
    for name, parameter in model.named_parameters():
        if name == "logit_scale":
            parameter.fill_(math.log(100.0))
            continue
        parameter.normal_()
        if parameter.ndim > 1:
            parameter.mul_(1.5 / parameter[0].numel() ** 0.5)
        elif name.endswith("weight"):
            parameter.mul_(0.1).add_(1.0)
        else:
            parameter.mul_(0.1)


def configuration(full: str | None, activation: str) -> dict:
    """The network as transformers describes it: of real size, or a small one on real pictures."""
    small = (SMALL["width"], SMALL["layers"], SMALL["width"], SMALL["layers"], SMALL["embedding"])
    text, text_layers, vision, vision_layers, embedding = LARGE[full] if full else small

    def side(width: int, layers: int, heads: int) -> dict:
        return {
            "hidden_size": width,
            "intermediate_size": 4 * width,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "hidden_act": activation,
        }

    heads = 16 if full == "ViT-H/14" else vision // 64
    patch = 14 if full else SMALL["patch"]
    # The number of the end is the wrong one that the published configurations have.
    return {
        "model_type": "clip",
        "projection_dim": embedding,
        "text_config": side(text, text_layers, text // 64) | {"eos_token_id": 2},
        "vision_config": side(vision, vision_layers, heads)
        | {"image_size": 224, "patch_size": patch},
    }


def _stand_in_for_torchvision_operators() -> None:
    """Let torchvision's transforms be imported beside a torch that its operators do not fit.

    The package registers meta kernels of operators that its compiled half brings. Where that half
    cannot be loaded (a build for CUDA beside torch for processors), two declarations are missed.
    """
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
        global _operators
        _operators = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            _operators.define(f"{name}(Tensor dets, Tensor scores, float threshold) -> Tensor")


_operators: Any = None

WAYS: dict[str, tuple[Callable[[Path, dict], Score], str, str, tuple[str, ...]]] = {
    "hpsv1": (hpsv1, "ViT-L/14", "quick_gelu", ("clip-anytorch", "torchvision")),
    "laion": (laion, "ViT-L/14", "quick_gelu", ("clip-anytorch", "torchvision")),
    "hpsv2": (hpsv2, "ViT-H/14", "gelu", ("hpsv2x", "torchvision")),
    "hpsv2.1": (hpsv2, "ViT-H/14", "gelu", ("hpsv2x", "torchvision")),
    "clip-h": (clip_h, "ViT-H/14", "gelu", ("open_clip_torch", "torchvision")),
    "pickscore": (pickscore, "ViT-H/14", "gelu", ("transformers",)),
    "clip-l": (clip_l, "ViT-L/14", "quick_gelu", ("transformers",)),
}
"""How each is scored, what it is at full size, its activation, and the packages that do it."""

if __name__ == "__main__":
    main()
