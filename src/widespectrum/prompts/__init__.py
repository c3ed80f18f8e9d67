"""Prompts: captions, the writers that turn them into anti-aesthetic prompts, and prompt pairs.

===================  =============================================================================
`captions`           captions, and those that ship
`caption_files`      captions from files (`coco`: from COCO's annotations)
`sampling`           which dimensions each prompt asks for
`writers`            the contract of a writer of anti prompts
`template`           the writer without a model (`frames`, `grammar`, `people`, `draws`)
`neutral`            the neutral rewrite
`pairs`              prompt pairs: all of it together
`texts`              the contract of writers of other texts
`negatives`          negative prompts without a model
`emotional`          prompts with an [emotion] slot, likewise
`metadata_captions`  factual captions, likewise
`clean`              captions without their style, likewise
`critique`           prompts of social critique, likewise
`checks`             what a written text must be, as data (`form`, `content`, `lexicon`, `evidence`)
===================  =============================================================================
"""

from widespectrum.prompts.caption_files import read_captions
from widespectrum.prompts.captions import Caption, builtin_captions, plain_text
from widespectrum.prompts.checks import Checks, Draft, Problem, listed_problems, problems
from widespectrum.prompts.clean import without_style, write_clean
from widespectrum.prompts.content import content_words, kept_share, missing_words
from widespectrum.prompts.critique import critique_items, critique_topics, write_critique
from widespectrum.prompts.draws import derive_seed
from widespectrum.prompts.emotional import SLOT, fill_slot, write_emotional
from widespectrum.prompts.evidence import Evidence
from widespectrum.prompts.form import form_problem, is_refusal
from widespectrum.prompts.grammar import word_count
from widespectrum.prompts.lexicon import Lexicon, Sign, shipped_lexicon, told_by
from widespectrum.prompts.metadata_captions import write_from_metadata
from widespectrum.prompts.negatives import write_negative
from widespectrum.prompts.neutral import neutral_rewrite
from widespectrum.prompts.pairs import (
    PromptPairs,
    build_pairs,
    choose_captions,
    pair_requests,
    write_pairs,
)
from widespectrum.prompts.people import mentions_people
from widespectrum.prompts.sampling import sample_dimensions
from widespectrum.prompts.template import TemplateWriter
from widespectrum.prompts.texts import TextItem, TextWriter, WrittenText
from widespectrum.prompts.writers import WORD_LIMIT, PromptWriter, WritingRequest, WrittenPrompt

__all__ = [
    "SLOT",
    "WORD_LIMIT",
    "Caption",
    "Checks",
    "Draft",
    "Evidence",
    "Lexicon",
    "Problem",
    "PromptPairs",
    "PromptWriter",
    "Sign",
    "TemplateWriter",
    "TextItem",
    "TextWriter",
    "WritingRequest",
    "WrittenPrompt",
    "WrittenText",
    "build_pairs",
    "builtin_captions",
    "choose_captions",
    "content_words",
    "critique_items",
    "critique_topics",
    "derive_seed",
    "fill_slot",
    "form_problem",
    "is_refusal",
    "kept_share",
    "listed_problems",
    "mentions_people",
    "missing_words",
    "neutral_rewrite",
    "pair_requests",
    "plain_text",
    "problems",
    "read_captions",
    "sample_dimensions",
    "shipped_lexicon",
    "told_by",
    "without_style",
    "word_count",
    "write_clean",
    "write_critique",
    "write_emotional",
    "write_from_metadata",
    "write_negative",
    "write_pairs",
]
