"""Where the base model's configuration and vocabulary are: a reward's checkpoint has neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import file_identity, from_repository, locate_file
from widespectrum.errors import MissingWeights

CONFIG, TOKENIZER = "config.json", "tokenizer.json"
COMMITS = {
    "Qwen/Qwen2-VL-7B-Instruct": "eed13092ef92e448dd6875b2a00151bd3f7db0ac",
    "Qwen/Qwen3-VL-8B-Instruct": "0c351dd01ed87e9c1b53cbc748cba10e6187ff3b",
}
"""The commits at which the base models' files are taken from the hub."""


@dataclass(frozen=True)
class BaseFiles:
    """The two files of a base model.

    They are looked for where `base` says; without it beside the user's own weights, if both are
    there; else in the repository that the catalog names.
    """

    entry: ModelEntry
    """Of the reward."""
    path: str | None
    """The user's own copy of its weights: a file, or a folder."""
    base: str | None
    """A folder, or a hub repository."""

    def locate(self, name: str) -> Path:
        """The file of that name.

        Raises:
            MissingWeights: it is not there; the remedy says how to get both.
        """
        entry, folder = self._home()
        with self._explained(entry, name):
            return locate_file(entry, name, path=folder)

    def identities(self) -> dict[str, str]:
        """What goes into a fingerprint for each.

        Raises:
            MissingWeights: as `locate`.
        """
        entry, folder = self._home()
        found = {}
        for name in (CONFIG, TOKENIZER):
            with self._explained(entry, name):
                found[name] = file_identity(entry, name, path=folder)
        return found

    def _home(self) -> tuple[ModelEntry, str | None]:
        """Whose files they are, and in which folder of the user's if in any."""
        if self.base is not None and Path(self.base).is_dir():
            return self.entry, self.base
        if self.base is None and self.path is not None:
            own = Path(self.path)
            folder = own if own.is_dir() else own.parent
            if (folder / CONFIG).is_file() and (folder / TOKENIZER).is_file():
                return self.entry, str(folder)
        repository = self.base or self.entry.tokenizer or ""
        return from_repository(self.entry, repository, COMMITS.get(repository)), None

    @contextmanager
    def _explained(self, home: ModelEntry, file: str) -> Iterator[None]:
        """Say of a file that is missing that it is the base model's."""
        try:
            yield
        except MissingWeights as error:
            name = self.entry.name.partition("@")[0]
            both = f"{CONFIG} {TOKENIZER}"
            pin = f" --revision {home.revision}" if home.revision is not None else ""
            raise MissingWeights(
                f"{name!r} needs {file!r} of its base model, which is not here",
                f"Get it with `hf download {home.hub_id} {both}{pin}`, lay both files beside your "
                f"own weights, or name their folder: {name}@base=FOLDER.",
            ) from error
