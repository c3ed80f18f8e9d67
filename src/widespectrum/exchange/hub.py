"""Data sets on the Hugging Face hub: fetched at a revision into the hub's own cache, and pushed.

The hub's client does the work. A data set's own code is never run: only tables are fetched, and
what is in them is read like any table from outside. The token comes from the environment or from
``hf auth login``, and nothing here ever sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from widespectrum.checkpoints.hub import is_repository
from widespectrum.checkpoints.reach import hub_answers
from widespectrum.errors import BadInput, MissingExtra, MissingWeights, NoAccess, StorageFailed

PREFIX = "hf:"
WANTED = ("*.parquet", "*.arrow", "*.json", "*.jsonl", "*.csv", "*.md", "*.png", "*.jpg")
"""Files of a data set that are fetched: tables, descriptions, pictures."""

_ID = re.compile(r"(?P<repository>[^:@]+)(?::(?P<split>[^:@]+))?(?:@(?P<revision>[^:@]+))?")


@dataclass(frozen=True)
class HubSet:
    """``hf:owner/name[:split][@revision]``."""

    repository: str
    split: str | None = None
    revision: str | None = None

    def __str__(self) -> str:
        split = f":{self.split}" if self.split else ""
        return f"{PREFIX}{self.repository}{split}" + (f"@{self.revision}" if self.revision else "")


@dataclass(frozen=True)
class Fetched:
    """A data set that is here."""

    folder: Path
    commit: str
    cache: Path
    """The hub's folder of this data set: files are links into it."""


def parse_hub_set(text: str) -> HubSet:
    """The parts of ``hf:owner/name[:split][@revision]``.

    Raises:
        BadInput: it is not that.
    """
    match = _ID.fullmatch(text.removeprefix(PREFIX))
    if match is None or not is_repository(match["repository"]):
        raise BadInput(
            f"{text[:120]!r} is not the id of a data set on the hub",
            "Write hf:owner/name, hf:owner/name:split or hf:owner/name:split@revision.",
        )
    return HubSet(match["repository"], match["split"], match["revision"])


def fetch_set(wanted: HubSet) -> Fetched:
    """The tables of the data set, from the hub's cache or the hub.

    A revision that is a commit and lies in the cache needs no network.

    Raises:
        MissingWeights: the hub is out of reach and the data set is not in the cache.
        NoAccess: there is no such data set, or not for this user.
        MissingExtra: the hub's client is not installed.
    """
    with _client(wanted.repository):
        from huggingface_hub import constants, snapshot_download

        folder = Path(
            snapshot_download(
                wanted.repository,
                repo_type="dataset",
                revision=wanted.revision,
                allow_patterns=list(WANTED),
                local_files_only=not hub_answers(),
                max_workers=4,
            )
        )
        cache = Path(constants.HF_HUB_CACHE)
    own = cache / f"datasets--{wanted.repository.replace('/', '--')}"
    return Fetched(folder, folder.name, own)


def push_folder(folder: Path, repository: str, *, private: bool, message: str) -> str:
    """Upload a folder as a data set; its address.

    The data set is made if there is none. Files of it that the folder lacks stay as they are.

    Raises:
        BadInput: not the name of a data set.
        NoAccess: no token, or one that may not write there.
        StorageFailed: the hub broke off.
    """
    if "/" not in repository or not is_repository(repository):
        raise BadInput(f"{repository[:120]!r} is no name of a data set", "Write OWNER/NAME.")
    with _client(repository, pushing=True):
        from huggingface_hub import HfApi

        api = HfApi()
        api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
        done = api.upload_folder(
            repo_id=repository,
            repo_type="dataset",
            folder_path=folder,
            commit_message=message,
            ignore_patterns=[".*"],
        )
    return str(getattr(done, "commit_url", done))


def split_files(files: Sequence[Path], split: str | None, name: str) -> tuple[Path, ...]:
    """The files of one split: of the one that is asked for, the only one, or ``train``.

    Args:
        files: tables of a data set; ``data/train-00000-of-00015.parquet`` is of the split train.
        split: which is wanted.
        name: of the data set, for messages.

    Raises:
        BadInput: no file is of that split, or there are several and none is ``train``.
    """
    splits: dict[str, list[Path]] = {}
    for file in files:
        splits.setdefault(split_of(file), []).append(file)
    if split is None:
        split = next(iter(splits)) if len(splits) == 1 else "train"
    if split not in splits:
        raise BadInput(
            f"has no split {split!r}; it has {', '.join(sorted(splits))}",
            "Name one: hf:owner/name:SPLIT, or --split SPLIT.",
            file=name,
        )
    return tuple(splits[split])


def split_of(file: Path) -> str:
    """The split that a file's name says."""
    return re.sub(r"-\d{5}-of-\d{5}$", "", file.stem)


@contextmanager
def _client(repository: str, *, pushing: bool = False) -> Iterator[None]:
    """Turn the errors of the hub's client into ours."""
    try:
        from huggingface_hub import errors
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "data sets on the hub need its client, which is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    rights = "It needs a token that may write (HF_TOKEN, or `hf auth login`)."
    try:
        yield
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise MissingWeights(
            f"the data set {repository} is not here, and the hub is switched off or out of reach",
            f"Get it with `hf download {repository} --repo-type dataset --local-dir FOLDER` and "
            "import FOLDER.",
        ) from error
    except errors.GatedRepoError as error:
        raise NoAccess(
            f"the data set {repository} is given only to those who asked for access",
            f"Ask for it at https://huggingface.co/datasets/{repository}, then `hf auth login`.",
        ) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise NoAccess(
            f"the hub has no data set {repository} of that revision, or not for you",
            rights if pushing else "Check name and revision; for a private one, `hf auth login`.",
        ) from error
    except (errors.HfHubHTTPError, errors.HFValidationError) as error:
        raise _refused(repository, error, rights if pushing else "Try again later.") from error
    except OSError as error:
        if error.errno is None:  # the network, not the disk
            raise MissingWeights(
                f"the hub is out of reach ({_first_line(error)})", "Try again later."
            ) from error
        raise StorageFailed(
            f"could not be stored ({error.strerror})",
            "Make room, or set HF_HOME to a folder on a larger disk.",
            file=repository,
        ) from error


def _refused(repository: str, error: Any, remedy: str) -> NoAccess | StorageFailed:
    status = getattr(getattr(error, "response", None), "status_code", None)
    problem = f"the hub refused {repository} ({_first_line(error)})"
    if status is None or status < 500:
        return NoAccess(problem, remedy)
    return StorageFailed(problem, "Run the command again; what is there already is kept.")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
