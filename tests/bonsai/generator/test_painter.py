from __future__ import annotations

import numpy as np
import pytest
import torch

from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.generator.orders import Order, Sampler
from widespectrum.bonsai.generator.painter import Painter, draw_noise, to_bytes

ORDERS = [
    Order((3, 5), 1),
    Order(tuple([4, 6] * 10), 2),
    Order((3, 5), 3, against=(8, 7)),
    Order((4,), 1, start=np.full((16, 16, 3), 200, np.uint8), strength=0.4),
    Order((3, 5), 4),
    Order((8,), 5),
]


def paint(network: GeneratorNetwork, orders: list[Order], batch: int = 3) -> list[bytes]:
    painter = Painter(network, Sampler(3), batch=batch)
    painted = dict(painter.paint(orders))
    assert sorted(painted) == list(range(len(orders)))
    return [painted[number].tobytes() for number in range(len(orders))]


def furthest(one: list[bytes], other: list[bytes]) -> int:
    """The largest difference of a pixel, of 255."""
    pairs = zip(one, other, strict=True)
    return max(
        int(np.abs(np.frombuffer(a, np.uint8).astype(int) - np.frombuffer(b, np.uint8)).max())
        for a, b in pairs
    )


def test_a_picture_depends_on_its_own_order_alone(network: GeneratorNetwork) -> None:
    together = paint(network, ORDERS)
    assert len(set(together)) == len(ORDERS)
    # One step of 255 is what another order of additions may cost on some processors.
    assert furthest(paint(network, ORDERS[::-1]), together[::-1]) <= 1
    for number, order in enumerate(ORDERS):
        assert furthest(paint(network, [order]), [together[number]]) <= 1


@pytest.mark.parametrize("batch", [1, 2, 8])
def test_the_size_of_the_batch_does_not_show(network: GeneratorNetwork, batch: int) -> None:
    assert furthest(paint(network, ORDERS), paint(network, ORDERS, batch)) <= 1


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_precision_hardly_shows(network: GeneratorNetwork, precision: str) -> None:
    painter = Painter(network, Sampler(3), precision=precision)
    painted = [picture.tobytes() for _, picture in painter.paint(ORDERS[:1])]
    assert furthest(painted, paint(network, ORDERS[:1])) <= 24


def test_every_part_of_an_order_matters(network: GeneratorNetwork) -> None:
    start = np.full((16, 16, 3), 200, np.uint8)
    orders = [
        Order((3, 5), 1),
        Order((5, 3), 1),
        Order((3, 5), 2),
        Order((3, 5), 1, against=(8,)),
        Order((3, 5), 1, start=start, strength=0.5),
        Order((3, 5), 1, start=start, strength=0.7),
        Order((3, 5), 1, start=start // 2, strength=0.5),
    ]
    assert len(set(paint(network, orders))) == len(orders)


def test_strength_one_forgets_the_start(network: GeneratorNetwork) -> None:
    start = np.full((16, 16, 3), 200, np.uint8)
    forgotten, never = paint(network, [Order((3,), 7, start=start, strength=1.0), Order((3,), 7)])
    assert forgotten == never


def test_noise_is_the_seeds_own() -> None:
    assert np.array_equal(draw_noise(5, 16), draw_noise(5, 16))
    assert not np.array_equal(draw_noise(5, 16), draw_noise(6, 16))
    noise = draw_noise(0, 64)
    assert noise.shape == (3, 64, 64)
    assert noise.dtype == np.float32
    assert abs(noise.mean()) < 0.05
    assert abs(noise.std() - 1) < 0.05


def test_pixels_are_rounded_to_bytes() -> None:
    values = torch.tensor([-2.0, -1.0, 0.0, 1.0, 1.5])
    assert to_bytes(values.view(1, 1, 1, 5))[0, 0, :, 0].tolist() == [0, 0, 128, 255, 255]
