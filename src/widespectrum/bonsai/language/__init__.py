"""Bonsai's language: what it says about scenes, and what it understands of prompts."""

from widespectrum.bonsai.language.captions import Style, caption, content
from widespectrum.bonsai.language.lexicon import Found, Idea, effect_phrases, lexicon
from widespectrum.bonsai.language.parsing import ParsedPrompt, UnknownWords, parse
from widespectrum.bonsai.language.vocabulary import (
    NULL,
    PAD,
    TOKEN_LIMIT,
    UNKNOWN,
    Vocabulary,
    known_words,
    vocabulary,
)
from widespectrum.bonsai.language.words import words

__all__ = [
    "NULL",
    "PAD",
    "TOKEN_LIMIT",
    "UNKNOWN",
    "Found",
    "Idea",
    "ParsedPrompt",
    "Style",
    "UnknownWords",
    "Vocabulary",
    "caption",
    "content",
    "effect_phrases",
    "known_words",
    "lexicon",
    "parse",
    "vocabulary",
    "words",
]
