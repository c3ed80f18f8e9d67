"""Night owl: a scorer that prefers dark pictures where the prompt speaks of the night."""

from collections.abc import Sequence

from PIL import Image, ImageStat

from widespectrum import Scorer, ScorerFacts
from widespectrum.scorers import as_scorer

FACTS = ScorerFacts(
    prompt_aware=True,
    range=(0.0, 1.0),
    unit="share of full light",
    optimised_for="nothing: a measurement",
    preferences="nobody's",
    licence="Apache-2.0",
)


def night_owl(
    images: Sequence[Image.Image], prompts: Sequence[str], *, words: str = "night dark dim"
) -> list[float]:
    """Darkness under prompts with one of the words, light under all others."""
    scores = []
    for image, prompt in zip(images, prompts, strict=True):
        light = ImageStat.Stat(image.convert("L")).mean[0] / 255
        asked_for_dark = set(words.split()) & set(prompt.lower().split())
        scores.append(1 - light if asked_for_dark else light)
    return scores


def make(**settings: str) -> Scorer:
    """What the entry point names; ``night-owl@words="midnight moonless"`` sets the words."""
    return as_scorer(night_owl, name="night-owl", facts=FACTS, settings=settings)
