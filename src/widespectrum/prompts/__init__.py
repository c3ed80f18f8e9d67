"""Prompts: captions, the writers that turn them into anti-aesthetic prompts, and prompt pairs."""

from widespectrum.prompts.caption_files import read_captions
from widespectrum.prompts.captions import Caption, builtin_captions, plain_text
from widespectrum.prompts.grammar import word_count
from widespectrum.prompts.neutral import neutral_rewrite
from widespectrum.prompts.pairs import (
    PromptPairs,
    build_pairs,
    choose_captions,
    write_pairs,
)
from widespectrum.prompts.sampling import sample_dimensions
from widespectrum.prompts.template import TemplateWriter
from widespectrum.prompts.writers import WORD_LIMIT, PromptWriter, WritingRequest, WrittenPrompt

__all__ = [
    "WORD_LIMIT",
    "Caption",
    "PromptPairs",
    "PromptWriter",
    "TemplateWriter",
    "WritingRequest",
    "WrittenPrompt",
    "build_pairs",
    "builtin_captions",
    "choose_captions",
    "neutral_rewrite",
    "plain_text",
    "read_captions",
    "sample_dimensions",
    "word_count",
    "write_pairs",
]
