import hashlib

import huggingface_hub
import pytest
from huggingface_hub import constants, errors

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import (
    Unpinned,
    file_identity,
    from_repository,
    locate_file,
    locate_folder,
    reach,
)
from widespectrum.errors import BadInput, MissingWeights, StorageFailed

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40


def make_entry(**fields):
    known = {
        "name": "tiny",
        "kind": "scorer",
        "title": "Tiny",
        "class": "widespectrum.scorers.tiny:Tiny",
        "hub_id": "someone/tiny",
        "revision": COMMIT,
    }
    return ModelEntry.model_validate(known | fields)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub, and no network."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put(cache, name, content, commit=COMMIT, repository="models--someone--tiny"):
    """A file as the hub's client keeps it: a blob under its sha256, and a link to it."""
    blob = cache / repository / "blobs" / hashlib.sha256(content).hexdigest()
    blob.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(content)
    link = cache / repository / "snapshots" / commit / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(blob)
    return link


def test_the_cache_is_used_at_the_pinned_revision_only(cache):
    link = put(cache, "w.pt", b"weights")
    assert locate_file(make_entry(), "w.pt") == link
    with pytest.raises(MissingWeights):
        locate_file(make_entry(revision=OTHER), "w.pt")


def test_without_a_pin_the_main_branch_counts_that_the_cache_knows(cache):
    link = put(cache, "w.pt", b"weights")
    refs = cache / "models--someone--tiny" / "refs" / "main"
    refs.parent.mkdir()
    refs.write_text(COMMIT)
    with pytest.warns(Unpinned, match=f"someone/tiny is not pinned to a commit; used is {COMMIT}"):
        assert locate_file(make_entry(revision=None), "w.pt") == link
    deep = put(cache, "deep/er/x.json", b"{}")
    with pytest.warns(Unpinned, match=f"used is {COMMIT}"):
        assert locate_file(make_entry(revision=None), "deep/er/x.json") == deep


def test_offline_the_message_has_the_command_that_gets_the_file(cache):
    with pytest.raises(MissingWeights) as caught:
        locate_file(make_entry(), "w.pt")
    message = str(caught.value)
    assert "'tiny' needs 'w.pt' of someone/tiny" in message
    assert f"hf download someone/tiny w.pt --revision {COMMIT}" in message
    assert "tiny@path=" in message


def test_without_a_pin_the_command_has_none(cache):
    entry = make_entry(revision=None).model_copy(update={"name": "tiny@dtype=float16"})
    with pytest.raises(MissingWeights) as caught:
        locate_file(entry, "w.pt")
    assert "`hf download someone/tiny w.pt`, or name your copy: tiny@path=" in str(caught.value)


def test_weights_that_the_hub_does_not_have_are_sought_at_their_authors(cache):
    entry = make_entry(hub_id=None, source="https://example.org/tiny")
    with pytest.raises(MissingWeights, match=r"see https://example.org/tiny.*tiny@path="):
        locate_file(entry, "w.pt")


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        (errors.LocalEntryNotFoundError("offline"), "out of reach"),
        (errors.EntryNotFoundError("404"), "does not have"),
        (ConnectionError("no route to host"), "could not be downloaded"),
    ],
)
def test_errors_of_the_hub_become_missing_weights(cache, monkeypatch, raised, says):
    def fail(*_, **__):
        raise raised

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    with pytest.raises(MissingWeights, match=says):
        locate_file(make_entry(), "w.pt")


def test_a_full_disk_is_said_to_be_full(cache, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    with pytest.raises(StorageFailed, match="No space left"):
        locate_file(make_entry(), "w.pt")


def test_a_gated_repository_says_where_to_ask(cache, monkeypatch):
    import httpx

    def fail(*_, **__):
        raise errors.GatedRepoError(
            "403", response=httpx.Response(403, request=httpx.Request("GET", "https://h"))
        )

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    with pytest.raises(MissingWeights, match=r"Ask for it at https://huggingface.co/someone/tiny"):
        locate_file(make_entry(), "w.pt")


def test_a_path_wins_and_is_never_left(cache, tmp_path):
    put(cache, "w.pt", b"weights")
    own = tmp_path / "mine.bin"
    own.write_bytes(b"mine")
    assert locate_file(make_entry(), "w.pt", path=str(own)) == own
    with pytest.raises(MissingWeights, match="no such file or folder"):
        locate_file(make_entry(), "w.pt", path=str(tmp_path / "nowhere.pt"))
    with pytest.raises(MissingWeights, match=r"this folder has no 'w\.pt'"):
        locate_file(make_entry(), "w.pt", path=str(tmp_path))


def test_a_folder_comes_with_all_that_is_needed(cache, tmp_path):
    put(cache, "config.json", b"{}")
    with pytest.raises(MissingWeights, match=r"vocab\.json"):
        locate_folder(make_entry(), needs=["config.json", "vocab.json"])
    put(cache, "vocab.json", b"{ }")
    snapshot = cache / "models--someone--tiny" / "snapshots" / COMMIT
    assert locate_folder(make_entry(), needs=["config.json", "vocab.json"]) == snapshot
    put(cache, "deep/er/x.json", b"{  }")
    assert locate_folder(make_entry(), needs=["deep/er/x.json"]) == snapshot
    file = tmp_path / "config.json"
    file.write_text("{}")
    with pytest.raises(BadInput, match="is a file"):
        locate_folder(make_entry(), path=str(file), needs=["config.json"])


def test_with_an_index_come_its_shards(cache):
    index = b'{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}'
    put(cache, "model.safetensors.index.json", index)
    put(cache, "1.safetensors", b"1")
    with pytest.raises(MissingWeights, match=r"needs '2\.safetensors'"):
        locate_folder(make_entry(), needs=["model.safetensors.index.json"])
    put(cache, "2.safetensors", b"2")
    locate_folder(make_entry(), needs=["model.safetensors.index.json"])
    before = file_identity(make_entry(), "model.safetensors.index.json")
    (cache / "models--someone--tiny/snapshots" / COMMIT / "2.safetensors").unlink()
    put(cache, "2.safetensors", b"another")
    assert file_identity(make_entry(), "model.safetensors.index.json") != before


def test_identity_is_the_sha256_wherever_the_file_lies(cache, tmp_path):
    put(cache, "w.pt", b"weights")
    own = tmp_path / "mine.bin"
    own.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    assert file_identity(make_entry(), "w.pt") == digest
    assert file_identity(make_entry(), "w.pt", path=str(own)) == digest
    own.write_bytes(b"other weights")
    assert file_identity(make_entry(), "w.pt", path=str(own)) != digest


def test_identity_never_downloads(cache, monkeypatch):
    with pytest.raises(MissingWeights, match="hf download"):
        file_identity(make_entry(), "w.pt")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(reach, "hub_answers", lambda: True)
    asked = []

    def answer(url, **_):
        asked.append(url)
        return huggingface_hub.HfFileMetadata(OTHER, "e" * 64, url, 7, None)

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", answer)
    assert file_identity(make_entry(), "w.pt") == "e" * 64
    assert asked == [f"https://huggingface.co/someone/tiny/resolve/{COMMIT}/w.pt"]


def test_another_repository_or_commit():
    entry = make_entry(sha256="a" * 64)
    moved = from_repository(entry, "else/where")
    assert (moved.hub_id, moved.revision, moved.sha256) == ("else/where", None, None)
    assert from_repository(entry, "else/where", OTHER).revision == OTHER
    assert from_repository(entry, f"else/where@{OTHER}").revision == OTHER
    assert from_repository(entry, f"someone/tiny@{OTHER}", COMMIT).revision == COMMIT
    assert from_repository(entry, revision=OTHER).hub_id == "someone/tiny"
    assert from_repository(entry) == entry


@pytest.mark.parametrize("repository", ["", "a/b/c", "../up", "a b/c", "-x/y", "/root"])
def test_what_cannot_be_a_repository(repository):
    with pytest.raises(BadInput, match="cannot be a hub repository"):
        from_repository(make_entry(), repository)


@pytest.mark.parametrize("revision", ["main", "v1.0", "0123", "G" * 40])
def test_only_a_commit_can_be_pinned(revision):
    with pytest.raises(BadInput, match="no commit"):
        from_repository(make_entry(), revision=revision)


def test_a_hub_out_of_reach_is_not_a_crash(cache, monkeypatch):
    silence = errors.HfHubHTTPError.__bases__[0]

    def fail(*_, **__):
        raise silence("Name or service not known")

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(reach, "hub_answers", lambda: True)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", fail)
    with pytest.raises(MissingWeights, match="out of reach") as caught:
        file_identity(make_entry(), "w.pt")
    assert "hf download" in caught.value.remedy
