"""Generators: (prompt, seed, ...) -> image.

``load_generator("bonsai")`` paints on any computer; whatever else fulfils the contract is a
generator, too. `GeneratorMaker` lets any of them make the images of a run.
"""

from widespectrum.generators.bonsai import BonsaiGenerator
from widespectrum.generators.facts import GeneratorFacts, Guidance, generator_facts
from widespectrum.generators.maker import GeneratorMaker, generation_payload
from widespectrum.generators.registry import generator_registry, load_generator

__all__ = [
    "BonsaiGenerator",
    "GeneratorFacts",
    "GeneratorMaker",
    "Guidance",
    "generation_payload",
    "generator_facts",
    "generator_registry",
    "load_generator",
]
