"""A CLIP in plain arithmetic, and files as the authors of rewards publish them.

`see` and `read` are the published network written down on a dictionary of weights in OpenAI's
layout, without any class of transformers: what our scorers are held against.
"""

import json

import torch
from safetensors.torch import save_file
from torch.nn.functional import conv2d, gelu, layer_norm, linear

from widespectrum.scorers.clip import byte_signs

WIDTH, HEADS, LAYERS, PATCH, SIZE, POSITIONS, EMBEDDING = 64, 4, 2, 14, 28, 16, 24
BEGIN, END = "<|startoftext|>", "<|endoftext|>"


def vocabulary():
    """Single bytes, alone and at the end of a word, two merges, and the two signs."""
    signs = byte_signs()
    words = [*signs, *(f"{sign}</w>" for sign in signs), "th", "the</w>", BEGIN, END]
    return {word: number for number, word in enumerate(words)}, ["t h", "th e</w>"]


def configuration(activation="gelu"):
    """The configuration of the tiny network, as a ``config.json`` says it."""
    side = {
        "hidden_size": WIDTH,
        "intermediate_size": 4 * WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "hidden_act": activation,
    }
    words = len(vocabulary()[0])
    text = {
        **side,
        "vocab_size": words,
        "max_position_embeddings": POSITIONS,
        # The number that early configurations have, and that means nothing here.
        "eos_token_id": 2,
        "bos_token_id": 0,
    }
    return {
        "model_type": "clip",
        "projection_dim": EMBEDDING,
        "text_config": text,
        "vision_config": {**side, "patch_size": PATCH, "image_size": SIZE},
    }


def weights(seed=0):
    """Random weights in OpenAI's layout, large enough that nothing is near zero."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape, around=0.0):
        return around + 0.15 * torch.randn(*shape, generator=generator)

    made = {
        "logit_scale": torch.tensor(2.3),
        "positional_embedding": normal(POSITIONS, WIDTH),
        "text_projection": normal(WIDTH, EMBEDDING),
        "token_embedding.weight": normal(len(vocabulary()[0]), WIDTH),
        "visual.class_embedding": normal(WIDTH),
        "visual.positional_embedding": normal((SIZE // PATCH) ** 2 + 1, WIDTH),
        "visual.proj": normal(WIDTH, EMBEDDING),
        "visual.conv1.weight": normal(WIDTH, 3, PATCH, PATCH),
    }
    for norm in ("ln_final", "visual.ln_pre", "visual.ln_post"):
        made |= {f"{norm}.weight": normal(WIDTH, around=1.0), f"{norm}.bias": normal(WIDTH)}
    for side in ("", "visual."):
        for layer in range(LAYERS):
            block = f"{side}transformer.resblocks.{layer}"
            made |= {
                f"{block}.attn.in_proj_weight": normal(3 * WIDTH, WIDTH),
                f"{block}.attn.in_proj_bias": normal(3 * WIDTH),
                f"{block}.attn.out_proj.weight": normal(WIDTH, WIDTH),
                f"{block}.attn.out_proj.bias": normal(WIDTH),
                f"{block}.mlp.c_fc.weight": normal(4 * WIDTH, WIDTH),
                f"{block}.mlp.c_fc.bias": normal(4 * WIDTH),
                f"{block}.mlp.c_proj.weight": normal(WIDTH, 4 * WIDTH),
                f"{block}.mlp.c_proj.bias": normal(WIDTH),
            }
            for norm in ("ln_1", "ln_2"):
                made[f"{block}.{norm}.weight"] = normal(WIDTH, around=1.0)
                made[f"{block}.{norm}.bias"] = normal(WIDTH)
    return made


def write_openai(folder, *, seed=0, activation="gelu", key="state_dict", file="tiny.pt"):
    """A checkpoint as HPS publishes it, with configuration and vocabulary beside it."""
    folder.mkdir()
    made = weights(seed)
    torch.save({key: made} if key else made, folder / file)
    write_beside(folder, activation)
    return folder


def write_huggingface(folder, *, seed=0, activation="quick_gelu"):
    """A repository as transformers writes it: its own names, safetensors."""
    from transformers import CLIPConfig, CLIPModel

    from widespectrum.scorers.clip import to_clip_model

    folder.mkdir()
    network = CLIPModel(CLIPConfig.from_dict(configuration(activation)))
    network.load_state_dict(to_clip_model(weights(seed)), strict=True)
    save_file(network.state_dict(), folder / "model.safetensors", {"format": "pt"})
    write_beside(folder, activation)
    return folder


def write_beside(folder, activation):
    tokens, merges = vocabulary()
    (folder / "vocab.json").write_text(json.dumps(tokens))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]))
    (folder / "config.json").write_text(json.dumps(configuration(activation)))
    preprocessing = {
        "crop_size": {"height": SIZE, "width": SIZE},
        "do_center_crop": True,
        "do_normalize": True,
        "do_resize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "resample": 3,
        "size": {"shortest_edge": SIZE},
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessing))


def see(w, pixels, activation=gelu):
    """Unit vector of one picture, from ``(3, SIZE, SIZE)`` normalised values."""
    patches = conv2d(pixels[None], w["visual.conv1.weight"], stride=PATCH)[0].flatten(1).T
    x = torch.cat([w["visual.class_embedding"][None], patches]) + w["visual.positional_embedding"]
    x = _norm(w, "visual.ln_pre", x)
    x = _transformer(w, "visual.", x, activation)
    vector = _norm(w, "visual.ln_post", x[0]) @ w["visual.proj"]
    return vector / vector.norm()


def read(w, numbers, activation=gelu):
    """Unit vector of one prompt, from its token numbers, filled up with 0."""
    numbers = torch.tensor(numbers)
    x = w["token_embedding.weight"][numbers] + w["positional_embedding"][: len(numbers)]
    hidden = torch.full((len(numbers), len(numbers)), float("-inf")).triu(1)
    x = _norm(w, "ln_final", _transformer(w, "", x, activation, hidden))
    vector = x[numbers.argmax()] @ w["text_projection"]
    return vector / vector.norm()


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


def _transformer(w, side, x, activation, hidden=None):
    for layer in range(LAYERS):
        block = f"{side}transformer.resblocks.{layer}"
        x = x + _attention(w, block, _norm(w, f"{block}.ln_1", x), hidden)
        inner = linear(
            _norm(w, f"{block}.ln_2", x), w[f"{block}.mlp.c_fc.weight"], w[f"{block}.mlp.c_fc.bias"]
        )
        x = x + linear(
            activation(inner), w[f"{block}.mlp.c_proj.weight"], w[f"{block}.mlp.c_proj.bias"]
        )
    return x


def _attention(w, block, x, hidden):
    all_three = linear(x, w[f"{block}.attn.in_proj_weight"], w[f"{block}.attn.in_proj_bias"])
    query, key, value = (
        part.reshape(len(x), HEADS, -1).transpose(0, 1) for part in all_three.chunk(3, dim=-1)
    )
    fits = query @ key.transpose(1, 2) / (WIDTH // HEADS) ** 0.5
    fits = fits if hidden is None else fits + hidden
    mixed = (fits.softmax(dim=-1) @ value).transpose(0, 1).reshape(len(x), WIDTH)
    return linear(mixed, w[f"{block}.attn.out_proj.weight"], w[f"{block}.attn.out_proj.bias"])


def _norm(w, name, x):
    return layer_norm(x, (WIDTH,), w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-5)
