"""The catalog in dictionaries: for tests and for trying things out. Durable only as long as the process lives."""

from datetime import datetime
from threading import Lock

import msgspec

from meterlark.catalog.audit import FIRST_DIGEST, AuditEntry, StoredEntry, digest_of, entry_text
from meterlark.catalog.contract import Claim, Kind, Record, not_there, same_id, taken
from meterlark.model.errors import ConflictError, NotFoundError, UnavailableError


class MemoryCatalog:
    """A catalog without a disk; see `contract.Catalog`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: dict[tuple[Kind, str], Record] = {}
        self._claims: dict[Claim, tuple[Kind, str]] = {}
        self._entries: list[StoredEntry] = []
        self._is_closed = False

    def records(self, kind: Kind, *, include_deleted: bool = False) -> list[Record]:
        """Return the records of a kind, by id. See `contract.Catalog.records`."""
        with self._lock:
            self._check_open()
            found = [record for record in self._records.values() if record.kind is kind and (include_deleted or record.deleted_at is None)]
            return sorted(found, key=lambda record: record.id)

    def record(self, kind: Kind, record_id: str) -> Record:
        """Return one record, also a deleted one. See `contract.Catalog.record`."""
        with self._lock:
            self._check_open()
            found = self._records.get((kind, record_id))
        if found is None:
            raise NotFoundError(not_there(kind, record_id))
        return found

    def add(self, record: Record, entry: AuditEntry) -> None:
        """Store a new record. See `contract.Catalog.add`."""
        assert record.deleted_at is None
        with self._lock:
            self._check_open()
            if (record.kind, record.id) in self._records:
                raise ConflictError(same_id(record.kind, record.id))
            self._check_claims(record)
            self._put(record, entry)

    def update(self, record: Record, entry: AuditEntry) -> None:
        """Replace a record. See `contract.Catalog.update`."""
        with self._lock:
            known = self._get(record.kind, record.id)
            self._check_claims(record)
            self._free(known)
            self._put(
                msgspec.structs.replace(known, claims=record.claims, definition=record.definition, updated_at=record.updated_at), entry
            )

    def delete(self, kind: Kind, record_id: str, *, deleted_at: datetime, entry: AuditEntry) -> None:
        """Mark a record as deleted. See `contract.Catalog.delete`."""
        with self._lock:
            known = self._get(kind, record_id)
            self._free(known)
            self._records[kind, record_id] = msgspec.structs.replace(known, deleted_at=deleted_at)
            self._append(entry)

    def log(self, entry: AuditEntry) -> None:
        """Store an entry. See `contract.Catalog.log`."""
        with self._lock:
            self._check_open()
            self._append(entry)

    def audit(self, *, before: int | None, limit: int) -> list[StoredEntry]:
        """Return entries, newest first. See `contract.Catalog.audit`."""
        with self._lock:
            self._check_open()
            end = len(self._entries) if before is None else min(before - 1, len(self._entries))
            return self._entries[max(0, end - limit) : max(0, end)][::-1]

    def close(self) -> None:
        """Forget everything. See `contract.Catalog.close`."""
        self._is_closed = True

    def _put(self, record: Record, entry: AuditEntry) -> None:
        self._records[record.kind, record.id] = record
        self._claims.update(dict.fromkeys(record.claims, (record.kind, record.id)))
        self._append(entry)

    def _append(self, entry: AuditEntry) -> None:
        previous = self._entries[-1].digest if self._entries else FIRST_DIGEST
        self._entries.append(StoredEntry(len(self._entries) + 1, previous, digest_of(previous, entry_text(entry)), entry))

    def _free(self, record: Record) -> None:
        for claim in record.claims:
            del self._claims[claim]

    def _get(self, kind: Kind, record_id: str) -> Record:
        self._check_open()
        record = self._records.get((kind, record_id))
        if record is None or record.deleted_at is not None:
            raise NotFoundError(not_there(kind, record_id))
        return record

    def _check_claims(self, record: Record) -> None:
        for claim in record.claims:
            if self._claims.get(claim, (record.kind, record.id)) != (record.kind, record.id):
                raise ConflictError(taken(claim))

    def _check_open(self) -> None:
        if self._is_closed:
            raise UnavailableError("the catalog is closed")
