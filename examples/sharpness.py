"""A scorer in three lines: it likes sharp pictures and never reads the prompt."""

import numpy as np


def sharpness(images, prompts):
    """Mean step between neighbouring pixels of each image, in grey levels."""
    return [np.abs(np.diff(np.asarray(i.convert("L"), float))).mean() for i in images]
