"""A disk in memory that forgets what was not synced, as a file system for SQLite.

A workload runs once on a `Disk`, which records every operation. `cut` then builds the disk as a power cut before operation k would leave
it: synced bytes are there; each 512-byte sector written since is there, missing (p = 1/2) or torn (p = 1/50). The same disk can also fail
at an operation instead. There is no shared memory, so SQLite needs `locking_mode = EXCLUSIVE`.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

import apsw

SECTOR: Final = 512
SURVIVES: Final = 0.5
TORN: Final = 0.02


@dataclass(frozen=True)
class Operation:
    """One change: bytes written at an offset, a new size, a sync, or the removal of a file."""

    kind: Literal["write", "truncate", "sync", "delete"]
    path: str
    offset: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """Files by path, and how they came about.

    Attributes:
        files: Current contents, as the running process sees them.
        operations: Every change so far.
        fail_from: The first operation to fail, by index; None for never.
        fail_count: How many operations fail from there on.
        fault: What the failing operations report.
        fired: How many have failed.
    """

    files: dict[str, bytearray] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    fail_from: int | None = None
    fail_count: int = 0
    fault: int = apsw.SQLITE_IOERR
    fired: int = 0

    def do(self, operation: Operation) -> None:
        """Change a file, or fail as told."""
        index = len(self.operations) + self.fired
        if self.fail_from is not None and self.fail_from <= index and self.fired < self.fail_count:
            self.fired += 1
            raise apsw.exception_for(self.fault)
        self.operations.append(operation)
        if operation.kind == "delete":
            self.files.pop(operation.path, None)
        else:
            _apply(self.files.setdefault(operation.path, bytearray()), operation)


def _apply(content: bytearray, operation: Operation) -> None:
    if operation.kind == "write":
        content.extend(bytes(max(0, operation.offset - len(content))))
        content[operation.offset : operation.offset + len(operation.data)] = operation.data
    elif operation.kind == "truncate":
        del content[operation.offset :]
        content.extend(bytes(operation.offset - len(content)))


def cuts(operations: list[Operation], *, seed: int) -> Iterator[tuple[int, Disk]]:
    """Yield (k, the disk after a power cut before operation k) for every k from 0 to the number of operations, inclusive."""
    durable: dict[str, bytearray] = {}
    pending: dict[str, list[Operation]] = {}
    for index in range(len(operations) + 1):
        chance = random.Random(f"{seed}/{index}")
        yield index, Disk(files=dict(_survivors(durable, pending, chance)))
        if index == len(operations):
            return
        operation = operations[index]
        pending.setdefault(operation.path, []).append(operation)
        if operation.kind == "sync":
            if operation.path not in durable:
                _sync_directory(durable, pending)
            content = durable.pop(operation.path, bytearray())
            for earlier in pending.pop(operation.path):
                if earlier.kind == "delete":
                    content = bytearray()
                else:
                    _apply(content, earlier)
            durable[operation.path] = content


def _sync_directory(durable: dict[str, bytearray], pending: dict[str, list[Operation]]) -> None:
    """Make removals durable: SQLite syncs the directory when it first syncs a file that it created (os_unix.c, UNIXFILE_DIRSYNC)."""
    for path, operations in pending.items():
        removals = [position for position, operation in enumerate(operations) if operation.kind == "delete"]
        if removals:
            durable.pop(path, None)
            del operations[: removals[-1] + 1]


def _survivors(
    durable: dict[str, bytearray], pending: dict[str, list[Operation]], chance: random.Random
) -> Iterator[tuple[str, bytearray]]:
    for path in sorted(durable.keys() | pending.keys()):
        content = bytearray(durable[path]) if path in durable else None
        for operation in pending.get(path, []):
            if operation.kind == "delete":
                content = None if chance.random() < SURVIVES else content
            elif operation.kind == "truncate":
                if content is not None and chance.random() < SURVIVES:
                    _apply(content, operation)
            elif operation.kind == "write":
                content = bytearray() if content is None else content
                _write_some_sectors(content, operation, chance)
        if content is not None:
            yield path, content


def _write_some_sectors(content: bytearray, operation: Operation, chance: random.Random) -> None:
    position = 0
    while position < len(operation.data):
        start = operation.offset + position
        length = min(SECTOR - start % SECTOR, len(operation.data) - position)
        part = operation.data[position : position + length]
        position += length
        luck = chance.random()
        if luck < TORN:
            part = part[: length // 2]
        elif luck > SURVIVES:
            continue
        _apply(content, Operation("write", operation.path, start, part))


class _File:
    """An open file of a disk; named as SQLite's interface demands."""

    def __init__(self, disk: Disk, path: str) -> None:
        self._disk = disk
        self._path = path

    def _content(self) -> bytearray:
        return self._disk.files.setdefault(self._path, bytearray())

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name, as below
        return bytes(self._content()[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.do(Operation("write", self._path, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.do(Operation("truncate", self._path, newsize))

    def xSync(self, _flags: int) -> None:  # noqa: N802
        self._disk.do(Operation("sync", self._path))

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._content())

    def xLock(self, level: int) -> None:  # noqa: N802
        """Grant it: there is one connection."""

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """Grant it."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, _op: int, _ptr: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0  # promises nothing: no atomic writes, no order, no safe appends

    def xClose(self) -> None:  # noqa: N802
        """Nothing to release."""


class _FileSystem(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        super().__init__(name, base="", makedefault=False)
        self._disk = disk

    def xOpen(self, name: "str | apsw.URIFilename | None", flags: list[int]) -> _File:  # type: ignore[override]  # noqa: N802 - our file is not SQLite's
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        assert path is not None, "no temporary file is expected"
        flags[1] = flags[0]
        return _File(self._disk, path)

    def xDelete(self, filename: str, _syncdir: bool) -> None:  # noqa: FBT001, N802
        self._disk.do(Operation("delete", filename))

    def xAccess(self, pathname: str, _flags: int) -> bool:  # noqa: N802
        return pathname in self._disk.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name


@contextmanager
def mounted(disk: Disk, *, name: str = "power-cut") -> Iterator[str]:
    """Make a disk available to SQLite under a name; yields the name."""
    file_system = _FileSystem(name, disk)
    try:
        yield name
    finally:
        file_system.unregister()
