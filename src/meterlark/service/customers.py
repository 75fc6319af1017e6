"""The customers: defined by people, kept in the catalog; and whose usage an event is.

An event belongs to a customer if its subject equals the customer's key or one of its subject keys. A subject key may equal another
customer's key; the owner of the key has it then. Both are looked up in memory, so listing events costs nothing more.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from meterlark.catalog.contract import Catalog, Claim, Kind, Record, distinct
from meterlark.model.errors import ConflictError, NotFoundError
from meterlark.service.audit import entry_of
from meterlark.service.customer import Customer
from meterlark.service.principal import Actor, Principal


class CustomerEntry(msgspec.Struct, frozen=True):
    """A customer with what the catalog knows of it.

    Attributes:
        id: ULID, given at creation.
        customer: The definition.
        created_at: Aware UTC.
        updated_at: Aware UTC.
        deleted_at: Aware UTC; None while it lives.
    """

    id: str
    customer: Customer
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class Share(NamedTuple):
    """Whose usage is asked for, and which subjects it is of.

    Attributes:
        customer_id: ULID.
        subjects: Sorted; none when another customer's key claims every one.
    """

    customer_id: str
    subjects: tuple[str, ...]


class Customers:
    """The customers of one server.

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
        self._entries: dict[str, CustomerEntry] = {}
        self._by_key: dict[str, str] = {}
        self._by_subject: dict[str, str] = {}
        for record in catalog.records(Kind.CUSTOMER):
            self._remember(_entry(record))

    @property
    def is_empty(self) -> bool:
        """Whether there is no live customer."""
        return not self._entries

    def customer_of(self, subject: str) -> CustomerEntry | None:
        """Return whose usage a subject's events are; None when they are nobody's."""
        found = self._by_key.get(subject) or self._by_subject.get(subject)
        # Lists of events ask from another thread, in which a customer may be gone between two looks.
        return None if found is None else self._entries.get(found)

    def visible_customer_of(self, subject: str, *, by: Principal) -> CustomerEntry | None:
        """Return whose usage a subject's events are; None also for a customer that the sender may not know of."""
        entry = self.customer_of(subject)
        return entry if entry is not None and _is_visible(entry, by) else None

    async def entries(self, *, by: Principal, include_deleted: bool = False) -> list[CustomerEntry]:
        """Return the customers that the sender may see, by id."""
        if include_deleted:
            known = [_entry(record) for record in await asyncio.to_thread(self._catalog.records, Kind.CUSTOMER, include_deleted=True)]
        else:
            known = [self._entries[key] for key in sorted(self._entries)]
        return [entry for entry in known if _is_visible(entry, by)]

    async def get(self, id_or_key: str, *, by: Principal) -> CustomerEntry:
        """Return one live customer that the sender may see.

        Raises:
            NotFoundError: There is none of that id or key, or it is none of theirs.
        """
        found = self._entries.get(id_or_key) or self._entries.get(self._by_key.get(id_or_key, ""))
        if found is None or not _is_visible(found, by):
            raise NotFoundError(f"customer not found: {id_or_key[:80]}")
        return found

    async def shares(self, ids: Iterable[str], *, by: Principal) -> list[Share]:
        """Return the subjects of some customers, each customer once, by id.

        Raises:
            NotFoundError: One is unknown, or none of the sender's.
        """
        found: list[Share] = []
        for customer_id in sorted(set(ids)):
            entry = self._entries.get(customer_id)
            if entry is None or not _is_visible(entry, by):
                raise NotFoundError(f"customer not found: {customer_id[:80]}")
            subjects = sorted(subject for subject in entry.customer.attribution if self.customer_of(subject) == entry)
            found.append(Share(customer_id, tuple(subjects)))
        return found

    async def create(self, customer: Customer, *, by: Actor) -> CustomerEntry:
        """Add a customer; events already stored are its own at once.

        Raises:
            ConflictError: Another customer has its key or one of its subject keys.
        """
        async with self._changing:
            now = self._now()
            entry = CustomerEntry(self._new_id(), customer, now, now)
            self._check_free(entry)
            audit = entry_of(by, "createCustomer", f"customer:{entry.id}", at=now, after=customer)
            await asyncio.to_thread(self._catalog.add, _record(entry), audit)
            self._remember(entry)
        return entry

    async def update(self, id_or_key: str, customer: Customer, *, within: Principal, by: Actor) -> CustomerEntry:
        """Replace a customer's definition.

        Raises:
            NotFoundError: There is no such customer.
            ConflictError: Another customer has its key or one of its subject keys.
        """
        async with self._changing:
            old = await self.get(id_or_key, by=within)
            entry = CustomerEntry(old.id, customer, old.created_at, self._now())
            self._check_free(entry)
            audit = entry_of(by, "updateCustomer", f"customer:{entry.id}", at=entry.updated_at, before=old.customer, after=customer)
            await asyncio.to_thread(self._catalog.update, _record(entry), audit)
            self._forget(old)
            self._remember(entry)
        return entry

    async def delete(self, id_or_key: str, *, within: Principal, by: Actor) -> None:
        """Delete a customer; its events stay and are nobody's, and another may take its key and subjects.

        Raises:
            NotFoundError: There is no such customer.
        """
        async with self._changing:
            entry = await self.get(id_or_key, by=within)
            now = self._now()
            audit = entry_of(by, "deleteCustomer", f"customer:{entry.id}", at=now, before=entry.customer)
            await asyncio.to_thread(self._catalog.delete, Kind.CUSTOMER, entry.id, deleted_at=now, entry=audit)
            self._forget(entry)

    def _check_free(self, entry: CustomerEntry) -> None:
        """Return when no other customer has what this one wants."""
        key = entry.customer.key
        if key is not None:
            if self._by_key.get(key, entry.id) != entry.id:
                raise ConflictError(f"the key {key[:80]!r} is another customer's key")
            if key in self._entries and key != entry.id:
                raise ConflictError(f"the key {key[:80]!r} is another customer's id")
            if self._by_subject.get(key, entry.id) != entry.id:
                raise ConflictError(f"the key {key[:80]!r} is another customer's subject key")
        for subject in entry.customer.subject_keys:
            if self._by_subject.get(subject, entry.id) != entry.id:
                raise ConflictError(f"the subject key {subject[:80]!r} is another customer's")

    def _remember(self, entry: CustomerEntry) -> None:
        self._entries[entry.id] = entry
        if entry.customer.key is not None:
            self._by_key[entry.customer.key] = entry.id
        self._by_subject.update(dict.fromkeys(entry.customer.subject_keys, entry.id))

    def _forget(self, entry: CustomerEntry) -> None:
        del self._entries[entry.id]
        if entry.customer.key is not None:
            del self._by_key[entry.customer.key]
        for subject in entry.customer.subject_keys:
            del self._by_subject[subject]


def _is_visible(entry: CustomerEntry, by: Principal) -> bool:
    """Tell whether a sender may know of a customer: one bound to subjects may if every subject of the customer is among them."""
    return by.subjects is None or by.subjects >= entry.customer.attribution


def _record(entry: CustomerEntry) -> Record:
    customer = entry.customer
    claims = [Claim("customer.subject", subject) for subject in customer.subject_keys]
    if customer.key is not None:
        claims.append(Claim("customer.key", customer.key))
    return Record(
        kind=Kind.CUSTOMER,
        id=entry.id,
        claims=distinct(claims),
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        deleted_at=entry.deleted_at,
        definition=msgspec.json.encode(customer),
    )


def _entry(record: Record) -> CustomerEntry:
    customer = msgspec.json.decode(record.definition, type=Customer)
    return CustomerEntry(record.id, customer, record.created_at, record.updated_at, record.deleted_at)
