"""The network that paints Bonsai's world from a prompt, and how it is asked. Imports torch."""

from widespectrum.bonsai.generator.attention import (
    AttentionStep,
    Heads,
    JointAttention,
    attend,
    joint_attention,
)
from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.generator.sampling import METHODS, Sampler
from widespectrum.bonsai.generator.text import LENGTHS, PromptReader, Text, padded_length

__all__ = [
    "LENGTHS",
    "METHODS",
    "AttentionStep",
    "GeneratorNetwork",
    "GeneratorShape",
    "Heads",
    "JointAttention",
    "PromptReader",
    "Sampler",
    "Text",
    "attend",
    "joint_attention",
    "padded_length",
]
