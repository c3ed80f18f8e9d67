"""Failures: requests without an answer, as rows that later successes take away.

A failure is stored when it happens and never edited. Whether it still stands is decided when the
table is read: a row is dropped once its request has an answer. So there is no moment at which a
success is stored and its failure not yet removed, or the reverse.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from widespectrum.contracts import Failure
from widespectrum.encodings import is_out_of_memory
from widespectrum.errors import BadInput, OutOfMemory, WidespectrumError
from widespectrum.runs.canonical import canonical_json
from widespectrum.runs.redaction import environment_secrets, redact
from widespectrum.runs.schemas import KEYS, MISSING_PARTNER, SCHEMAS, SUBJECTS
from widespectrum.runs.shards import load_shards, unit_of, write_shard

LONGEST_REASON = 2000
"""Characters of a reason that are kept; providers have been seen to answer with whole pages."""


def failure_from(error: Exception, attempts: int = 1) -> Failure:
    """What went wrong, as a value."""
    if isinstance(error, WidespectrumError):
        return Failure(error.kind, str(error), attempts)
    kind = OutOfMemory.kind if is_out_of_memory(error) else WidespectrumError.kind
    return Failure(kind, f"{type(error).__name__}: {error}", attempts)


@dataclass(frozen=True)
class Failed:
    """A request that has no answer, and why."""

    subject: Mapping[str, Any]
    failure: Failure

    @property
    def text(self) -> str:
        """The subject as it stands in the table."""
        return canonical_json(dict(self.subject))


def failure_rows(
    failed: Sequence[Failed],
    *,
    unit: str,
    stage: str,
    model: str,
    fingerprint: str,
    earlier: Mapping[str, int],
) -> pl.DataFrame:
    """Rows of the failures table, with secrets of the environment masked.

    Args:
        failed: the requests.
        unit: key of the unit that they were part of.
        stage: the table that the results would have gone to.
        model: who was asked.
        fingerprint: the model's.
        earlier: attempts of earlier executions, by subject.
    """
    now, secrets = datetime.now(UTC), environment_secrets()
    rows = [
        {
            "unit": unit,
            "stage": stage,
            "model": model,
            "fingerprint": fingerprint,
            "subject": item.text,
            "kind": item.failure.kind,
            "reason": redact(item.failure.reason, secrets)[:LONGEST_REASON],
            "attempts": item.failure.attempts + earlier.get(item.text, 0),
            "time": now,
        }
        for item in failed
    ]
    return pl.DataFrame(rows, schema=SCHEMAS["failures"])


def current_failures(failures: pl.DataFrame, answered: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The failures that still stand, each request once with its last failure, sorted.

    Args:
        failures: all rows ever stored.
        answered: the tables of results, by stage; `images` always, the others where rows of
            `failures` are about them.
    """
    key = ["stage", "fingerprint", "subject"]
    latest = failures.sort("attempts", "time", descending=True).unique(
        key, keep="first", maintain_order=True
    )
    made = set(answered["images"].select(SUBJECTS["images"]).rows())
    standing = [
        rows.filter(_unanswered(rows, KEYS[str(stage)], answered[str(stage)], made))
        for (stage,), rows in latest.partition_by("stage", as_dict=True).items()
    ]
    return pl.concat(standing).sort(key) if standing else failures


def _unanswered(
    rows: pl.DataFrame, key: Sequence[str], table: pl.DataFrame, made: set[tuple[Any, ...]]
) -> pl.Series:
    """For every failure of one stage, whether it still stands.

    One that was about an image that could not be made stands until the image is there: then the
    request can be asked, and stands or falls by its own answer.
    """
    done = set(
        table.filter(pl.col("fingerprint").is_in(rows["fingerprint"].implode())).select(key).rows()
    )

    def stands(fingerprint: str, kind: str, text: str) -> bool:
        subject = json.loads(text)
        if kind == MISSING_PARTNER:
            return not made.issuperset(images_of(subject))
        own = {**subject, "fingerprint": fingerprint}
        return tuple(own[name] for name in key) not in done

    columns = rows.select("fingerprint", "kind", "subject")
    try:
        return pl.Series([stands(*row) for row in columns.iter_rows()], dtype=pl.Boolean)
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"the failures table holds a subject that is not ours ({error})",
            "Delete the shard that holds it in tables/failures; its requests are then asked again.",
        ) from error


def images_of(subject: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The images, by pair and variant, that a request with this subject needs."""
    if "pair_id" in subject:
        return [(subject["pair_id"], subject["variant"])]
    return [tuple(subject["first"]), tuple(subject["second"])]


def sweep(folder: Path, answered: Mapping[str, pl.DataFrame]) -> None:
    """Take failures that no longer stand out of the stored shards, so that other readers see none.

    Tidiness, not correctness: `current_failures` decides. Only shards that were looked at are
    touched, and every worker keeps the same row of several, so two that sweep at once lose nothing.

    Args:
        folder: where the shards are.
        answered: the tables of results, by stage.

    Raises:
        StorageFailed: the disk refused.
    """
    shards = load_shards(folder, "failures")
    if not shards:
        return
    standing = current_failures(pl.concat(shards.values()), answered)
    for path, rows in shards.items():
        kept = rows.join(standing, on=rows.columns, how="semi")
        if kept.height == rows.height:
            continue
        if kept.height:
            write_shard(folder, unit_of(path), kept)
        path.unlink(missing_ok=True)
