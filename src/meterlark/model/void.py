"""A void: the event that takes another one out of every count, and the link of a correction.

What was accepted stays in the ledger for ever; that it counts no more is an event of its own, in the same order. Its identity follows from
that of the voided event, so an event is voided at most once. Only Meterlark writes such events: their type and source are reserved
(`event.RESERVED_PREFIX`). A correction is a void and, in the same transaction, a new event whose extension attributes name the old one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from meterlark.model.errors import CorruptDataError
from meterlark.model.event import Event, read_json
from meterlark.model.identity import identity_digest
from meterlark.model.time import format_time

VOID_TYPE: Final = "meterlark.void"
VOID_SOURCE: Final = "meterlark.void"

CORRECTS_SOURCE: Final = "correctssource"
CORRECTS_ID: Final = "correctsid"
"""Extension attributes of a correction; CloudEvents allows lower-case letters and digits in their names."""


class EventName(msgspec.Struct, frozen=True):
    """An identity within a namespace.

    Attributes:
        source: As sent.
        id: As sent.
    """

    source: str
    id: str


class Void(msgspec.Struct, frozen=True, kw_only=True):
    """What a void says.

    Attributes:
        event: Which event counts no more.
        by: Who said so, as in the audit log.
        reason: Why, for people.
        correction: The event that counts instead; None when there is none.
    """

    event: EventName
    by: str
    reason: str
    correction: EventName | None = None


class _VoidEvent(msgspec.Struct):
    data: Void


_decoder: Final = msgspec.json.Decoder(_VoidEvent)


def void_id(*, namespace: str, source: str, event_id: str) -> str:
    """Return the id of the event that voids the one of an identity."""
    return identity_digest(namespace, source, event_id).hex()


def void_event(target: Event, void: Void, *, at: datetime) -> Event:
    """Return the event that voids another one.

    Args:
        target: The event that will count no more; the void has its subject, so whoever may see the one sees the other.
        void: What it says.
        at: When it is said, aware UTC.
    """
    assert void.event == EventName(target.source, target.id)
    event_id = void_id(namespace=target.namespace, source=target.source, event_id=target.id)
    attributes = {
        "specversion": "1.0",
        "id": event_id,
        "source": VOID_SOURCE,
        "type": VOID_TYPE,
        "subject": target.subject,
        "time": format_time(at),
        "data": void,
    }
    text = msgspec.json.encode(attributes)
    return Event(target.namespace, event_id, VOID_SOURCE, VOID_TYPE, target.subject, at, read_json(text)["data"], text)


def read_void(event: Event) -> Void:
    """Return what a void says.

    Raises:
        CorruptDataError: It is none; nobody but Meterlark writes events of its type.
    """
    try:
        return _decoder.decode(event.text).data
    except msgspec.DecodeError as error:
        raise CorruptDataError(f"a stored void cannot be read again: {error}") from error


def linked(members: Mapping[str, msgspec.Raw], target: EventName) -> bytes:
    """Return the text of a correction: an event's members with the attributes that name the event it corrects."""
    return msgspec.json.encode({**members, CORRECTS_SOURCE: target.source, CORRECTS_ID: target.id})
