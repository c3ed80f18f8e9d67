"""ImageReward and BLIP matching against the code that they were published with.

The other side runs in an environment of its own (``blip_upstream.py``), because it needs an old
transformers::

    python -m venv OLD
    OLD/bin/pip install torch torchvision transformers==4.45.2 timm==0.6.13 fairscale==0.4.13
    OLD/bin/pip install --no-deps image-reward==1.5
    python benchmarks/parity/blip.py OLD/bin/python            # small networks, seconds
    python benchmarks/parity/blip.py OLD/bin/python --full     # ViT-L, 1.8 GB, a minute

Both sides get the same files: pictures, prompts, vocabulary, and the weights that the other side
drew (ImageReward) or that are drawn here (matching). What was measured is in ``blip.md``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from blip_upstream import draw
from inputs import read_inputs, write_inputs, write_word_pieces
from PIL import Image

from widespectrum.contracts import Scorer
from widespectrum.scorers import load_scorer

WORDS = 30_522
HERE = Path(__file__).parent


def main() -> None:
    """Print how far both sides are apart."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", help="interpreter of the environment with image-reward")
    parser.add_argument("--full", action="store_true", help="ViT-L instead of two narrow layers")
    arguments = parser.parse_args()
    size = ["--layers", "24", "--width", "1024"] if arguments.full else ["--layers", "2"]
    size += [] if arguments.full else ["--width", "128"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, few=arguments.full)
        write_word_pieces(folder / "vocab.txt", WORDS)
        imagereward(folder, ask(arguments.python, "imagereward", folder, *size))
        if not arguments.full:
            write_matching(folder)
            matching(folder, ask(arguments.python, "matching", folder))


def ask(python: str, what: str, folder: Path, *options: str) -> dict:
    """What the other side says."""
    script = str(HERE / "blip_upstream.py")
    subprocess.run([python, script, what, str(folder), *options], check=True, cwd=HERE)
    answer = json.loads((folder / "upstream.json").read_text())
    print(f"{what}: upstream on {answer['versions']}, {answer['threads']} threads")
    torch.set_num_threads(answer["threads"])
    return answer


def imagereward(folder: Path, answer: dict) -> None:
    """The reward, and how long both sides took for all pairs."""
    scorer = load_scorer(f"imagereward@path={folder},device=cpu")
    wanted = np.array(answer["scores"])
    ours = compare("reward", scorer, folder, wanted)
    print(f"  seconds: {answer['seconds']:.1f}, ours {ours:.1f}, {answer['seconds'] / ours:.2f} x")


def matching(folder: Path, answer: dict) -> None:
    """All four readings."""
    no, yes, cosine = np.moveaxis(np.array(answer["scores"]), -1, 0)
    wanted = {
        "prob": np.exp(yes) / (np.exp(no) + np.exp(yes)),
        "logit1": yes,
        "logit_diff": yes - no,
        "itc": cosine,
    }
    for reading, scores in wanted.items():
        scorer = load_scorer(f"blip-large@path={folder},score={reading},device=cpu")
        compare(reading, scorer, folder, scores)


def compare(what: str, scorer: Scorer, folder: Path, wanted: np.ndarray) -> float:
    """Every picture under every prompt; how many seconds that took."""
    pictures, prompts = read_inputs(folder)
    pairs = np.stack(np.indices(wanted.shape), axis=-1).reshape(-1, 2)
    scorer.score([Image.new("RGB", (9, 9))], ["a"], pairs[:1])  # loads the weights
    start = time.perf_counter()
    scores = scorer.score(pictures, prompts, pairs).reshape(wanted.shape)
    seconds = time.perf_counter() - start
    difference = np.abs(scores - wanted)
    relative = difference / np.maximum(np.abs(wanted), wanted.std())
    print(
        f"  {what}: {wanted.size} pairs, {wanted.min():.3f} to {wanted.max():.3f}, "
        f"largest difference {difference.max():.1e} ({relative.max():.1e} relative)"
    )
    return seconds


def write_matching(folder: Path) -> None:
    """A small BLIP for matching, in the layout of the hub."""
    from transformers import BlipConfig, BlipForImageTextRetrieval

    torch.manual_seed(1)
    vision = {"hidden_size": 128, "intermediate_size": 256, "num_attention_heads": 2}
    text = {"hidden_size": 128, "intermediate_size": 256, "num_attention_heads": 2}
    depth = {"num_hidden_layers": 2}
    config = BlipConfig(
        vision_config=vision | depth | {"image_size": 384, "patch_size": 16},
        text_config=text | depth,
    )
    model = BlipForImageTextRetrieval(config)
    with torch.no_grad():
        draw(model)
    config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")


if __name__ == "__main__":
    main()
