"""What the card of an entry says, as attributes of a link to it: a script shows them on hover, on focus and on touch."""

from __future__ import annotations

from collections.abc import Mapping

from .model import Actor, Event, Named, Term

CARD_NAME = "data-card-name"
"""The attribute that every link with a card has."""


def card_of(entry: Named) -> Mapping[str, str]:
    """Give what the entry is called, its kind and date, and what it is. Without a script the last is a tooltip."""
    match entry:
        case Event():
            facts = f"{entry.kind.capitalize()} · {entry.date}"
        case Actor():
            facts = entry.kind.capitalize()
        case Term():
            facts = "Term"
    return {"title": entry.summary, CARD_NAME: entry.heading, "data-card-facts": facts}
