"""HPSv3 against the code that it was published with, on the same random weights.

The other side runs in an environment of its own (``hpsv3_upstream.py``), because it needs an old
transformers::

    python -m venv OLD
    OLD/bin/pip install torch transformers==4.45.2 pillow requests
    OLD/bin/pip install --no-deps hpsv3==1.0.0
    python benchmarks/parity/hpsv3_family.py OLD/bin/python           # small, a minute
    python benchmarks/parity/hpsv3_family.py OLD/bin/python --wide    # full width, minutes

HPSv3++ has no package; its network class comes from a copy of the authors' repository::

    NEW/bin/pip install torch transformers==4.57.0 pillow
    git clone https://github.com/PlantPotatoOnMoon/HPSv3-PlusPlus
    python benchmarks/parity/hpsv3_family.py NEW/bin/python --plusplus HPSv3-PlusPlus

Upstream turns the model into bfloat16, rotary frequencies included. ``rounded`` computes that model
in float32 on both sides, ``bfloat16`` as it is; ``exact`` is a model that was never in bfloat16,
which upstream does not make: its distance says how much the rounding of the frequencies is.
What was measured is in ``hpsv3.md``.
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
from hpsv3_files import SMALL, Size, write_hpsv3, write_plusplus
from inputs import read_inputs, write_inputs
from PIL import Image

from widespectrum.scorers import load_scorer
from widespectrum.scorers.hpsv3 import read_instruction

HERE = Path(__file__).parent


def main() -> None:
    """Print how far both sides are apart, and how long their processors took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", help="interpreter of the environment with hpsv3 1.0.0")
    parser.add_argument("--wide", action="store_true", help="layers of Qwen2-VL-7B's width")
    parser.add_argument("--plusplus", type=Path, help="HPSv3++'s repository")
    arguments = parser.parse_args()
    size = Size(layers=1, vision_layers=1) if arguments.wide else SMALL
    texts = [read_instruction("original", original="hpsv3").text] * 3
    precisions = ["rounded"] if arguments.wide else ["rounded", "bfloat16", "exact"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, few=arguments.wide)
        if arguments.plusplus is None:
            write_hpsv3(folder, size, texts)
            script = [str(HERE / "hpsv3_upstream.py"), name]
        else:
            write_plusplus(folder, texts)
            script = [str(HERE / "hpsv3pp_upstream.py"), name]
            script += ["--repository", str(arguments.plusplus.resolve())]
        for precision in precisions:
            subprocess.run([arguments.python, *script, precision], check=True, cwd=HERE)
            compare("hpsv3pp" if arguments.plusplus else "hpsv3", folder, precision)


def compare(model: str, folder: Path, precision: str) -> None:
    """Every picture under every prompt, with what the other side said."""
    answer = json.loads((folder / "upstream.json").read_text())
    torch.set_num_threads(answer["threads"])
    pictures, prompts = read_inputs(folder)
    dtype = "bfloat16" if precision == "bfloat16" else "float32"
    scorer = load_scorer(model, path=str(folder), dtype=dtype, device="cpu")
    pairs = np.stack(np.indices((len(pictures), len(prompts))), axis=-1).reshape(-1, 2)
    scorer.score([Image.new("RGB", (9, 9))], ["a"], pairs[:1])  # loads the weights
    start = time.process_time()
    ours = scorer.distributions(pictures, prompts, pairs)
    seconds = time.process_time() - start
    wanted = np.array(answer["outputs"])
    wanted[:, 1] = np.exp(wanted[:, 1])
    print(f"{precision}: upstream on {answer['versions']}, {answer['threads']} threads")
    for place, what in enumerate(("mu", "sigma")):
        difference = np.abs(ours[:, place] - wanted[:, place])
        spread = wanted[:, place].std()
        print(
            f"  {what}: {len(pairs)} pairs, {wanted[:, place].min():.3f} to "
            f"{wanted[:, place].max():.3f}, largest difference {difference.max():.1e} "
            f"({difference.max() / spread:.1e} of their standard deviation)"
        )
    theirs = answer["seconds"]
    print(f"  seconds: {theirs:.1f}, ours {seconds:.1f}, {theirs / seconds:.2f} x")


if __name__ == "__main__":
    main()
