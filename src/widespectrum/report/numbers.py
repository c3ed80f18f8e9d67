"""Numbers as a careful typesetter sets them. No data is a dash, never a zero."""

from __future__ import annotations

import math

NO_DATA = "—"
MINUS = "\u2212"


def is_missing(value: object) -> bool:
    """True for null and NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def number(value: float, digits: int = 2) -> str:
    """``-0.043`` -> ``−0.04``. Zero has no sign, infinity is ∞."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float, digits: int = 2) -> str:
    """As `number`, with a plus where it is above zero."""
    text = number(value, digits)
    return f"+{text}" if value > 0 and float(text.replace(",", "")) != 0 else text


def percent(value: float, digits: int = 1) -> str:
    """A fraction as per cent: ``0.523`` -> ``52.3%``."""
    return f"{number(100 * value, digits)}%"


def count(value: float) -> str:
    """``33000`` -> ``33,000``."""
    return number(value, 0)


def p_value(value: float) -> str:
    """Three places; ``< 0.001`` below what they can show."""
    return "< 0.001" if value < 0.001 else number(value, 3)


def score(value: float | None) -> str:
    """A scorer's value with about four significant digits, whatever its scale."""
    if value is None or is_missing(value):
        return NO_DATA
    size = abs(value)
    return number(value, 3 if size < 10 else 2 if size < 100 else 1)
