"""The same scorer as in sharpness.py, after ``widespectrum check`` had its say.

It states that it ignores the prompt, and it knows what to do with a picture of one pixel.
"""

import numpy as np

from widespectrum import ScorerFacts
from widespectrum.scorers import as_scorer


def steps(images, prompts):
    """Mean step between neighbouring pixels of each image, in grey levels."""
    grey = [np.asarray(image.convert("L"), float) for image in images]
    return [np.abs(np.diff(g)).mean() if g.shape[1] > 1 else 0.0 for g in grey]


sharpness = as_scorer(
    steps,
    name="honest-sharpness",
    facts=ScorerFacts(prompt_aware=False, range=(0.0, 255.0), unit="grey levels"),
)
