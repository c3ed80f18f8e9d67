import textwrap

import pytest

from widespectrum.errors import BadInput, UnknownName
from widespectrum.judges import judge_registry, load_judge

SOURCE = """
import numpy as np

class Undecided:
    name, fingerprint = "undecided", "1"

    def rate(self, images, dimensions):
        return np.full((len(images), len(dimensions), 3), 1 / 3, dtype=np.float32)

def rate(images, dimensions): ...
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(textwrap.dedent(SOURCE), encoding="utf-8")
    return path


def test_a_judge_of_ones_own_is_named_by_its_file(file):
    judge = load_judge(f"{file}:Undecided")
    assert judge.rate([], ["clarity"]).shape == (0, 1, 3)
    assert load_judge(judge) is judge


def test_a_function_is_no_judge(file):
    with pytest.raises(BadInput, match="it lacks name, fingerprint, rate"):
        load_judge(f"{file}:rate")


def test_an_unknown_judge_is_answered_with_a_way_on():
    with pytest.raises(UnknownName, match="there is no judge 'nobody'"):
        load_judge("nobody")
    assert judge_registry().kind == "judge"
