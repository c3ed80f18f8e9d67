from __future__ import annotations

import pytest
import torch

from widespectrum.bonsai.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 5, 12), (2, 12, 5)])
def test_singular_values_end_near_one(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    matrices = torch.randn(shape)
    values = torch.linalg.svdvals(orthogonal(matrices))
    assert values.min() > 0.5
    assert values.max() < 1.3
    # The singular vectors stay: what is left of U and V is a diagonal.
    u, _, v = torch.linalg.svd(matrices, full_matrices=False)
    turned = u.mT @ orthogonal(matrices) @ v.mT
    off = turned - torch.diag_embed(turned.diagonal(dim1=1, dim2=2))
    assert off.abs().max() < 0.05


def test_it_steps_as_torchs_own_does() -> None:
    torch.manual_seed(0)
    start = [torch.randn(6, 6), torch.randn(12, 4), torch.randn(6, 6)]
    mine = [torch.nn.Parameter(matrix.clone()) for matrix in start]
    theirs = [torch.nn.Parameter(matrix.clone()) for matrix in start]
    first = Muon(mine, lr=0.05, momentum=0.9, weight_decay=0.02)
    second = torch.optim.Muon(
        theirs, lr=0.05, momentum=0.9, weight_decay=0.02, adjust_lr_fn="original"
    )
    for _ in range(4):
        for a, b in zip(mine, theirs, strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        first.step()
        second.step()
    for a, b in zip(mine, theirs, strict=True):
        # Both iterate in bfloat16.
        torch.testing.assert_close(a, b, atol=2e-3, rtol=0)


def test_filters_step_as_matrices_of_outputs_by_everything_else() -> None:
    torch.manual_seed(0)
    start, gradient = torch.randn(2, 4, 3, 2, 2)
    filters, matrix = (
        torch.nn.Parameter(start.clone()),
        torch.nn.Parameter(start.flatten(1).clone()),
    )
    filters.grad, matrix.grad = gradient, gradient.flatten(1)
    Muon([filters], lr=0.1).step()
    Muon([matrix], lr=0.1).step()
    assert torch.equal(filters.flatten(1), matrix)
    assert not torch.equal(filters, start)


def test_matrices_without_a_gradient_stay() -> None:
    still, moved = (torch.nn.Parameter(torch.ones(3, 3)) for _ in range(2))
    moved.grad = torch.eye(3)
    Muon([still, moved], lr=0.1).step()
    assert torch.equal(still, torch.ones(3, 3))
    assert not torch.equal(moved, torch.ones(3, 3))
