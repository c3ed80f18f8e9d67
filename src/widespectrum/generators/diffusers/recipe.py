"""A recipe: everything that tells one diffusers model from another, as data.

What a pipeline class means by its arguments stands once per class, in ``generators/data/
pipelines``. A catalog entry names the class and adds, or corrects, what is its own; the two
together, checked, are a `Recipe`. The driver knows no model and no family by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from widespectrum.catalog import ModelEntry
from widespectrum.errors import BadInput

_FOLDER = Path(__file__).parents[1] / "data" / "pipelines"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GuidanceRule(_Data):
    """What a pipeline's guidance argument means (`widespectrum.generators.Guidance`)."""

    kind: Literal["none", "embedded", "cfg", "unknown"] = "unknown"
    """``none``: the pipeline has the argument perhaps, the network ignores it."""
    argument: str | None = None
    """Its name; ``None`` where there is none to pass."""
    offset: float = 0.0
    """For ``cfg``: w = argument + offset. Off at w <= 1; above, a second pass is made."""
    needs_negative: bool = False
    """For ``cfg``: without a negative prompt there is no guidance, whatever the argument says."""


class NegativeRule(_Data):
    """How a negative prompt reaches the pipeline. Without this rule it takes none.

    It has an effect only under classifier-free guidance with w > 1.
    """

    argument: str = "negative_prompt"
    absent: str | None = None
    """The text that is passed where a request has no negative prompt; by default the argument is
    left out."""
    empty_is_absent: bool = True
    """False where an empty negative prompt paints another picture than none."""


class ImageToImage(_Data):
    """The sibling that begins with a picture. Without this rule there is no image-to-image."""

    pipeline: str
    call: dict[str, Any] = Field(default_factory=dict)
    """Its own fixed arguments."""
    without: tuple[str, ...] = ()
    """Fixed arguments of text-to-image that it does not take."""
    mask: str | None = None
    """Argument that gets an all-white mask, where it is an inpainting pipeline."""


class Encoding(_Data):
    """What ``pipe.encode_prompt`` returns. Without this rule texts go to the pipeline as they are.

    Where a ``negative_`` argument is among the outputs, one call encodes prompt and negative
    prompt; otherwise a negative prompt has a call of its own, and its arguments have the prefix.
    """

    outputs: tuple[str, ...]
    """The pipeline's argument for each value in order; empty text: not needed."""
    call: dict[str, Any] = Field(default_factory=dict)
    """Fixed arguments of ``encode_prompt`` alone. It also gets those of the pipeline's fixed
    arguments that it takes."""
    together: bool = True
    """Whether several prompts may be encoded in one call: true where they are padded to one
    length, so that a neighbour changes nothing. Rows of unequal lengths are padded with zeros
    (masks too), lists are joined."""

    parts: tuple[str, ...] = ()
    """Outputs (without ``negative_``) that a long prompt has as many of as it has parts, one after
    the other; of the others it has its first part's. Without it, long prompts are cut."""


class Base(_Data):
    """The repository that all other components come from, where an entry's weights are a part."""

    hub_id: str
    revision: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$")
    gated: bool = False
    variant: str | None = None


class Swap(_Data):
    """How an entry's weights enter the pipeline of `Recipe.base`."""

    form: Literal["file", "folder", "adapter"]
    """``file``: one safetensors file (`ModelEntry.file`), of the architecture of the base's
    component. ``folder``: ``config.json`` and weights, in `subfolder`. ``adapter``: a LoRA in
    PEFT's layout, merged into the component."""
    component: str
    """``transformer``, ``unet`` ..."""
    subfolder: str = ""


class PaperVariant(_Data):
    """What the paper's scripts passed for one variant of a prompt. ``None``: as otherwise."""

    steps: int | None = None
    guidance: float | None = None
    negative: str | None = None


class Paper(_Data):
    """The paper's own settings (``settings=paper``)."""

    dtype: str | None = None
    long_prompts: Literal["parts", "cut"] = "cut"
    """Where `Encoding.parts` leaves the choice."""
    original: PaperVariant = PaperVariant()
    anti: PaperVariant = PaperVariant()
    lacks: tuple[str, ...] = ()
    """What the scripts did that is not done here."""


class Recipe(_Data):
    """How a pipeline is loaded and called."""

    # Which pipeline, of what.
    pipeline: str = Field(pattern=r"^[A-Z]\w*Pipeline$")
    """Its class in diffusers, always by name: what a repository says of itself may be wrong."""
    denoiser: str = "transformer"
    """The component that is asked once or twice per step."""
    large: tuple[str, ...] = ()
    """Further components that are worth quantising, as a text encoder of billions."""
    variant: str | None = None
    """Variant of the weight files, as ``fp16``, for components that have it."""
    base: Base | None = None
    swap: Swap | None = None
    without: tuple[str, ...] = ()
    """Components that are neither fetched nor loaded, as the safety checker."""
    init: dict[str, Any] = Field(default_factory=dict)
    """Fixed arguments of the pipeline's constructor."""
    dtypes: dict[str, str] = Field(default_factory=dict)
    """Components that are loaded in a precision of their own."""
    expects: dict[str, Any] = Field(default_factory=dict)
    """What the loaded configuration must say, as ``"transformer.guidance_embeds" = true``;
    without a component's name, the pipeline's own. Left out counts as ``false``."""

    # How it is called.
    guidance: GuidanceRule = GuidanceRule()
    true_cfg: GuidanceRule | None = None
    """Classifier-free guidance besides `guidance`, where the pipeline has both."""
    negative: NegativeRule | None = None
    image_to_image: ImageToImage | None = None
    encoding: Encoding | None = None
    call: dict[str, Any] = Field(default_factory=dict)
    """Fixed arguments, as ``enable_prompt_rewrite = false``."""
    never: dict[str, str] = Field(default_factory=dict)
    """Arguments that must not be passed, and why."""
    multiple: int = 8
    """Sides of a picture are multiples of so many pixels."""
    explains: dict[str, str] = Field(default_factory=dict)
    """Regular expression of an error that the pipeline raises where the network has not done its
    part -> what that means, in words for the person who asked."""
    decodes_apart: bool = False
    """Whether a call ends with the VAE's ``decode`` and the image processor's ``postprocess``, and
    nothing else is done to the picture: then decoding can be put off, and overlaps with what is
    painted next."""
    max_batch: int | None = None
    """The most pictures per call, where a call's seeds are not independent of each other."""

    # What is known.
    tokenizers: dict[str, int] = Field(default_factory=dict)
    """Tokenizer component -> the most tokens that are read of a prompt."""
    rewrites_prompt: bool | None = False
    idle_steps: int = 0
    """Steps that need no pass."""
    flops_per_pass: float | None = None
    """Floating-point operations of one pass for one picture of the entry's size, as
    ``benchmarks/network_flops.py`` counts them."""
    uncounted: str | None = None
    """What takes time besides these passes, and much of it."""
    paper: Paper | None = None


def recipe_of(entry: ModelEntry, pipeline: str | None = None) -> Recipe:
    """The recipe of a catalog entry.

    Args:
        entry: its `recipe` says what is its own.
        pipeline: the class, where the entry does not name one.

    Raises:
        BadInput: a field is unknown, missing, or not what it should be.
    """
    name = entry.recipe.get("pipeline", pipeline)
    together = merged(conventions().get(str(name), {}), {**entry.recipe, "pipeline": name})
    try:
        return Recipe.model_validate(together)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(
            f"{first['msg']} (recipe of generator {entry.name!r})",
            "docs/diffusers.md lists the fields of a recipe.",
            row=entry.name,
            field=".".join(["recipe", *map(str, first["loc"])]),
        ) from error


@cache
def conventions() -> Mapping[str, Mapping[str, Any]]:
    """Pipeline class -> what holds for every model of it, from all files of the folder."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert name not in found, f"{name} stands in two files"
            found[name] = table
    return found


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two tables as one: tables inside them are merged, anything else of `second` wins."""
    result = dict(first)
    for key, value in second.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = merged(old, value)
        result[key] = value
    return result
