"""Choosers: (image, image, prompt) -> which follows the prompt better, or a tie.

A VLM behind an endpoint asked in both orders (`EndpointChooser`), any scorer (`ScorerChooser`), and
whatever else fulfils the contract. What people chose is a table (`widespectrum.tables.choices`).
"""

from widespectrum.choosers.endpoint import EndpointChooser
from widespectrum.choosers.messages import MESSAGES, Message, load_message
from widespectrum.choosers.orders import (
    ORDERS,
    POSITIONS,
    Order,
    Outcome,
    Position,
    in_contest,
    majority,
    outcome,
)
from widespectrum.choosers.registry import chooser_registry, load_chooser
from widespectrum.choosers.scorers import ScorerChooser

__all__ = [
    "MESSAGES",
    "ORDERS",
    "POSITIONS",
    "EndpointChooser",
    "Message",
    "Order",
    "Outcome",
    "Position",
    "ScorerChooser",
    "chooser_registry",
    "in_contest",
    "load_chooser",
    "load_message",
    "majority",
    "outcome",
]
