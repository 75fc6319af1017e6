"""The folder of events that wait on disk for one server: several processes share it, each writes to files of its own.

A process appends to its last file, sends from its first one, and removes a file whose events are all settled. Files of processes that have
ended, however they ended, are taken over one at a time by any process that sends to the same server with the same key.
"""

import errno
import hashlib
import os
import stat
import sys
from collections import deque
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from meterlark.sdk.spool_file import SUFFIX, SpoolFile

FILES_MAX: Final = 16
"""A file is begun when the last one has this share of the bytes allowed, so that room is freed in steps and few descriptors are open."""


class SpoolFullError(OSError):
    """The folder holds as many bytes as it may."""


def destination_folder(spool_dir: str | Path, url: str, key: str | None) -> Path:
    """Return the folder of one server and key, so that no event reaches another server or another namespace than it was metered for."""
    digest = hashlib.blake2b(f"{url.rstrip('/')}\n{key or ''}".encode(), digest_size=8).hexdigest()
    # `os.path`, because it keeps the `~` of a user without a home, where `Path` raises; such a folder is refused when it is needed.
    return Path(os.path.expanduser(spool_dir)) / f"{urlsplit(url).hostname}-{digest}"  # noqa: PTH111 - as above


class Spool:
    """The files of this process, in order; use it from one thread at a time. Every method may block on the disk.

    Args:
        folder: Created when the first event comes, for this user alone.
        bytes_max: Bytes of the whole folder; several processes may each pass it by the size of one file.

    Attributes:
        pending: Events that are not settled.
    """

    def __init__(self, folder: Path, *, bytes_max: int) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._files: deque[SpoolFile] = deque()
        self._is_ready = False
        self.pending = 0

    def append(self, event: bytes) -> None:
        """Add an event behind the others.

        Raises:
            OSError: The disk did not take it.
            SpoolFullError: The folder is full.
        """
        if not self._files or self._files[-1].size >= self._bytes_max // FILES_MAX:
            self._files.append(self._new_file())
        self._files[-1].append(event)
        self._recount()

    def take(self, count_max: int, bytes_max: int) -> list[bytes]:
        """Return the first events, as `SpoolFile.take`."""
        while self._files:
            events = self._files[0].take(count_max, bytes_max)
            if events or self._files[0].pending or len(self._files) == 1:
                return events
            self._files.popleft().close()
        return []

    def settle(self, count: int) -> None:
        """Let go of the first events.

        Raises:
            OSError: A file cannot be read or marked: events may be sent again, which is safe.
        """
        assert 0 <= count <= self.pending, "more events are settled than wait"
        try:
            while count:
                file = self._files[0]
                number = min(count, file.pending)
                count -= number
                file.settle(number)
                if not file.pending and len(self._files) > 1:
                    self._files.popleft().close()
        finally:
            self._recount()

    def forget_damaged(self) -> int:
        """Give up the first file, none of whose events can be read any more; return how many it should have had."""
        lost = self._files[0].pending
        try:
            self._files[0].clear()
        finally:
            self._recount()
        return lost

    def claim_orphan(self) -> SpoolFile | None:
        """Take over a file of a process that has ended; None if there is none.

        Raises:
            OSError: The folder or a file cannot be read.
        """
        self._make_ready()
        own = {file.path for file in self._files}
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            if path in own or (file := SpoolFile.claim(path)) is None:
                continue
            if file.pending or file.damaged:
                return file
            file.close()
        return None

    def close(self) -> None:
        """Give the files back: what waits in them is left to the next process, and `pending` goes on saying how much that is.

        Raises:
            OSError: A file without events cannot be removed.
        """
        while self._files:
            self._files.popleft().close()

    def release(self) -> None:
        """Close our descriptors and change nothing, as a forked child must."""
        while self._files:
            self._files.popleft().release()

    def _recount(self) -> None:
        # Kept as a number, because other threads read it.
        self.pending = sum(file.pending for file in self._files)

    def _make_ready(self) -> None:
        if self._is_ready:
            return
        if sys.platform == "win32":
            raise OSError(errno.ENOTSUP, "this system has no file locks that end with their process", str(self._folder))
        if self._folder.parts[0].startswith("~"):
            raise FileNotFoundError(errno.ENOENT, "this user has no home; give spool_dir", str(self._folder))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = self._folder.stat()
        if about.st_uid != os.geteuid() or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            # Whoever can put files there can forge usage.
            raise PermissionError(errno.EPERM, "the folder belongs to another user, or others may write to it", str(self._folder))
        self._is_ready = True

    def _new_file(self) -> SpoolFile:
        self._make_ready()
        used = 0
        for path in self._folder.glob(f"*{SUFFIX}"):
            try:
                used += path.stat().st_size
            except FileNotFoundError:
                # Another process has just sent all of it.
                continue
        if used >= self._bytes_max:
            raise SpoolFullError(errno.ENOSPC, f"{used} bytes of events wait there, {self._bytes_max} are allowed", str(self._folder))
        # The process id is for people; what makes the name new is the rest.
        return SpoolFile.create(self._folder / f"{os.getpid()}-{os.urandom(6).hex()}{SUFFIX}")
