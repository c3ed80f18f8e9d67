"""Keys and values once per image: the same as a whole pass of transformers for every pair."""

import pytest
import torch
from transformers import BlipTextConfig
from transformers.models.blip.modeling_blip_text import BlipTextModel

from widespectrum.scorers.blip.crossing import look, read


@pytest.fixture(scope="module")
def text_encoder():
    torch.manual_seed(0)
    config = BlipTextConfig(
        vocab_size=60,
        hidden_size=64,
        encoder_hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=24,
        bos_token_id=None,
        sep_token_id=None,
    )
    encoder = BlipTextModel(config, add_pooling_layer=False).eval()
    for parameter in encoder.parameters():
        parameter.data.normal_(0, 0.2)
    return encoder


def whole_pass(text_encoder, ids, mask, image):
    with torch.no_grad():
        states = text_encoder(
            input_ids=ids[None],
            attention_mask=mask[None],
            encoder_hidden_states=image[None],
            encoder_attention_mask=torch.ones(1, len(image)).long(),
        )
    return states.last_hidden_state[0, 0]


def test_equals_the_whole_pass(text_encoder):
    images = torch.randn(3, 10, 48)
    ids = torch.randint(1, 60, (4, 12))
    mask = torch.ones_like(ids)
    for row, length in enumerate((12, 5, 2, 8)):
        ids[row, length:], mask[row, length:] = 0, 0
    text_of_row = torch.tensor([0, 1, 1, 3, 2, 0, 3])
    image_of_row = torch.tensor([0, 0, 2, 1, 1, 2, 2])
    with torch.no_grad():
        seen = look(text_encoder, images)
        states = read(text_encoder, seen, ids, mask, text_of_row, image_of_row)
    wanted = torch.stack(
        [
            whole_pass(text_encoder, ids[text], mask[text], images[image])
            for text, image in zip(text_of_row, image_of_row, strict=True)
        ]
    )
    assert wanted.std() > 0.1
    torch.testing.assert_close(states, wanted, rtol=1e-6, atol=2e-6)


def test_padding_changes_nothing(text_encoder):
    images = torch.randn(1, 10, 48)
    ids = torch.randint(1, 60, (1, 6))
    padded = torch.cat([ids, torch.zeros(1, 18).long()], dim=1)
    row = torch.tensor([0])
    with torch.no_grad():
        seen = look(text_encoder, images)
        bare = read(text_encoder, seen, ids, torch.ones(1, 6).long(), row, row)
        mask = (torch.arange(24) < 6).long()[None]
        filled = read(text_encoder, seen, padded, mask, row, row)
    torch.testing.assert_close(filled, bare, rtol=1e-6, atol=2e-6)


def test_keys_and_values_have_one_entry_per_layer_and_image(text_encoder):
    seen = look(text_encoder, torch.randn(2, 10, 48))
    assert len(seen) == 3
    assert all(part.shape == (2, 4, 10, 16) for view in seen for part in view)
