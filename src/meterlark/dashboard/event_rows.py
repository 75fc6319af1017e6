"""Events as lines of a list: when, whose, what model, how many tokens, and whether they were measured."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple
from urllib.parse import urlencode

from meterlark.dashboard.people import Person, person_of
from meterlark.server.operation import Call
from meterlark.service.events import ListedEvent

TEXT_SHOWN_MAX: Final = 200
"""Characters of a model's name in a list; the event's own page has all."""


class EventRow(NamedTuple):
    """One line.

    Attributes:
        id: Of the event.
        source: Of the event.
        link: Of the event's own page.
        time: Event time, aware UTC.
        received_at: When it was accepted.
        person: Whose it is.
        type: Of the event.
        model: From its data; empty without one.
        tokens: From its data; None without a number.
        problems: Why it is not measured; empty when it is.
        sequence: Place in the ledger.
    """

    id: str
    source: str
    link: str
    time: datetime
    received_at: datetime
    person: Person
    type: str
    model: str
    tokens: int | Decimal | None
    problems: tuple[str, ...]
    sequence: int


def event_rows(call: Call, listed: Iterable[ListedEvent]) -> list[EventRow]:
    """Return the lines of a list."""
    return [event_row(call, one) for one in listed]


def event_row(call: Call, listed: ListedEvent) -> EventRow:
    """Return the line of one event."""
    event = listed.event
    data = event.data or {}
    model, tokens = data.get("model"), data.get("total_tokens")
    return EventRow(
        event.id,
        event.source,
        story_link(event.source, event.id),
        event.time,
        listed.record.received_at,
        person_of(call, event.subject),
        event.type,
        model[:TEXT_SHOWN_MAX] if isinstance(model, str) else "",
        tokens if isinstance(tokens, int | Decimal) and not isinstance(tokens, bool) else None,
        listed.problems,
        listed.record.sequence,
    )


def story_link(source: str, event_id: str) -> str:
    """Return the address of an event's own page."""
    return f"/events/story?{urlencode({'source': source, 'id': event_id})}"
