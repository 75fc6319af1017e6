"""The catalog in the ledger's SQLite file, through a connection of its own.

One file means one thing to back up, and a backup in which meters and events belong together. The ledger's schema number does not cover
these tables: theirs is in `catalog_version`.
"""

from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

import apsw

from meterlark.catalog.contract import MeterRecord
from meterlark.model.errors import ConflictError, DataVersionError, NotFoundError, UnavailableError
from meterlark.model.time import from_microseconds, to_microseconds
from meterlark.sqlite_file import FILE_NAME, connect, immediate, load_schema, load_statements, storage_errors

SCHEMA_VERSION: Final = 1
CACHE_KIB: Final = 1024
"""Thousands of meters fit; the file's other tables are not read here."""


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

    def meters(self) -> list[MeterRecord]:
        """Return the live meters, ordered by slug. See `contract.Catalog.meters`."""
        with self._lock, storage_errors():
            self._check_open()
            rows: list[Any] = self._connection.execute(self._sql["list_meters"]).fetchall()
        return [
            MeterRecord(
                id=meter_id,
                slug=slug,
                created_at=from_microseconds(created_us),
                updated_at=from_microseconds(updated_us),
                definition=definition,
            )
            for meter_id, slug, created_us, updated_us, definition in rows
        ]

    def add_meter(self, record: MeterRecord) -> None:
        """Store a new meter. See `contract.Catalog.add_meter`."""
        assert record.deleted_at is None
        created_us, updated_us = to_microseconds(record.created_at), to_microseconds(record.updated_at)
        with self._lock, storage_errors():
            self._check_open()
            with immediate(self._connection):
                self._check_slug(record)
                if self._connection.execute(self._sql["count_id"], (record.id,)).get:
                    raise ConflictError(f"meter with the same id already exists: {record.id}")
                self._connection.execute(self._sql["insert_meter"], (record.id, record.slug, created_us, updated_us, record.definition))

    def update_meter(self, record: MeterRecord) -> None:
        """Replace a meter. See `contract.Catalog.update_meter`."""
        with self._lock, storage_errors():
            self._check_open()
            with immediate(self._connection):
                self._check_live(record.id)
                self._check_slug(record)
                updated_us = to_microseconds(record.updated_at)
                self._connection.execute(self._sql["update_meter"], (record.id, record.slug, updated_us, record.definition))

    def delete_meter(self, meter_id: str, *, deleted_at: datetime) -> None:
        """Mark a meter as deleted. See `contract.Catalog.delete_meter`."""
        with self._lock, storage_errors():
            self._check_open()
            with immediate(self._connection):
                self._check_live(meter_id)
                self._connection.execute(self._sql["delete_meter"], (meter_id, to_microseconds(deleted_at)))

    def close(self) -> None:
        """Close the connection. See `contract.Catalog.close`."""
        with self._lock:
            self._is_closed = True
            self._connection.close()

    def _check_slug(self, record: MeterRecord) -> None:
        if self._connection.execute(self._sql["count_slug"], (record.slug, record.id)).get:
            raise ConflictError(f"meter with the same slug already exists: {record.slug}")

    def _check_live(self, meter_id: str) -> None:
        if not self._connection.execute(self._sql["count_live"], (meter_id,)).get:
            raise NotFoundError(f"no meter with id {meter_id}")

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
