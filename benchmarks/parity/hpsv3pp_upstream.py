"""HPSv3++'s own network class, for ``hpsv3_family.py``: in an environment of its own.

    python hpsv3pp_upstream.py FOLDER rounded --repository HPSv3-PlusPlus

The class is read from a copy of the authors' repository (``hpsv3/model/qwen3vl_rm.py``), and so are
the instruction and its ending. The rest of that repository does not run as published (it imports a
``utils/parser.py`` that it lacks), so one picture is prepared here by the steps of its
``inference.py``: `fetch_image` of its ``dataset/utils.py``, then the base model's processor.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import math
import time
import warnings
from pathlib import Path

import torch
from inputs import read_inputs
from PIL import Image

AREA = 256 * 28 * 28


def main() -> None:
    """Write what this side says to ``upstream.json`` in the folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("precision", choices=["rounded", "bfloat16", "exact"])
    parser.add_argument("--repository", type=Path, required=True)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    model, tokenizer = read(arguments.folder, arguments.precision, arguments.repository)
    texts = constants(arguments.repository / "hpsv3" / "dataset" / "data_collator_qwen.py")
    pictures, prompts = read_inputs(arguments.folder)
    outputs = []
    start = time.process_time()
    with torch.no_grad():
        for picture in pictures:
            for prompt in prompts:
                told = texts["INSTRUCTION"].format(text_prompt=prompt)
                told += texts["prompt_with_special_token"]
                batch = prepared(picture, told, tokenizer)
                logits = model(return_dict=True, iter_values=torch.zeros(1), **batch)["logits"]
                outputs += logits.float().tolist()
    import transformers

    answer = {
        "outputs": outputs,
        "seconds": time.process_time() - start,
        "threads": torch.get_num_threads(),
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    }
    (arguments.folder / "upstream.json").write_text(json.dumps(answer))


def read(folder: Path, precision: str, repository: Path) -> tuple:
    """The network with the folder's weights, made the way the repository's trainer makes it."""
    from transformers import Qwen2TokenizerFast, Qwen3VLConfig

    path = repository / "hpsv3" / "model" / "qwen3vl_rm.py"
    spec = importlib.util.spec_from_file_location("qwen3vl_rm", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tokenizer = Qwen2TokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="<|endoftext|>"
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|Reward|>"]})
    config = Qwen3VLConfig.from_dict(json.loads((folder / "config.json").read_text()))
    config._attn_implementation = "sdpa"
    config.pad_token_id = tokenizer.pad_token_id
    model = module.Qwen3VLRewardModelFiLMHybrid(
        config,
        output_dim=2,
        reward_token="special",
        special_token_ids=tokenizer.convert_tokens_to_ids(["<|Reward|>"]),
        rm_head_type="ranknet",
    )
    if precision != "exact":
        model.to(torch.bfloat16)
    if precision == "rounded":
        model.float()
    for head in (model.rm_head, model.film_gen, model.cond_encoder):
        head.to(torch.float32)
    weights = torch.load(folder / "hpsv3++.pth", map_location="cpu", weights_only=True)
    model.load_state_dict(weights, strict=True)
    return model.eval(), tokenizer


def constants(file: Path) -> dict[str, str]:
    """The texts that a module assigns to names, without running it."""
    assigned = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Assign)]
    return {
        node.targets[0].id: node.value.value
        for node in assigned
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def prepared(picture: Image.Image, told: str, tokenizer: object) -> dict[str, torch.Tensor]:
    """One picture and its text as the network takes them."""
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

    processor = Qwen2VLImageProcessor(
        patch_size=16,
        size={"shortest_edge": 65536, "longest_edge": 16777216},
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )
    seen = processor(images=[resized(picture.convert("RGB"))], return_tensors="pt")
    count = int(seen["image_grid_thw"].prod()) // 4
    text = f"<|im_start|>user\n<|vision_start|>{'<|image_pad|>' * count}<|vision_end|>{told}"
    ids = tokenizer(f"{text}<|im_end|>\n<|im_start|>assistant\n", return_tensors="pt")
    return {**ids, **seen}


def resized(image: Image.Image) -> Image.Image:
    """`fetch_image` with both limits at `AREA`."""
    width, height = image.size
    high, wide = max(28, round(height / 28) * 28), max(28, round(width / 28) * 28)
    if high * wide > AREA:
        beta = math.sqrt((height * width) / AREA)
        high, wide = (math.floor(side / beta / 28) * 28 for side in (height, width))
    elif high * wide < AREA:
        beta = math.sqrt(AREA / (height * width))
        high, wide = (math.ceil(side * beta / 28) * 28 for side in (height, width))
    return image.resize((wide, high), Image.BICUBIC)


if __name__ == "__main__":
    main()
