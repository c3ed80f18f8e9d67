"""From noise to picture: the flow followed in steps, with guidance.

Guidance without a classifier (arXiv 2207.12598) asks the network twice, under the prompt and under
the empty one (or a negative prompt), and goes further along the difference. Both answers are clean
pictures here, and guiding them is the same as guiding velocities.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

from widespectrum.bonsai.generator.flow import mix, velocity
from widespectrum.bonsai.generator.orders import Sampler
from widespectrum.bonsai.generator.text import Text


def sample(
    network: Callable[[Tensor, Tensor, Text], Tensor],
    sampler: Sampler,
    noise: Tensor,
    text: Text,
    against: Text,
    start: Tensor | None = None,
    strength: float = 1.0,
) -> Tensor:
    """Pictures from noise, or from start pictures that noise covers in part.

    Args:
        network: what answers: a `GeneratorNetwork`, or one that something was added to.
        sampler: how the flow is followed.
        noise: ``(n, 3, size, size)``, standard normal.
        text: what to show, of `GeneratorNetwork.read`.
        against: what guidance leads away from: the empty prompt, or a negative one.
        start: pictures from -1 to 1, of the noise's shape.
        strength: how far from the start, in (0, 1]; 1 forgets it.

    Returns:
        Pictures of the noise's shape, from -1 to 1.
    """
    times = sampler.times(strength)
    here = noise
    if start is not None:
        here = mix(start, noise, torch.full((len(noise),), times[0], device=noise.device))

    def direction(place: Tensor, now: float) -> Tensor:
        time = torch.full((len(place),), now, device=place.device)
        clean = network(place, time, text)
        if sampler.guidance != 1:
            # Asked apart rather than in one batch: the empty prompt is much shorter.
            other = network(place, time, against)
            clean = other + sampler.guidance * (clean - other)
        return velocity(clean, place, time)

    earlier: tuple[Tensor, float] | None = None
    for now, then in pairwise(times):
        course = told = direction(here, now)
        # The last step leads straight to the picture that was answered, whatever the method.
        if sampler.method == "heun" and then < 1:
            course = (told + direction(here + (then - now) * told, then)) / 2
        elif sampler.method == "multistep" and then < 1 and earlier is not None:
            before, past = earlier
            course = told + (then - now) / (now - past) / 2 * (told - before)
        here = here + (then - now) * course
        earlier = told, now
    return here.clamp(-1, 1)
