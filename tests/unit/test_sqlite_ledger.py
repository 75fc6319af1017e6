"""What only the ledger on disk has: a file with a header, an index in two levels, a disk that can be full."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import apsw
import pytest
from ledger_cases import CONTENTS, RECEIVED_AT, event

from meterlark.ledger import sqlite
from meterlark.ledger.contract import LedgerCounts, Verdict
from meterlark.ledger.sqlite import DigestCollisionError, SQLiteLedger
from meterlark.model.errors import CorruptDataError, DataVersionError, UnavailableError
from meterlark.sqlite_file import FILE_NAME, connect


@contextmanager
def edited(directory: Path) -> Iterator[apsw.Connection]:
    """Open the file behind the ledger's back."""
    connection = apsw.Connection(str(directory / FILE_NAME))
    yield connection
    connection.close()


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """The message names both versions; the file is left alone."""
    SQLiteLedger.open(tmp_path).close()
    with edited(tmp_path) as connection:
        connection.execute("PRAGMA user_version = 7")

    with pytest.raises(DataVersionError, match=r"schema 7.*up to 1"):
        SQLiteLedger.open(tmp_path)


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    """Another program's file is not taken over."""
    with edited(tmp_path) as connection:
        connection.execute("PRAGMA application_id = 42; CREATE TABLE theirs (x)")

    with pytest.raises(CorruptDataError, match="not a Meterlark ledger"):
        SQLiteLedger.open(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Garbage is named as damage, not as an empty ledger."""
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 1000)

    with pytest.raises(CorruptDataError, match="damaged"):
        SQLiteLedger.open(tmp_path)


def test_commits_are_synced(tmp_path: Path) -> None:
    """Write-ahead log, and FULL (2): what promise 1 rests on; the power-cut tests show that NORMAL does not do."""
    ledger = SQLiteLedger.open(tmp_path)
    writer = ledger._writer
    assert writer is not None

    assert (writer.pragma("journal_mode"), writer.pragma("synchronous")) == ("wal", 2)
    ledger.close()


def test_a_digest_collision_is_refused_and_never_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a digest that maps all to one, the second identity is an error; nothing of its call is stored, and the ledger goes on."""
    ledger = SQLiteLedger.open(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "identity_digest", lambda *_: bytes(16))
        assert ledger.append([event("1"), event("1")], received_at=RECEIVED_AT) == [Verdict.NEW, Verdict.DUPLICATE]
        with pytest.raises(DigestCollisionError, match="one digest"):
            ledger.append([event("2")], received_at=RECEIVED_AT)
        with pytest.raises(DigestCollisionError, match="one digest"):
            ledger.append([event("1", namespace="other")], received_at=RECEIVED_AT)

    assert ledger.counts() == LedgerCounts(events=1, conflicts=0)
    assert ledger.append([event("2")], received_at=RECEIVED_AT) == [Verdict.NEW]
    ledger.close()


def test_an_index_that_names_a_missing_event_is_damage(tmp_path: Path) -> None:
    """A verdict is never guessed: an identity without its event stops the call."""
    ledger = SQLiteLedger.open(tmp_path)
    ledger.append([event("1"), event("2")], received_at=RECEIVED_AT)
    ledger.close()
    with edited(tmp_path) as connection:
        connection.execute("DELETE FROM event WHERE sequence = 1")

    reopened = SQLiteLedger.open(tmp_path)
    with pytest.raises(CorruptDataError, match="event 1, which is not stored"):
        reopened.append([event("1")], received_at=RECEIVED_AT)
    reopened.close()


def test_identities_leave_the_waiting_table(tmp_path: Path) -> None:
    """Each identity ends in the big index, what has moved stops waiting, and duplicates are known in every phase and after a restart."""
    ledger = SQLiteLedger.open(tmp_path, generation_size_max=50)
    for call in range(40):
        ledger.append([event(f"{call}/{number}") for number in range(10)], received_at=RECEIVED_AT)
    ledger.close()
    with edited(tmp_path) as connection:
        moved = connection.execute("SELECT count(*) FROM identity").get
        waiting = connection.execute("SELECT count(*) FROM recent_identity").get
        everywhere = connection.execute(
            "SELECT count(*) FROM event WHERE sequence IN (SELECT sequence FROM identity UNION SELECT sequence FROM recent_identity)"
        ).get

    assert moved >= 250
    assert waiting <= 2 * 50 + 10
    assert everywhere == 400
    reopened = SQLiteLedger.open(tmp_path, generation_size_max=50)
    again = [event(f"{call}/{number}", data=CONTENTS[1]) for call in range(40) for number in range(10)]
    assert reopened.append(again, received_at=RECEIVED_AT + timedelta(days=400)) == [Verdict.DUPLICATE] * 400
    reopened.close()


def test_a_full_disk_is_answered_and_survived(tmp_path: Path) -> None:
    """With the operating system refusing to let files grow: nothing acknowledged falsely, reads go on, and room is all it needs."""
    ledger = SQLiteLedger.open(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    stored = 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    try:
        for call in range(1000):
            batch = [event(f"{call}/{number}") for number in range(10)]
            try:
                ledger.append(batch, received_at=RECEIVED_AT)
            except UnavailableError:
                break
            stored += len(batch)
        for _ in range(3):
            with pytest.raises(UnavailableError, match="nothing was"):
                ledger.append(batch, received_at=RECEIVED_AT)
        assert 0 < stored == ledger.head() == len(ledger.read(after=0, limit=100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert ledger.append(batch, received_at=RECEIVED_AT) == [Verdict.NEW] * len(batch)
    assert ledger.counts().events == stored + len(batch)
    ledger.close()


def test_a_busy_file_is_a_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another connection that writes for too long gives UnavailableError; when it is done the ledger goes on."""
    monkeypatch.setattr("meterlark.sqlite_file.BUSY_TIMEOUT_MS", 1)
    ledger = SQLiteLedger.open(tmp_path)
    other = connect(tmp_path / FILE_NAME, cache_kib=100)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(UnavailableError, match="busy") as caught:
        ledger.append([event("1")], received_at=RECEIVED_AT)
    other.execute("ROLLBACK")

    assert caught.value.retry_after_seconds == 1
    assert ledger.append([event("1")], received_at=RECEIVED_AT) == [Verdict.NEW]
    other.close()
    ledger.close()


def test_a_long_log_is_copied_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write-ahead log does not grow with the number of appends."""
    monkeypatch.setattr("meterlark.sqlite_file.CHECKPOINT_PAGES", 50)
    ledger = SQLiteLedger.open(tmp_path)
    for call in range(200):
        ledger.append([event(str(call))], received_at=RECEIVED_AT)

    assert (tmp_path / f"{FILE_NAME}-wal").stat().st_size < 100 * 8300
    assert ledger.checkpoint_failures == 0
    ledger.close()
