from pathlib import Path

import pytest
import torch
from torch import nn

from widespectrum.checkpoints import load_strictly
from widespectrum.errors import BadInput

FILE = Path("tiny.pt")


def network(**options):
    return nn.Sequential(nn.Linear(3, 2, **options), nn.BatchNorm1d(2, **options))


def weights(seed=0):
    torch.manual_seed(seed)
    state = network().state_dict()
    return {name: torch.randn_like(t) if t.is_floating_point() else t for name, t in state.items()}


def load(tensors, module=None, **options):
    module = module or network()
    load_strictly(module, tensors, who="Tiny", file=FILE, **options)
    return module


def test_every_weight_arrives_and_the_module_is_ready():
    given = weights()
    module = load(given)
    assert all(torch.equal(module.state_dict()[name], given[name]) for name in given)
    assert not module.training
    assert not any(p.requires_grad for p in module.parameters())


def test_halves_become_the_modules_own_type():
    given = {n: t.half() if t.is_floating_point() else t for n, t in weights().items()}
    for module in (network(), network(device="meta")):
        filled = load(given, module)
        assert filled[0].weight.dtype == torch.float32
        assert torch.equal(filled[0].weight, given["0.weight"].float())


def test_names_may_be_dropped_by_pattern():
    given = weights() | {"text.position_ids": torch.arange(3), "attn_mask": torch.ones(1)}
    load(given, drop=["*.position_ids", "attn_mask"])
    with pytest.raises(BadInput, match=r"has 'text\.position_ids', which Tiny does not have"):
        load(given, drop=["attn_mask"])


def test_what_is_missing_and_unknown_is_named():
    given = weights()
    given["extra"] = given.pop("0.weight")
    with pytest.raises(BadInput) as caught:
        load(given)
    assert str(caught.value).startswith(
        "tiny.pt: is no Tiny checkpoint: it lacks '0.weight' and has 'extra', which Tiny"
    )


def test_many_names_are_counted():
    with pytest.raises(BadInput, match=r"lacks '0.bias', '0.weight', '1.bias' and 4 more"):
        load({})


def test_another_shape_is_named_with_both():
    with pytest.raises(BadInput, match=r"'0.weight' has shape \(2, 4\) instead of \(2, 3\)"):
        load(weights() | {"0.weight": torch.ones(2, 4)})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(value):
    given = weights()
    given["1.running_var"][1] = value
    with pytest.raises(BadInput, match=r"'1.running_var' of Tiny are not finite"):
        load(given)
