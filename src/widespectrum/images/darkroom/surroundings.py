"""What stands behind the subject, or no longer does."""

from __future__ import annotations

import numpy as np

from widespectrum.errors import BadInput
from widespectrum.images.darkroom.filters import blur, smooth, streak
from widespectrum.images.darkroom.operation import Picture, operation
from widespectrum.images.darkroom.pictures import (
    clouds,
    expose,
    mix,
    noise,
    rgb,
    saturate,
    shorter,
    smoothstep,
)
from widespectrum.images.darkroom.subject import subject_of

FILLS = {
    "white": (1.0, 1.0, 1.0),
    "grey": (0.62, 0.62, 0.62),
    "beige": (0.78, 0.71, 0.58),
    "black": (0.0, 0.0, 0.0),
}
"""Flat fills of an emptied background, as sRGB."""


@operation("Emptied background", "background", "richness")
def emptied_background(
    image: Picture, severity: float, rng: np.random.Generator, *, fill: str = "white"
) -> Picture:
    """The surroundings give way to a flat void.

    `fill` is white, grey, beige or black.
    """
    if fill not in FILLS:
        raise BadInput(
            f"there is no fill {fill!r}", f"Use one of {', '.join(FILLS)}.", field="fill"
        )
    subject = subject_of(image)
    void = np.broadcast_to(rgb(*FILLS[fill]), image.shape)
    return mix(image, void, severity * (1 - subject.mask))


@operation("Smeared background", "background", "detail refinement")
def smeared_background(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The surroundings are rubbed into one muddy smear."""
    subject = subject_of(image)
    angle = rng.uniform(-0.6, 0.6)
    unit = shorter(image)
    rubbed = streak(blur(image, 0.03 * unit), 0.14 * unit, angle)
    mud = saturate(rubbed, 0.55) * rgb(0.72, 0.62, 0.46)
    swirl = 0.78 + 0.4 * clouds(image.shape, rng, 0.35)
    return mix(image, mud * swirl[..., None], severity * (1 - subject.mask))


@operation("Blown-out background", "background", "color aesthetic")
def blown_out_background(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The backdrop burns out to a white glare that eats into the subject."""
    subject = subject_of(image)
    spill = np.maximum(1 - subject.mask, 0.75 * smooth(1 - subject.mask, 0.05 * shorter(image)))
    return expose(mix(image, 1.0, 0.6 * severity * spill), severity * 3.5 * spill)


@operation("Cut-out halo", "background", "object pairing")
def cut_out_halo(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The subject looks cut out with blunt scissors: a ragged pale rim before another backdrop."""
    subject = subject_of(image)
    unit = shorter(image)
    ragged = smooth(subject.mask, 0.022 * unit) + 0.22 * (noise(image.shape, rng, 0.05) - 0.5)
    inside, rim = smoothstep(ragged, 0.42, 0.5), smoothstep(ragged, 0.06, 0.14)
    elsewhere = saturate(image[:, ::-1], 0.4) * 0.5 + rgb(0.2, 0.26, 0.34)
    pasted = mix(mix(blur(elsewhere, 0.02 * unit), 0.97, rim), image, inside)
    return mix(image, pasted, severity)
