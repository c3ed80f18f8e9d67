"""A run: one folder that holds everything one execution made, and nothing outside it.

::

    RUN/
      run.json            identity, settings, models, environment
      prompts.parquet     the pairs the run is about
      images/             every image, by the sha256 of its file
      tables/             images, scores, ratings, choices, failures: one shard per work unit
      findings/           what the studies concluded
      report/             the pages

The folder can be moved, copied and shared: nothing in it says where it lies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from widespectrum.errors import BadInput, ForeignRun
from widespectrum.runs.canonical import canonical_json
from widespectrum.runs.environment import describe_environment
from widespectrum.runs.failures import current_failures, sweep
from widespectrum.runs.models import as_named_now, with_model
from widespectrum.runs.redaction import redact_values
from widespectrum.runs.schemas import MODEL_COLUMNS, SCHEMAS, STAGES
from widespectrum.runs.shards import read_shards, shard_paths
from widespectrum.tables import read_frame, write_bytes, write_frame

if TYPE_CHECKING:
    from widespectrum.images import ImageStore

FORMAT = 1
"""Version of the folder's layout; a reader refuses a newer one."""

_RUN_FILE = "run.json"
_MISSING = object()


class Run:
    """A run folder. Make or find one with `Run.create` or `Run.open`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @classmethod
    def create(
        cls, path: Path | str, *, identity: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Run:
        """A new run in `path`, or the one that is there if its identity is equal.

        Args:
            path: the folder; it is made if it does not exist.
            identity: what the run is about, as JSON values: pairs, makers, seed. Running again with
                the same identity amends the run, so what may be added later (scorers, studies) does
                not belong in here.
            settings: everything else that was asked for, as JSON values; kept for the reader. A run
                that is amended keeps the latest.

        Raises:
            ForeignRun: the folder holds a run of another identity, or something that is no run.
                Nothing is overwritten.
            StorageFailed: the disk refused.
        """
        path = Path(path)
        wanted = _as_json(identity, "identity")
        asked = _as_json(settings, "settings")
        run = cls(path)
        if run._file.is_file():
            run = cls.open(path)
            _refuse_difference(run.identity, wanted, path)
            if run.settings != asked:
                run._write({**run._document(), "settings": asked})
            return run
        _refuse_occupied(path)
        run._write(
            {
                "format": FORMAT,
                "created": _now(),
                "identity": wanted,
                "settings": asked,
                "models": {},
                "executions": [],
            }
        )
        return run

    @classmethod
    def open(cls, path: Path | str) -> Run:
        """The run in `path`.

        Raises:
            BadInput: there is none, its ``run.json`` is damaged, or a newer version wrote it.
        """
        run = cls(Path(path))
        found = run._document().get("format")
        if not isinstance(found, int) or found > FORMAT:
            raise BadInput(
                f"is a run of format {found!r}; this version reads up to {FORMAT}",
                "Install a newer widespectrum.",
                file=run._file,
            )
        return run

    @property
    def identity(self) -> dict[str, Any]:
        """What the run is about."""
        return dict(self._document()["identity"])

    @property
    def settings(self) -> dict[str, Any]:
        """What was asked for, the latest time."""
        return dict(self._document()["settings"])

    @property
    def provenance(self) -> dict[str, Any]:
        """All of ``run.json``."""
        return self._document()

    @cached_property
    def images(self) -> ImageStore:
        """The run's images, by content."""
        from widespectrum.images import ImageStore

        return ImageStore(self.path / "images")

    @property
    def prompts(self) -> pl.DataFrame:
        """The pairs that the run is about (``prompts.parquet``).

        Raises:
            BadInput: none were stored yet.
        """
        path = self.path / "prompts.parquet"
        if not path.is_file():
            raise BadInput(
                "is not there yet", "Plan the run first: run the command that made it.", file=path
            )
        return read_frame(path)

    @prompts.setter
    def prompts(self, frame: pl.DataFrame) -> None:
        write_frame(frame, self.path / "prompts.parquet")

    def table(self, name: str) -> pl.DataFrame:
        """One of the tables `images`, `scores`, `ratings`, `choices`, `failures`.

        All shards together, each key once, sorted: equal results give equal frames whatever the
        order of work. A model's name means the model that was asked last under it: rows of an
        earlier version of a scorer are kept, and not shown. Columns: `widespectrum.runs.schemas`.

        Raises:
            BadInput: no such table, or a shard is damaged; names the file.
        """
        frame, models = self.stored(name), self._document().get("models", {})
        if name in ("scores", "ratings", "choices"):
            return as_named_now(frame, MODEL_COLUMNS[name], models.get(name, {}))
        if name == "failures" and frame.height:
            parts = [
                as_named_now(part, "model", models.get(str(stage), {}))
                for (stage,), part in frame.partition_by("stage", as_dict=True).items()
            ]
            return pl.concat(parts).sort("stage", "model", "subject")
        return frame

    def stored(self, name: str) -> pl.DataFrame:
        """As `table`, with the rows of superseded models: what need not be done again.

        Of the failures, those that a later success answered are gone here too.
        """
        if name not in SCHEMAS:
            raise BadInput(f"there is no table {name!r}", f"Use one of {', '.join(SCHEMAS)}.")
        frame = read_shards(self.folder(name), name)
        if name == "failures" and frame.height:
            return current_failures(frame, self._answers())
        return frame

    def sweep_failures(self) -> None:
        """Remove failures from the folder that `table` no longer shows."""
        if shard_paths(self.folder("failures")):
            sweep(self.folder("failures"), self._answers())

    def _answers(self) -> dict[str, pl.DataFrame]:
        return {stage: self.stored(stage) for stage in STAGES}

    def folder(self, table: str) -> Path:
        """Where the shards of `table` are."""
        return self.path / "tables" / table

    @property
    def findings(self) -> Path:
        """Folder for what the studies concluded; made if it does not exist."""
        return self._made("findings")

    @property
    def report(self) -> Path:
        """Folder for the pages; made if it does not exist."""
        return self._made("report")

    def record(self, **facts: Any) -> None:
        """Add to ``run.json``: mappings are merged at every depth, all else replaces.

        Secrets of the environment are masked. Example:
        ``run.record(counts={"excluded_pairs": 3})``.

        Raises:
            BadInput: not JSON values, or `identity` or `format`, which never change.
        """
        if fixed := {"format", "identity"} & facts.keys():
            raise BadInput(f"the {min(fixed)} of a run never changes", "Record another field.")
        document = self._document()
        merged = _merged(document, _as_json(facts, "record"))
        if merged != document:
            self._write(merged)

    def record_model(self, stage: str, name: str, facts: Mapping[str, Any]) -> None:
        """Note that `name` now means the model with this `fingerprint` and these facts."""
        document = self._document()
        models = with_model(document.get("models", {}), stage, name, _as_json(facts, "facts"))
        if models != document.get("models"):
            self._write({**document, "models": models})

    def record_execution(self) -> None:
        """Note that work starts now, and on what; a run may be made on several machines."""
        entry = {"started": _now(), "environment": describe_environment()}
        self.record(executions=[*self._document().get("executions", []), entry])

    @property
    def _file(self) -> Path:
        return self.path / _RUN_FILE

    def _document(self) -> dict[str, Any]:
        if not self._file.is_file():
            raise BadInput(
                f"is not a run (there is no {_RUN_FILE} in it)",
                "Give the folder that an earlier command wrote.",
                file=self.path,
            )
        try:
            document = dict(json.loads(self._file.read_text(encoding="utf-8")))
            missing = {"format", "identity", "settings"} - document.keys()
        except (OSError, ValueError, TypeError, RecursionError) as error:
            raise self._damaged(str(error)) from error
        if missing:
            raise self._damaged(f"the field {min(missing)!r} is missing")
        return document

    def _damaged(self, how: str) -> BadInput:
        return BadInput(
            f"cannot be read as the description of a run ({how})",
            "Restore it from a copy, or start again in another folder.",
            file=self._file,
        )

    def _write(self, document: dict[str, Any]) -> None:
        text = json.dumps(redact_values(document), indent=1, ensure_ascii=False)
        write_bytes((text + "\n").encode("utf-8", "surrogatepass"), self._file)

    def _made(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _as_json(value: Mapping[str, Any], what: str) -> dict[str, Any]:
    try:
        decoded = json.loads(canonical_json(dict(value)))
    except (TypeError, ValueError) as error:
        raise BadInput(
            f"the {what} of a run must be JSON values ({error})",
            "Use text, numbers, lists and mappings only.",
        ) from error
    return dict(redact_values(decoded))


def _merged(earlier: Any, later: Any) -> Any:
    if not (isinstance(earlier, dict) and isinstance(later, dict)):
        return later
    return {**earlier, **{key: _merged(earlier.get(key), value) for key, value in later.items()}}


def _refuse_occupied(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise ForeignRun("is a file, not a folder", "Give another folder.", file=path)
    if path.is_dir() and any(
        not entry.name.startswith(f".{_RUN_FILE}.") for entry in path.iterdir()
    ):
        raise ForeignRun(
            "holds files that are not of a run; nothing was touched",
            "Give an empty or a new folder.",
            file=path,
        )


def _refuse_difference(stored: dict[str, Any], wanted: dict[str, Any], path: Path) -> None:
    there, here = _flat(stored), _flat(wanted)
    names = sorted(there.keys() | here.keys())
    different = [n for n in names if there.get(n, _MISSING) != here.get(n, _MISSING)]
    if not different:
        return
    shown = "; ".join(
        f"'{name}' is {_short(there.get(name, _MISSING))} there and "
        f"{_short(here.get(name, _MISSING))} here"
        for name in different[:5]
    )
    more = f"; {len(different) - 5} more differ" if len(different) > 5 else ""
    raise ForeignRun(
        f"belongs to another run: {shown}{more}",
        "Give another folder, or the same settings as before.",
        file=path,
    )


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Nested mappings as one, keys joined by dots; an empty mapping stays a value."""
    if not isinstance(value, dict) or not value:
        return {name: value}
    flat: dict[str, Any] = {}
    for key, item in value.items():
        flat.update(_flat(item, f"{name}.{key}" if name else key))
    return flat


def _short(value: Any) -> str:
    if value is _MISSING:
        return "not set"
    text = canonical_json(value)
    return text if len(text) <= 80 else text[:77] + "..."
