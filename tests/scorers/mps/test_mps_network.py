"""The network of MPS: its names, its size, and what is refused."""

import pytest
import torch

from widespectrum.errors import BadInput
from widespectrum.scorers.clip import empty_network, read_architecture
from widespectrum.scorers.mps.crossing import Crossing, SelfBlock, Shape
from widespectrum.scorers.mps.layout import from_mps
from widespectrum.scorers.mps.network import mps_network, visible_words

FULL = Shape(width=1024, layers=4, heads=16, head_width=64, inner=4096)


def test_names():
    tensors = {
        "mps.model.logit_scale": torch.zeros(1),
        "mps.cross_model.layers.3.1.fn.ff_out.1.weight": torch.zeros(1),
        "cross_model.layers.0.0.fn.to_q.weight": torch.zeros(1),
        "model.text_projection.weight": torch.zeros(1),
        "strange": torch.zeros(1),
    }
    assert list(from_mps(tensors)) == [
        "clip.logit_scale",
        "crossing.layers.3.1.ff_out.1.weight",
        "crossing.layers.0.0.to_q.weight",
        "clip.text_projection.weight",
        "strange",
    ]


def test_at_full_size():
    clip = empty_network(read_architecture("ViT-H/14"))
    with torch.device("meta"):
        crossing = Crossing(FULL)
    # The biases of its layer norms are constants upstream, not parameters.
    biases = sum(p.numel() for name, p in crossing.named_parameters() if name.endswith("bias"))
    own = sum(p.numel() for p in crossing.parameters()) - biases
    both = own + sum(p.numel() for p in clip.parameters())
    assert round(own / 1e6, 1) == 118.5
    assert round(both / 1e9, 3) == 1.105  # 4.42 GB in single precision


def test_the_first_token_alone_is_what_it_is_among_all():
    torch.manual_seed(0)
    block = SelfBlock(Shape(width=24, layers=1, heads=3, head_width=8, inner=96)).eval()
    states = torch.randn(2, 10, 24)
    with torch.no_grad():
        torch.testing.assert_close(block(states, first=1), block(states)[:, :1])


def test_each_prompt_has_its_own_measure():
    condition = torch.eye(2, 3)
    words = torch.tensor([[[1.0, 0, 0], [0.2, 0, 0]], [[100.0, 0, 0], [0.2, 0, 9]]])
    visible = visible_words(words, condition, 0.1)
    assert visible.tolist() == [[True, True], [True, False]]


def test_a_clip_alone_is_no_mps(folder, weights, tmp_path):
    architecture = read_architecture(str(folder / "config.json"))
    clip = {name: tensor for name, tensor in weights.items() if name.startswith("model.")}
    with pytest.raises(BadInput, match="no crossing module"):
        mps_network(architecture, clip, tmp_path / "model.safetensors")


def test_another_clip_is_refused(weights, tmp_path):
    with pytest.raises(BadInput, match="is no MPS checkpoint"):
        mps_network(read_architecture("ViT-H/14"), weights, tmp_path / "model.safetensors")
