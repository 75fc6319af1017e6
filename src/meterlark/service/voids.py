"""Voids and corrections: a stored event is taken out of every count, and a corrected one may take its place.

Both are ordinary records of the ledger, in its order, so that a warehouse filled anew gives the same answers. The identity of a voided
event stays taken: the same event sent again is a duplicate and counts nothing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from meterlark.catalog.contract import Catalog
from meterlark.ledger.contract import Ledger, Record
from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.model.event import DEFAULT_NAMESPACE, RESERVED_PREFIX, Event, decode_event
from meterlark.model.time import format_time
from meterlark.model.void import VOID_SOURCE, EventName, Void, linked, read_void, void_event, void_id
from meterlark.service.audit import entry_of
from meterlark.service.ingest import Ingest, require_new
from meterlark.service.principal import Actor, Principal


class Voiding(msgspec.Struct, frozen=True):
    """That an event is voided, by whom, when and why.

    Attributes:
        void: What the void says.
        record: The void as the ledger keeps it.
    """

    void: Void
    record: Record

    @property
    def void_id(self) -> str:
        """Id of the void itself."""
        return void_id(namespace=self.record.namespace, source=self.void.event.source, event_id=self.void.event.id)


def voiding_of(ledger: Ledger, name: EventName, *, namespace: str) -> Voiding | None:
    """Return the void of an event; None when it counts."""
    voided_by = void_id(namespace=namespace, source=name.source, event_id=name.id)
    try:
        return read_voiding(ledger.find(namespace=namespace, source=VOID_SOURCE, event_id=voided_by))
    except NotFoundError:
        return None


def read_voiding(record: Record) -> Voiding:
    """Return what a stored void says."""
    return Voiding(read_void(record.event()), record)


class Voids:
    """Voids and corrects events.

    Args:
        ledger: Finds them.
        ingest: Stores what is said of them.
        catalog: Keeps the audit log.
        now: The clock; aware UTC.
    """

    def __init__(self, ledger: Ledger, ingest: Ingest, catalog: Catalog, *, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._ingest = ingest
        self._catalog = catalog
        self._now = now
        self._changing = asyncio.Lock()

    async def void(self, name: EventName, *, reason: str, within: Principal, by: Actor) -> Voiding:
        """Take an event out of every count; the next answer does not count it.

        Args:
            name: Which event.
            reason: Why, for people.
            within: Whose rights must reach to it.
            by: Who says so.

        Raises:
            NotFoundError: There is none that the sender may see.
            ConflictError: It is voided already, or it is a void itself.
            UnavailableError: Nothing was changed; the same request may be sent again.
        """
        async with self._changing:
            target = await asyncio.to_thread(self._voidable, name, within)
            void = Void(event=name, by=by.name, reason=reason)
            return await self._store("voidEvent", target, void, [], by)

    async def correct(self, name: EventName, members: Mapping[str, msgspec.Raw], *, reason: str, within: Principal, by: Actor) -> Voiding:
        """Take an event out of every count and store another one instead, both or neither.

        Args:
            name: Which event.
            members: Of the event that counts instead, with an identity of its own.
            reason: Why, for people.
            within: Whose rights must reach to both.
            by: Who says so.

        Raises:
            NotFoundError: There is none that the sender may see.
            InvalidInputError: The new event is not valid.
            ForbiddenError: The sender may not write the new event.
            ConflictError: It is voided already, or it is a void itself, or the new event's identity is taken.
            UnavailableError: Nothing was changed; the same request may be sent again.
        """
        async with self._changing:
            target = await asyncio.to_thread(self._voidable, name, within)
            correction = _read_correction(members, name, received_at=self._now())
            within.require_writable(correction, what="correction")
            void = Void(event=name, by=by.name, reason=reason, correction=EventName(correction.source, correction.id))
            return await self._store("correctEvent", target, void, [correction], by)

    def _voidable(self, name: EventName, within: Principal) -> Event:
        event = self._ledger.find(namespace=DEFAULT_NAMESPACE, source=name.source, event_id=name.id).event()
        if within.subjects is not None and event.subject not in within.subjects:
            raise unknown_event(name)
        if event.type.startswith(RESERVED_PREFIX):
            raise ConflictError(f"the event is a {event.type} of Meterlark itself; send what counts as an event of its own")
        voiding = voiding_of(self._ledger, name, namespace=event.namespace)
        if voiding is not None:
            correction = voiding.void.correction
            instead = (
                "" if correction is None else f"; what counts instead is id {correction.id[:80]!r} of source {correction.source[:80]!r}"
            )
            raise ConflictError(f"the event was voided at {format_time(voiding.record.time)} by {voiding.void.by}{instead}")
        return event

    async def _store(self, operation: str, target: Event, void: Void, corrections: Sequence[Event], by: Actor) -> Voiding:
        """Log what is asked for, then do it: a crash in between leaves an entry without an effect, never an effect without an entry."""
        now = self._now()
        events = [void_event(target, void, at=now), *corrections]
        require_new(events, await self._ingest.judge(events))
        entry = entry_of(by, operation, f"event:{events[0].id}", at=now, after=void)
        await asyncio.to_thread(self._catalog.log, entry)
        await self._ingest.accept_new(events, received_at=now)
        voiding = await asyncio.to_thread(voiding_of, self._ledger, void.event, namespace=target.namespace)
        assert voiding is not None, "it was stored just now"
        return voiding


def unknown_event(name: EventName) -> NotFoundError:
    """Return the error about an event that is not there, or not the sender's to know of."""
    return NotFoundError(f"event not found: id {name.id[:80]!r} of source {name.source[:80]!r}")


def _read_correction(members: Mapping[str, msgspec.Raw], name: EventName, *, received_at: datetime) -> Event:
    try:
        return decode_event(linked(members, name), namespace=DEFAULT_NAMESPACE, received_at=received_at)
    except InvalidInputError as error:
        field = f"correction.{error.field}" if error.field else "correction"
        raise InvalidInputError(f"correction: {error}", field=field) from error
