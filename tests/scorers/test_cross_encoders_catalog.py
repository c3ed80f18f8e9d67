"""ImageReward, BLIP matching and MPS as the catalog knows them, without their weights."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image as pil

from widespectrum.errors import MissingWeights
from widespectrum.scorers import load_scorer, scorer_registry

NAMES = ("imagereward", "blip-large", "mps")


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_said(name):
    entry = scorer_registry().find(name)
    said = (entry.size, entry.parameters, entry.preprocessing, entry.formula, entry.source)
    assert all(said)
    assert "unknown" not in (entry.licence, entry.optimised_for, entry.preferences)
    assert entry.paper_row
    assert not entry.gated


def test_limits():
    limits = [load_scorer(name).facts.token_limit for name in NAMES]
    assert limits == [35, 512, 77]


def test_making_one_imports_no_model_library():
    code = (
        "import sys; from widespectrum.scorers import load_scorer\n"
        f"for name in {NAMES}: load_scorer(name)\n"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("imagereward", "zai-org/ImageReward ImageReward.pt --revision 5736be03"),
        (
            "blip-large",
            "Salesforce/blip-itm-large-coco pytorch_model.bin --revision fef05c",
        ),
        ("mps", "RE-N-Y/mpsv1 model.safetensors"),
    ],
)
def test_missing_weights_say_how_to_get_them(name, command, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingWeights) as caught:
        load_scorer(name).score([pil.new("RGB", (8, 8))], ["a"], np.array([[0, 0]]))
    assert f"hf download {command}" in str(caught.value)
