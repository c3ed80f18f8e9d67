"""GLM-Image with made-up weights: the real pipeline class, written as a repository.

Both stages are there: the autoregressive one draws as many tokens as the released model would for a
picture of that size (a preview of 256, then the picture's own), the other one denoises.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    FlowMatchEulerDiscreteScheduler,
    GlmImagePipeline,
    GlmImageTransformer2DModel,
)
from tiny_qwen_text import SPECIAL, TEMPLATE
from tiny_weights import stir
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import (
    ByT5Tokenizer,
    GenerationConfig,
    GlmImageConfig,
    GlmImageForConditionalGeneration,
    GlmImageProcessor,
    PreTrainedTokenizerFast,
    T5Config,
    T5EncoderModel,
)
from transformers.models.glm_image.image_processing_pil_glm_image import GlmImageImageProcessorPil

CODES = 128
"""Size of the codebook. Tokens of pictures come first in the vocabulary, then those of text."""
START, END = CODES, CODES + 1
WIDTH = 16


def _tokenizer() -> PreTrainedTokenizerFast:
    """Codes, start and end of a picture, special tokens, and all bytes."""
    named = ["<image_start>", "<image_end>", "<image>", "<sop>", "<eop>", *SPECIAL]
    pieces = [
        *(f"<code{number}>" for number in range(CODES)),
        *named,
        *sorted(pre_tokenizers.ByteLevel.alphabet()),
    ]
    core = Tokenizer(BPE(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens([AddedToken(piece, special=True) for piece in named])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<image_start>",
        eos_token="<image_end>",
        pad_token="<|endoftext|>",
        padding_side="left",
        chat_template=TEMPLATE,
        extra_special_tokens={
            "image_token": "<image>",
            "grid_bos_token": "<sop>",
            "grid_eos_token": "<eop>",
        },
    )


def _drawer(vocabulary: int, seed: int) -> GlmImageForConditionalGeneration:
    """The autoregressive stage."""
    config = GlmImageConfig(
        text_config={
            "vocab_size": vocabulary,
            "vision_vocab_size": CODES,
            "hidden_size": WIDTH,
            "intermediate_size": WIDTH,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "rope_parameters": {
                "rope_type": "default",
                "mrope_section": [2, 1, 1],
                "rope_theta": 10000.0,
            },
            "pad_token_id": START + 5,
            "eos_token_id": None,
        },
        vision_config={
            "depth": 1,
            "hidden_size": WIDTH,
            "intermediate_size": WIDTH,
            "num_heads": 2,
            "image_size": 32,
            "patch_size": 8,
        },
        vq_config={"embed_dim": WIDTH, "num_embeddings": CODES, "latent_channels": WIDTH},
        image_token_id=START + 2,
        image_start_token_id=START,
        image_end_token_id=END,
    )
    torch.manual_seed(seed)
    drawer = stir(GlmImageForConditionalGeneration(config), seed, gain=3.0)
    drawer.generation_config = GenerationConfig(pad_token_id=START + 5)
    return drawer


def write_glm_image(folder: Path, *, seed: int = 0) -> Path:
    """The files of a tiny GLM-Image. Pictures are multiples of 32 pixels wide and high."""
    tokenizer = _tokenizer()
    torch.manual_seed(seed)
    text_encoder = T5EncoderModel(
        T5Config(
            vocab_size=len(ByT5Tokenizer()),
            d_model=WIDTH,
            d_kv=8,
            d_ff=WIDTH,
            num_layers=1,
            num_heads=2,
        )
    )
    transformer = GlmImageTransformer2DModel(
        patch_size=2,
        in_channels=4,
        out_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        text_embed_dim=WIDTH,
        time_embed_dim=16,
        condition_dim=8,
        prior_vq_quantizer_codebook_size=CODES,
    )
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 4, 4),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
        sample_size=32,
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    GlmImagePipeline(
        tokenizer=ByT5Tokenizer(),
        processor=GlmImageProcessor(
            image_processor=GlmImageImageProcessorPil(), tokenizer=tokenizer, chat_template=TEMPLATE
        ),
        text_encoder=stir(text_encoder, seed),
        vision_language_encoder=_drawer(len(tokenizer), seed),
        vae=stir(vae, seed),
        transformer=stir(transformer, seed + 1),
        scheduler=FlowMatchEulerDiscreteScheduler(),
    ).save_pretrained(folder)
    return folder
