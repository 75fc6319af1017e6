"""The meters: created, changed and deleted by people, kept in the catalog, followed by the projector."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, Protocol

import msgspec

from meterlark.catalog.contract import Catalog, Claim, Kind, Record
from meterlark.metering.meter import Meter, define_meter
from meterlark.model.errors import ConflictError, NotFoundError
from meterlark.service.audit import entry_of
from meterlark.service.feature import Feature, read_feature
from meterlark.service.principal import Actor
from meterlark.service.rate_card import Item, read_version

_log: Final = logging.getLogger("meterlark.meters")


class MeterEntry(msgspec.Struct, frozen=True):
    """A meter with what the catalog knows of it.

    Attributes:
        id: ULID, given at creation.
        meter: The definition.
        created_at: Aware UTC.
        updated_at: Aware UTC.
        deleted_at: Aware UTC; None while it lives.
    """

    id: str
    meter: Meter
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class Follower(Protocol):
    """Who must know which meters there are: the projector."""

    def set_meters(self, meters: Iterable[Meter]) -> None:
        """Learn the meters of this moment."""
        ...


class Meters:
    """The meters of one server.

    Args:
        catalog: Where they are kept.
        follower: Told after each change, before the caller hears of success.
        definitions: Held while features or meters change, so that no meter goes while a feature that needs it comes.
        now: The clock; aware UTC.
        new_id: Makes ULIDs.
    """

    def __init__(
        self,
        catalog: Catalog,
        follower: Follower,
        definitions: asyncio.Lock,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._catalog = catalog
        self._follower = follower
        self._definitions = definitions
        self._now = now
        self._new_id = new_id
        self._entries: dict[str, MeterEntry] = {}
        for record in catalog.records(Kind.METER):
            entry = _entry(record)
            self._entries[entry.meter.slug] = entry

    async def entries(self, *, include_deleted: bool = False) -> list[MeterEntry]:
        """Return the live meters, by slug; with the deleted ones, by id."""
        if include_deleted:
            return [_entry(record) for record in await asyncio.to_thread(self._catalog.records, Kind.METER, include_deleted=True)]
        return [self._entries[slug] for slug in sorted(self._entries)]

    async def get(self, id_or_slug: str) -> MeterEntry:
        """Return one live meter.

        Raises:
            NotFoundError: There is none of that id or slug.
        """
        found = self._entries.get(id_or_slug) or next((entry for entry in self._entries.values() if entry.id == id_or_slug), None)
        if found is None:
            raise self._unknown(id_or_slug)
        return found

    def of_slug(self, slug: str) -> Meter:
        """Return the definition of a live meter.

        Raises:
            NotFoundError: There is none of that slug.
        """
        entry = self._entries.get(slug)
        if entry is None:
            raise self._unknown(slug)
        return entry.meter

    def _unknown(self, id_or_slug: str) -> NotFoundError:
        known = ", ".join(sorted(self._entries)[:20]) or "none yet"
        return NotFoundError(f"meter not found: {id_or_slug[:80]}; there are: {known}")

    async def create(self, meter: Meter, *, by: Actor) -> MeterEntry:
        """Add a meter; events already stored are counted by it as soon as they have been read again.

        Raises:
            ConflictError: A live meter has the slug.
        """
        async with self._definitions:
            now = self._now()
            entry = MeterEntry(self._new_id(), meter, now, now)
            if meter.slug in self._entries:
                raise ConflictError(f"meter with the same slug already exists: {meter.slug}")
            audit = entry_of(by, "createMeter", f"meter:{entry.id}", at=now, after=meter)
            await asyncio.to_thread(self._catalog.add, _record(entry), audit)
            await self._publish({**self._entries, meter.slug: entry})
        return entry

    async def update(
        self,
        id_or_slug: str,
        *,
        name: str | None,
        description: str | None,
        metadata: Mapping[str, str] | None,
        group_by: Mapping[str, str] | None,
        by: Actor,
    ) -> MeterEntry:
        """Replace what may change of a meter: name, description, metadata and dimensions; None clears.

        Raises:
            NotFoundError: There is no such meter.
            InvalidInputError: A dimension breaks a rule.
            ConflictError: An active feature or a rate card filters on a dimension that would go.
        """
        async with self._definitions:
            old = await self.get(id_or_slug)
            meter = define_meter(
                slug=old.meter.slug,
                event_type=old.meter.event_type,
                aggregation=old.meter.aggregation,
                value_property=old.meter.value_property,
                event_from=old.meter.event_from,
                group_by=group_by,
                name=name,
                description=description,
                metadata=metadata,
            )
            await self._check_dimensions(meter)
            entry = MeterEntry(old.id, meter, old.created_at, self._now())
            audit = entry_of(by, "updateMeter", f"meter:{entry.id}", at=entry.updated_at, before=old.meter, after=meter)
            await asyncio.to_thread(self._catalog.update, _record(entry), audit)
            await self._publish({**self._entries, meter.slug: entry})
        return entry

    async def delete(self, id_or_slug: str, *, by: Actor) -> None:
        """Delete a meter; its events stay, and a new meter may take the slug.

        Raises:
            NotFoundError: There is no such meter.
            ConflictError: An active feature is measured by it, or a rate card charges by it.
        """
        async with self._definitions:
            entry = await self.get(id_or_slug)
            users = await self._features_of(entry.meter.slug)
            if users:
                raise ConflictError(f"the meter {entry.meter.slug} is used by the feature {users[0].key}; archive that first")
            if charging := await self._items_of(entry.meter.slug):
                raise ConflictError(f"the meter {entry.meter.slug} is used by the item {charging[0].key} of a rate card")
            now = self._now()
            audit = entry_of(by, "deleteMeter", f"meter:{entry.id}", at=now, before=entry.meter)
            await asyncio.to_thread(self._catalog.delete, Kind.METER, entry.id, deleted_at=now, entry=audit)
            self._entries = {slug: other for slug, other in self._entries.items() if other is not entry}
            await self._publish(self._entries)

    def live(self) -> list[Meter]:
        """Return the live definitions, by slug."""
        return [self._entries[slug].meter for slug in sorted(self._entries)]

    async def ensure(self, meters: Iterable[Meter], *, by: Actor) -> None:
        """Create the configured meters that do not exist yet; one with other dimensions stays as it is, with a warning.

        Raises:
            ConflictError: One exists but measures something else; the configuration and the data disagree.
        """
        for meter in meters:
            known = self._entries.get(meter.slug)
            if known is None:
                await self.create(meter, by=by)
            elif _measures(known.meter) != _measures(meter):
                raise ConflictError(
                    f"the meter {meter.slug} is not equal to the meter in the configuration; change that or choose another slug"
                )
            elif known.meter.group_by != meter.group_by:
                _log.warning("the meter %s has other dimensions than in the configuration; meterlark apply changes them", meter.slug)

    async def _check_dimensions(self, meter: Meter) -> None:
        for feature in await self._features_of(meter.slug):
            missing = sorted(feature.filters.keys() - meter.group_by.keys())
            if missing:
                raise ConflictError(f"the feature {feature.key} filters on the dimension {missing[0]} of the meter {meter.slug}")
        for item in await self._items_of(meter.slug):
            missing = sorted(item.filters.keys() - meter.group_by.keys())
            if missing:
                text = f"the item {item.key} of a rate card filters on the dimension {missing[0]} of the meter {meter.slug}"
                raise ConflictError(text)

    async def _features_of(self, slug: str) -> list[Feature]:
        """Return the active features that a meter measures."""
        records = await asyncio.to_thread(self._catalog.records, Kind.FEATURE)
        return [feature for feature in map(read_feature, records) if feature.meter_slug == slug]

    async def _items_of(self, slug: str) -> list[Item]:
        """Return the items of rate cards that a meter measures."""
        records = await asyncio.to_thread(self._catalog.records, Kind.RATE_CARD)
        return [item for record in records for item in read_version(record).items if item.meter == slug]

    async def _publish(self, entries: dict[str, MeterEntry]) -> None:
        """Tell the follower first: who sees a meter may ask it."""
        await asyncio.to_thread(self._follower.set_meters, [entries[slug].meter for slug in sorted(entries)])
        self._entries = entries


def _measures(meter: Meter) -> tuple[object, ...]:
    return meter.event_type, meter.aggregation, meter.value_property


def _record(entry: MeterEntry) -> Record:
    return Record(
        kind=Kind.METER,
        id=entry.id,
        claims=(Claim("meter.slug", entry.meter.slug),),
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        deleted_at=entry.deleted_at,
        definition=msgspec.json.encode(entry.meter),
    )


def _entry(record: Record) -> MeterEntry:
    meter = msgspec.json.decode(record.definition, type=Meter)
    return MeterEntry(record.id, meter, record.created_at, record.updated_at, record.deleted_at)
