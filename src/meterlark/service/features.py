"""The features: defined by people, kept in the catalog. A feature cannot be changed; it is archived and a new one takes its key."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from meterlark.catalog.contract import Catalog, Claim, Kind, Record
from meterlark.model.errors import ConflictError, NotFoundError
from meterlark.service.audit import entry_of
from meterlark.service.feature import Feature, read_feature
from meterlark.service.principal import Actor


class FeatureEntry(msgspec.Struct, frozen=True):
    """A feature with what the catalog knows of it.

    Attributes:
        id: ULID, given at creation.
        feature: The definition.
        created_at: Aware UTC.
        updated_at: Aware UTC.
        archived_at: Aware UTC; None while it is active.
    """

    id: str
    feature: Feature
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


class Features:
    """The features of one server.

    Args:
        catalog: Where they are kept.
        definitions: Held while features or meters change, so that no meter goes while a feature that needs it comes.
        now: The clock; aware UTC.
        new_id: Makes ULIDs.
    """

    def __init__(self, catalog: Catalog, definitions: asyncio.Lock, *, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._catalog = catalog
        self._definitions = definitions
        self._now = now
        self._new_id = new_id

    async def entries(self, *, include_archived: bool = False) -> list[FeatureEntry]:
        """Return the active features, or all, by id."""
        records = await asyncio.to_thread(self._catalog.records, Kind.FEATURE, include_deleted=include_archived)
        return [_entry(record) for record in records]

    async def get(self, id_or_key: str) -> FeatureEntry:
        """Return one feature: an active one by its key, any by its id.

        Raises:
            NotFoundError: There is none of that id or key.
        """
        entries = await self.entries(include_archived=True)
        for entry in entries:
            if entry.id == id_or_key or (entry.archived_at is None and entry.feature.key == id_or_key):
                return entry
        raise NotFoundError(f"feature not found: {id_or_key[:80]}")

    async def create(self, define: Callable[[], Feature], *, by: Actor) -> FeatureEntry:
        """Add a feature.

        Args:
            define: Makes it from the meters of this moment; they do not change until it is stored.
            by: For the audit log.

        Raises:
            ConflictError: An active feature has the key.
            As `define`.
        """
        async with self._definitions:
            feature = define()
            if any(entry.feature.key == feature.key for entry in await self.entries()):
                raise ConflictError(f"feature with the same key already exists: {feature.key}")
            now = self._now()
            entry = FeatureEntry(self._new_id(), feature, now, now)
            audit = entry_of(by, "createFeature", f"feature:{entry.id}", at=now, after=feature)
            await asyncio.to_thread(self._catalog.add, _record(entry), audit)
        return entry

    async def archive(self, id_or_key: str, *, by: Actor) -> None:
        """Archive a feature; a new one may take its key, and its meter is free.

        Raises:
            NotFoundError: There is no such active feature.
        """
        async with self._definitions:
            entry = await self.get(id_or_key)
            if entry.archived_at is not None:
                raise NotFoundError(f"feature not found: {id_or_key[:80]}; it is archived already")
            now = self._now()
            audit = entry_of(by, "archiveFeature", f"feature:{entry.id}", at=now, before=entry.feature)
            await asyncio.to_thread(self._catalog.delete, Kind.FEATURE, entry.id, deleted_at=now, entry=audit)


def _record(entry: FeatureEntry) -> Record:
    return Record(
        kind=Kind.FEATURE,
        id=entry.id,
        claims=(Claim("feature.key", entry.feature.key),),
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        definition=msgspec.json.encode(entry.feature),
    )


def _entry(record: Record) -> FeatureEntry:
    return FeatureEntry(record.id, read_feature(record), record.created_at, record.updated_at, record.deleted_at)
