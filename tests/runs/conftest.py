"""The tests of runs share toy models (`run_toys`), also with child processes."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from widespectrum.runs import Run


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", identity={"pairs": "toy"}, settings={})
