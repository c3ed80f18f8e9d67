import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """A tiny random Qwen3-VL, written once."""
    from tiny_qwen3vl import write_tiny

    return write_tiny(tmp_path_factory.mktemp("qwen3vl"))
