"""What weights a plan needs: from where, at which commit, and whether they are here."""

from __future__ import annotations

import json
import sys

import pytest

from widespectrum.cli.main import main
from widespectrum.studies.generating import load_models
from widespectrum.studies.weights_needed import weights_needed

constants = pytest.importorskip("huggingface_hub.constants")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub, and no network."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put(cache, repository, commit=COMMIT):
    """A repository as the hub's client keeps it, its main branch at a commit."""
    home = cache / f"models--{repository.replace('/', '--')}"
    folder = home / "snapshots" / commit
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(commit)


def needed(*generators, **others):
    return {each.repository: each for each in weights_needed(load_models(generators, **others))}


def test_every_repository_is_named_once_with_its_size():
    found = needed("flux-dev", "danceflux", scorers=["hpsv2.1", "sharpness"])
    assert list(found) == [
        "black-forest-labs/FLUX.1-dev", "xzyhku/flux_hpsv2.1_dancegrpo", "xswu/HPSv2",
    ]  # fmt: skip
    flux, dance, hps = found.values()
    assert (flux.model, flux.bytes, flux.pinned, flux.commit, flux.here) == (
        "flux-dev", 33_700_000_000, False, None, False,
    )  # fmt: skip
    assert (dance.bytes, dance.pinned) == (23_800_000_000, False)
    assert (hps.pinned, len(hps.commit or "")) == (True, 40)


def test_the_base_of_a_part_is_needed_too():
    found = needed("sd3.5m-geneval")
    assert found["stabilityai/stable-diffusion-3.5-medium"].bytes == 16_000_000_000
    assert found["jieliu/SD3.5M-FlowGRPO-GenEval"].bytes == 100_000_000


def test_an_unpinned_repository_is_named_at_the_commit_that_is_here(cache):
    put(cache, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    (found,) = needed("sd1.5").values()
    assert (found.pinned, found.commit, found.here) == (False, COMMIT, True)
    (pinned,) = needed(f"sd1.5@revision={COMMIT}").values()
    assert (pinned.pinned, pinned.commit, pinned.here) == (True, COMMIT, True)
    (elsewhere,) = needed(f"sd1.5@revision={OTHER}").values()
    assert (elsewhere.pinned, elsewhere.commit, elsewhere.here) == (True, OTHER, False)


def test_what_is_not_of_the_hub_is_not_in_it(tmp_path):
    assert needed("bonsai", "nano-banana", f"sd1.5@path={tmp_path}", scorers=["sharpness"]) == {}
    assert list(needed(f"danceflux@base={tmp_path}")) == ["xzyhku/flux_hpsv2.1_dancegrpo"]


def test_the_scorer_that_a_chooser_asks_needs_its_weights():
    assert "xswu/HPSv2" in needed("bonsai", chooser="by-score@scorer=hpsv2.1")


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["widespectrum", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    return capsys.readouterr()


def test_a_dry_run_tells_it_although_nothing_is_here(cache, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    put(cache, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    asked = (
        "bench", "flux-dev", "sd1.5", "--chooser", "by-score@scorer=hpsv2.1", "--count", 2,
        "--dry-run",
    )  # fmt: skip
    said = command(monkeypatch, capsys, *asked).err
    assert "flux-dev: black-forest-labs/FLUX.1-dev, 33.7 GB, its main branch, unpinned" in said
    assert f"commit {COMMIT[:12]}, unpinned; here, at least in part" in said
    assert "xswu/HPSv2, 2.0 GB, commit 697403c78157; not here yet" in said
    assert "A run records the commit that it used" in said
    told = json.loads(command(monkeypatch, capsys, *asked, "--json").out)
    assert [each["pinned"] for each in told["weights"]] == [False, False, True]
    assert not list(tmp_path.glob("runs"))


def test_the_list_of_models_says_what_is_not_pinned(monkeypatch, capsys):
    rows = json.loads(command(monkeypatch, capsys, "models", "list", "--json").out)
    commits = {row["name"]: row["commit"] for row in rows}
    assert commits["flux-dev"] == "unpinned"
    assert len(commits["hpsv2.1"]) == 40
    assert commits["sharpness"] == commits["nano-banana"] == ""
    assert commits["qwen3-vl-235b"] == "", "a server has its weights"
