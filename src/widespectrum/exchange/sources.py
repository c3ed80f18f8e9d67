"""What a person may name as a source: a file, a folder, or a data set on the hub."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from widespectrum.checkpoints.hub import digest_of
from widespectrum.errors import BadInput
from widespectrum.exchange.arrow_files import is_arrow
from widespectrum.exchange.hub import PREFIX, fetch_set, parse_hub_set, split_files
from widespectrum.exchange.plain_folder import files_of
from widespectrum.exchange.sheet import ONLY_BESIDE, Bounds
from widespectrum.runs.canonical import digest
from widespectrum.tables.authors import GALLERY_META

SCRIPT_PROMPTS = "_prompts.jsonl"
_TABLES = (".parquet", ".pq", ".jsonl", ".ndjson", ".csv", ".tsv", ".json")


@dataclass(frozen=True)
class Source:
    """Files on this machine, and what they are called."""

    name: str
    """What a run may say of it: no path of this machine."""
    root: Path
    """Folder that everything is named relative to."""
    files: tuple[Path, ...]
    """The tables, in order."""
    revision: str | None = None
    """Commit on the hub."""
    bounds: Bounds = ONLY_BESIDE
    plain: bool = False
    """Whether it is an export of ours in plain tables."""

    def digest(self) -> str:
        """Identity of the tables: names and contents. Files are read once."""
        named = [(str(file.relative_to(self.root)), sha256_of(file)) for file in self.files]
        return digest(named)


def open_source(
    text: str, *, split: str | None = None, allow_outside: bool = False, plain: bool = True
) -> Source:
    """The source that a person named.

    Args:
        text: a file, a folder, or ``hf:owner/name[:split][@revision]``.
        split: of a data set that has several.
        allow_outside: trust pictures that a table names outside its folder.
        plain: in a folder that holds our plain tables beside others, take those.

    Raises:
        BadInput: there is no such thing, or no table in it.
        MissingWeights, NoAccess, MissingExtra: see `fetch_set`.
    """
    if text.startswith(PREFIX):
        wanted = parse_hub_set(text)
        fetched = fetch_set(wanted)
        return Source(
            str(wanted),
            fetched.folder,
            _tables(fetched.folder, wanted.split or split, str(wanted), plain),
            fetched.commit,
            Bounds(allow_outside, fetched.cache),
            plain=plain and bool(files_of(fetched.folder)),
        )
    path = Path(text)
    if path.is_file():
        return Source(path.name, path.parent, (path,), bounds=Bounds(allow_outside))
    if path.is_dir():
        name = path.resolve().name
        return Source(
            name,
            path,
            _tables(path, split, name, plain),
            bounds=Bounds(allow_outside),
            plain=plain and bool(files_of(path)),
        )
    raise BadInput(
        "there is no such file or folder",
        "Name a table, a folder with tables, or hf:owner/name for a data set on the hub.",
        file=text,
    )


def _tables(folder: Path, split: str | None, name: str, plain: bool) -> tuple[Path, ...]:
    """The tables of a folder that belong together."""
    if (gallery := folder / GALLERY_META).is_file():
        return (gallery,)
    if scripts := sorted(folder.rglob(SCRIPT_PROMPTS)):
        return tuple(scripts)
    if plain and (ours := files_of(folder)):
        return ours
    if (folder / "dataset_dict.json").is_file():  # several splits, saved by `datasets`
        return _saved(_split_folder(folder, split, name))
    if (folder / "state.json").is_file():
        return _saved(folder)
    files = _natural(
        file
        for file in folder.rglob("*")
        if file.is_file() and not any(p.startswith(".") for p in file.relative_to(folder).parts)
    )
    if shards := [file for file in files if is_arrow(file)]:
        return split_files(shards, split, name)
    tables = [file for file in files if file.suffix.lower() in _TABLES]
    if not tables:
        raise BadInput(
            "holds no table",
            f"Name a folder with Parquet files, or a table ({', '.join(_TABLES)}).",
            file=name,
        )
    return split_files(tables, split, name)


def _split_folder(folder: Path, split: str | None, name: str) -> Path:
    folders = {file.parent.name: file.parent for file in folder.glob("*/state.json")}
    wanted = split or (next(iter(folders), "train") if len(folders) == 1 else "train")
    if wanted not in folders:
        raise BadInput(
            f"has no split {wanted!r}; it has {', '.join(sorted(folders))}",
            "Name one by --split.",
            file=name,
        )
    return folders[wanted]


def _saved(folder: Path) -> tuple[Path, ...]:
    """The files of a data set that `datasets` saved to disk, in its order."""
    state = folder / "state.json"
    try:
        names = [item["filename"] for item in json.loads(state.read_text("utf-8"))["_data_files"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            f"does not list the files of a saved data set ({type(error).__name__})",
            "Save the data set again.",
            file=state,
        ) from error
    files = []
    for name in names:
        if not isinstance(name, str) or Path(name).name != name:
            raise BadInput(
                f"names {name!r:.80}, which is no file beside it", "Save it again.", file=state
            )
        files.append(folder / name)
    if not files:
        raise BadInput("lists no files", "Save the data set again.", file=state)
    return tuple(files)


def _natural(files: Iterable[Path]) -> list[Path]:
    """Sorted by name, numbers by their value."""
    return sorted(
        files,
        key=lambda file: [
            (int(part), "") if part.isdigit() else (-1, part)
            for part in re.split(r"(\d+)", str(file))
        ],
    )


def sha256_of(file: Path) -> str:
    """The digest of a file's content.

    Raises:
        BadInput: it cannot be read.
    """
    known = digest_of(file)
    if known is not None:  # the hub's cache names its files so
        return known
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(
            f"cannot be read ({error.strerror})", "Check its name and permissions.", file=file
        ) from error
