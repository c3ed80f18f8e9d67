"""What all conformance kits share: checks in an order, what each found, and a report.

A check asks a bench one question: it returns what it saw, or raises `Broken`. One that cannot be
asked because an earlier one failed stays open (`CheckResult.passed` is ``None``): so who is checked
is told what is wrong with it, not everything that follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from widespectrum.errors import MissingExtra, MissingWeights, WidespectrumError

B = TypeVar("B")
R = TypeVar("R")


class Broken(Exception):
    """A check failed; the message says what was seen."""


@dataclass(frozen=True)
class Check(Generic[B]):
    """One question to a bench."""

    name: str
    ask: Callable[[B], str]
    """What was seen, or `Broken`."""
    remedy: str
    needs: tuple[str, ...] = ()
    """Checks without which it cannot be asked."""


@dataclass(frozen=True)
class CheckResult:
    """One check's outcome."""

    name: str
    passed: bool | None
    """``None`` if it could not be asked because another check failed."""
    detail: str
    """What was seen."""
    remedy: str = ""
    """What to do, where it failed."""


@dataclass(frozen=True)
class ConformanceReport:
    """All checks of one model, in the order in which they were made."""

    results: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(result.passed for result in self.results)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed."""
        return tuple(result.name for result in self.results if result.passed is False)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**asdict(self), "passed": self.passed}


def ask_all(checks: Iterable[Check[B]], bench: B) -> tuple[CheckResult, ...]:
    """Every check in turn, each if those that it needs have passed."""
    results: dict[str, CheckResult] = {}
    for check in checks:
        if all(results[need].passed for need in check.needs):
            results[check.name] = _ask(check, bench)
            continue
        failed = ", ".join(result.name for result in results.values() if result.passed is False)
        results[check.name] = CheckResult(check.name, None, f"not asked; mend first: {failed}")
    return tuple(results.values())


def attempt(action: Callable[[], R]) -> R:
    """What `action` returns.

    Raises:
        Broken: it raised.
        MissingExtra, MissingWeights: it cannot work here, which says nothing about who is checked.
    """
    try:
        return action()
    except (MissingExtra, MissingWeights):
        raise
    except Exception as error:
        # The check has a remedy of its own.
        said = error.problem if isinstance(error, WidespectrumError) else str(error)
        raise Broken(f"it raised {type(error).__name__}: {said[:200]}") from error


def _ask(check: Check[B], bench: B) -> CheckResult:
    try:
        return CheckResult(check.name, True, check.ask(bench))
    except Broken as broken:
        return CheckResult(check.name, False, str(broken), check.remedy)
