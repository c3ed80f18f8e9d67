"""How well does the word meter listen? Darkroom pairs, by whether it knows the effect.

python benchmarks/wordmeter.py [--per-photo 22] [--severity 0.75] [--seed 3]

Right under both prompts (obeyed) by chance: a quarter of the pairs. The lexicon was written with
the darkroom's effects in view, on the same photographs, so this is what it was made for; the words
alone are read without the phrases of our own dimensions, as in a prompt that somebody else wrote.
"""

from __future__ import annotations

import argparse
import time
import tomllib

import numpy as np

from widespectrum import load_scorer
from widespectrum.aesthetics import load_dimensions
from widespectrum.images import builtin_photographs
from widespectrum.images.darkroom import PairPlan, darkroom_pairs, make_pair
from widespectrum.scorers import lexicon
from widespectrum.scorers.wordmeter import WordMeter, agreement


def main() -> None:
    """Print shares of right choices, and the time per image."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--per-photo", type=int, default=22)
    arguments.add_argument("--severity", type=float, default=0.75)
    arguments.add_argument("--seed", type=int, default=3)
    chosen = arguments.parse_args()
    plans = darkroom_pairs(
        [(photo.id, photo.path, photo.caption) for photo in builtin_photographs()],
        load_dimensions(),
        severities=[chosen.severity],
        effects_per_photo=chosen.per_photo,
        seed=chosen.seed,
    )
    table = tomllib.loads(lexicon.FILE.read_text(encoding="utf-8"))
    meter = load_scorer("wordmeter")
    assert isinstance(meter, WordMeter)
    full = lexicon.load_lexicon()
    words = {word: lexicon.read_wishes(asked) for word, asked in table["words"].items()}
    bare = lexicon.Lexicon(full.references, words, {})
    shown: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    spent = 0.0
    for plan in plans:
        pair = make_pair(plan)
        start = time.perf_counter()
        departures = [meter.departures(image) for image in pair]
        spent += time.perf_counter() - start
        known = "known" if plan.effects[0] in table["effects"] else "unknown"
        for reading, reader in (("words and phrases", full), ("words alone", bare)):
            right = _right(departures, plan, reader)
            shown.setdefault((reading, known), []).append(right)
    for (reading, known), results in sorted(shown.items()):
        original, anti = np.mean(results, axis=0)
        print(
            f"{reading:18} {known:8} effects: {len(results):4} pairs, right under the original "
            f"prompt {original:.1%}, under the anti prompt {anti:.1%}, "
            f"under both {np.mean(np.all(results, axis=1)):.1%}"
        )
    print(f"{spent / len(plans) / 2 * 1000:.1f} ms per image")


def _right(
    departures: list[dict[str, float]], plan: PairPlan, reader: lexicon.Lexicon
) -> tuple[bool, bool]:
    """Whether the original image wins under its prompt, and the anti image under its own."""
    scores = [
        agreement(image, reader.wishes(prompt))
        for image in departures
        for prompt in (plan.prompt_original, plan.prompt_anti)
    ]
    io_po, io_pa, ia_po, ia_pa = scores
    return io_po > ia_po, ia_pa > io_pa


if __name__ == "__main__":
    main()
