"""One driver for every pipeline of diffusers; catalog data tells them apart."""

from widespectrum.generators.diffusers.recipe import Recipe, recipe_of

__all__ = ["Recipe", "recipe_of"]
