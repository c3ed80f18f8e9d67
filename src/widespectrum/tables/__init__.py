"""The tables users bring and get: pairs and scores, as CSV, JSONL, JSON or Parquet."""

from widespectrum.tables.files import read_frame, write_bytes, write_frame
from widespectrum.tables.pairs import (
    PAIR_SCHEMA,
    PROMPT_SCHEMA,
    image_pairs,
    read_image_pairs,
    read_prompt_pairs,
)
from widespectrum.tables.scores import CONTROL_NAMES, SCORE_SCHEMA, read_scores, with_clusters

__all__ = [
    "CONTROL_NAMES",
    "PAIR_SCHEMA",
    "PROMPT_SCHEMA",
    "SCORE_SCHEMA",
    "image_pairs",
    "read_frame",
    "read_image_pairs",
    "read_prompt_pairs",
    "read_scores",
    "with_clusters",
    "write_bytes",
    "write_frame",
]
