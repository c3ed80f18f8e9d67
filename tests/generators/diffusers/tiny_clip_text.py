"""Tiny text sides of the Stable Diffusion kind: CLIP and T5, with vocabularies of letters."""

from __future__ import annotations

import string

import torch
from tiny_weights import stir
from tokenizers import pre_tokenizers
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

WIDTH = 32


def clip_tokenizer() -> CLIPTokenizer:
    """Every letter is a token; a prompt of more than 75 is cut."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = ["<|startoftext|>", "<|pad|>", "<|endoftext|>", *letters]
    pieces += [letter + "</w>" for letter in letters]
    return CLIPTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        merges=[],
        pad_token="<|pad|>",
        model_max_length=77,
    )


def t5_tokenizer(length: int = 512) -> T5Tokenizer:
    """Every printable letter is a token."""
    pieces = ["<pad>", "</s>", "<unk>", "▁"]
    letters = string.ascii_letters + string.digits + string.punctuation
    pieces += [*letters, *("▁" + letter for letter in string.ascii_lowercase)]
    return T5Tokenizer(
        vocab=[(piece, -float(number)) for number, piece in enumerate(pieces)],
        extra_ids=0,
        model_max_length=length,
    )


def clip_text(*, seed: int = 0, projected: bool = False) -> CLIPTextModel:
    """A CLIP text encoder, with a projection where the pipeline reads pooled states from it."""
    config = CLIPTextConfig(
        vocab_size=len(clip_tokenizer()),
        hidden_size=WIDTH,
        intermediate_size=37,
        projection_dim=WIDTH,
        num_attention_heads=4,
        num_hidden_layers=2,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=1,
    )
    torch.manual_seed(seed)
    return stir((CLIPTextModelWithProjection if projected else CLIPTextModel)(config), seed)


def t5_text(*, seed: int = 0) -> T5EncoderModel:
    """A T5 encoder."""
    config = T5Config(
        vocab_size=len(t5_tokenizer()), d_model=WIDTH, d_kv=8, d_ff=37, num_layers=2, num_heads=4
    )
    torch.manual_seed(seed)
    return stir(T5EncoderModel(config), seed)
