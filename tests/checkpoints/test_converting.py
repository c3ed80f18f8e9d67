import json

import pytest
import torch

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import convert, read_metadata, read_tensors, sha256_of
from widespectrum.errors import BadInput, MissingWeights

TENSORS = {"w": torch.randn(3, 4), "b": torch.ones(2).half()}


@pytest.fixture
def source(tmp_path):
    torch.save({"state_dict": TENSORS, "epoch": 3}, tmp_path / "tiny.pt")
    return tmp_path / "tiny.pt"


def make_entry(**fields):
    known = {"name": "tiny", "kind": "scorer", "title": "Tiny", "class": "widespectrum.x:Tiny"}
    return ModelEntry.model_validate(known | fields)


def test_the_tensors_are_kept_and_their_origin_is_written_down(source, tmp_path):
    out = tmp_path / "folder" / "tiny.safetensors"
    done = convert(make_entry(hub_id="a/b"), source, out, key="state_dict")
    assert (done.tensors, done.parameters, done.verified) == (2, 14, False)
    kept = read_tensors(out)
    assert all(torch.equal(kept[name], TENSORS[name]) for name in TENSORS)
    assert kept["b"].dtype == torch.float16
    about = json.loads(read_metadata(out)["widespectrum-converted"])
    assert about["sha256"] == sha256_of(source)
    assert (about["model"], about["file"], about["hub_id"]) == ("tiny", "tiny.pt", "a/b")
    assert [file.name for file in out.parent.iterdir()] == ["tiny.safetensors"]


def test_a_known_digest_is_checked_before_the_file_is_opened(source, tmp_path):
    out = tmp_path / "tiny.safetensors"
    source.write_bytes(b"cos\nsystem\n(S'echo'\ntR.")
    with pytest.raises(BadInput, match=r"its sha256 is .* instead of aaaa"):
        convert(make_entry(sha256="a" * 64), source, out)
    assert not out.exists()


def test_the_right_digest_is_reported(source, tmp_path):
    entry = make_entry(sha256=sha256_of(source))
    assert convert(entry, source, tmp_path / "t.safetensors", key="state_dict").verified


def test_tensors_that_share_memory_become_separate(tmp_path):
    whole = torch.arange(8.0)
    torch.save(
        {"all": whole, "part": whole[2:5], "turned": whole.reshape(2, 4).T}, tmp_path / "s.pt"
    )
    convert(make_entry(), tmp_path / "s.pt", tmp_path / "s.safetensors")
    kept = read_tensors(tmp_path / "s.safetensors")
    assert kept["part"].tolist() == [2.0, 3.0, 4.0]
    assert kept["turned"].tolist() == [[0.0, 4.0], [1.0, 5.0], [2.0, 6.0], [3.0, 7.0]]


def test_nothing_is_overwritten_and_nothing_else_written(source, tmp_path):
    taken = tmp_path / "taken.safetensors"
    taken.write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        convert(make_entry(), source, taken, key="state_dict")
    assert taken.read_text() == "mine"
    with pytest.raises(BadInput, match=r"end in \.safetensors"):
        convert(make_entry(), source, tmp_path / "out.pt", key="state_dict")
    with pytest.raises(MissingWeights):
        convert(make_entry(), tmp_path / "nothing.pt", tmp_path / "out.safetensors")
