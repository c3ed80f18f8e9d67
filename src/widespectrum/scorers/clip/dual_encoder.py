"""A reward of the CLIP family as a scorer: the cosine of picture and prompt, under its own rules.

HPS v1, HPSv2, HPSv2.1, PickScore and CLIP itself are one formula. What tells them apart, besides
their weights, is data and stands in the catalog: the architecture, what is done to a picture and to
a prompt, and whether the cosine is multiplied with the scale that the network learned.
"""

from __future__ import annotations

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import from_repository
from widespectrum.scorers.clip.architectures import read_architecture
from widespectrum.scorers.clip.cosine import CosineScorer
from widespectrum.scorers.clip.preprocessing import Preprocessing
from widespectrum.scorers.clip.towers import ClipTowers


class DualEncoder(CosineScorer):
    """A scorer of the catalog, whose every rule is a setting.

    Args:
        entry: the catalog entry: where the weights are, name, facts.
        path: your own copy of the weights, file or folder.
        revision: the commit of the hub repository; by default the catalog's.
        tokenizer: a folder, or a hub repository, with the vocabulary.
        architecture: ``ViT-L/14``, ``ViT-H/14``, or a ``config.json``.
        key: where in a PyTorch file the weights stand, as in ``state_dict``.
        rule: what is done to a picture: ``openai``, ``huggingface``, ``letterbox``.
        antialias: see `Preprocessing`.
        cleaned: whether prompts are repaired before they are read.
        scaled: whether the cosine is multiplied with the scale that the network learned.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        batch_size: pictures, or prompts, at once. Where memory runs out, the batch is halved.

    Raises:
        BadInput: a setting is none of the above.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        revision: str | None = None,
        tokenizer: str | None = None,
        architecture: str = "ViT-L/14",
        key: str = "",
        rule: str = "huggingface",
        antialias: bool = True,
        cleaned: bool = False,
        scaled: bool = False,
        device: str = "auto",
        dtype: str = "float32",
        batch_size: int = 32,
    ) -> None:
        network = read_architecture(architecture)
        towers = ClipTowers(
            from_repository(entry, revision=revision),
            network,
            path=path,
            key=key or None,
            tokenizer=tokenizer,
            cleaned=cleaned,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
        )
        preprocessing = Preprocessing(rule, size=network.image_size, antialias=antialias)
        super().__init__(entry, towers, preprocessing, scaled=scaled)
