"""A generator behind an API, behind the ordinary contract."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.endpoints import (
    Answer,
    Estimate,
    Missed,
    Session,
    address,
    shared_session,
)
from widespectrum.errors import BadInput, InvalidResult, WidespectrumError
from widespectrum.generators.facts import GeneratorFacts, Guidance
from widespectrum.generators.served.commissions import Commission
from widespectrum.generators.served.painting import Api, Painting
from widespectrum.generators.served.settings import (
    PainterSettings,
    Recipe,
    Requests,
    read_size,
    recipe_of,
)
from widespectrum.images import with_record

if TYPE_CHECKING:
    from widespectrum.contracts import Image


@dataclass(frozen=True)
class _Found:
    """A picture that came, with what the server said of it."""

    image: Image
    notes: Mapping[str, Any]


class ServedGenerator:
    """A model behind an API that paints.

    Whatever does not end in a picture ends in a `Failure` of its kind, with the provider's words
    and the number of attempts; nothing ever stands in for a picture.

    Args:
        entry: name, recipe and what else is known.
        chosen: its settings.
        api: makes what asks its kind of server, from recipe and price.
        fields: fields of the request that settings of this kind of server have set.

    Raises:
        BadInput: a setting is not what it should be.
    """

    def __init__(
        self,
        entry: ModelEntry,
        chosen: PainterSettings,
        api: Callable[[Recipe, float | None], Api],
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = entry.name
        self.entry = entry
        self.session: Session | None = None
        """On whose terms it asks; by default those that the process shares."""
        recipe = recipe_of(entry).with_fields(fields or {}, paper=chosen.settings == "paper")
        self._chosen, self._recipe = chosen, recipe
        self._requests = Requests.of(entry, chosen, recipe)
        self._address = address(chosen.model, chosen.base_url, chosen.key_variable)
        self._size = read_size(chosen.size)
        self.image_price = _price(entry, chosen, recipe, self._requests.fields)
        """US dollars per picture; None where it is not known."""
        self._api = api(recipe, self.image_price)
        self.facts = self._facts()
        self.fingerprint = fingerprint(
            generator="served",
            version=1,
            base_url=self._address.base_url,
            request=self._api.record(chosen.model, "", {}),
            requests=self._requests.identity,
            size=chosen.size,
            seed=recipe.seed,
            negative=recipe.negative,
        )

    def __repr__(self) -> str:
        return f"<generator {self.name}>"

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image | Failure]:
        """One picture or `Failure` per request, in order.

        Where the model takes no seed, a request's seed is not sent and says only which of several
        draws is meant; a request without one is a draw of its own. Every picture has a record
        (`widespectrum.images.record_of`): the request, the seed that was sent (None: none was), the
        number of attempts, what it cost, and what the server says of it.

        Raises:
            NoAccess: nothing can be answered: no key, no credit, no such model, no server.
        """
        results: dict[int, Image | Failure] = {}
        asked: dict[int, Commission] = {}
        for number, request in enumerate(requests):
            try:
                asked[number] = self._commission(request)
            except WidespectrumError as error:
                results[number] = Failure(error.kind, str(error))
        session = self.session or shared_session()
        painting = Painting(
            self._api,
            self.image_price,
            self._size,
            self._chosen,
            session.terms.attempts,
            session.received,
        )

        def read(answer: Answer) -> _Found:
            image = None if answer.picture is None else session.received.find(answer.picture)
            if image is None:
                raise InvalidResult("the picture is not kept any more", "Ask again.")
            return _Found(image, answer.notes)

        answers = session.put(list(asked.values()), painting, read)
        for (number, commission), answer in zip(asked.items(), answers, strict=True):
            results[number] = (
                answer.failure
                if isinstance(answer, Missed)
                else with_record(answer.image.copy(), self._record(commission, answer))
            )
        return [results[number] for number in range(len(requests))]

    def cost(self, pictures: int) -> Estimate:
        """What so many pictures will cost; at most: if all but the last attempts are charged."""
        price = self.image_price
        return Estimate(
            questions=pictures,
            input_tokens=0,
            output_tokens=0,
            dollars=None if price is None else pictures * price,
            most=None if price is None else pictures * price * (1 + self._chosen.retries),
        )

    def _record(self, commission: Commission, found: _Found) -> dict[str, Any]:
        return {
            "base_url": commission.address.base_url,
            "request": dict(commission.record),
            "prompt_sent": commission.text,
            "seed": commission.seed,
            "settings": self._chosen.settings,
            **found.notes,
        }

    def _commission(self, request: GenerationRequest) -> Commission:
        """The commission that a request means.

        Raises:
            BadInput: it asks for what this model cannot do.
        """
        if request.start_image is not None or request.strength is not None:
            raise BadInput(
                f"{self.name} does not begin with a picture",
                "Leave it out, or take a generator whose facts say takes_start_image.",
                field="start_image",
            )
        if not request.prompt.strip():
            raise BadInput("is empty", "Write what to show.", field="prompt")
        text = self._requests.instruction + request.prompt
        longest = self._recipe.longest_prompt
        if longest is not None and len(text) > longest:
            raise BadInput(
                f"has {len(text):,} characters; {self.name} reads {longest:,}",
                "Shorten it.",
                field="prompt",
            )
        fields = self._requests.fields_for(request.variant)
        fields.update(self._negative(request.negative_prompt, fields))
        seed = request.seed
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
            raise BadInput(f"is {seed!r}", "Give a whole number from 0.", field="seed")
        sent = None if self._recipe.seed is None else seed
        if self._recipe.seed is not None and sent is not None:
            fields[self._recipe.seed] = sent
        return Commission(
            address=self._address,
            text=text,
            record=self._api.record(self._address.model, text, fields),
            seed=sent,
            vote=0 if sent is not None else secrets.randbits(62) if seed is None else seed,
        )

    def _negative(self, text: str | None, fields: Mapping[str, Any]) -> dict[str, str]:
        if text is None:
            return {}
        name = self._recipe.negative
        if name is None:
            raise BadInput(
                f"{self.name} takes no negative prompt",
                "Leave it out, or take a generator whose facts say takes_negative.",
                field="negative_prompt",
            )
        if self._requests.paper:
            raise BadInput(
                "is given, and the paper's settings say what is passed",
                "Ask without it, or with settings=controlled.",
                field="negative_prompt",
            )
        return {name: text}

    def _facts(self) -> GeneratorFacts:
        recipe, fields = self._recipe, self._requests.fields
        steps = fields.get(recipe.steps) if recipe.steps else None
        strict = fields.get(recipe.guidance) if recipe.guidance else None
        raw = {str(recipe.guidance): float(strict)} if isinstance(strict, int | float) else {}
        return GeneratorFacts(
            takes_seed=recipe.seed is not None,
            takes_negative=recipe.negative is not None,
            takes_start_image=False,
            size=self._size,
            steps=steps if isinstance(steps, int) else None,
            guidance=Guidance("unknown", None, raw),
            rewrites_prompt=recipe.rewrites_prompt,
            cost_per_image=self.image_price,
            settings_preset=self._chosen.settings,
            confounds=self._requests.confounds,
            licence=self.entry.licence,
        )


def _price(
    entry: ModelEntry, chosen: PainterSettings, recipe: Recipe, fields: Mapping[str, Any]
) -> float | None:
    """What is set; else the catalog's price, which is one of the catalog's size."""
    if chosen.image_price is not None or recipe.priced_by is None:
        return chosen.image_price
    if chosen.size != entry.settings.get("size", ""):
        return None
    return recipe.prices.get(str(fields.get(recipe.priced_by)))
