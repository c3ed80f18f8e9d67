"""The networks at full size, without memory, and ImageReward's layers as one affine map."""

import torch
from transformers import BlipConfig, BlipForImageTextRetrieval

from widespectrum.scorers.blip.architecture import config_of_weights
from widespectrum.scorers.blip.networks import (
    DEVIATION,
    MEAN,
    ImageRewardNetwork,
    ScoreLayers,
)

LARGE_VISION = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "patch_size": 16,
}


def large(image_size: int) -> BlipConfig:
    return BlipConfig(
        vision_config={**LARGE_VISION, "image_size": image_size},
        text_config={"num_attention_heads": 12},
    )


def parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_matching_at_full_size():
    with torch.device("meta"):
        network = BlipForImageTextRetrieval(large(384))
    assert round(parameters(network) / 1e6, 1) == 446.1


def test_imagereward_at_full_size():
    """Its 1.79 GB in single precision, with the projections that are left aside."""
    with torch.device("meta"):
        network = ImageRewardNetwork(large(224))
    projections = (1024 + 1) * 256 + (768 + 1) * 256
    assert round(4 * (parameters(network) + projections) / 1e9, 2) == 1.79


def test_the_shape_is_read_off_the_weights(tmp_path):
    with torch.device("meta"):
        network = ImageRewardNetwork(large(224))
    config = config_of_weights(network.state_dict(), tmp_path, "ImageReward")
    vision, text = config.vision_config, config.text_config
    assert (vision.hidden_size, vision.num_hidden_layers, vision.num_attention_heads) == (
        1024,
        24,
        16,
    )
    assert (vision.image_size, vision.patch_size, vision.layer_norm_eps) == (224, 16, 1e-6)
    assert (text.hidden_size, text.num_hidden_layers, text.num_attention_heads) == (768, 12, 12)
    assert (text.encoder_hidden_size, text.layer_norm_eps, text.vocab_size) == (1024, 1e-12, 30524)


def test_five_layers_are_one():
    torch.manual_seed(0)
    layers = ScoreLayers(96)
    states = torch.randn(200, 96)
    with torch.no_grad():
        exact = layers.double().layers(states.double())
        one = layers.float().collapsed()(states)
    torch.testing.assert_close(one.double(), (exact - MEAN) / DEVIATION, rtol=1e-5, atol=1e-6)
