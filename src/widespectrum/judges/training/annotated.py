"""Pictures that people annotated, in the form of VisionRewardDB: `image` and `annotation`.

`annotation` maps each of VisionReward's dimensions to an integer level. The paper brings levels to
three classes by their sign. Levels that mean "none in the picture" (no body, no face, no hands) are
no ratings here, where the authors count them as low; none of the eleven dimensions has them.

Pictures are decoded one by one, by the same careful reader as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.aesthetics import load_visionreward, sign_rating
from widespectrum.errors import BadInput, MissingExtra, MissingWeights
from widespectrum.images import load_image
from widespectrum.judges.training.rating_sets import UNRATED

if TYPE_CHECKING:
    from widespectrum.contracts import Image

_COLUMNS = ("image", "annotation")


class AnnotatedImages:
    """Rows of a table with the columns `image` and `annotation`.

    Args:
        rows: a ``datasets.Dataset``.
        name: what it is called in records and messages.

    Raises:
        BadInput: a column is not there, or holds something else.
    """

    def __init__(self, rows: Any, name: str) -> None:
        datasets = _library()
        self.name = name
        missing = [column for column in _COLUMNS if column not in rows.column_names]
        if missing:
            raise BadInput(
                f"has no column {missing[0]!r} (it has {', '.join(rows.column_names)})",
                "Give a set in the form of VisionRewardDB: image, annotation.",
                file=name,
            )
        try:
            # The bytes as they are: decoding is done here.
            self._rows = rows.cast_column("image", datasets.Image(decode=False))
        except (ValueError, TypeError, NotImplementedError) as error:
            raise BadInput(
                "holds no images",
                "Give their bytes, as VisionRewardDB does.",
                file=name,
                field="image",
            ) from error

    @classmethod
    def from_hub(cls, dataset: str) -> AnnotatedImages:
        """The split ``train`` of a hub dataset.

        Raises:
            MissingWeights: the hub does not have it, or is out of reach.
            BadInput: as the class.
        """
        datasets = _library()
        try:
            rows = datasets.load_dataset(dataset, split="train")
        except Exception as error:  # the library has no class of its own for what can go wrong here
            raise MissingWeights(
                f"the dataset {dataset!r} could not be had ({str(error).splitlines()[0][:160]})",
                f"Get it with `hf download {dataset} --repo-type dataset --local-dir FOLDER` and "
                "give that folder.",
            ) from error
        return cls(rows, dataset)

    @classmethod
    def from_files(cls, path: Path) -> AnnotatedImages:
        """A Parquet file, or all of a folder, in the order of their names.

        Raises:
            BadInput: there is none, it cannot be read, or as the class.
        """
        files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
        if not files:
            raise BadInput("holds no Parquet file", "Name another folder.", file=path)
        datasets = _library()
        try:
            rows = datasets.Dataset.from_parquet([str(file) for file in files])
        except Exception as error:  # as above
            raise BadInput(
                f"cannot be read as Parquet ({str(error).splitlines()[0][:160]})",
                "Download it again.",
                file=path,
            ) from error
        return cls(rows, str(path))

    def __len__(self) -> int:
        return len(self._rows)

    def images(self, rows: Sequence[int]) -> list[Image]:
        """See `RatingSet`.

        Raises:
            BadImage, BadInput: a picture cannot be decoded; the message names the row.
        """
        return [self._image(row) for row in rows]

    def ratings(self, dimensions: Sequence[str]) -> NDArray[np.int8]:
        """See `RatingSet`.

        Raises:
            BadInput: an annotation is no mapping to integer levels.
        """
        known = load_visionreward()
        rated = np.full((len(self), len(dimensions)), UNRATED, dtype=np.int8)
        for row, levels in enumerate(self._rows["annotation"]):
            if not isinstance(levels, Mapping):
                raise self._wrong(row, "annotation", levels)
            for column, name in enumerate(dimensions):
                level = levels.get(name)
                if level is None:
                    continue
                if isinstance(level, bool) or not isinstance(level, int):
                    raise self._wrong(row, name, level)
                each = known.get(name)
                if each is None or level != each.not_applicable:
                    rated[row, column] = sign_rating(level)
        return rated

    def _image(self, row: int) -> Image:
        stored = self._rows[row]["image"]
        content = stored.get("bytes") if isinstance(stored, Mapping) else None
        if not isinstance(content, bytes):
            raise self._wrong(row, "image", type(stored).__name__)
        return load_image(content, name=f"{self.name}, row {row + 1}")

    def _wrong(self, row: int, field: str, value: object) -> BadInput:
        return BadInput(
            f"is {str(value)[:60]!r}",
            "Give image bytes, and an annotation that maps dimensions to whole numbers.",
            file=self.name,
            row=row + 1,
            field=field,
        )


def _library() -> Any:
    try:
        import datasets  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"a rated set needs {error.name!r}, which is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    datasets.disable_progress_bars()
    return datasets
