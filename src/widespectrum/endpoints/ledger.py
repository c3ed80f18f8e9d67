"""Every request and every answer, kept as lines of JSON; and the answers found again by content.

A folder holds one file per process that asked, so that nobody waits for or overwrites anybody. A
line is written in one piece the moment a reply is there; after a kill at most the last line is
torn, and a torn line is skipped. No line holds a key or a picture (pictures are named by hash), and
no line is ever changed.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from widespectrum.endpoints.completions import Answer
from widespectrum.errors import StorageFailed

ANSWERED = "answered"
"""Outcome of a line whose answer could be read; any other outcome is the kind of an error."""

BEGUN = "begun"
"""Field of a line: what the server calls the work that it has begun; None: it is over."""


class Ledger:
    """The records of a folder.

    Args:
        folder: made when the first line is written; None keeps nothing beyond this process.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._answers: dict[str, Answer] = {}
        self._under_way: dict[str, str] = {}
        self._spent = 0.0
        self._lock = threading.Lock()
        self._file: Path | None = None
        for path in sorted(folder.glob("*.jsonl")) if folder is not None else ():
            self._read(path)

    @property
    def spent(self) -> float:
        """US dollars that the answers of the folder cost, as far as that is known."""
        return self._spent

    def answer(self, key: str) -> Answer | None:
        """The answer to the question of that key, if there is one."""
        return self._answers.get(key)

    def under_way(self, key: str) -> str | None:
        """What the server calls the work on that question, if work was begun and not finished."""
        return self._under_way.get(key)

    def note(self, entry: Mapping[str, Any], answer: Answer | None, cost: float | None) -> None:
        """Keep one request and what became of it.

        Args:
            entry: the line, without time, cost and answer. A field `BEGUN` names work that the
                server has begun and that can be asked after; None there ends it.
            answer: if the question was answered.
            cost: US dollars, if known.

        Raises:
            StorageFailed: the disk refused.
        """
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            **entry,
            "cost": cost,
            "answer": None if answer is None else _as_json(answer),
        }
        data = (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
        with self._lock:
            if answer is not None:
                self._answers[str(entry["key"])] = answer
            self._follow(entry)
            if cost is not None:
                self._spent += cost
            if self.folder is not None:
                self._append(self.folder, data)

    def _append(self, folder: Path, data: bytes) -> None:
        try:
            if self._file is None:
                folder.mkdir(parents=True, exist_ok=True)
                now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
                self._file = folder / f"{now}-{secrets.token_hex(4)}.jsonl"
            # Unbuffered: the line is with the system before the answer is used.
            with self._file.open("ab", buffering=0) as file:
                file.write(data)
        except OSError as error:
            raise StorageFailed(
                f"the answer could not be kept ({error.strerror or error})",
                "Make room on the disk, then run the command again; what was done is kept.",
                file=self._file or folder,
            ) from error

    def _read(self, path: Path) -> None:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                    cost, answer = entry["cost"], entry["answer"]
                    known = None if answer is None else _from_json(answer)
                    if known is not None:
                        self._answers[entry["key"]] = known
                    self._follow(entry)
                    self._spent += float(cost or 0.0)
                except (ValueError, KeyError, TypeError, RecursionError):
                    continue  # torn by a kill

    def _follow(self, entry: Mapping[str, Any]) -> None:
        begun = entry.get(BEGUN, "")
        if isinstance(begun, str) and begun:
            self._under_way[str(entry["key"])] = begun
        elif begun is None:
            self._under_way.pop(str(entry["key"]), None)


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "model": answer.model,
        "input_tokens": answer.input_tokens,
        "output_tokens": answer.output_tokens,
        "cost": answer.cost,
        "tokens": answer.tokens,
        **({} if answer.picture is None else {"picture": answer.picture}),
        **({"notes": dict(answer.notes)} if answer.notes else {}),
    }


def _from_json(values: Mapping[str, Any]) -> Answer:
    tokens = values["tokens"]
    return Answer(
        text=str(values["text"]),
        model=str(values["model"]),
        input_tokens=values["input_tokens"],
        output_tokens=values["output_tokens"],
        cost=values["cost"],
        tokens=None
        if tokens is None
        else tuple(
            (str(token), tuple((str(other), float(logprob)) for other, logprob in top))
            for token, top in tokens
        ),
        picture=values.get("picture"),
        notes=dict(values.get("notes") or {}),
    )
