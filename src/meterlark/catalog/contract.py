"""What a catalog promises, in terms of crash and retry.

1. **Durable.** When a call returns, its change survives kill -9 and a power cut.
2. **All or nothing.** A call that raised, or was never answered, changed everything it names or nothing.
3. **One live meter per slug.** A deleted meter keeps its id and frees its slug.
4. **Nothing is forgotten.** A deletion marks the record; usage that was measured by it can still be explained.
"""

from datetime import datetime
from typing import Protocol

import msgspec


class MeterRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One meter as stored.

    Attributes:
        id: ULID given by the caller; never used again, also not after deletion.
        slug: The meter's key for people; unique among live meters.
        created_at: Aware UTC, microseconds.
        updated_at: Aware UTC, microseconds; `created_at` at first.
        deleted_at: Aware UTC; None while the meter lives.
        definition: JSON of the meter; the catalog does not look inside.
    """

    id: str
    slug: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    definition: bytes


class Catalog(Protocol):
    """Meters by id and slug. May be used from any thread; calls block until the disk has answered."""

    def meters(self) -> list[MeterRecord]:
        """Return the live meters, ordered by slug."""
        ...

    def add_meter(self, record: MeterRecord) -> None:
        """Store a new live meter.

        Raises:
            ConflictError: A live meter has the slug, or any meter has the id.
            UnavailableError: The disk failed; nothing changed.
        """
        ...

    def update_meter(self, record: MeterRecord) -> None:
        """Replace slug, definition and `updated_at` of the live meter with the record's id.

        Raises:
            NotFoundError: No live meter has the id.
            ConflictError: Another live meter has the slug.
            UnavailableError: The disk failed; nothing changed.
        """
        ...

    def delete_meter(self, meter_id: str, *, deleted_at: datetime) -> None:
        """Mark the live meter with this id as deleted.

        Raises:
            NotFoundError: No live meter has the id; so a second deletion is an error, too.
            UnavailableError: The disk failed; nothing changed.
        """
        ...

    def close(self) -> None:
        """Release files. A second call does nothing; any other call afterwards is an error."""
        ...
