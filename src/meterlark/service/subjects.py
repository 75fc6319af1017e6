"""The subjects that people wrote something down about: a name to show, labels, an id elsewhere.

Events need no such entry; it changes nothing about what is counted.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from meterlark.catalog.contract import Catalog, Claim, Kind, Record
from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX
from meterlark.service.audit import entry_of
from meterlark.service.customer import NAME_LENGTH_MAX, check_text
from meterlark.service.principal import Actor, Principal

UPSERT_MAX: Final = 1_000
"""Subjects of one request; as events of one batch."""

STRIPE_ID_LENGTH_MAX: Final = 255
METADATA_BYTES_MAX: Final = 16 * 1024


class Subject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What is known of a subject.

    Attributes:
        key: As in events.
        display_name: For people.
        metadata: The owner's labels: any JSON.
        stripe_customer_id: Its id at Stripe.
        current_period_start: Aware UTC.
        current_period_end: Aware UTC.
    """

    key: str
    display_name: str | None = None
    metadata: msgspec.Raw | None = None
    stripe_customer_id: str | None = None
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None


class SubjectChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to write down; a field that is not set stays as it is, None clears it. Fields as in `Subject`."""

    key: str
    display_name: str | msgspec.UnsetType | None = msgspec.UNSET
    metadata: msgspec.Raw | msgspec.UnsetType | None = msgspec.UNSET
    stripe_customer_id: str | msgspec.UnsetType | None = msgspec.UNSET
    current_period_start: datetime | msgspec.UnsetType | None = msgspec.UNSET
    current_period_end: datetime | msgspec.UnsetType | None = msgspec.UNSET


class SubjectEntry(msgspec.Struct, frozen=True):
    """A subject with what the catalog knows of it.

    Attributes:
        id: ULID, given at creation.
        subject: What is known.
        created_at: Aware UTC.
        updated_at: Aware UTC.
    """

    id: str
    subject: Subject
    created_at: datetime
    updated_at: datetime


class Subjects:
    """The subjects of one server.

    Args:
        catalog: Where they are kept.
        now: The clock; aware UTC.
        new_id: Makes ULIDs.
    """

    def __init__(self, catalog: Catalog, *, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._catalog = catalog
        self._now = now
        self._new_id = new_id
        self._changing = asyncio.Lock()
        self._entries = {entry.subject.key: entry for entry in map(_entry, catalog.records(Kind.SUBJECT))}

    async def entries(self, *, by: Principal) -> list[SubjectEntry]:
        """Return the subjects that the sender may see, by key."""
        return [self._entries[key] for key in sorted(self._entries) if by.subjects is None or key in by.subjects]

    async def get(self, id_or_key: str, *, by: Principal) -> SubjectEntry:
        """Return one subject that the sender may see.

        Raises:
            NotFoundError: There is none of that id or key, or it is none of theirs.
        """
        found = self._entries.get(id_or_key) or next((entry for entry in self._entries.values() if entry.id == id_or_key), None)
        if found is None or (by.subjects is not None and found.subject.key not in by.subjects):
            raise NotFoundError(f"subject not found: {id_or_key[:80]}")
        return found

    async def upsert(self, changes: Sequence[SubjectChange], *, by: Actor) -> list[SubjectEntry]:
        """Write down what is given, subject by subject, and return them as they are then.

        Raises:
            InvalidInputError: One cannot be accepted; nothing was changed.
            UnavailableError: The disk failed; those before the failing one are written down, and the same request may be sent again.
        """
        if len(changes) > UPSERT_MAX:
            raise InvalidInputError(f"{len(changes)} subjects were sent; at most {UPSERT_MAX} are accepted in one request")
        for position, change in enumerate(changes):
            _check(change, f"[{position}]")
        async with self._changing:
            return [await self._put(change, by) for change in changes]

    async def delete(self, id_or_key: str, *, within: Principal, by: Actor) -> None:
        """Forget what was written down about a subject; its events stay.

        Raises:
            NotFoundError: There is no such subject.
        """
        async with self._changing:
            entry = await self.get(id_or_key, by=within)
            now = self._now()
            audit = entry_of(by, "deleteSubject", f"subject:{entry.id}", at=now, before=entry.subject)
            await asyncio.to_thread(self._catalog.delete, Kind.SUBJECT, entry.id, deleted_at=now, entry=audit)
            del self._entries[entry.subject.key]

    async def _put(self, change: SubjectChange, by: Actor) -> SubjectEntry:
        now = self._now()
        given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
        old = self._entries.get(change.key)
        if old is None:
            entry = SubjectEntry(self._new_id(), Subject(**given), now, now)
            audit = entry_of(by, "upsertSubject", f"subject:{entry.id}", at=now, after=entry.subject)
            await asyncio.to_thread(self._catalog.add, _record(entry), audit)
        else:
            entry = SubjectEntry(old.id, msgspec.structs.replace(old.subject, **given), old.created_at, now)
            audit = entry_of(by, "upsertSubject", f"subject:{entry.id}", at=now, before=old.subject, after=entry.subject)
            await asyncio.to_thread(self._catalog.update, _record(entry), audit)
        self._entries[change.key] = entry
        return entry


def _check(change: SubjectChange, field: str) -> None:
    check_text(f"{field}.key", change.key, ATTRIBUTE_LENGTH_MAX)
    if isinstance(change.display_name, str):
        check_text(f"{field}.displayName", change.display_name, NAME_LENGTH_MAX)
    if isinstance(change.metadata, msgspec.Raw) and len(bytes(change.metadata)) > METADATA_BYTES_MAX:
        raise InvalidInputError(
            f"{field}.metadata has {len(bytes(change.metadata))} bytes; at most {METADATA_BYTES_MAX} are accepted",
            field=f"{field}.metadata",
        )
    stripe = change.stripe_customer_id
    if isinstance(stripe, str) and not (stripe.startswith("cus_") and len(stripe) <= STRIPE_ID_LENGTH_MAX):
        raise InvalidInputError(
            f"{field}.stripeCustomerId is {stripe[:80]!r}; it begins with cus_ and has at most {STRIPE_ID_LENGTH_MAX} characters",
            field=f"{field}.stripeCustomerId",
        )


def _record(entry: SubjectEntry) -> Record:
    return Record(
        kind=Kind.SUBJECT,
        id=entry.id,
        claims=(Claim("subject.key", entry.subject.key),),
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        definition=msgspec.json.encode(entry.subject),
    )


def _entry(record: Record) -> SubjectEntry:
    return SubjectEntry(record.id, msgspec.json.decode(record.definition, type=Subject), record.created_at, record.updated_at)
