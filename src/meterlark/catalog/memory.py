"""The catalog in a dictionary: for tests and for trying things out. Durable only as long as the process lives."""

from datetime import datetime
from threading import Lock

import msgspec

from meterlark.catalog.contract import MeterRecord
from meterlark.model.errors import ConflictError, NotFoundError, UnavailableError


class MemoryCatalog:
    """A catalog without a disk; see `contract.Catalog`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: dict[str, MeterRecord] = {}
        self._is_closed = False

    def meters(self) -> list[MeterRecord]:
        """Return the live meters, ordered by slug. See `contract.Catalog.meters`."""
        with self._lock:
            return sorted(self._live(), key=lambda record: record.slug)

    def add_meter(self, record: MeterRecord) -> None:
        """Store a new meter. See `contract.Catalog.add_meter`."""
        assert record.deleted_at is None
        with self._lock:
            self._check_slug(record)
            if record.id in self._records:
                raise ConflictError(f"meter with the same id already exists: {record.id}")
            self._records[record.id] = record

    def update_meter(self, record: MeterRecord) -> None:
        """Replace a meter. See `contract.Catalog.update_meter`."""
        with self._lock:
            known = self._get(record.id)
            self._check_slug(record)
            self._records[record.id] = msgspec.structs.replace(
                known, slug=record.slug, definition=record.definition, updated_at=record.updated_at
            )

    def delete_meter(self, meter_id: str, *, deleted_at: datetime) -> None:
        """Mark a meter as deleted. See `contract.Catalog.delete_meter`."""
        with self._lock:
            self._records[meter_id] = msgspec.structs.replace(self._get(meter_id), deleted_at=deleted_at)

    def close(self) -> None:
        """Forget everything. See `contract.Catalog.close`."""
        self._is_closed = True

    def _live(self) -> list[MeterRecord]:
        if self._is_closed:
            raise UnavailableError("the catalog is closed")
        return [record for record in self._records.values() if record.deleted_at is None]

    def _get(self, meter_id: str) -> MeterRecord:
        for record in self._live():
            if record.id == meter_id:
                return record
        raise NotFoundError(f"no meter with id {meter_id}")

    def _check_slug(self, record: MeterRecord) -> None:
        if any(other.slug == record.slug and other.id != record.id for other in self._live()):
            raise ConflictError(f"meter with the same slug already exists: {record.slug}")
