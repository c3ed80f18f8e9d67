"""Pages: templates that escape everything, one style, one script, and a policy that allows no more.

Nothing that came from outside reaches a page but through autoescape, the JSON of `escaped_json`, or
the drawings that `widespectrum.report.svg` rebuilt.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from widespectrum.report.tables import NUMERIC
from widespectrum.report.text import clean, clean_tree
from widespectrum.report.theme import css_variables

_DANGEROUS_IN_SCRIPT = {
    character: f"\\u{ord(character):04x}" for character in ("<", ">", "&", "\u2028", "\u2029")
}


def render(template: str, *, scripts: Sequence[str] = (), **context: Any) -> str:
    """One complete page.

    Args:
        template: its file.
        scripts: the files of the scripts that the template puts on the page.
        context: what the template needs besides.

    Every page carries the same policy: no connection of any kind, pictures from its own folder,
    and of styles and scripts only those whose digests it names. ``file:`` is there for browsers
    in which a page that was opened from disk is not its own origin.
    """
    codes = {name: _own_file(name) for name in scripts}
    allowed = " ".join(f"'{_digest(code)}'" for code in codes.values()) or "'none'"
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        "img-src 'self' file: data:; "
        f"style-src '{_digest(_style())}'; script-src {allowed}"
    )
    page = _environment().get_template(template)
    text = page.render(
        policy=policy,
        style=Markup(_style()),  # noqa: S704  (our own file)
        scripts={name: Markup(code) for name, code in codes.items()},  # noqa: S704  (our own)
        **context,
    )
    return text


def escaped_json(value: Any) -> Markup:
    """JSON for a ``<script type="application/json">`` that no text inside can end or open."""
    text = json.dumps(clean_tree(value), ensure_ascii=False, allow_nan=False)
    for character, escape in _DANGEROUS_IN_SCRIPT.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704  (nothing is left that HTML could read as markup)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("widespectrum.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    environment.tests["numeric"] = lambda column: column.kind in NUMERIC
    environment.filters["json"] = escaped_json
    environment.filters["words"] = _words
    environment.filters["pair"] = lambda value: (value, value)
    environment.filters["named"] = lambda value: (value, _words(value))
    return environment


def _words(key: str) -> str:
    """``color_brightness`` as a reader writes it."""
    return key.replace("_", " ")


@cache
def _style() -> str:
    return css_variables() + _own_file("style.css")


@cache
def _own_file(name: str) -> str:
    return (files("widespectrum.report") / "templates" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
