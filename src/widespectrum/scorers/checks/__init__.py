"""The checks of the conformance kit, in the order in which they are made.

See `widespectrum.conformance`.
"""

from __future__ import annotations

from widespectrum.conformance import Check
from widespectrum.scorers.checks import answers, batches, inputs, statements
from widespectrum.scorers.checks.bench import Bench

CHECKS: tuple[Check[Bench], ...] = (
    Check(
        "contract",
        statements.has_contract,
        "Give the scorer name, fingerprint, facts (a ScorerFacts), tokens() and score(); "
        "or let as_scorer(function) do it.",
    ),
    Check(
        "answers",
        answers.answers,
        "score(images, prompts, pairs) returns one float32 per row of pairs: "
        "np.asarray(scores, dtype=np.float32), shape (len(pairs),).",
        needs=("contract",),
    ),
    Check(
        "finite",
        answers.is_finite,
        "Raise an error where there is no score; the pair then counts as a failure, not as a NaN.",
        needs=("answers",),
    ),
    Check(
        "deterministic",
        answers.is_deterministic,
        "Switch the model to evaluation (dropout off), seed what is random, "
        "and take no clock or global state into the score.",
        needs=("finite",),
    ),
    Check(
        "order",
        batches.keeps_order,
        "Row k of the result belongs to row k of pairs, whatever the order; "
        "undo any sorting before returning.",
        needs=("deterministic",),
    ),
    Check(
        "neighbours",
        batches.ignores_neighbours,
        "A score must not depend on what else is in the batch: no normalising over the batch, "
        "no batch norm in training mode, mask padding, and check half precision.",
        needs=("order",),
    ),
    Check(
        "repeats",
        batches.answers_repeats,
        "Pairs may repeat: return one score for every row, also for equal rows.",
        needs=("order",),
    ),
    Check(
        "empty batch",
        batches.answers_nothing,
        "For pairs of shape (0, 2) return np.empty(0, dtype=np.float32).",
        needs=("answers",),
    ),
    Check(
        "inputs kept",
        inputs.keeps_inputs,
        "Work on copies: image.copy() before thumbnail(), paste() or drawing; "
        "list(prompts) before changing it.",
        needs=("answers",),
    ),
    Check(
        "odd images",
        inputs.takes_odd_images,
        "Bring every image to the size and shape that the model needs; "
        "guard divisions and logarithms.",
        needs=("finite",),
    ),
    Check(
        "odd prompts",
        inputs.takes_odd_prompts,
        "Any text is a prompt: empty, long (cut it yourself), in any script.",
        needs=("finite",),
    ),
    Check(
        "tokens",
        statements.counts_tokens,
        "tokens(prompts) returns one integer per prompt, uncut; -1 where it is not known.",
        needs=("contract",),
    ),
    Check(
        "prompt",
        statements.tells_prompt_awareness,
        "Set facts.prompt_aware to what the score does: "
        "as_scorer(function, facts=ScorerFacts(prompt_aware=...)).",
        needs=("order",),
    ),
    Check(
        "range",
        statements.keeps_range,
        "State the range that the scores can really have in facts.range, or None.",
        needs=("finite",),
    ),
    Check(
        "fingerprint",
        statements.keeps_fingerprint,
        "Make the fingerprint from weights and settings alone: no time, no address, no counter.",
        needs=("contract",),
    ),
)
