"""One file of events that wait on disk: appended to, read from the front, settled from the front.

    meterlark spool 1 00000000000000a7            magic and version, then how far the file is settled, in hexadecimal
    000002b4 9f3c11d0 {"specversion":"1.0",...}   bytes of the event and their CRC-32, in hexadecimal, then the event

A frame that was cut by the end of its process, or damaged since, fails its length or its sum; reading goes on behind the next line end, so
it costs no other event. Settling moves the mark; if the process ends between a server's answer and the mark, the events are sent again,
which is safe because their identity is the same.

Whoever has the file open holds its lock (`flock`). The kernel drops the lock when the process ends, however it ends, so a file that can be
locked belongs to nobody. Nothing is synced: the file outlives its process, not a power cut of the machine.
"""

import errno
import os
import sys
import zlib
from pathlib import Path
from typing import Final, Self

if sys.platform != "win32":
    import fcntl

SUFFIX: Final = ".spool"
_MAGIC: Final = b"meterlark spool 1 "
_HEADER_SIZE: Final = len(_MAGIC) + 17
_FRAME_HEAD_SIZE: Final = 18
_WINDOW: Final = 64 * 1024
"""Bytes read at once in search of a line end."""


class SpoolFile:
    """A spool file that this process has locked; use it from one thread at a time. Every method may block on the disk.

    Attributes:
        pending: Events that are not settled.
        size: Bytes of the file.
        damaged: Frames that could not be read when the file was taken over.
    """

    def __init__(self, path: Path, descriptor: int, *, size: int, settled: int = _HEADER_SIZE) -> None:
        self.path = path
        self.size = size
        self.pending = 0
        self.damaged = 0
        self._descriptor = descriptor
        self._settled = settled
        self._ends: list[int] = []

    @classmethod
    def create(cls, path: Path) -> Self:
        """Create and lock a file that must not exist yet.

        Raises:
            OSError: It exists, cannot be created, or another process has taken it for an orphan in the instant before it was locked.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _check_is_same(path, descriptor)
            _write(descriptor, _header(_HEADER_SIZE), 0)
        except OSError:
            os.close(descriptor)
            raise
        return cls(path, descriptor, size=_HEADER_SIZE)

    @classmethod
    def claim(cls, path: Path) -> Self | None:
        """Take over a file that no process holds; None if one does, or if it is no spool file of this version. Reads it once.

        Raises:
            OSError: It cannot be read.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _check_is_same(path, descriptor)
            head = os.pread(descriptor, _HEADER_SIZE, 0)
            if len(head) == _HEADER_SIZE and not head.startswith(_MAGIC):
                os.close(descriptor)
                return None
            size = max(os.fstat(descriptor).st_size, _HEADER_SIZE)
        except (BlockingIOError, FileNotFoundError):
            os.close(descriptor)
            return None
        except OSError:
            os.close(descriptor)
            raise
        file = cls(path, descriptor, size=size, settled=_settled_mark(head, size))
        file._count()
        return file

    def append(self, event: bytes) -> None:
        """Add an event behind the others.

        Raises:
            OSError: The disk did not take it; the file is as before.
        """
        frame = b"%08x %08x %s\n" % (len(event), zlib.crc32(event), event)
        try:
            _write(self._descriptor, frame, self.size)
        except OSError:
            # What was written of the frame must not be taken for a torn event later.
            os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(frame)
        self.pending += 1

    def take(self, count_max: int, bytes_max: int) -> list[bytes]:
        """Return the first events, at least one if there is a readable one; they stay until they are settled.

        Args:
            count_max: How many at most.
            bytes_max: Of all events; passed only by a single larger one.

        Raises:
            OSError: The file cannot be read.
        """
        events: list[bytes] = []
        ends: list[int] = []
        position, total = self._settled, 0
        while position < self.size and len(events) < count_max:
            event = self._read(position)
            if event is None:
                position = self._behind_line(position)
                continue
            total += len(event)
            if events and total > bytes_max:
                break
            position += _FRAME_HEAD_SIZE + len(event) + 1
            events.append(event)
            ends.append(position)
        self._ends = ends
        return events

    def settle(self, count: int) -> None:
        """Let go of the first events; `count` is at most `pending`.

        Raises:
            OSError: The file cannot be read, and nothing was done; or it cannot be marked, and another process may send the events again.
        """
        assert 0 <= count <= self.pending, "more events are settled than wait"
        if not count:
            return
        if len(self._ends) < count:
            self.take(count, self.size)
        self.pending -= count
        self._settled = self._ends[count - 1] if self.pending and len(self._ends) >= count else self.size
        self._ends = self._ends[count:]
        if self.pending:
            _write(self._descriptor, _header(self._settled), 0)
        else:
            self.clear()

    def clear(self) -> None:
        """Empty the file.

        Raises:
            OSError: It cannot be emptied on disk; its events may be sent again by another process.
        """
        self.size = self._settled = _HEADER_SIZE
        self.pending = 0
        self._ends = []
        # The mark first: a process that ends between the two leaves events that are sent again, not a mark beyond new ones.
        _write(self._descriptor, _header(_HEADER_SIZE), 0)
        os.ftruncate(self._descriptor, _HEADER_SIZE)

    def close(self) -> None:
        """Give the file back: another process may take what waits in it; without such events it is removed.

        Raises:
            OSError: It cannot be removed.
        """
        try:
            if not self.pending:
                self.path.unlink(missing_ok=True)
        finally:
            self.release()

    def release(self) -> None:
        """Close our descriptor and change nothing; in a forked child, the parent keeps the lock."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _count(self) -> None:
        position = self._settled
        while position < self.size:
            event = self._read(position)
            if event is None:
                self.damaged += 1
                position = self._behind_line(position)
            else:
                self.pending += 1
                position += _FRAME_HEAD_SIZE + len(event) + 1

    def _read(self, position: int) -> bytes | None:
        """Return the event of the frame at a position, None if it is damaged."""
        head = os.pread(self._descriptor, _FRAME_HEAD_SIZE, position)
        try:
            length, checksum = int(head[:8], 16), int(head[9:17], 16)
        except ValueError:
            return None
        if position + _FRAME_HEAD_SIZE + length > self.size:
            return None
        event = os.pread(self._descriptor, length, position + _FRAME_HEAD_SIZE)
        return event if len(event) == length and zlib.crc32(event) == checksum else None

    def _behind_line(self, position: int) -> int:
        while window := os.pread(self._descriptor, _WINDOW, position):
            if (found := window.find(b"\n")) >= 0:
                return position + found + 1
            position += len(window)
        return self.size


def _header(settled: int) -> bytes:
    return b"%s%016x\n" % (_MAGIC, settled)


def _settled_mark(head: bytes, size: int) -> int:
    """Return how far a file is settled; a mark that cannot be means from the start, which sends again what was sent."""
    try:
        mark = int(head[len(_MAGIC) :], 16)
    except ValueError:
        return _HEADER_SIZE
    return mark if _HEADER_SIZE <= mark <= size else _HEADER_SIZE


def _write(descriptor: int, content: bytes, position: int) -> None:
    """Write all of it; a disk that takes a part says at the next write why."""
    while content:
        written = os.pwrite(descriptor, content, position)
        content, position = content[written:], position + written


def _check_is_same(path: Path, descriptor: int) -> None:
    """Refuse a file that was removed between its opening and its locking: its owner had settled everything."""
    if path.lstat().st_ino != os.fstat(descriptor).st_ino:
        raise FileNotFoundError(errno.ENOENT, "the file was replaced", str(path))
