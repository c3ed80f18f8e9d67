"""The upstream side of ``hpsv3_family.py``: in an environment of its own, with nothing of ours.

The package's own class with its own preparation of pictures and prompts, on weights from a folder:

    python hpsv3_upstream.py FOLDER rounded     # as upstream makes it, then computed in float32
    python hpsv3_upstream.py FOLDER bfloat16    # as upstream makes it
    python hpsv3_upstream.py FOLDER exact       # never in bfloat16, which upstream does not do
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import json
import sys
import time
import types
import warnings
from pathlib import Path

import torch
from inputs import read_inputs

UNUSED = (
    "datasets",
    "deepspeed",
    "fire",
    "flash_attn",
    "matplotlib",
    "omegaconf",
    "pandas",
    "peft",
    "prettytable",
    "tensorboard",
    "torchvision",
    "trl",
)
"""What the package imports for training and evaluation, and scoring does not need."""

TEMPLATE = (
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""What Qwen2-VL's chat template makes of one turn with a picture."""


def main() -> None:
    """Write what this side says to ``upstream.json`` in the folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("precision", choices=["rounded", "bfloat16", "exact"])
    parser.add_argument("--batch", type=int, default=1, help="pairs per call")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    inferencer = read(arguments.folder, arguments.precision)
    pictures, prompts = read_inputs(arguments.folder)
    pairs = [(picture, prompt) for picture in pictures for prompt in prompts]
    outputs = []
    with torch.no_grad():
        inferencer.reward([pictures[0]], ["a"])
        start = time.process_time()
        for first in range(0, len(pairs), arguments.batch):
            some = pairs[first : first + arguments.batch]
            rewards = inferencer.reward([p for p, _ in some], [t for _, t in some])
            outputs += rewards.float().tolist()
        seconds = time.process_time() - start
    import transformers

    answer = {
        "outputs": outputs,
        "seconds": seconds,
        "threads": torch.get_num_threads(),
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    }
    (arguments.folder / "upstream.json").write_text(json.dumps(answer))


def read(folder: Path, precision: str) -> object:
    """HPSv3RewardInferencer with the folder's weights, made the way its ``__init__`` makes it."""
    from safetensors.torch import load_file
    from transformers import Qwen2TokenizerFast, Qwen2VLConfig
    from transformers.models.qwen2_vl import Qwen2VLImageProcessor, Qwen2VLProcessor

    sys.meta_path.insert(0, Absent())  # after transformers, which looks for some of them
    from hpsv3.inference import HPSv3RewardInferencer
    from hpsv3.model.qwen2vl_trainer import Qwen2VLRewardModelBT

    tokenizer = Qwen2TokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="<|endoftext|>"
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|Reward|>"]})
    tokenizer.padding_side = "right"
    config = Qwen2VLConfig.from_dict(json.loads((folder / "config.json").read_text()))
    config._attn_implementation = "sdpa"
    config.pad_token_id = tokenizer.pad_token_id
    model = Qwen2VLRewardModelBT(
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
    model.rm_head.to(torch.float32)
    model.load_state_dict(load_file(folder / "HPSv3.safetensors"), strict=True)
    inferencer = HPSv3RewardInferencer.__new__(HPSv3RewardInferencer)
    inferencer.model = model.eval()
    inferencer.processor = Qwen2VLProcessor(
        Qwen2VLImageProcessor(), tokenizer, chat_template=TEMPLATE
    )
    inferencer.device, inferencer.use_special_tokens = "cpu", True
    if precision == "bfloat16":
        # On a GPU an inner autocast to float32 does this; on a processor there is none.
        head = model.rm_head
        model.rm_head = torch.nn.Sequential(ToFloat32(), head)
    return inferencer


class ToFloat32(torch.nn.Module):
    """What autocast to float32 does to the head's input."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """The states in single precision."""
        return states.float()


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for the modules of `UNUSED`: every name in them is an empty class."""

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """Those modules only."""
        if name.split(".")[0] in UNUSED or name.startswith("torch.utils.tensorboard"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """An empty module."""
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: type(name, (), {})  # type: ignore[method-assign]
        module.__version__ = "99"
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""


if __name__ == "__main__":
    main()
