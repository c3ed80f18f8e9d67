"""How many operations does one pass of each catalog network take?

    python benchmarks/network_flops.py [NAME ...]

The denoisers of the catalog's generators, built in their released size without memory for weights
(on torch's meta device), asked once for a picture of the catalog's size; every matrix product and
convolution is counted, a multiplication and an addition as two. The configurations stand here,
since the repositories' own are not needed: that the number of parameters is the one that the makers
state says that they are right. Text encoders and VAE are not counted; they are asked once per
picture, a denoiser 8 to 100 times.

Exits with 1 where the catalog says something else by more than 2%. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

import diffusers
import torch
from torch.utils.flop_counter import FlopCounterMode

from widespectrum.generators import generator_registry

Case = tuple[Any, tuple[Any, ...], dict[str, Any]]
TOLERANCE = 0.02


def main() -> None:
    """Count, and compare with the catalog."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=list(CASES))
    torch.fx.experimental._config.meta_nonzero_assume_all_nonzero = True
    diffusers.utils.logging.set_verbosity_error()
    entries = generator_registry().entries
    counted, wrong = {}, []
    for name in parser.parse_args().names:
        network, positional, named = CASES[name]()
        parameters = sum(each.numel() for each in network.parameters())
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            network(*positional, **named)
        flops = counter.get_total_flops()
        stated = entries[name].recipe.get("flops_per_pass")
        print(f"{name:16s} {parameters / 1e9:7.3f} B parameters  {flops:.4g} FLOP  {stated}")
        counted[name] = {"parameters": parameters, "flops": flops, "catalog": stated}
        if stated is None or abs(stated / flops - 1) > TOLERANCE:
            wrong.append(name)
    print(json.dumps(counted))
    if wrong:
        sys.exit(f"the catalog says something else of {', '.join(wrong)}")


def built(kind: str, **config: Any) -> Any:
    """A network without memory for its weights."""
    with torch.device("meta"):
        return getattr(diffusers, kind)(**config).to(torch.bfloat16).eval()


def empty(*shape: int, dtype: torch.dtype = torch.bfloat16) -> torch.Tensor:
    """A tensor of which only the shape counts."""
    return torch.zeros(shape, device="meta", dtype=dtype)


def sd15() -> Case:
    """The UNet of Stable Diffusion 1.5 for 512 x 512."""
    network = built("UNet2DConditionModel", sample_size=64, cross_attention_dim=768)
    return network, (empty(1, 4, 64, 64), empty(), empty(1, 77, 768)), {}


def sdxl() -> Case:
    """The UNet of SDXL and Playground."""
    plain, crossed = "DownBlock2D", "CrossAttnDownBlock2D"
    network = built(
        "UNet2DConditionModel",
        sample_size=128,
        block_out_channels=(320, 640, 1280),
        down_block_types=(plain, crossed, crossed),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=[5, 10, 20],
        cross_attention_dim=2048,
        transformer_layers_per_block=[1, 2, 10],
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
    )
    more = {"added_cond_kwargs": {"text_embeds": empty(1, 1280), "time_ids": empty(1, 6)}}
    return network, (empty(1, 4, 128, 128), empty(), empty(1, 77, 2048)), more


def sd3(**config: Any) -> Case:
    """A Stable Diffusion 3.5."""
    network = built(
        "SD3Transformer2DModel",
        sample_size=128,
        in_channels=16,
        out_channels=16,
        attention_head_dim=64,
        joint_attention_dim=4096,
        pooled_projection_dim=2048,
        qk_norm="rms_norm",
        **config,
    )
    # Two CLIPs of 77 tokens beside each other, then T5 of 256.
    return network, (empty(1, 16, 128, 128), empty(1, 333, 4096), empty(1, 2048), empty(1)), {}


def sd3_medium() -> Case:
    """Stable Diffusion 3.5 Medium."""
    heads = {"num_layers": 24, "num_attention_heads": 24, "caption_projection_dim": 1536}
    return sd3(**heads, pos_embed_max_size=384, dual_attention_layers=tuple(range(13)))


def sd3_large() -> Case:
    """Stable Diffusion 3.5 Large."""
    heads = {"num_layers": 38, "num_attention_heads": 38, "caption_projection_dim": 2432}
    return sd3(**heads, pos_embed_max_size=192)


def flux(tokens: int = 512, *, guided: bool = True) -> Case:
    """A FLUX.1."""
    network = built("FluxTransformer2DModel", guidance_embeds=guided)
    texts = empty(1, tokens, 4096), empty(1, 768)
    places = empty(4096, 3), empty(tokens, 3), empty(1) if guided else None
    return network, (empty(1, 4096, 64), *texts, empty(1), *places), {}


def klein() -> Case:
    """FLUX.2 [klein] 9B, which reads three layers of its text encoder."""
    network = built(
        "Flux2Transformer2DModel",
        num_layers=8,
        num_single_layers=24,
        num_attention_heads=32,
        joint_attention_dim=3 * 4096,
        guidance_embeds=False,
    )
    places = empty(1, 4096, 4), empty(1, 512, 4)
    return network, (empty(1, 4096, 128), empty(1, 512, 3 * 4096), empty(1), *places), {}


# Texts of 128 tokens where they are not padded: an anti prompt of 70 words.


def z_image() -> Case:
    """Z-Image."""
    network = built("ZImageTransformer2DModel")
    return network, ([empty(16, 1, 128, 128)], empty(1), [empty(128, 2560)]), {}


def qwen_image() -> Case:
    """Qwen-Image."""
    network = built("QwenImageTransformer2DModel")
    mask = empty(1, 128, dtype=torch.bool)
    texts = empty(1, 128, 3584), mask, empty(1), [[(1, 64, 64)]]
    return network, (empty(1, 4096, 64), *texts), {}


def longcat() -> Case:
    """LongCat-Image: FLUX.1's blocks, about half as many."""
    network = built("LongCatImageTransformer2DModel", num_layers=10, num_single_layers=20)
    places = empty(4096, 3), empty(512, 3)
    return network, (empty(1, 4096, 64), empty(1, 512, 3584), empty(1), *places), {}


def glm() -> Case:
    """The second stage of GLM-Image."""
    network = built("GlmImageTransformer2DModel", attention_head_dim=128, num_attention_heads=32)
    drawn = empty(1, 4096, dtype=torch.long), empty(1, 4096, dtype=torch.bool)
    about = empty(1, dtype=torch.long), empty(1, 2), empty(1, 2)
    return network, (empty(1, 16, 128, 128), empty(1, 64, 1472), *drawn, *about), {}


def schnell() -> Case:
    """FLUX.1 [schnell], with shorter texts."""
    return flux(256, guided=False)


CASES: dict[str, Callable[[], Case]] = {
    "sd1.5": sd15,
    "dpo-sd1.5": sd15,
    "sdxl": sdxl,
    "playground-v2.5": sdxl,
    "sd3.5-medium": sd3_medium,
    "sd3.5m-geneval": sd3_medium,
    "sd3.5m-pickscore": sd3_medium,
    "sd3.5-large": sd3_large,
    "alchemist": sd3_large,
    "flux-dev": flux,
    "danceflux": flux,
    "prefflux": flux,
    "flux-krea": flux,
    "flux-schnell": schnell,
    "flux2-klein-9b": klein,
    "z-image": z_image,
    "z-image-turbo": z_image,
    "qwen-image": qwen_image,
    "longcat-image": longcat,
    "glm-image": glm,
}

if __name__ == "__main__":
    main()
