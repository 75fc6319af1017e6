"""The catalog in the ledger's SQLite file, through a connection of its own.

One file means one thing to back up, and a backup in which meters and events belong together. The ledger's schema number does not cover
these tables: theirs is in `catalog_version`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

import apsw
import msgspec

from meterlark.catalog.audit import FIRST_DIGEST, AuditEntry, StoredEntry, digest_of, entry_text
from meterlark.catalog.contract import Claim, Kind, Record, not_there, same_id, taken
from meterlark.model.errors import ConflictError, DataVersionError, NotFoundError, UnavailableError
from meterlark.model.time import from_microseconds, to_microseconds
from meterlark.sqlite_file import FILE_NAME, connect, immediate, load_schema, load_statements, storage_errors

SCHEMA_VERSION: Final = 1
CACHE_KIB: Final = 1024
"""Thousands of records fit; the file's other tables are not read here."""

_NUMBER_MAX: Final = 2**63 - 1
_claims_decoder: Final = msgspec.json.Decoder(tuple[Claim, ...])
_entry_decoder: Final = msgspec.json.Decoder(AuditEntry)


class SQLiteCatalog:
    """A catalog in `<directory>/ledger.sqlite3`; see `contract.Catalog`. Make one with `open`, after the ledger, which creates the file."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._sql = load_statements(__package__)
        self._lock = Lock()
        self._is_closed = False

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open the catalog of a data directory whose ledger has been opened before.

        Raises:
            DataVersionError: A newer Meterlark wrote it.
            UnavailableError: It cannot be opened now, or the ledger's file is not there.
        """
        path = directory / FILE_NAME
        if not path.is_file():
            raise UnavailableError(f"{path} does not exist; the ledger creates it")
        with storage_errors():
            connection = connect(path, cache_kib=CACHE_KIB)
            try:
                catalog = cls(connection)
                catalog._check_schema(path)
            except BaseException:
                connection.close(True)
                raise
        return catalog

    def records(self, kind: Kind, *, include_deleted: bool = False) -> list[Record]:
        """Return the records of a kind, by id. See `contract.Catalog.records`."""
        with self._lock, storage_errors():
            self._check_open()
            rows: list[Any] = self._connection.execute(self._sql["list_records"], (kind.value, include_deleted)).fetchall()
        return [_from_row(kind, row) for row in rows]

    def record(self, kind: Kind, record_id: str) -> Record:
        """Return one record, also a deleted one. See `contract.Catalog.record`."""
        with self._lock, storage_errors():
            self._check_open()
            rows: list[Any] = self._connection.execute(self._sql["get_record"], (kind.value, record_id)).fetchall()
        if not rows:
            raise NotFoundError(not_there(kind, record_id))
        return _from_row(kind, rows[0])

    def add(self, record: Record, entry: AuditEntry) -> None:
        """Store a new record. See `contract.Catalog.add`."""
        assert record.deleted_at is None
        created_us, updated_us = to_microseconds(record.created_at), to_microseconds(record.updated_at)
        with self._changing():
            if self._connection.execute(self._sql["count_id"], (record.kind.value, record.id)).get:
                raise ConflictError(same_id(record.kind, record.id))
            self._check_claims(record)
            row = (record.kind.value, record.id, _claims_text(record), created_us, updated_us, record.definition)
            self._connection.execute(self._sql["insert_record"], row)
            self._take_claims(record)
            self._append(entry)

    def update(self, record: Record, entry: AuditEntry) -> None:
        """Replace a record. See `contract.Catalog.update`."""
        with self._changing():
            self._check_live(record.kind, record.id)
            self._check_claims(record)
            row = (record.kind.value, record.id, _claims_text(record), to_microseconds(record.updated_at), record.definition)
            self._connection.execute(self._sql["update_record"], row)
            self._connection.execute(self._sql["free_claims"], (record.kind.value, record.id))
            self._take_claims(record)
            self._append(entry)

    def delete(self, kind: Kind, record_id: str, *, deleted_at: datetime, entry: AuditEntry) -> None:
        """Mark a record as deleted. See `contract.Catalog.delete`."""
        with self._changing():
            self._check_live(kind, record_id)
            self._connection.execute(self._sql["delete_record"], (kind.value, record_id, to_microseconds(deleted_at)))
            self._connection.execute(self._sql["free_claims"], (kind.value, record_id))
            self._append(entry)

    def log(self, entry: AuditEntry) -> None:
        """Store an entry. See `contract.Catalog.log`."""
        with self._changing():
            self._append(entry)

    def audit(self, *, before: int | None, limit: int) -> list[StoredEntry]:
        """Return entries, newest first. See `contract.Catalog.audit`."""
        with self._lock, storage_errors():
            self._check_open()
            asked = (_NUMBER_MAX if before is None else before, limit)
            rows: list[Any] = self._connection.execute(self._sql["list_entries"], asked).fetchall()
        return [StoredEntry(number, previous, digest, _entry_decoder.decode(text)) for number, previous, digest, text in rows]

    def close(self) -> None:
        """Close the connection. See `contract.Catalog.close`."""
        with self._lock:
            self._is_closed = True
            self._connection.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Run the body as one durable transaction."""
        with self._lock, storage_errors():
            self._check_open()
            with immediate(self._connection):
                yield

    def _check_claims(self, record: Record) -> None:
        for claim in record.claims:
            if self._connection.execute(self._sql["count_claim"], (*claim, record.kind.value, record.id)).get:
                raise ConflictError(taken(claim))

    def _take_claims(self, record: Record) -> None:
        self._connection.executemany(self._sql["insert_claim"], [(*claim, record.kind.value, record.id) for claim in record.claims])

    def _check_live(self, kind: Kind, record_id: str) -> None:
        if not self._connection.execute(self._sql["count_live"], (kind.value, record_id)).get:
            raise NotFoundError(not_there(kind, record_id))

    def _append(self, entry: AuditEntry) -> None:
        number, previous = self._connection.execute(self._sql["last_entry"]).get or (0, FIRST_DIGEST)
        text = entry_text(entry)
        self._connection.execute(self._sql["insert_entry"], (number + 1, previous, digest_of(previous, text), text))

    def _check_open(self) -> None:
        if self._is_closed:
            raise UnavailableError("the catalog is closed")

    def _check_schema(self, path: Path) -> None:
        with immediate(self._connection):
            if not self._connection.execute(self._sql["has_schema"]).get:
                self._connection.execute(load_schema(__package__))
            version = self._connection.execute(self._sql["version"]).get
        if version > SCHEMA_VERSION:
            raise DataVersionError(f"{path} has catalog schema {version}; this version of Meterlark reads up to {SCHEMA_VERSION}")


def _claims_text(record: Record) -> bytes:
    return msgspec.json.encode(record.claims)


def _from_row(kind: Kind, row: Sequence[Any]) -> Record:
    record_id, claims, created_us, updated_us, deleted_us, definition = row
    return Record(
        kind=kind,
        id=record_id,
        claims=_claims_decoder.decode(claims),
        created_at=from_microseconds(created_us),
        updated_at=from_microseconds(updated_us),
        deleted_at=None if deleted_us is None else from_microseconds(deleted_us),
        definition=definition,
    )
