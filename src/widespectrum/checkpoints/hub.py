"""One file of one hub repository: is it in the cache, fetch it, what is its digest.

The hub's own client does all the work; here its many errors become the two that a person can act
on: the file is not here (and the command that gets it), or the disk refused.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import reach
from widespectrum.errors import BadInput, MissingExtra, MissingWeights, StorageFailed

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+|[A-Za-z0-9][\w.-]*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Unpinned(UserWarning):
    """Files came from a branch of a repository, which may be another tomorrow."""


_resolved: dict[str, str] = {}


def resolved_branches() -> dict[str, str]:
    """Repositories that were read without a pinned commit in this process -> the commit used."""
    return dict(_resolved)


def from_repository(
    entry: ModelEntry, repository: str | None = None, revision: str | None = None
) -> ModelEntry:
    """The entry with another hub repository, or another commit of it, as its source.

    Args:
        entry: the model.
        repository: ``owner/name``, or ``owner/name@COMMIT``.
        revision: a commit; it wins over one in `repository`.

    Raises:
        BadInput: that cannot be the id of a repository, or is no commit.
    """
    if repository is not None:
        repository, _, commit = repository.partition("@")
        revision = revision or commit or None
    if repository is not None and not is_repository(repository):
        raise BadInput(
            f"is {repository!r}, which cannot be a hub repository",
            "Give owner/name, as in repo=openai/clip-vit-base-patch32.",
            field="repo",
        )
    if revision is not None and not _COMMIT.fullmatch(str(revision)):
        raise BadInput(
            f"is {revision!r}, which is no commit",
            "Give the 40 hexadecimal digits of a commit: a branch may change under your results.",
            field="revision",
        )
    changes: dict[str, str | None] = {}
    if repository is not None and repository != entry.hub_id:
        # What was pinned and known belongs to the repository of the catalog.
        changes = {"hub_id": repository, "revision": None, "sha256": None}
    if revision is not None:
        changes["revision"] = revision
    return entry.model_copy(update=changes)


def is_repository(text: str) -> bool:
    """Whether `text` can be the id of a hub repository."""
    return ".." not in text and _REPOSITORY.fullmatch(text) is not None


def cached(entry: ModelEntry, filename: str) -> Path | None:
    """The file in the hub's cache at the entry's revision, if it is there. No network."""
    with _client(entry, filename):
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(_repository(entry), filename, revision=entry.revision)
    return Path(found) if isinstance(found, str) else None


def fetch(entry: ModelEntry, filename: str) -> Path:
    """The file from the hub's cache, downloaded first where it is not there.

    Warns:
        Unpinned: the entry has no revision; which commit was used.

    Raises:
        MissingWeights: it is not here and cannot be downloaded.
        StorageFailed: the disk refused.
    """
    here = cached(entry, filename)
    if here is None:
        with _client(entry, filename):
            from huggingface_hub import hf_hub_download, is_offline_mode

            if not is_offline_mode():  # else the client itself refuses
                _refuse_silence()
            here = Path(hf_hub_download(_repository(entry), filename, revision=entry.revision))
    if entry.revision is None:
        commit = here.parents[filename.count("/")].name
        _resolved[str(entry.hub_id)] = commit
        warnings.warn(
            f"{entry.hub_id} is not pinned to a commit; used is {commit}, which you can name to "
            "get the same again.",
            Unpinned,
            stacklevel=2,
        )
    return here


def digest_of(path: Path) -> str | None:
    """sha256 of a file in the hub's cache, read off the name under which the cache keeps it."""
    name = path.resolve().name
    return name if path.is_symlink() and _SHA256.fullmatch(name) else None


def remote_digest(entry: ModelEntry, filename: str) -> str:
    """What the hub says is the identity of a file's content. Downloads nothing.

    Raises:
        MissingWeights: the hub cannot be asked, or does not have it.
    """
    with _client(entry, filename):
        from huggingface_hub import get_hf_file_metadata, hf_hub_url

        _refuse_silence()
        url = hf_hub_url(_repository(entry), filename, revision=entry.revision)
        about = get_hf_file_metadata(url)
    # Small files have a git hash instead of a sha256; either changes when the content does.
    return about.etag or f"{about.commit_hash}/{filename}"


def snapshot(entry: ModelEntry) -> Path | None:
    """The folder of the entry's revision in the hub's cache, if there is one. No network."""
    if entry.hub_id is None:
        return None
    with _client(entry, "its files"):
        from huggingface_hub import constants
        from huggingface_hub.file_download import repo_folder_name

        name = repo_folder_name(repo_id=entry.hub_id, repo_type="model")
        home = Path(constants.HF_HUB_CACHE) / name
    commit = entry.revision
    if commit is None:
        branch = home / "refs" / "main"
        commit = branch.read_text(encoding="utf-8").strip() if branch.is_file() else None
    folder = None if commit is None else home / "snapshots" / commit
    return folder if folder is not None and folder.is_dir() else None


def remote_files(entry: ModelEntry) -> list[str]:
    """The names of a repository's files, as the hub lists them.

    Raises:
        MissingWeights: the hub cannot be asked, or does not have it.
    """
    with _client(entry, "its list of files"):
        from huggingface_hub import HfApi

        _refuse_silence()
        return HfApi().list_repo_files(_repository(entry), revision=entry.revision)


def missing(
    entry: ModelEntry, filename: str, why: str, remedy: str | None = None
) -> MissingWeights:
    """The error for a file that is not here: which one, of which repository, how to get it."""
    name = entry.name.partition("@")[0]
    own = f"name your copy: {name}@path=FILE_OR_FOLDER"
    if entry.hub_id is None:
        where = f" (see {entry.source})" if entry.source else ""
        get = f"Get it from its authors{where}, then {own}."
    else:
        pin = f" --revision {entry.revision}" if entry.revision else ""
        get = f"Get it with `hf download {entry.hub_id} {filename}{pin}`, or {own}."
    of = f" of {entry.hub_id}" if entry.hub_id else ""
    return MissingWeights(f"{name!r} needs {filename!r}{of}, which {why}", remedy or get)


def _refuse_silence() -> None:
    """Before the hub is asked: if it does not answer at all, the client would ask for minutes."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    if not reach.hub_answers():
        raise LocalEntryNotFoundError("silence")


@contextmanager
def _client(entry: ModelEntry, filename: str) -> Iterator[None]:
    """Turn the errors of the hub's client into ours."""
    try:
        from huggingface_hub import errors
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"{entry.name!r} comes from the Hugging Face hub, whose client is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    try:
        yield
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise missing(
            entry, filename, "is not here, and the hub is switched off or out of reach"
        ) from error
    except errors.GatedRepoError as error:
        raise missing(
            entry,
            filename,
            "the hub gives only to those who asked for access",
            f"Ask for it at https://huggingface.co/{entry.hub_id}, then `hf auth login`.",
        ) from error
    except (errors.EntryNotFoundError, errors.RepositoryNotFoundError) as error:
        raise missing(
            entry,
            filename,
            "the hub does not have, or not for you",
            "Check repository and file name; for a private one, `hf auth login`.",
        ) from error
    except (errors.HfHubHTTPError, errors.HFValidationError) as error:
        reason = str(error).strip().splitlines()[0]
        raise missing(entry, filename, f"the hub did not give ({reason})") from error
    except _transport_error() as error:
        raise missing(
            entry, filename, f"is not here, and the hub is out of reach ({error})"
        ) from error
    except OSError as error:
        if error.errno is None:  # the network, not the disk
            raise missing(entry, filename, f"could not be downloaded ({error})") from error
        raise StorageFailed(
            f"could not be stored ({error.strerror})",
            "Make room, or set HF_HOME to a folder on a larger disk.",
            file=filename,
        ) from error


def _transport_error() -> type[Exception]:
    """What the hub's client raises where no answer comes; its class depends on the version."""
    from huggingface_hub.errors import HfHubHTTPError

    (base, *_) = HfHubHTTPError.__bases__
    assert issubclass(base, Exception)
    return base


def _repository(entry: ModelEntry) -> str:
    assert entry.hub_id is not None, "ask for a hub file only where there is a repository"
    return entry.hub_id
