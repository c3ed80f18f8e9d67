"""Any CLIP of the hub or of a folder: what rewards start from, and what they are held against.

Its ``config.json`` says which network it is, its ``preprocessor_config.json`` what is done to a
picture. Both are read as data. What a file asks for and is not known here is refused, not skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import from_repository, locate_file
from widespectrum.errors import BadInput
from widespectrum.scorers.clip.architectures import read_architecture
from widespectrum.scorers.clip.cosine import CosineScorer
from widespectrum.scorers.clip.preprocessing import Preprocessing
from widespectrum.scorers.clip.towers import ClipTowers

_BICUBIC = 3
_RESCALE = 1 / 255


class AnyClip(CosineScorer):
    """A CLIP by its hub repository, or by a folder with the same files.

    Naming it reads two small files, which come from the hub if they are not here.

    Args:
        entry: the catalog entry.
        repo: the hub repository, ``owner/name``.
        revision: a commit of it.
        path: your own copy of such a repository.
        weights: the weights' file in it.
        tokenizer: a folder, or a hub repository, with the vocabulary; by default its own.
        cleaned: as for `DualEncoder`.
        scaled: as for `DualEncoder`.
        device: as for `DualEncoder`.
        dtype: as for `DualEncoder`.
        batch_size: as for `DualEncoder`.

    Raises:
        BadInput: neither `repo` nor `path` is given, or it is no CLIP.
        MissingWeights: its two small files are not here and cannot be downloaded.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        repo: str | None = None,
        revision: str | None = None,
        path: str | None = None,
        weights: str = "model.safetensors",
        tokenizer: str | None = None,
        cleaned: bool = False,
        scaled: bool = False,
        device: str = "auto",
        dtype: str = "float32",
        batch_size: int = 32,
    ) -> None:
        if repo is None and path is None:
            raise BadInput(
                f"{entry.name!r} does not say which CLIP",
                "Name its repository or folder, as in clip@repo=openai/clip-vit-base-patch32.",
                field="repo",
            )
        source = from_repository(entry, repo, revision).model_copy(update={"file": weights})
        network = read_architecture(str(locate_file(source, "config.json", path=path)))
        rule = read_rule(locate_file(source, "preprocessor_config.json", path=path))
        if rule.size != network.image_size:
            raise BadInput(
                f"its pictures become {rule.size} pixels wide, and its network sees "
                f"{network.image_size}",
                "Take both files from one repository.",
                file=path or repo,
            )
        towers = ClipTowers(
            source,
            network,
            path=path,
            tokenizer=tokenizer,
            cleaned=cleaned,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
        )
        super().__init__(entry, towers, rule, scaled=scaled)


def read_rule(path: Path) -> Preprocessing:
    """What a ``preprocessor_config.json`` asks to be done to a picture.

    Raises:
        BadInput: it is no such file, or asks for something else than every CLIP does.
    """
    try:
        asked = json.loads(path.read_text(encoding="utf-8"))
        numbers = {name: tuple(map(float, asked[name])) for name in ("image_mean", "image_std")}
        short, crop = _side(asked["size"]), _side(asked.get("crop_size", asked["size"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"does not say what is done to a picture ({type(error).__name__}: {error})",
            "Download it again.",
            file=path,
        ) from error
    usual = {
        "do_resize": True,
        "do_center_crop": True,
        "do_normalize": True,
        "do_rescale": True,
        "do_convert_rgb": True,
        "resample": _BICUBIC,
        "rescale_factor": _RESCALE,
    }
    for name, value in usual.items():
        if asked.get(name, value) != value:
            raise _unusual(path, name, asked[name])
    if short != crop:
        raise _unusual(path, "crop_size", asked.get("crop_size"))
    mean, deviation = numbers["image_mean"], numbers["image_std"]
    if len(mean) != 3 or len(deviation) != 3 or not all(deviation):
        raise _unusual(path, "image_std", asked["image_std"])
    return Preprocessing("huggingface", size=short, mean=_three(mean), deviation=_three(deviation))


def _side(size: Any) -> int:
    """The side of a square, in any of the ways in which such files have said it."""
    if isinstance(size, dict):
        sides = {size[name] for name in ("shortest_edge", "height", "width") if name in size}
        (size,) = sides
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 4096:
        raise ValueError(f"a size of {size!r}")
    return size


def _three(numbers: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = numbers
    return red, green, blue


def _unusual(path: Path, name: str, value: Any) -> BadInput:
    return BadInput(
        f"asks for {name} = {value!r}, which no CLIP that is known here does",
        "Write a scorer of your own for it: three lines, see docs/scorers.md.",
        file=path,
        field=name,
    )
