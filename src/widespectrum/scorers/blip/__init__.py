"""Scorers of the BLIP family: a text encoder that reads the states of an image.

`ImageReward` gives a reward fitted to human preferences, `BlipMatching` says whether text and image
belong together. Both run the vision tower once per image, and let every prompt read what it saw.
No torch at import.
"""

from widespectrum.scorers.blip.imagereward import ImageReward
from widespectrum.scorers.blip.matching import BlipMatching

__all__ = ["BlipMatching", "ImageReward"]
