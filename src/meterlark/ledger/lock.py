"""One process per data directory.

The kernel holds the lock (`flock`) and drops it when the process ends, however it ends, so there is no stale lock to clean up. The file
only says who holds it; what it says is believed only while the lock is held.
"""

import fcntl
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from meterlark.model.errors import DataDirectoryInUseError, UnavailableError
from meterlark.model.time import format_time

FILE_NAME: Final = "meterlark.lock"


class _Holder(msgspec.Struct):
    pid: int
    host: str
    started_at: str


class DirectoryLock:
    """Exclusive right to a data directory, as a context manager. Not inherited by child processes that execute another program.

    Args:
        directory: Created when missing.
        now: The clock; its answer is what a refused second process is told.
    """

    def __init__(self, directory: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = directory / FILE_NAME
        self._now = now
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; never waits.

        Raises:
            DataDirectoryInUseError: Another process, or another lock in this one, holds it; says who and since when.
            UnavailableError: The directory or the file cannot be created or locked.
        """
        assert self._descriptor is None, "the lock is held already"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise UnavailableError(f"the data directory {self._path.parent} cannot be used: {error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            holder = _Holder(pid=os.getpid(), host=socket.gethostname(), started_at=format_time(self._now()))
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, msgspec.json.encode(holder), 0)
        except BlockingIOError as error:
            message = f"the data directory {self._path.parent} is in use by {_describe(descriptor)}; stop it or choose another directory"
            os.close(descriptor)
            raise DataDirectoryInUseError(message) from error
        except OSError as error:
            os.close(descriptor)
            raise UnavailableError(f"the data directory {self._path.parent} cannot be locked: {error}") from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; the file stays, because removing it would let two processes lock two files of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        """Take the lock; see `acquire`."""
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Give the lock back."""
        self.release()


def _describe(descriptor: int) -> str:
    try:
        holder = msgspec.json.decode(os.pread(descriptor, 4096, 0), type=_Holder)
    except (OSError, msgspec.DecodeError):
        return "another process (which has not written its name yet)"
    return f"process {holder.pid} on {holder.host}, started {holder.started_at}"
