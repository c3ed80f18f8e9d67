import pickle

import pytest
import torch
from safetensors.torch import save_file

from widespectrum.checkpoints import read_metadata, read_tensors
from widespectrum.errors import BadInput, MissingWeights

TENSORS = {"a.weight": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(3, dtype=torch.int64)}


class Payload:
    """What a hostile pickle looks like: opening it would write a file."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return open, (str(self.target), "w")


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_safetensors_file_is_read(tmp_path):
    save_file(TENSORS, tmp_path / "m.safetensors", {"from": "here"})
    assert same(read_tensors(tmp_path / "m.safetensors"), TENSORS)
    assert read_metadata(tmp_path / "m.safetensors") == {"from": "here"}


def test_shards_are_joined(tmp_path):
    save_file({"a.weight": TENSORS["a.weight"]}, tmp_path / "1.safetensors")
    save_file({"b": TENSORS["b"]}, tmp_path / "2.safetensors")
    index = tmp_path / "model.safetensors.index.json"
    index.write_text('{"weight_map": {"a.weight": "1.safetensors", "b": "2.safetensors"}}')
    assert same(read_tensors(index), TENSORS)
    (tmp_path / "2.safetensors").unlink()
    with pytest.raises(MissingWeights, match=r"2\.safetensors"):
        read_tensors(index)


@pytest.mark.parametrize("shard", ["../m.safetensors", "/etc/passwd", "", "..", "a/b.safetensors"])
def test_an_index_may_not_lead_out_of_its_folder(tmp_path, shard):
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(f'{{"weight_map": {{"a": "{shard}"}}}}')
    with pytest.raises(BadInput, match="not a file beside it"):
        read_tensors(index)


@pytest.mark.parametrize("text", ["[]", "{}", '{"weight_map": 3}', "not json", '{"weight_map": {'])
def test_a_broken_index_is_named(tmp_path, text):
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(text)
    with pytest.raises(BadInput, match="no index"):
        read_tensors(index)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pytorch_file_is_read_under_its_key(tmp_path, zipped):
    file = tmp_path / "m.pt"
    stored = {"model": {"state_dict": TENSORS}, "epoch": 3}
    torch.save(stored, file, _use_new_zipfile_serialization=zipped)
    assert same(read_tensors(file, key="model.state_dict"), TENSORS)
    with pytest.raises(BadInput, match=r"has no 'state_dict'.*model, epoch"):
        read_tensors(file, key="state_dict")
    with pytest.raises(BadInput, match="'model', which is no tensor"):
        read_tensors(file)
    with pytest.raises(BadInput, match="holds a int"):
        read_tensors(file, key="epoch")


def test_a_list_of_tensors_is_no_checkpoint(tmp_path):
    torch.save([torch.ones(2)], tmp_path / "m.pt")
    with pytest.raises(BadInput, match="holds a list"):
        read_tensors(tmp_path / "m.pt")


def test_a_hostile_pickle_is_refused_and_never_run(tmp_path):
    target = tmp_path / "written-by-the-pickle"
    for name, stored in (
        ("zip.pt", {"state_dict": TENSORS, "extra": Payload(target)}),
        ("module.pth", torch.nn.Linear(2, 2)),
    ):
        torch.save(stored, tmp_path / name)
        with pytest.raises(BadInput, match="more than tensors") as caught:
            read_tensors(tmp_path / name, key="state_dict")
        assert "safetensors; this file" in caught.value.remedy
        with pytest.raises(BadInput, match="safetensors from someone/tensors; this file"):
            read_tensors(tmp_path / name, rehost="someone/tensors")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Payload(target)))
    with pytest.raises(BadInput):
        read_tensors(tmp_path / "plain.pt")
    assert not target.exists()


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("kept", [0.05, 0.5, 0.97])
def test_a_truncated_file_is_named(tmp_path, suffix, kept):
    whole, part = tmp_path / f"whole{suffix}", tmp_path / f"part{suffix}"
    weights = {"w": torch.randn(4000)}
    save_file(weights, whole) if suffix == ".safetensors" else torch.save(weights, whole)
    content = whole.read_bytes()
    part.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(BadInput, match=f"truncated.*checkpoint|part{suffix}") as caught:
        read_tensors(part)
    assert "download it again" in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"\n\n <html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "git-lfs pointer"),
        (b'{"error":"Repository not found"}', "error message of a server"),
        (b"\x1f\x8b\x08\x00rest", "compressed archive"),
        (b"hello, I am no checkpoint at all", "truncated, or no"),
    ],
)
@pytest.mark.parametrize("suffix", [".pt", ".safetensors", ".bin"])
def test_what_only_looks_like_a_checkpoint_is_named(tmp_path, content, says, suffix):
    file = tmp_path / f"m{suffix}"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=says) as caught:
        read_tensors(file)
    assert caught.value.place.file == str(file)
    assert caught.value.remedy


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingWeights, match="no such file"):
        read_tensors(tmp_path / "m.pt")
