"""The checks of a judge, in the order in which they are made: the same for any judge.

See `widespectrum.conformance`.
"""

from __future__ import annotations

import numpy as np
from PIL import Image as pil

from widespectrum.conformance import Broken, Check
from widespectrum.errors import BadInput
from widespectrum.judges.bench import Bench

_SUM_TOLERANCE = 1e-4
_NOBODYS = "a dimension that nobody has defined"


def has_contract(bench: Bench) -> str:
    """Name, fingerprint and rate are there, and plausible."""
    for attribute in ("name", "fingerprint"):
        value = getattr(bench.judge, attribute, None)
        if not isinstance(value, str) or not value:
            raise Broken(f"{attribute} is {value!r}, not a text")
    if not callable(getattr(bench.judge, "rate", None)):
        raise Broken("there is no rate()")
    return "name, fingerprint and rate() are there"


def answers(bench: Bench) -> str:
    """Three float32 for every image on every dimension."""
    images, dimensions, _ = bench.base.shape
    return f"{images} images rated on {dimensions} dimensions"


def gives_probabilities(bench: Bench) -> str:
    """Finite, none below 0 or above 1, three that sum to 1."""
    rated = bench.base
    if not np.isfinite(rated).all():
        raise Broken(f"{int((~np.isfinite(rated)).sum())} of {rated.size} are not finite numbers")
    if rated.min() < 0 or rated.max() > 1 + _SUM_TOLERANCE:
        raise Broken(f"probabilities reach from {rated.min():.4g} to {rated.max():.4g}")
    off = np.abs(rated.sum(axis=-1) - 1)
    if off.max() > _SUM_TOLERANCE:
        image, dimension = np.unravel_index(off.argmax(), off.shape)
        total = rated[image, dimension].sum()
        raise Broken(
            f"those of image {image} on {bench.dimensions[dimension]!r} sum to {total:.4f}"
        )
    return "all rows are probabilities"


def is_deterministic(bench: Bench) -> str:
    """The same call twice gives exactly the same."""
    if not np.array_equal(bench.ask(bench.images, bench.dimensions), bench.base):
        raise Broken("a second call gave other probabilities")
    return "a second call gave exactly the same"


def keeps_order(bench: Bench) -> str:
    """Images and dimensions backwards."""
    rated = bench.ask(bench.images[::-1], bench.dimensions[::-1])
    return bench.compare(rated[::-1, ::-1], bench.base, "in another order")


def ignores_neighbours(bench: Bench) -> str:
    """One image alone, one dimension alone: whatever shares the batch must not matter."""
    said = []
    for number in (0, len(bench.images) - 1):
        rated = bench.ask(bench.images[number : number + 1], bench.dimensions)
        wanted = bench.base[number : number + 1]
        said.append(bench.compare(rated, wanted, "when an image is rated alone"))
    for number in range(len(bench.dimensions)):
        rated = bench.ask(bench.images[:1], bench.dimensions[number : number + 1])
        wanted = bench.base[:1, number : number + 1]
        when = f"when {bench.dimensions[number]!r} is asked alone"
        said.append(bench.compare(rated, wanted, when))
    return max(said)


def answers_nothing(bench: Bench) -> str:
    """No images; no dimensions."""
    bench.ask([], bench.dimensions)
    bench.ask(bench.images, [])
    return "no images or no dimensions, no ratings"


def keeps_inputs(bench: Bench) -> str:
    """Images and dimensions are after the calls what they were before."""
    if bench.damage:
        raise Broken(f"it changed {' and '.join(dict.fromkeys(bench.damage))} that it was given")
    return "images and dimensions are left as they were"


def takes_odd_images(bench: Bench) -> str:
    """Images of one pixel, of a few rows, of one colour, in other modes."""
    shapes = {
        "of 1 x 1 pixels": pil.new("RGB", (1, 1), (200, 30, 90)),
        "of 1600 x 4 pixels": bench.images[0].resize((1600, 4)),
        "of 3 x 900 pixels": bench.images[0].resize((3, 900)),
        "that is all black": pil.new("RGB", (64, 64)),
    }
    for name, image in shapes.items():
        try:
            rated = bench.ask([image], bench.dimensions[:1])
        except Broken as broken:
            raise Broken(f"for an image {name}: {broken}") from broken
        if not np.isfinite(rated).all():
            raise Broken(f"for an image {name} it gave {rated.ravel().tolist()}")
    return f"rated: an image {', '.join(shapes)}"


def refuses_unknown_dimensions(bench: Bench) -> str:
    """A dimension that it has no question for is refused by name."""
    try:
        bench.judge.rate([bench.images[0].copy()], [_NOBODYS])
    except BadInput as error:
        if _NOBODYS not in str(error):
            raise Broken(f"it refused without naming the dimension: {error.problem}") from error
        return "a dimension that nobody has defined is refused by name"
    except Exception as error:
        raise Broken(f"it raised {type(error).__name__} instead of UnknownName") from error
    raise Broken("it rated a dimension that nobody has defined")


def keeps_fingerprint(bench: Bench) -> str:
    """The same after use, and when the judge is made again."""
    if bench.judge.fingerprint != bench.fingerprint:
        raise Broken("the fingerprint changed with use")
    if bench.again is not None and bench.again().fingerprint != bench.fingerprint:
        raise Broken("the same judge, made again, has another fingerprint")
    return "the fingerprint stays"


CHECKS: tuple[Check[Bench], ...] = (
    Check(
        "contract",
        has_contract,
        "Give the judge name, fingerprint and rate(images, dimensions).",
    ),
    Check(
        "answers",
        answers,
        "rate(images, dimensions) returns float32 of shape (len(images), len(dimensions), 3).",
        needs=("contract",),
    ),
    Check(
        "probabilities",
        gives_probabilities,
        "Take the softmax over the three answers alone; low, neutral, high in this order.",
        needs=("answers",),
    ),
    Check(
        "deterministic",
        is_deterministic,
        "Switch the model to evaluation (dropout off), and seed what is random.",
        needs=("probabilities",),
    ),
    Check(
        "order",
        keeps_order,
        "Row k belongs to image k, column k to dimension k; undo any sorting before returning.",
        needs=("deterministic",),
    ),
    Check(
        "neighbours",
        ignores_neighbours,
        "Padding must not move the place that is read: read each row at its own last token, "
        "or pad on the left.",
        needs=("deterministic",),
    ),
    Check(
        "empty",
        answers_nothing,
        "Return np.empty((len(images), len(dimensions), 3), float32).",
        needs=("answers",),
    ),
    Check(
        "inputs kept",
        keeps_inputs,
        "Work on copies: image.copy(), list(dimensions).",
        needs=("answers",),
    ),
    Check(
        "odd images",
        takes_odd_images,
        "Bring every image to the size, shape and mode that the model needs.",
        needs=("probabilities",),
    ),
    Check(
        "unknown dimension",
        refuses_unknown_dimensions,
        "Raise UnknownName, naming the dimension, before anything is computed.",
        needs=("contract",),
    ),
    Check(
        "fingerprint",
        keeps_fingerprint,
        "Make the fingerprint from weights, questions and settings alone.",
        needs=("contract",),
    ),
)
