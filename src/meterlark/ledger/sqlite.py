"""The ledger on disk: one SQLite file, one writer, write-ahead log, synchronous FULL.

A transaction of SQLite gives dedupe, order and durability at once; the only addition is the order in which keys reach the big index
(`recent.py`), which is a matter of cost and never of the answer. Every decision is taken inside the transaction that stores it.
Facts: sqlite.org/wal.html and sqlite.org/atomiccommit.html (read 2026-11); 1,467 of 1,467 simulated power cuts lost nothing.
"""

import logging
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from queue import Empty, LifoQueue
from threading import RLock
from typing import Any, Final, Self

import apsw
import msgspec

from meterlark import sqlite_file
from meterlark.ledger.content import content_digest
from meterlark.ledger.contract import Conflict, LedgerCounts, Record, Repeats, Verdict
from meterlark.ledger.recent import GENERATION_SIZE_MAX, RecentIdentities, Slice
from meterlark.model.errors import CorruptDataError, DataVersionError, NotFoundError, UnavailableError
from meterlark.model.event import Event, same_content
from meterlark.model.identity import identity_digest
from meterlark.model.time import from_microseconds, to_microseconds
from meterlark.sqlite_file import (
    APPLICATION_ID,
    FILE_NAME,
    Synchronous,
    connect,
    immediate,
    load_schema,
    load_statements,
    make_directory,
    storage_errors,
)

SCHEMA_VERSION: Final = 1
WRITER_CACHE_KIB: Final = 64 * 1024
"""Holds the inner pages of the big index for a billion events; filled only as pages are touched."""

READER_CACHE_KIB: Final = 4 * 1024
READERS_KEPT: Final = 4
"""Idle reader connections kept open: the projector, and a few queries at once on two cores."""

CONFLICTS_READ_MAX: Final = 1_000
"""Conflicts of one event that are read; a sender with more has a fault that the first thousand show."""

_logger: Final = logging.getLogger(__name__)
_SEQUENCE_MAX: Final = 2**63 - 1
_Row = tuple[int, str, int, int, bytes]


class DigestCollisionError(AssertionError):
    """Two identities have one digest. Never seen, never merged: the call is refused as a whole."""


class _Identity(msgspec.Struct):
    source: str
    id: str


_identity_decoder: Final = msgspec.json.Decoder(_Identity)


class SQLiteLedger:
    """A ledger in `<directory>/ledger.sqlite3`; see `contract.Ledger`. Make one with `open`.

    It does not take the directory's lock: whoever opens the parts of a data directory does (`lock.py`).
    """

    def __init__(self, path: Path, *, synchronous: Synchronous, vfs: str | None, is_exclusive: bool, generation_size_max: int) -> None:
        self._path = path
        self._synchronous: Synchronous = synchronous
        self._vfs = vfs
        self._is_exclusive = is_exclusive
        self._generation_size_max = generation_size_max
        self._sql = load_statements(__package__)
        self._lock = RLock()
        self._writer: apsw.Connection | None = None
        self._is_closed = False
        self._readers: LifoQueue[apsw.Connection] = LifoQueue(maxsize=READERS_KEPT)
        self._recent = RecentIdentities({}, stored=0)
        self._head = 0
        self._log_pages = 0
        self.checkpoint_failures = 0
        """How often the log could not be copied back since the ledger was opened; for the operator, see `_checkpoint_if_due`."""

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        synchronous: Synchronous = "FULL",
        vfs: str | None = None,
        is_exclusive: bool = False,
        generation_size_max: int = GENERATION_SIZE_MAX,
    ) -> Self:
        """Open or create the ledger of a data directory.

        Args:
            directory: Created when missing.
            synchronous: Only FULL keeps the promise of durability; the others exist to measure its price and to prove that tests bite.
            vfs: SQLite's name of another file system, for fault tests.
            is_exclusive: Use one connection and no shared memory, which such a file system does not have. Reads then wait for writes.
            generation_size_max: Most identities that move to the big index together; a matter of cost only.

        Raises:
            DataVersionError: A newer Meterlark wrote the file.
            CorruptDataError: The file is damaged or not ours.
            UnavailableError: It cannot be opened now.
        """
        ledger = cls(
            directory / FILE_NAME, synchronous=synchronous, vfs=vfs, is_exclusive=is_exclusive, generation_size_max=generation_size_max
        )
        make_directory(directory)
        with storage_errors():
            ledger._open_writer()
            if not is_exclusive:
                # Stays open, so that the shared index of the log outlives a writer that is closed after an error: it is what says that the
                # frames of a failed commit do not count.
                ledger._query("head")
        return ledger

    def append(self, events: Sequence[Event], *, received_at: datetime) -> list[Verdict]:
        """Store what is new, durably. See `contract.Ledger.append`."""
        digests = [identity_digest(event.namespace, event.source, event.id) for event in events]
        received_us = to_microseconds(received_at)
        with self._lock, storage_errors():
            connection = self._open_writer()
            try:
                with immediate(connection):
                    sequences, added = self._assign(connection, digests)
                    self._insert(connection, events, sequences, received_us)
                    verdicts = self._judge(connection, events, sequences)
                    self._keep_repeats(connection, events, sequences, verdicts, received_us)
                    moved = self._recent.next_slice(len(added))
                    self._move(connection, moved)
                    connection.executemany(self._sql["insert_recent"], [(sequence, digest) for digest, sequence in added.items()])
                self._recent.settle(added, moved)
                self._head += len(added)
                self._checkpoint_if_due(connection)
            except (apsw.FullError, apsw.BusyError):
                raise  # rolled back and in order: the next call may use the same connection
            except BaseException:
                # After a failed sync nobody knows what the file system holds, and an interrupt may have come between commit and settle.
                # Both are cured by starting again from what the file says.
                self._drop_writer()
                raise
        assert len(verdicts) == len(events)
        return verdicts

    def judge(self, events: Sequence[Event]) -> list[Verdict]:
        """Return what `append` would answer, and store nothing. See `contract.Ledger.judge`."""
        digests = [identity_digest(event.namespace, event.source, event.id) for event in events]
        with self._lock, storage_errors():
            connection = self._open_writer()
            # The new events are inserted, because a later one of the call may repeat an earlier one, and taken back.
            connection.execute("BEGIN IMMEDIATE")
            try:
                sequences, _ = self._assign(connection, digests)
                self._insert(connection, events, sequences, received_us=0)
                return self._judge(connection, events, sequences)
            finally:
                connection.execute("ROLLBACK")

    def find(self, *, namespace: str, source: str, event_id: str) -> Record:
        """Return the record of an identity. See `contract.Ledger.find`."""
        digest = identity_digest(namespace, source, event_id)
        sequence = self._recent.find(digest)
        rows = self._query("find_event", (digest,)) if sequence is None else self._query("get_events", (_array([sequence]),))
        if not rows:
            raise NotFoundError(f"event not found: id {event_id[:80]!r} of source {source[:80]!r}")
        return Record(*rows[0])

    def repeats(self, sequence: int) -> Repeats:
        """Return what came again. See `contract.Ledger.repeats`."""
        ((duplicates,),) = self._query("duplicates_of", (sequence,))
        return Repeats(duplicates, tuple(_conflict(row) for row in self._query("conflicts_of", (sequence, CONFLICTS_READ_MAX))))

    def head(self) -> int:
        """Return the newest sequence. See `contract.Ledger.head`."""
        self._check_open()
        return self._head

    def read(self, *, after: int, limit: int, upto: int | None = None) -> list[Record]:
        """Return records in order. See `contract.Ledger.read`."""
        rows = self._query("read_events", (after, _SEQUENCE_MAX if upto is None else upto, limit))
        return [Record(*row) for row in rows]

    def get(self, sequences: Sequence[int]) -> list[Record]:
        """Return records by sequence. See `contract.Ledger.get`."""
        if not sequences:
            return []
        records = [Record(*row) for row in self._query("get_events", (_array(sequences),))]
        if len(records) != len(sequences):
            unknown = sorted(set(sequences) - {record.sequence for record in records})
            raise NotFoundError(f"the ledger has no record with sequence {unknown[0]}")
        return records

    def conflicts(self, *, limit: int) -> list[Conflict]:
        """Return conflicts, newest first. See `contract.Ledger.conflicts`."""
        return [_conflict(row) for row in self._query("list_conflicts", (limit,))]

    def counts(self) -> LedgerCounts:
        """Return the exact sizes. See `contract.Ledger.counts`.

        In this engine sequences and conflict ids start at 1 and have no gaps, because nothing is deleted and a rollback gives them back.
        """
        ((events, conflicts),) = self._query("counts")
        return LedgerCounts(events=events, conflicts=conflicts)

    def close(self) -> None:
        """Close every connection. See `contract.Ledger.close`."""
        with self._lock:
            self._is_closed = True
            while not self._readers.empty():
                self._readers.get_nowait().close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _assign(self, connection: apsw.Connection, digests: list[bytes]) -> tuple[list[int], dict[bytes, int]]:
        """Return the sequence that holds each identity, and of those the ones that are new, with the sequences that they get."""
        find = self._recent.find
        known: dict[bytes, int] = {}
        asked: list[bytes] = []
        for digest in digests:
            sequence = find(digest)
            if sequence is None:
                asked.append(digest)
            else:
                known[digest] = sequence
        if asked:
            asked.sort()  # neighbours of the big index are visited together
            keys = apsw.carray(tuple(asked), flags=apsw.SQLITE_CARRAY_BLOB)
            known.update(connection.execute(self._sql["find_identities"], (keys,)))
        added: dict[bytes, int] = {}
        sequences: list[int] = []
        for digest in digests:
            sequence = known.get(digest)
            if sequence is None:
                sequence = known[digest] = added[digest] = self._head + len(added) + 1
            sequences.append(sequence)
        return sequences, added

    def _insert(self, connection: apsw.Connection, events: Sequence[Event], sequences: list[int], received_us: int) -> None:
        """Store each event that is the first of its sequence; new sequences ascend in the order of the events."""
        rows: list[_Row] = []
        following = self._head + 1
        for event, sequence in zip(events, sequences, strict=True):
            if sequence == following:
                rows.append((sequence, event.namespace, to_microseconds(event.time), received_us, event.text))
                following += 1
        connection.executemany(self._sql["insert_event"], rows)

    def _judge(self, connection: apsw.Connection, events: Sequence[Event], sequences: list[int]) -> list[Verdict]:
        """Return the verdicts. Only events that are not new cost a look at the first one's text."""
        verdicts = [Verdict.NEW] * len(events)
        following = self._head + 1
        later: list[int] = []
        for position, sequence in enumerate(sequences):
            if sequence == following:
                following += 1
            else:
                later.append(position)
        if not later:
            return verdicts
        asked = sorted({sequences[position] for position in later})
        firsts = {row[0]: row for row in connection.execute(self._sql["get_events"], (_array(asked),))}
        if len(firsts) != len(asked):
            raise CorruptDataError(f"{self._path}: the index names event {min(set(asked) - firsts.keys())}, which is not stored")
        for position in later:
            first = firsts[sequences[position]]
            verdicts[position] = _compare(first, events[position])
        return verdicts

    def _keep_repeats(
        self, connection: apsw.Connection, events: Sequence[Event], sequences: list[int], verdicts: list[Verdict], received_us: int
    ) -> None:
        """Count duplicates and keep conflicts."""
        for event, sequence, verdict in zip(events, sequences, verdicts, strict=True):
            if verdict is Verdict.DUPLICATE:
                connection.execute(self._sql["count_duplicate"], (sequence,))
            elif verdict is Verdict.CONFLICT:
                connection.execute(self._sql["insert_conflict"], (sequence, content_digest(event.text), received_us, event.text))

    def _move(self, connection: apsw.Connection, moved: Slice) -> None:
        """Put a slice of recent identities into the big index."""
        if moved.pairs:
            connection.executemany(self._sql["move_identity"], moved.pairs)
        if moved.finished_sequence is not None:
            connection.execute(self._sql["delete_recent"], (moved.finished_sequence,))

    def _checkpoint_if_due(self, connection: apsw.Connection) -> None:
        """Copy the write-ahead log into the file when it has grown.

        What is in the log is durable, so a failure changes no answer: it is logged, counted, and tried again with the next append, until
        the log itself finds no room and `append` says so.
        """
        if self._log_pages < sqlite_file.CHECKPOINT_PAGES:
            return
        try:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.Error as error:
            self.checkpoint_failures += 1
            _logger.warning("the write-ahead log of %s (%d pages) could not be copied back: %s", self._path, self._log_pages, error)
            if not isinstance(error, apsw.FullError | apsw.BusyError):
                self._drop_writer()

    def _note_log_pages(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _open_writer(self) -> apsw.Connection:
        """Return the writer; open it, and start again from what is on disk, when there is none."""
        self._check_open()
        if self._writer is not None:
            return self._writer
        connection = connect(
            self._path, cache_kib=WRITER_CACHE_KIB, synchronous=self._synchronous, vfs=self._vfs, is_exclusive=self._is_exclusive
        )
        try:
            _check_schema(connection, self._path)
            head = connection.execute(self._sql["head"]).get
            waiting = dict(connection.execute(self._sql["load_recent"]))
        except BaseException:
            connection.close(True)
            raise
        connection.set_wal_hook(self._note_log_pages)
        self._head = head
        self._recent = RecentIdentities(waiting, stored=head, size_max=self._generation_size_max)
        self._writer = connection
        return connection

    def _drop_writer(self) -> None:
        """Close the writer after a failure; the next call opens it again."""
        connection, self._writer = self._writer, None
        if connection is None:
            return
        try:
            connection.close(True)
        except apsw.Error as error:  # the failure that led here has been reported; this one only shows that it lasts
            _logger.warning("%s could not be closed in order: %s", self._path, error)

    def _query(self, name: str, bindings: tuple[Any, ...] = ()) -> list[Any]:
        with storage_errors(), self._reader() as connection:
            return connection.execute(self._sql[name], bindings).fetchall()

    @contextmanager
    def _reader(self) -> Iterator[apsw.Connection]:
        """Lend a connection that nobody else uses meanwhile."""
        if self._is_exclusive:
            with self._lock:
                yield self._open_writer()
            return
        self._check_open()
        try:
            connection = self._readers.get_nowait()
        except Empty:
            connection = connect(self._path, cache_kib=READER_CACHE_KIB, is_read_only=True, vfs=self._vfs)
        try:
            yield connection
        except BaseException:
            connection.close(True)
            raise
        if self._is_closed or self._readers.full():
            connection.close()
        else:
            self._readers.put(connection)

    def _check_open(self) -> None:
        if self._is_closed:
            raise UnavailableError("the ledger is closed")


def _compare(first: _Row, event: Event) -> Verdict:
    """Judge an event whose digest is that of a stored one."""
    sequence, namespace, _, _, text = first
    if text == event.text and namespace == event.namespace:
        return Verdict.DUPLICATE
    identity = _identity_decoder.decode(text)
    if (namespace, identity.source, identity.id) != (event.namespace, event.source, event.id):
        raise DigestCollisionError(f"event {sequence} of namespace {namespace!r} ({identity}) and {event} have one digest")
    return Verdict.DUPLICATE if same_content(text, event.text) else Verdict.CONFLICT


def _check_schema(connection: apsw.Connection, path: Path) -> None:
    """Create the tables in a new file, or refuse a file that is not ours or newer than this program."""
    application_id, version = _file_header(connection)
    if (application_id, version) == (0, 0):
        with immediate(connection):
            # Asked again under the lock: two processes may create the file at once.
            if _file_header(connection) == (0, 0):
                connection.execute(load_schema(__package__))
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        application_id, version = _file_header(connection)
    if application_id != APPLICATION_ID:
        raise CorruptDataError(f"{path} is not a Meterlark ledger (application id {application_id:#x}, expected {APPLICATION_ID:#x})")
    if version > SCHEMA_VERSION:
        raise DataVersionError(
            f"{path} has ledger schema {version}; this version of Meterlark reads up to {SCHEMA_VERSION}; install the newer version again"
        )


def _file_header(connection: apsw.Connection) -> tuple[int, int]:
    return connection.pragma("application_id"), connection.pragma("user_version")


def _conflict(row: Sequence[Any]) -> Conflict:
    *first, text, received_us, times = row
    return Conflict(first=Record(*first), text=text, received_at=from_microseconds(received_us), times=times)


def _array(sequences: Sequence[int]) -> object:
    return apsw.carray(array("q", sequences), flags=apsw.SQLITE_CARRAY_INT64)
