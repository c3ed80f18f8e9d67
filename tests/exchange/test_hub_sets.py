"""Data sets on the hub: from its cache without a network, and from and to a server."""

import pytest
from authors_data import benchmark_rows, write_shards
from small_hub import COMMIT, TOKEN, small_hub

from widespectrum.errors import BadInput, MissingWeights, NoAccess, StorageFailed
from widespectrum.exchange import export_run, import_data, prepare_import, push_folder
from widespectrum.exchange.hub import HubSet, parse_hub_set, split_of

constants = pytest.importorskip("huggingface_hub.constants")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with small_hub() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.address)
        template = f"{server.address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield server


def cached(tmp_path, rows, name="weathon/aas_benchmark_final", split="train"):
    """A data set as the hub's cache keeps it: links into blobs."""
    import hashlib

    own = tmp_path / "cache" / f"datasets--{name.replace('/', '--')}"
    (own / "refs").mkdir(parents=True, exist_ok=True)
    (own / "refs" / "main").write_text(COMMIT)
    made = write_shards(tmp_path / "made", rows, 2, split)
    data = own / "snapshots" / COMMIT / "data"
    data.mkdir(parents=True, exist_ok=True)
    (own / "blobs").mkdir(exist_ok=True)
    for file in made.iterdir():
        content = file.read_bytes()
        blob = own / "blobs" / hashlib.sha256(content).hexdigest()
        blob.write_bytes(content)
        (data / file.name).symlink_to(f"../../../blobs/{blob.name}")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("hf:a/b", HubSet("a/b")),
        ("hf:a/b:test", HubSet("a/b", "test")),
        ("hf:a/b@main", HubSet("a/b", None, "main")),
        (f"hf:weathon/aas_benchmark-stable_diffusion_3.5_medium:train@{COMMIT}",
         HubSet("weathon/aas_benchmark-stable_diffusion_3.5_medium", "train", COMMIT)),
    ],
)  # fmt: skip
def test_names(text, parts):
    assert parse_hub_set(text) == parts
    assert str(parts) == text


@pytest.mark.parametrize("text", ["hf:", "hf:a/../b", "hf:a/b:c:d", "hf:/etc", "hf:a/b@", "hf:a b"])
def test_no_names(text):
    with pytest.raises(BadInput, match="not the id of a data set"):
        parse_hub_set(text)


@pytest.mark.parametrize(
    ("file", "split"),
    [
        ("train-00000-of-00015.parquet", "train"),
        ("test.parquet", "test"),
        ("train-extra.parquet", "train-extra"),
    ],
)
def test_splits_in_names(tmp_path, file, split):
    assert split_of(tmp_path / file) == split


def test_from_the_cache_without_a_network(tmp_path):
    cached(tmp_path, benchmark_rows(3))
    name = f"hf:weathon/aas_benchmark_final:train@{COMMIT}"
    job = import_data(name, out=tmp_path / "run")
    assert job.layout == "aas_benchmark_final"
    assert job.run.table("images").height == 12
    imported = job.run.provenance["imported"]
    assert (imported["source"], imported["revision"]) == (name, COMMIT)
    assert str(tmp_path) not in (tmp_path / "run" / "run.json").read_text()
    unpinned = import_data("hf:weathon/aas_benchmark_final", out=tmp_path / "other")
    assert unpinned.source.revision == COMMIT


def test_not_in_the_cache_and_no_network(tmp_path):
    with pytest.raises(MissingWeights, match=r"hf download weathon/lapis --repo-type dataset"):
        prepare_import("hf:weathon/lapis", out=tmp_path / "run")


def test_a_split_that_is_not_there(tmp_path):
    cached(tmp_path, benchmark_rows(2))
    with pytest.raises(BadInput, match="no split 'test'; it has train"):
        prepare_import(f"hf:weathon/aas_benchmark_final:test@{COMMIT}", out=tmp_path / "run")


def test_fetched_from_a_server(tmp_path, hub):
    made = write_shards(tmp_path / "made", benchmark_rows(2))
    (file,) = made.iterdir()
    hub.sets["weathon/small"] = {
        f"data/{file.name}": file.read_bytes(),
        "README.md": b"# small",
        "small.py": b"raise SystemExit('code of a data set was run')",
        "weights.bin": b"0" * 100,
    }
    job = import_data("hf:weathon/small", out=tmp_path / "run")
    assert job.run.table("images").height == 8
    assert job.source.revision == COMMIT
    got = {path for method, path, _ in hub.asked if method == "GET"}
    assert not any(path.endswith((".py", ".bin")) for path in got)


def test_what_the_server_does_not_have(tmp_path, hub):
    with pytest.raises(NoAccess, match="no data set weathon/nothing"):
        prepare_import("hf:weathon/nothing", out=tmp_path / "run")
    hub.sets["weathon/small"] = {}
    with pytest.raises(NoAccess, match="of that revision"):
        prepare_import("hf:weathon/small@v9", out=tmp_path / "run")


def exported(tmp_path):
    run = import_data(write_shards(tmp_path / "set", benchmark_rows(2)), out=tmp_path / "run").run
    export_run(run, tmp_path / "out", layouts=["aas_benchmark_final", "plain"], licence="cc-by-4.0")
    return tmp_path / "out"


@pytest.mark.parametrize("private", [True, False])
def test_pushed_and_fetched_again(tmp_path, hub, monkeypatch, private):
    folder = exported(tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    address = push_folder(folder, "me/mine", private=private, message="Export")
    assert address == f"{hub.address}/datasets/me/mine/commit/{COMMIT}"
    assert hub.sets["me/mine", "private"] is private
    stored = hub.sets["me/mine"]
    names = {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}
    assert stored.keys() == names
    assert all((folder / name).read_bytes() == content for name, content in stored.items())
    assert not any(TOKEN.encode() in content for content in stored.values())
    back = import_data("hf:me/mine", out=tmp_path / "back")
    assert back.layout == "plain"
    assert back.run.table("images").height == 8
    assert back.run.table("failures").height == 0
    shards = import_data("hf:me/mine", out=tmp_path / "shards", layout="aas_benchmark_final")
    assert shards.run.table("images").height == 8


def test_without_a_token(tmp_path, hub):
    folder = exported(tmp_path)
    with pytest.raises(NoAccess, match="HF_TOKEN"):
        push_folder(folder, "me/mine", private=True, message="Export")
    assert "me/mine" not in hub.sets


def test_a_server_that_breaks_off(tmp_path, hub, monkeypatch):
    folder = exported(tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.refuse = 500
    with pytest.raises((StorageFailed, NoAccess), match="the hub refused"):
        push_folder(folder, "me/mine", private=True, message="Export")


@pytest.mark.parametrize("name", ["mine", "../mine", "me/mi ne", ""])
def test_pushing_to_no_name(tmp_path, name):
    with pytest.raises(BadInput, match="OWNER/NAME"):
        push_folder(tmp_path, name, private=True, message="Export")
