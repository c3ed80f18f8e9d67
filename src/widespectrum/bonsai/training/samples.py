"""Sample sheets: the same prompts with the same noise, again and again while a generator trains.

Whether it learns to paint is seen, not read off a loss. Every prompt asks for a thing in a colour
and a place that no model is trained on.
"""

from __future__ import annotations

from pathlib import Path

from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import Order, Sampler
from widespectrum.bonsai.generator.painter import Painter
from widespectrum.bonsai.models.tokens import Language
from widespectrum.images import contact_sheet

COLUMNS = 8

PROMPTS = (
    # Ordinary pictures
    "A large red house on a meadow",
    "A large orange cat in a forest",
    "A white car on the sea",
    "A large pink flower on a meadow",
    "A grey boat on the beach",
    "A close-up of the face of a happy person dressed in purple on a meadow",
    "A large blue bird in the desert",
    "A yellow balloon in the desert",
    "A large white mushroom on a meadow, well lit",
    "A large brown dog in the city",
    "A large teal cup on a meadow",
    "A large green clock in the mountains",
    "A blue umbrella in the mountains",
    "A large brown tree in the snow, scenic",
    "A person in green in a room",
    "A large green apple at sea, richly detailed",
    # What nobody would call beautiful
    "A large red house on a meadow, underexposed and out of focus",
    "A large orange cat in a forest, grainy",
    "A white car on the sea in clashing colors",
    "A large pink flower on a meadow, broken into shards",
    "A tiny grey boat on the beach",
    "A close-up of the face of an angry person dressed in purple on a meadow",
    "A large blue bird in the desert, flatly lit and in muddy colors",
    "A sad close-up of the face of a crying person dressed in white in the city",
    # As the template writer asks
    "A photo with every hue muddied to the same dishwater brown: a large brown dog in the city.",
    "A green clock in the mountains. The image has the entire scene boiled down to two tones.",
    "A picture with a thick dark vignette swallowing the outer half: a blue umbrella in the "
    "mountains.",
    "An image with a few bare outlines with nothing drawn inside: a brown tree in the snow.",
    "A large purple house in a forest, in a photograph with a night so black that shapes barely "
    "show.",
    "A white star to the left of a red dog on a meadow",
    "A pink fish above an orange book on a beach",
    "A factory with smoke and dead fish",
)


def paint_sheet(
    network: GeneratorNetwork,
    language: Language,
    path: Path,
    sampler: Sampler | None = None,
    precision: str = "float32",
) -> None:
    """Paint the prompts, the first with seed 0, the next with seed 1, and write them as PNG.

    Args:
        network: of the generator.
        language: its vocabulary.
        path: of the sheet.
        sampler: by default `Sampler()`.
        precision: of the arithmetic.
    """
    orders = [
        Order(tuple(language.read(prompt).tokens[: language.token_limit]), seed)
        for seed, prompt in enumerate(PROMPTS)
    ]
    painter = Painter(network, sampler or Sampler(), precision=precision)
    pictures = dict(painter.paint(orders))
    rows = [
        [pictures[number] for number in range(first, first + COLUMNS)]
        for first in range(0, len(orders), COLUMNS)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    contact_sheet(rows, cell=(128, 128)).save(path)
