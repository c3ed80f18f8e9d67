"""A scorer that does what it is told: its instruction decides between taste and the prompt.

Made of two small scorers of our own: `sharpness`, which is all taste, and `wordmeter`, which reads
the effect words of a prompt.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from widespectrum.catalog import fingerprint
from widespectrum.errors import BadInput
from widespectrum.scorers import load_scorer

TEXTS = {
    "original": ("Prefer sharp pictures. Then look at the prompt.", 2.0),
    "neutral": ("Rate the picture.", 0.5),
    "fidelity": ("Only the prompt counts.", 0.0),
}


class Told:
    """wordmeter plus a weight of sharpness that follows from the instruction."""

    def __init__(self, *, instruction: str = "original") -> None:
        if instruction not in TEXTS:
            raise BadInput(f"is {instruction!r}", "Give another.", field="instruction")
        self.text, self.taste = TEXTS[instruction]
        self.name = f"told@instruction={instruction}"
        self._words, self._sharp = load_scorer("wordmeter"), load_scorer("sharpness")
        self.facts = replace(self._words.facts, instruction=self.text, range=None)
        self.fingerprint = fingerprint(of=self._words.fingerprint, text=self.text)

    def tokens(self, prompts):
        return self._words.tokens(prompts)

    def score(self, images, prompts, pairs):
        read = self._words.score(images, prompts, pairs)
        return np.float32(read + self.taste * self._sharp.score(images, prompts, pairs))


def untold(images, prompts):
    """A scorer without an instruction."""
    return [float(len(prompt)) for prompt in prompts]


class Deaf(Told):
    """Takes an instruction, and is the same scorer under every one."""

    def __init__(self, *, instruction: str = "original") -> None:
        super().__init__(instruction="original")
        self.name = f"deaf@instruction={instruction}"
