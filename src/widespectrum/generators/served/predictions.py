"""Pictures by predictions, as Replicate serves them: begun, asked after, fetched.

- What inputs a model takes, its version says: that is read first, so that a field it does not know
  is an error and not silently without effect, and a server's own rewriting of prompts is switched
  off where there is a switch.
- A prediction that was begun is on record at once. A broken connection, or a kill, does not begin
  (and pay for) another one: the next attempt asks after the first.
- Its picture is fetched at once (`widespectrum.generators.served.fetching`): it expires.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from widespectrum.catalog import ModelEntry, Setting
from widespectrum.endpoints import Address, Turn, read_settings
from widespectrum.endpoints.completions import excerpt, read_document, speaks_of_refusal
from widespectrum.endpoints.outcomes import (
    PAUSED_FOR,
    EmptyAnswer,
    PictureGone,
    ProviderFailed,
    RequestRejected,
    TimedOut,
)
from widespectrum.endpoints.transport import ask
from widespectrum.errors import BadInput, InvalidResult, ProviderRefused, WidespectrumError
from widespectrum.generators.served.commissions import Commission
from widespectrum.generators.served.fetching import GONE, fetch_picture
from widespectrum.generators.served.generator import ServedGenerator
from widespectrum.generators.served.painting import REMEDY, Came
from widespectrum.generators.served.settings import PainterSettings, Recipe
from widespectrum.generators.served.verifying import bytes_of, without_pictures

LONGEST_PAUSE = 10.0
"""Seconds between two looks at a prediction, at most."""

LONGEST_REQUEST = 60.0
"""Seconds for one look; a prediction that is begun is not lost by it."""

_MODEL = re.compile(r"[A-Za-z0-9_][\w.-]*/[A-Za-z0-9_][\w.-]*", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_OVER = ("canceled", "aborted")
_SENSITIVE = ("sensitive", "e005")
"""How models behind predictions say that their filter refused, besides the usual words."""


class PredictionSettings(PainterSettings):
    """Settings of a generator behind predictions."""

    timeout: float = Field(default=600.0, gt=0)
    """Seconds from the beginning of a prediction to its end."""
    version: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """Version of the model; by default the newest, which the record of each picture names."""
    poll: float = Field(default=1.0, gt=0)
    """Seconds until a prediction is first looked at; every further time one and a half times as
    long, up to `LONGEST_PAUSE`."""


class _Prediction(BaseModel):
    id: str
    status: str
    output: Any = None
    error: Any = None
    version: str | None = None


class Predictions:
    """Asks for pictures by ``/predictions``.

    Args:
        recipe: which inputs, and whence pictures may be fetched.
        price: US dollars per picture.
        version: of the model; empty for the newest.
        poll: seconds until the first look.
    """

    def __init__(self, recipe: Recipe, price: float | None, version: str, poll: float) -> None:
        self._recipe, self._price = recipe, price
        self._version, self._poll = version, poll
        self._schemas: dict[str, tuple[str, frozenset[str]]] = {}
        self._reading = threading.Lock()

    def record(self, model: str, text: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """See `Api`."""
        return {
            "model": model,
            **({"version": self._version} if self._version else {}),
            "input": {"prompt": text, **fields},
            **({"where_known": self._recipe.where_known} if self._recipe.where_known else {}),
        }

    def paint(self, commission: Commission, turn: Turn) -> Came:
        """See `Api`.

        Raises:
            ProviderRefused: the model's filter refused.
            ProviderFailed: the prediction failed or was canceled.
            TimedOut: it did not end; it is then canceled.
            PictureGone: it ended well, and its picture has expired.
            EmptyAnswer: it ended well, without a picture.
            RequestRejected: the model does not know one of the inputs, or the picture is where
                nothing is fetched from.
        """
        until = time.monotonic() + turn.seconds
        newest, known = self._schema(commission, turn)
        chosen = self._inputs(commission, known)
        if turn.begun is None:
            prediction = self._begin(commission, chosen, turn)
        else:
            prediction = self._look(commission, turn.begun, turn)
        prediction = self._finished(commission, prediction, turn, until)
        came = self._fetch(commission, prediction, turn, until)
        turn.end()
        turn.cost = self._price
        return Came(
            came,
            notes={
                "version": prediction.version or newest,
                "prediction": prediction.id,
                "where_known": {name: chosen.get(name) for name in self._recipe.where_known},
                **(
                    {"pictures": len(prediction.output)}
                    if isinstance(prediction.output, list) and len(prediction.output) > 1
                    else {}
                ),
            },
        )

    def _schema(self, commission: Commission, turn: Turn) -> tuple[str, frozenset[str]]:
        """Version and names of the inputs of the commission's model; read once."""
        model = commission.record["model"]
        with self._reading:
            if model not in self._schemas:
                path = f"/models/{model}"
                if self._version:
                    path += f"/versions/{self._version}"
                document = _read(commission.address, path, None, turn)
                version = document if self._version else document.get("latest_version")
                self._schemas[model] = _inputs_of(version, model)
            return self._schemas[model]

    def _inputs(self, commission: Commission, known: frozenset[str]) -> dict[str, Any]:
        given: Mapping[str, Any] = commission.record["input"]
        unknown = sorted(set(given) - known)
        if unknown:
            raise RequestRejected(
                f"this version of {commission.record['model']} has no input {unknown[0]!r}",
                f"It has {', '.join(sorted(known))}. Correct extra, or take another version.",
            )
        perhaps = self._recipe.where_known
        return {**{name: perhaps[name] for name in perhaps if name in known}, **given}

    def _begin(self, commission: Commission, inputs: dict[str, Any], turn: Turn) -> _Prediction:
        """Begin a prediction. What is never heard of again may have been charged."""
        body: dict[str, Any] = {"input": inputs}
        path = f"/models/{commission.record['model']}/predictions"
        if self._version:
            path, body["version"] = "/predictions", self._version
        turn.cost = self._price
        try:
            document = _read(commission.address, path, body, turn)
        except TimedOut:
            raise
        except ProviderFailed as error:
            turn.cost = self._price if error.heard else 0.0
            raise
        except WidespectrumError:
            turn.cost = 0.0
            raise
        prediction = _prediction(document)
        turn.cost = 0.0
        turn.begin(prediction.id)
        return prediction

    def _look(self, commission: Commission, name: str, turn: Turn) -> _Prediction:
        """What has become of a prediction."""
        if not _NAME.fullmatch(name):
            turn.end()
            raise PictureGone(f"no prediction is called {excerpt(name)!r}", "Ask again.")
        try:
            return _prediction(_read(commission.address, f"/predictions/{name}", None, turn))
        except InvalidResult:
            turn.end()
            raise
        except WidespectrumError:
            if turn.status in GONE:
                turn.end()
                raise PictureGone(
                    f"the server does not know the prediction {name} any more", "Ask again."
                ) from None
            raise

    def _finished(
        self, commission: Commission, prediction: _Prediction, turn: Turn, until: float
    ) -> _Prediction:
        """The prediction, once it has succeeded."""
        pause = self._poll
        while prediction.status not in ("succeeded", "failed", *_OVER):
            if time.monotonic() + pause > until:
                self._cancel(commission, prediction.id, turn)
                turn.end()
                turn.cost = self._price  # its time may be charged
                raise TimedOut(
                    f"the prediction did not end within {turn.seconds:g} s and was canceled "
                    f"(it was {excerpt(prediction.status)!r})",
                    "Run again later, or set a longer timeout.",
                )
            turn.rest(pause)
            pause = min(LONGEST_PAUSE, 1.5 * pause)
            prediction = self._look(commission, prediction.id, turn)
        if prediction.status == "succeeded":
            return prediction
        turn.end()
        said = excerpt(str(prediction.error or ""))
        if prediction.status == "failed" and _is_refusal(said):
            raise ProviderRefused(
                f"the model refused to paint ({said!r})", "It is recorded; nothing is rephrased."
            )
        raise ProviderFailed(
            f"the prediction was {prediction.status}" + (f" ({said!r})" if said else ""),
            "Run again later.",
        )

    def _cancel(self, commission: Commission, name: str, turn: Turn) -> None:
        """Cancel a prediction that takes too long, as far as that is possible."""
        try:
            ask(turn.client, commission.address, f"/predictions/{name}/cancel", {}, 10.0)
        except WidespectrumError:
            return  # the time-out is what is reported

    def _fetch(
        self, commission: Commission, prediction: _Prediction, turn: Turn, until: float
    ) -> bytes:
        """The file that a prediction has made. What goes wrong for good ends the prediction."""
        output = prediction.output
        first = output[0] if isinstance(output, list) and output else output
        left = max(1.0, until - time.monotonic())
        try:
            if not first:
                raise EmptyAnswer("the prediction succeeded without a picture", "Ask again.")
            if not isinstance(first, str):
                raise InvalidResult(f"the prediction made {first!r:.80}, no picture", "Ask again.")
            if first.startswith("data:"):
                return bytes_of(first)
            base_url, hosts = commission.address.base_url, self._recipe.hosts
            return fetch_picture(turn.client, first, left, base_url, hosts)
        except PAUSED_FOR:
            raise  # the picture is there still; it is paid for when it has come
        except WidespectrumError:
            turn.end()
            turn.cost = self._price
            raise


def prediction_generator(entry: ModelEntry, **settings: Setting) -> ServedGenerator:
    """A generator behind predictions (catalog class).

    Args:
        entry: name, recipe and what else is known.
        settings: those of `PredictionSettings`.

    Raises:
        BadInput: a setting is not what it should be.
    """
    chosen = read_settings(PredictionSettings, entry.name, settings)
    if not _MODEL.fullmatch(chosen.model):  # it becomes part of an address
        raise BadInput(f"is {chosen.model!r:.80}", "Write owner/name.", field="model")
    return ServedGenerator(
        entry,
        chosen,
        lambda recipe, price: Predictions(recipe, price, chosen.version, chosen.poll),
    )


def _read(
    address: Address, path: str, body: Mapping[str, Any] | None, turn: Turn
) -> dict[str, Any]:
    """One request to the server, its reply noted in `turn`; the reply as an object."""
    reply = ask(turn.client, address, path, body, min(turn.seconds, LONGEST_REQUEST))
    turn.status, turn.reply = reply.status, without_pictures(reply.text)
    document: Any = None
    if 200 <= reply.status < 300:
        with suppress(ValueError, RecursionError):
            document = json.loads(reply.text)
    # A prediction says in `error` why it failed, which is no error of the request.
    if not (isinstance(document, dict) and "status" in document):
        document = read_document(reply.status, reply.text, wait=reply.wait, remedy=REMEDY)
    if not isinstance(document, dict):
        raise InvalidResult("the reply is no JSON object", "Check base_url.")
    return document


def _prediction(document: Mapping[str, Any]) -> _Prediction:
    try:
        prediction = _Prediction.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidResult(
            f"the reply is no prediction ({where}: {first['msg']})", "Check base_url."
        ) from error
    # It becomes part of an address to which the key is sent.
    if not _NAME.fullmatch(prediction.id):
        raise InvalidResult(f"a prediction is called {excerpt(prediction.id)!r}", "Ask again.")
    return prediction


def _inputs_of(version: Any, model: str) -> tuple[str, frozenset[str]]:
    """Name and inputs of a version, from its description."""
    try:
        properties = version["openapi_schema"]["components"]["schemas"]["Input"]["properties"]
        return str(version["id"]), frozenset(map(str, properties))
    except (KeyError, TypeError) as error:
        raise InvalidResult(
            f"the server does not say which inputs {model} takes",
            "Check the model's name and base_url, or name a version.",
        ) from error


def _is_refusal(said: str) -> bool:
    return speaks_of_refusal(said) or any(word in said.lower() for word in _SENSITIVE)
