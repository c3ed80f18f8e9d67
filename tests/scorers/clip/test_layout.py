import torch
from tiny_clip import LAYERS, WIDTH, configuration, weights

from widespectrum.scorers.clip import Architecture, empty_network, to_clip_model


def test_every_name_of_the_network_is_made_and_no_other():
    network = empty_network(Architecture("tiny", configuration()))
    made = to_clip_model(weights())
    wanted = network.state_dict()
    assert made.keys() == wanted.keys()
    assert all(made[name].shape == wanted[name].shape for name in made)


def test_query_key_value_are_cut_apart_in_this_order():
    w = weights()
    made = to_clip_model(w)
    for side, name in (("", "text"), ("visual.", "vision")):
        for layer in range(LAYERS):
            whole = w[f"{side}transformer.resblocks.{layer}.attn.in_proj_weight"]
            start = f"{name}_model.encoder.layers.{layer}.self_attn"
            for third, part in enumerate("qkv"):
                rows = whole[third * WIDTH : (third + 1) * WIDTH]
                assert torch.equal(made[f"{start}.{part}_proj.weight"], rows)


def test_both_projections_are_transposed():
    w = weights()
    made = to_clip_model(w)
    assert torch.equal(made["text_projection.weight"], w["text_projection"].T)
    assert torch.equal(made["visual_projection.weight"], w["visual.proj"].T)
    assert made["visual_projection.weight"].is_contiguous()


def test_names_of_the_network_and_unknown_names_are_kept():
    made = to_clip_model(weights())
    assert to_clip_model(made).keys() == made.keys()
    odd = {"visual.proj": torch.ones(2, 2), "something": torch.ones(1)}
    odd["transformer.resblocks.0.attn.unknown.weight"] = torch.ones(1)
    assert to_clip_model(odd).keys() == {
        "visual_projection.weight",
        "something",
        "transformer.resblocks.0.attn.unknown.weight",
    }
    assert to_clip_model({}) == {}


def test_a_prefix_before_all_names_is_cut_and_before_some_is_not():
    plain = to_clip_model(weights())
    prefixed = {f"model.{name}": tensor for name, tensor in weights().items()}
    assert to_clip_model(prefixed).keys() == plain.keys()
    assert to_clip_model(prefixed | {"other": torch.ones(1)}).keys() - plain.keys()


def test_the_input_is_left_alone():
    given = weights()
    before = set(given)
    to_clip_model(given)
    assert set(given) == before
