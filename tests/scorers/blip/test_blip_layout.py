"""Names: every weight of the original layout has its place, and nothing is invented."""

import torch

from widespectrum.scorers.blip.layout import from_blip, from_imagereward


def renamed(*names):
    return list(from_blip({name: torch.zeros(1) for name in names}))


def test_vision_tower():
    assert renamed(
        "visual_encoder.cls_token",
        "visual_encoder.pos_embed",
        "visual_encoder.patch_embed.proj.weight",
        "visual_encoder.blocks.11.norm1.bias",
        "visual_encoder.blocks.2.attn.qkv.weight",
        "visual_encoder.blocks.2.attn.proj.bias",
        "visual_encoder.blocks.3.mlp.fc2.weight",
        "visual_encoder.norm.weight",
    ) == [
        "vision_model.embeddings.class_embedding",
        "vision_model.embeddings.position_embedding",
        "vision_model.embeddings.patch_embedding.weight",
        "vision_model.encoder.layers.11.layer_norm1.bias",
        "vision_model.encoder.layers.2.self_attn.qkv.weight",
        "vision_model.encoder.layers.2.self_attn.projection.bias",
        "vision_model.encoder.layers.3.mlp.fc2.weight",
        "vision_model.post_layernorm.weight",
    ]


def test_the_text_encoder_and_what_is_unknown_keep_their_names():
    names = ["text_encoder.encoder.layer.0.output.dense.bias", "itm_head.weight", "strange"]
    assert renamed(*names) == names


def test_imagereward_loses_its_prefix_and_keeps_its_layers():
    tensors = {"blip.visual_encoder.cls_token": torch.ones(1), "mlp.layers.0.weight": torch.ones(2)}
    assert set(from_imagereward(tensors)) == {
        "vision_model.embeddings.class_embedding",
        "mlp.layers.0.weight",
    }


def test_twelve_layers_are_not_one_and_two():
    names = renamed(*(f"visual_encoder.blocks.{n}.norm1.weight" for n in range(24)))
    assert len(set(names)) == 24
