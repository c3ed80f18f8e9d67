import pytest
import torch

from widespectrum.checkpoints import check_placement, device_of, dtype_of, faithful
from widespectrum.errors import BadInput


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda", "cuda:1", "mps"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_what_can_be_meant(device, dtype):
    check_placement(device, dtype)


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "cpu:0", "cuda:-1", "", 3, "meta"])
def test_no_device(device):
    with pytest.raises(BadInput, match="field 'device'"):
        check_placement(device, "float32")


@pytest.mark.parametrize("dtype", ["fp16", "float64", "int8", 16])
def test_no_precision(dtype):
    with pytest.raises(BadInput, match="field 'dtype'"):
        check_placement("cpu", dtype)


def test_a_device_that_is_not_here_is_refused_and_auto_is_always_here():
    with pytest.raises(BadInput, match="not here"):
        device_of("cuda:99")
    assert device_of("cpu") == torch.device("cpu")
    assert device_of("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_precisions_by_name():
    assert dtype_of("bfloat16") is torch.bfloat16


def test_faithful_switches_gradients_and_tf32_off_and_puts_them_back():
    before = torch.backends.cudnn.allow_tf32
    with faithful():
        assert torch.is_inference_mode_enabled()
        assert not torch.backends.cudnn.allow_tf32
    assert not torch.is_inference_mode_enabled()
    assert torch.backends.cudnn.allow_tf32 == before
