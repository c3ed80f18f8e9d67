"""One driver for every pipeline of diffusers; catalog data tells them apart.

`DiffusersGenerator` is the class of every such catalog entry, `Recipe` what an entry may say. No
torch at import.
"""

from widespectrum.generators.diffusers.generator import DiffusersGenerator
from widespectrum.generators.diffusers.recipe import Recipe, conventions, recipe_of

__all__ = ["DiffusersGenerator", "Recipe", "conventions", "recipe_of"]
