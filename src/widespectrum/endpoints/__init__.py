"""Endpoints: models behind an OpenAI-compatible API, asked patiently and kept on record.

================  ================================================================================
`address`         where a model is served, and whose key goes there
`pictures`        a picture as it is sent
`questions`       one chat completion to ask for, its record and the key of its answer
`objects`         answers that are one JSON object (structured output)
`selections`      answers of one field with few values
`labels`          answers of one short label, and how probable each is
`transport`       one HTTP request with a deadline
`completions`     what came back, read with suspicion
`ways`            what it takes to put questions of one kind, and what a batch asks of a question
`chats`           chat completions as such a kind
`outcomes`        how a question can end otherwise
`pauses`          between attempts
`spending`        what it costs, and a limit
`ledger`          every request and answer as JSON lines; answers found again by content
`received`        pictures that were painted and paid for
`batches`         many questions at once
`terms`           where answers are kept, what may be spent, how many at once
`session`         known answers first, then the others on the session's terms
`served`          the settings that every model behind an endpoint has
================  ================================================================================

Nothing here is imported from httpx before something is asked. See ``docs/endpoints.md``.
"""

from widespectrum.endpoints.address import Address, address
from widespectrum.endpoints.completions import Answer
from widespectrum.endpoints.labels import (
    Reading,
    label_probabilities,
    read_label,
    refuse_needless_votes,
    shares,
)
from widespectrum.endpoints.ledger import Ledger
from widespectrum.endpoints.objects import Form, Format, check_format, read_object, response_format
from widespectrum.endpoints.outcomes import DECLINED, Missed
from widespectrum.endpoints.pictures import Picture
from widespectrum.endpoints.questions import Question, Sampling
from widespectrum.endpoints.received import Received
from widespectrum.endpoints.selections import Selection
from widespectrum.endpoints.served import Served, ServedSettings, read_settings
from widespectrum.endpoints.session import Session, share_session, shared_session
from widespectrum.endpoints.spending import Estimate, Price, estimate
from widespectrum.endpoints.terms import Terms
from widespectrum.endpoints.ways import Persistence, Turn, Way

__all__ = [
    "DECLINED",
    "Address",
    "Answer",
    "Estimate",
    "Form",
    "Format",
    "Ledger",
    "Missed",
    "Persistence",
    "Picture",
    "Price",
    "Question",
    "Reading",
    "Received",
    "Sampling",
    "Selection",
    "Served",
    "ServedSettings",
    "Session",
    "Terms",
    "Turn",
    "Way",
    "address",
    "check_format",
    "estimate",
    "label_probabilities",
    "read_label",
    "read_object",
    "read_settings",
    "refuse_needless_votes",
    "response_format",
    "share_session",
    "shared_session",
    "shares",
]
