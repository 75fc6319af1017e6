"""The one SQLite file of a data directory, which the ledger and the catalog share: names, connections, statements, failures.

It decides how a connection is set up and what SQLite's errors mean to a caller; it knows no table.
Facts: sqlite.org/wal.html, sqlite.org/pragma.html (read 2026-11); measurements in docs/internals/growth.md.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import apsw

from meterlark.model.errors import CorruptDataError, UnavailableError

FILE_NAME: Final = "ledger.sqlite3"

APPLICATION_ID: Final = 0x4D544C4B
"""`MTLK` in ASCII, in the header of the file, so that `file` and we can tell whose it is."""

BUSY_TIMEOUT_MS: Final = 5_000
"""How long a writer waits for the other one (ledger or catalog). Transactions take milliseconds, a checkpoint up to 0.3 s."""

PAGE_BYTES: Final = 8_192
"""Of a new file. Against 4,096: 15 to 20 % less CPU per event with 10 M stored, because the same bytes are half as many pages."""

CHECKPOINT_PAGES: Final = 32 * 1024 * 1024 // PAGE_BYTES
"""32 MiB of write-ahead log between checkpoints: several updates of one page are copied back once."""

DISK_FULL_RETRY_SECONDS: Final = 10
"""Somebody has to make room; sooner is noise."""

IO_ERROR_RETRY_SECONDS: Final = 5
BUSY_RETRY_SECONDS: Final = 1

Synchronous = Literal["FULL", "NORMAL", "OFF"]
"""What a commit waits for; see `connect`."""

_NAME: Final = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load_schema(package: str) -> str:
    """Return the text of `schema.sql` in a package."""
    return files(package).joinpath("schema.sql").read_text(encoding="utf-8")


def load_statements(package: str) -> dict[str, str]:
    """Return the statements of `queries.sql` in a package by the name in the `-- name: x` line above each."""
    _, *parts = _NAME.split(files(package).joinpath("queries.sql").read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def connect(
    path: Path,
    *,
    cache_kib: int,
    is_read_only: bool = False,
    synchronous: Synchronous = "FULL",
    vfs: str | None = None,
    is_exclusive: bool = False,
) -> apsw.Connection:
    """Open a connection in write-ahead mode; may be used from any thread, by one at a time.

    Args:
        path: The file; created unless `is_read_only`.
        cache_kib: Most page cache, in KiB; filled only as pages are touched.
        is_read_only: Refuse every write through this connection.
        synchronous: FULL syncs each commit, so that an answered commit outlives a power cut. The others do not.
        vfs: SQLite's name of a file system to use instead of the operating system's.
        is_exclusive: Keep the file locked for this one connection and use no shared memory.

    Raises:
        apsw.Error: The file cannot be opened.
    """
    flags = apsw.SQLITE_OPEN_READWRITE if is_read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags=flags, vfs=vfs)
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        if is_exclusive:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # without effect on a file that exists
        _enter_write_ahead_mode(connection)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the ledger does it: an automatic one hides its errors behind a commit
        connection.execute(f"PRAGMA journal_size_limit = {2 * CHECKPOINT_PAGES * PAGE_BYTES}")
        if is_read_only:
            connection.execute("PRAGMA query_only = 1")
    except BaseException:
        connection.close(True)
        raise
    return connection


def make_directory(directory: Path) -> None:
    """Create the directory, and make its name durable: a synced file in a forgotten directory is lost too.

    Raises:
        UnavailableError: The directory cannot be created.
    """
    try:
        if directory.is_dir():
            return
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnavailableError(f"the data directory {directory} cannot be created: {error}") from error


@contextmanager
def immediate(connection: apsw.Connection) -> Iterator[None]:
    """Run the body as one write transaction: committed and durable after it, or rolled back when anything raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _enter_write_ahead_mode(connection: apsw.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").get
    if mode != "wal":
        raise UnavailableError(f"the ledger cannot be put into write-ahead mode (it stays in {mode!r}); is it on a network file system?")


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn SQLite's errors into ours.

    Raises:
        UnavailableError: Disk full, I/O error, file locked by another for too long, no memory.
        CorruptDataError: The file is not a database or contradicts itself.
    """
    try:
        yield
    except apsw.FullError as error:
        raise UnavailableError("the disk is full; nothing was stored", retry_after_seconds=DISK_FULL_RETRY_SECONDS) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise UnavailableError("the ledger is busy; nothing was stored", retry_after_seconds=BUSY_RETRY_SECONDS) from error
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.NoMemError, apsw.PermissionsError) as error:
        message = f"the ledger cannot be read or written now ({error}); nothing was acknowledged"
        raise UnavailableError(message, retry_after_seconds=IO_ERROR_RETRY_SECONDS) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise CorruptDataError(f"the ledger file is damaged: {error}") from error
