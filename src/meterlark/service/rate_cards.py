"""The rate cards: versions by owner and effective date, kept in the catalog.

A customer is charged by its own card from the first version of that on, before it by the default card. Within a card the version with the
latest date that has begun holds. A version whose time has been charged cannot be changed, and none can begin within a closed period.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from meterlark.catalog.contract import Catalog, Claim, Kind, Record
from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.model.time import format_time
from meterlark.service.audit import entry_of
from meterlark.service.principal import Actor
from meterlark.service.rate_card import DEFAULT_OWNER, CardVersion, read_version

VERSIONS_MAX: Final = 1_000
"""Versions of one card; a period is cut where one begins."""


class CardEntry(msgspec.Struct, frozen=True):
    """A version with what the catalog knows of it.

    Attributes:
        id: ULID, given at creation.
        version: The version.
        created_at: Aware UTC.
        updated_at: Aware UTC.
    """

    id: str
    version: CardVersion
    created_at: datetime
    updated_at: datetime


class RateCards:
    """The rate cards of one server.

    Args:
        catalog: Where they are kept.
        definitions: Held while cards or meters change, so that no meter goes while a card that needs it comes.
        closed_until: Gives the end of the last closed period of a customer, or of any for `DEFAULT_OWNER`; None when there is none.
        now: The clock; aware UTC.
        new_id: Makes ULIDs.
    """

    def __init__(
        self,
        catalog: Catalog,
        definitions: asyncio.Lock,
        *,
        closed_until: Callable[[str], datetime | None],
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._catalog = catalog
        self._definitions = definitions
        self._closed_until = closed_until
        self._now = now
        self._new_id = new_id

    async def versions(self, owner: str) -> list[CardEntry]:
        """Return the versions of one card, the latest to begin first."""
        return [entry for entry in await self._entries() if entry.version.owner == owner]

    async def timeline(self, customer_id: str) -> list[CardVersion]:
        """Return what a customer is charged by, in order of time: the default card, and from its first version on its own."""
        entries = await self._entries()
        own = [entry.version for entry in entries if entry.version.owner == customer_id]
        first = min((version.since for version in own), default=None)
        default = [entry.version for entry in entries if entry.version.owner == DEFAULT_OWNER]
        held = own + [version for version in default if first is None or version.since < first]
        return sorted(held, key=lambda version: version.since)

    async def at(self, customer_id: str, moment: datetime) -> CardEntry:
        """Return the version that a customer is charged by at a moment.

        Raises:
            NotFoundError: None holds then.
        """
        entries = await self._entries()
        for owner in dict.fromkeys((customer_id, DEFAULT_OWNER)):
            for entry in entries:
                if entry.version.owner == owner and entry.version.since <= moment:
                    return entry
        raise NotFoundError(f"no rate card holds at {format_time(moment)}")

    async def put(self, define: Callable[[datetime], CardVersion], *, by: Actor) -> CardEntry:
        """Add a version, or replace the one of the same owner and date.

        Args:
            define: Makes it from this moment and the meters of this moment; they do not change until it is stored.
            by: For the audit log.

        Raises:
            ConflictError: It would begin before the end of a closed period.
            InvalidInputError: There are too many versions, or they have another currency.
            As `define`.
        """
        async with self._definitions:
            now = self._now()
            version = define(now)
            closed = self._closed_until(version.owner)
            if closed is not None and version.since < closed:
                raise ConflictError(f"since is {format_time(version.since)}; a period up to {format_time(closed)} is closed already")
            others = await self.versions(version.owner)
            same = next((entry for entry in others if entry.version.since == version.since), None)
            _check_others(version, [entry for entry in others if entry is not same])
            if same is None:
                entry = CardEntry(self._new_id(), version, now, now)
                audit = entry_of(by, "putRateCard", f"rateCard:{entry.id}", at=now, after=version)
                await asyncio.to_thread(self._catalog.add, _record(entry), audit)
            else:
                entry = CardEntry(same.id, version, same.created_at, now)
                audit = entry_of(by, "putRateCard", f"rateCard:{entry.id}", at=now, before=same.version, after=version)
                await asyncio.to_thread(self._catalog.update, _record(entry), audit)
        return entry

    async def delete(self, version_id: str, *, by: Actor) -> None:
        """Delete a version; the one before it holds on.

        Raises:
            NotFoundError: There is no such version.
            ConflictError: It began before the end of a closed period.
        """
        async with self._definitions:
            entry = next((entry for entry in await self._entries() if entry.id == version_id), None)
            if entry is None:
                raise NotFoundError(f"version of a rate card not found: {version_id[:80]}")
            closed = self._closed_until(entry.version.owner)
            if closed is not None and entry.version.since < closed:
                raise ConflictError(
                    f"the version began at {format_time(entry.version.since)}; a period up to {format_time(closed)} is closed"
                )
            now = self._now()
            audit = entry_of(by, "deleteRateCard", f"rateCard:{entry.id}", at=now, before=entry.version)
            await asyncio.to_thread(self._catalog.delete, Kind.RATE_CARD, entry.id, deleted_at=now, entry=audit)

    async def _entries(self) -> list[CardEntry]:
        """Return every live version, the latest to begin first."""
        found = [_entry(record) for record in await asyncio.to_thread(self._catalog.records, Kind.RATE_CARD)]
        return sorted(found, key=lambda entry: entry.version.since, reverse=True)


def _check_others(version: CardVersion, others: list[CardEntry]) -> None:
    """Return when a version fits the others of its card."""
    if len(others) >= VERSIONS_MAX:
        raise InvalidInputError(f"the rate card has {len(others)} versions; at most {VERSIONS_MAX} are kept", field="since")
    if others and others[0].version.currency != version.currency:
        known = others[0].version.currency
        raise InvalidInputError(f"currency is {version.currency}; the other versions of this card are in {known}", field="currency")


def _record(entry: CardEntry) -> Record:
    version = entry.version
    return Record(
        kind=Kind.RATE_CARD,
        id=entry.id,
        claims=(Claim("rate_card.since", f"{version.owner} {format_time(version.since)}"),),
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        definition=msgspec.json.encode(version),
    )


def _entry(record: Record) -> CardEntry:
    return CardEntry(record.id, read_version(record), record.created_at, record.updated_at)
