"""The score table: a scorer that replays scores somebody already computed.

The table is long, one row per combination: ``image, prompt, score``, and ``scorer`` where it holds
the scores of several. `image` is a path relative to the table, or the `pixel_digest` of a picture.
Pictures are recognised by their pixels, so a run may store them under any name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.errors import BadInput, UnknownName
from widespectrum.images import load_image
from widespectrum.scorers.callables import count_words
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.pixels import pixel_digest
from widespectrum.tables import read_frame
from widespectrum.tables.columns import Field, conform, refuse_duplicates
from widespectrum.tables.named_files import file_beside

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, IntArray

_DIGEST = re.compile(r"[0-9a-f]{64}")


class ScoreTable:
    """Replays the scores of a table.

    Args:
        entry: its catalog entry.
        path: the table: CSV, TSV, JSONL, JSON or Parquet.
        column: the column that holds the scores.
        scorer: whose scores to replay, where the table has a column ``scorer``.
        allow_outside: whether the table may name images outside its own folder.

    Raises:
        BadInput: there is no such file.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str,
        column: str = "score",
        scorer: str | None = None,
        allow_outside: bool = False,
    ) -> None:
        self._path = Path(path)
        self._column = column
        self._scorer = scorer
        self._allow_outside = allow_outside
        self.name = f"table:{scorer or self._path.stem}"
        self.facts = scorer_facts(entry)
        try:
            content = self._path.read_bytes()
        except OSError as error:
            raise BadInput(
                f"cannot be opened ({error.strerror})",
                "Name the table: table@path=scores.csv.",
                file=path,
            ) from error
        table = hashlib.sha256(content).hexdigest()
        self.fingerprint = fingerprint(table=table, column=column, scorer=scorer)

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Words of each prompt: how the original scorer counted is not known."""
        return count_words(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """The table's scores of `pairs`.

        Raises:
            BadInput: the table is wrong, or has no score for one of the combinations.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        digests = {int(i): pixel_digest(images[i]) for i in np.unique(pairs[:, 0])}
        scores = [self._score(digests[int(i)], prompts[p]) for i, p in pairs]
        return np.array(scores, dtype=np.float32)

    def _score(self, digest: str, prompt: str) -> float:
        names = self._names.get(digest, ())
        found = {name: self._scores.get((name, _spaced(prompt))) for name in names}
        scores = {score for score in found.values() if score is not None}
        if len(scores) == 1:
            return scores.pop()
        if scores:
            raise BadInput(
                f"gives different scores for one picture, named {' and '.join(found)}, "
                f"under the prompt {prompt[:80]!r}",
                "Drop the wrong rows.",
                file=self._path,
            )
        image = f"image {names[0]!r}" if names else f"an image that it does not name ({digest})"
        lost = len(self._unreadable)
        raise BadInput(
            f"has no score of {self.name!r} for {image} under the prompt {prompt[:80]!r}"
            + (f"; {lost} of its images cannot be read ({self._unreadable[0]})" if lost else ""),
            "Add the row, or leave the pair out.",
            file=self._path,
        )

    @property
    def _names(self) -> Mapping[str, Sequence[str]]:
        """Pixel digest -> what the table calls that picture."""
        return self._recognised[0]

    @property
    def _unreadable(self) -> Sequence[str]:
        """What is wrong with images that the table names and that cannot be read."""
        return self._recognised[1]

    @cached_property
    def _recognised(self) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
        first = self._frame.unique("image", maintain_order=True)
        rows = list(first.select("row", "image").iter_rows())
        names: dict[str, list[str]] = {}
        unreadable = []
        with ThreadPoolExecutor() as pool:  # decoding and hashing let other threads run
            for (_, name), found in zip(rows, pool.map(self._digest, rows), strict=True):
                if isinstance(found, BadInput):
                    unreadable.append(str(found))
                else:
                    names.setdefault(found, []).append(name)
        return names, unreadable

    def _digest(self, named: tuple[int, str]) -> str | BadInput:
        row, name = named
        if _DIGEST.fullmatch(name):
            return name
        try:
            return pixel_digest(load_image(self._beside(name, row)))
        except BadInput as error:  # speaks against this image, not against the others
            return error

    def _beside(self, name: str, row: int) -> Path:
        """The image that a row names, which must lie in the table's folder unless allowed.

        Raises:
            BadInput: it does not, or no path is spelt like that.
        """
        return file_beside(
            name,
            self._path.parent,
            table=self._path,
            row=row,
            field="image",
            allow_outside=self._allow_outside,
            permit="set allow_outside=true",
        )

    @cached_property
    def _scores(self) -> Mapping[tuple[str, str], float]:
        rows = self._frame.select("image", "prompt", "score").iter_rows()
        return {(image, prompt): score for image, prompt, score in rows}

    @cached_property
    def _frame(self) -> pl.DataFrame:
        """The rows of the chosen scorer: row, image, prompt, score."""
        fields = [
            Field("image", "text", required=True),
            Field("prompt", "text", required=True),
            Field(self._column, "number", required=True),
            Field("scorer", "text"),
        ]
        frame = conform(read_frame(self._path), fields, self._path, complete=True)
        prompts = pl.Series("prompt", [_spaced(prompt) for prompt in frame["prompt"]])
        frame = frame.with_columns(prompts).rename({self._column: "score"})
        refuse_duplicates(frame, ["image", "prompt", "scorer"], self._path)
        return frame.with_row_index("row", offset=1).filter(self._chosen(frame["scorer"]))

    def _chosen(self, scorers: pl.Series) -> pl.Expr:
        """The rows to replay.

        Raises:
            BadInput: the table holds several scorers and none is chosen, or not the chosen one.
        """
        known = scorers.drop_nulls().unique().sort().to_list()
        shown = ", ".join(known[:8]) or "no column 'scorer'"
        if self._scorer is None:
            if len(known) > 1:
                raise BadInput(
                    f"holds the scores of {len(known)} scorers: {shown}",
                    "Choose one: table@path=...,scorer=NAME.",
                    file=self._path,
                )
            return pl.lit(True)
        if self._scorer not in known:
            raise UnknownName(
                f"holds no scores of {self._scorer!r}", f"It has {shown}.", file=self._path
            )
        return pl.col("scorer") == self._scorer


def _spaced(prompt: str) -> str:
    """Prompts are the same prompt however their white space is written."""
    return " ".join(prompt.split())
