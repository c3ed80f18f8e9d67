"""MPS against the code that it was published with.

The other side runs in an environment of its own (``mps_upstream.py``), because it needs an old
transformers::

    git clone https://github.com/Kwai-Kolors/MPS
    python -m venv OLD
    OLD/bin/pip install torch transformers==4.45.2 einops pillow
    python benchmarks/parity/mps.py OLD/bin/python MPS

Both sides get the same files: pictures, prompts, vocabulary, and weights that the other side drew
for a small network of the same classes. What was measured is in ``mps.md``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from inputs import read_inputs, write_inputs

from widespectrum.scorers import load_scorer
from widespectrum.scorers.clip import byte_signs

HERE = Path(__file__).parent


def main() -> None:
    """Print how far both sides are apart."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", help="interpreter of the environment with an old transformers")
    parser.add_argument("repository", help="a copy of Kwai-Kolors/MPS", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder)
        write_network(folder)
        script = [arguments.python, str(HERE / "mps_upstream.py"), name]
        subprocess.run([*script, str(arguments.repository.resolve())], check=True, cwd=HERE)
        compare(folder, json.loads((folder / "upstream.json").read_text()))


def write_network(folder: Path) -> None:
    """A small CLIP's configuration, and a vocabulary of single characters."""
    signs = byte_signs()
    words = [*signs, *(f"{sign}</w>" for sign in signs), "<|startoftext|>", "<|endoftext|>"]
    depth = {"num_hidden_layers": 2, "num_attention_heads": 4, "hidden_act": "gelu"}
    ends = {"bos_token_id": len(words) - 2, "eos_token_id": len(words) - 1}
    config = {
        "model_type": "clip",
        "projection_dim": 96,
        "text_config": depth
        | ends
        | {"vocab_size": len(words), "hidden_size": 96, "intermediate_size": 192},
        "vision_config": depth
        | {"hidden_size": 80, "intermediate_size": 160, "image_size": 224, "patch_size": 14},
    }
    (folder / "config.json").write_text(json.dumps(config))
    numbered = {word: number for number, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(numbered), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")


def compare(folder: Path, answer: dict) -> None:
    """Every picture under every prompt."""
    print(f"mps: upstream on {answer['versions']}, {answer['threads']} threads")
    wanted = np.array(answer["scores"])
    pictures, prompts = read_inputs(folder)
    scorer = load_scorer(
        f"mps@path={folder / 'model.bin'},architecture={folder / 'config.json'},device=cpu"
    )
    pairs = np.stack(np.indices(wanted.shape), axis=-1).reshape(-1, 2)
    difference = np.abs(scorer.score(pictures, prompts, pairs).reshape(wanted.shape) - wanted)
    print(
        f"  {wanted.size} pairs, {wanted.min():.3f} to {wanted.max():.3f}, "
        f"largest difference {difference.max():.1e} "
        f"({(difference / np.maximum(np.abs(wanted), wanted.std())).max():.1e} relative)"
    )


if __name__ == "__main__":
    main()
