"""HPS v1, HPSv2, PickScore, CLIP and LAION's predictor against the code they were published with.

The other side (``clip_upstream.py``) runs in an environment of its own, because nothing of it is a
dependency of ours::

    python -m venv UPSTREAM
    UPSTREAM/bin/pip install torch torchvision open_clip_torch clip-anytorch hpsv2x
    python benchmarks/parity/clip_family.py UPSTREAM/bin/python hpsv1 hpsv2 hpsv2.1 clip-h laion
    python -m venv OLD
    OLD/bin/pip install torch transformers==4.45.2
    python benchmarks/parity/clip_family.py OLD/bin/python pickscore clip-l

With ``--full`` the networks have their real size (up to 4 GB on disk and 10 GB in memory; some
minutes), and only the four scores of one pair are compared, and timed.

The other side builds the published class, draws its weights and saves them as they are published;
both sides read these files. What was measured is in ``clip.md``.
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
from inputs import read_inputs, write_inputs

from widespectrum.contracts import Scorer
from widespectrum.scorers import load_scorer
from widespectrum.scorers.clip import VocabularyFiles, read_vocabulary

HERE = Path(__file__).parent
LARGEST = 1e-4
"""The relative difference above which the command fails."""

# The published rule and reading of the base weights differ from those that `clip-h` has.
SETTINGS = {"clip-h": {"rule": "openai", "cleaned": True, "key": "state_dict"}}


def main() -> None:
    """Check every scorer that is named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", help="interpreter of the environment with the published code")
    parser.add_argument(
        "names", nargs="+", help="hpsv1 hpsv2 hpsv2.1 clip-h laion pickscore clip-l"
    )
    parser.add_argument("--full", action="store_true", help="real sizes, four scores")
    parser.add_argument("--vocabulary", type=Path, help="folder with bpe_simple_vocab_16e6.txt.gz")
    arguments = parser.parse_args()
    worst = 0.0
    for name in arguments.names:
        with tempfile.TemporaryDirectory() as folder:
            worst = max(worst, check(name, Path(folder), arguments))
    if worst > LARGEST:
        raise SystemExit(f"FAILED: scores are {worst:.1e} apart")


def check(name: str, folder: Path, arguments: argparse.Namespace) -> float:
    """One scorer; the largest relative difference."""
    write_inputs(folder)
    if arguments.vocabulary:
        write_vocabulary(folder, arguments.vocabulary / "bpe_simple_vocab_16e6.txt.gz")
    full = ["--full"] if arguments.full else []
    script = [arguments.python, str(HERE / "clip_upstream.py"), name, str(folder), *full]
    subprocess.run(script, check=True, cwd=HERE)
    answer = json.loads((folder / "upstream.json").read_text())
    torch.set_num_threads(answer["threads"])
    pictures, prompts = read_inputs(folder)
    if arguments.full:
        pictures, prompts = pictures[:2], prompts[1:3]
    scorer = ours(name, folder)
    wanted = np.array(answer["scores"], dtype=np.float64)  # nan: upstream cannot score it
    pairs = np.stack(np.indices(wanted.shape), axis=-1).reshape(-1, 2)
    scores = scorer.score(pictures, prompts, pairs).reshape(wanted.shape)
    known = np.isfinite(wanted)
    apart = np.abs(scores - wanted)[known]
    relative = float((apart / np.maximum(np.abs(wanted[known]), wanted[known].std())).max())
    lacking = sorted({pictures[i].mode for i in np.flatnonzero(~known.all(axis=1))})
    print(
        f"{name}: {known.sum()} pairs, {wanted[known].min():.4f} to {wanted[known].max():.4f}, "
        f"largest difference {apart.max():.1e} ({relative:.1e} relative)"
        + (f"; upstream fails on {', '.join(lacking)}" if lacking else "")
    )
    print(f"  upstream: {answer['versions']}, {answer['threads']} threads")
    if arguments.full:
        start = time.perf_counter()
        scorer.score(pictures, prompts, pairs)
        seconds = time.perf_counter() - start
        print(
            f"  four scores of a pair: upstream {answer['seconds']:.1f} s, ours {seconds:.1f} s "
            f"({answer['seconds'] / seconds:.1f} times)"
        )
    return relative


def ours(name: str, folder: Path) -> Scorer:
    """Our scorer on the files of the other side."""
    common = {"device": "cpu", "architecture": str(folder / "config.json")}
    if name == "laion":
        files = {"path": str(folder / "head.pth"), "clip": str(folder / "weights.pt")}
        return load_scorer("laion-aesthetic", **common, **files)
    weights = next(folder.glob("weights.*"))
    files = {"path": str(weights), "tokenizer": str(folder)}
    return load_scorer(name, **common, **files, **SETTINGS.get(name, {}))


def write_vocabulary(folder: Path, file: Path) -> None:
    """CLIP's vocabulary in the form of transformers, from the list of merges that OpenAI ships."""
    vocabulary = read_vocabulary(VocabularyFiles((file,)))
    (folder / "vocab.json").write_text(json.dumps(vocabulary.tokens), encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in vocabulary.merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
