"""One process per data directory, and no stale locks."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from meterlark.ledger.lock import FILE_NAME, DirectoryLock
from meterlark.model.errors import DataDirectoryInUseError, UnavailableError

HOLD = """
import sys
from pathlib import Path
from meterlark.ledger.lock import DirectoryLock
with DirectoryLock(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def start_holder(directory: Path) -> "subprocess.Popen[str]":
    """Start a process that takes the lock and keeps it until its standard input ends."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "locked\n"
    return process


def test_a_second_process_is_told_who_holds_the_directory(tmp_path: Path) -> None:
    """The refusal names the other's process id and start."""
    with start_holder(tmp_path) as holder:
        with pytest.raises(DataDirectoryInUseError, match=rf"process {holder.pid} on .+, started \d{{4}}-\d\d-\d\dT"):
            DirectoryLock(tmp_path).acquire()
        holder.communicate(timeout=20)


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    """After kill -9 the directory is free at once, although the file is still there."""
    with start_holder(tmp_path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=20)
        assert (tmp_path / FILE_NAME).exists()

        with DirectoryLock(tmp_path, now=lambda: datetime(2026, 11, 24, tzinfo=UTC)):
            text = (tmp_path / FILE_NAME).read_text()

    assert str(os.getpid()) in text
    assert "2026-11-24T00:00:00Z" in text


def test_two_locks_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    """A second ledger in the same process would be a second writer, too; after release it may go on."""
    with DirectoryLock(tmp_path), pytest.raises(DataDirectoryInUseError, match=f"process {os.getpid()}"):
        DirectoryLock(tmp_path).acquire()

    with DirectoryLock(tmp_path):
        assert (tmp_path / FILE_NAME).exists()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the way is the world's failure, with the path in the message."""
    (tmp_path / "taken").write_text("")

    with pytest.raises(UnavailableError, match="taken/data"):
        DirectoryLock(tmp_path / "taken" / "data").acquire()


def test_a_holder_without_a_name_is_still_a_holder(tmp_path: Path) -> None:
    """Unreadable content of the file changes the message, not the refusal."""
    with DirectoryLock(tmp_path):
        (tmp_path / FILE_NAME).write_text("{")
        with pytest.raises(DataDirectoryInUseError, match="another process"):
            DirectoryLock(tmp_path).acquire()
