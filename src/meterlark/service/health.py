"""Whether this server can do its work now: take events durably and answer questions."""

import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final

import msgspec

from meterlark.service.ingest import Ingest
from meterlark.service.project import Projector

FREE_BYTES_MIN: Final = 64 * 1024 * 1024
"""Below this the server calls itself not ready: the write-ahead log alone may take 64 MiB before it is copied back."""


LEDGER_FAILURE_SECONDS: Final = 10
"""How long a failed commit keeps the server not ready. It cannot be for ever: only a commit shows that the disk is well again, and whoever
watches readiness sends none to a server that is not ready. As long as the pause that clients are asked to make when the disk is full."""


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that must be well.

    Attributes:
        name: What was looked at.
        is_ok: Whether it is well.
        detail: What is wrong, and what helps.
    """

    name: str
    is_ok: bool
    detail: str = ""


class Health:
    """Looks at the parts of a server.

    Args:
        ingest: Knows whether the last commit failed.
        projector: Knows whether it can go on.
        data_dir: Where the disk must have room; None for a server in memory.
        free_bytes: Gives the free bytes of a folder's disk.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        ingest: Ingest,
        projector: Projector,
        *,
        data_dir: Path | None,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._ingest = ingest
        self._projector = projector
        self._data_dir = data_dir
        self._free_bytes = free_bytes
        self._clock = clock

    def checks(self) -> list[Check]:
        """Return every check; may block for a look at the disk."""
        return [
            Check("accepting", not self._ingest.is_closed, "the server is stopping" if self._ingest.is_closed else ""),
            self._ledger(),
            Check("warehouse", self._projector.failure is None, self._projector.failure or ""),
            self._disk(),
        ]

    def _ledger(self) -> Check:
        failure = self._ingest.failure
        if failure is None or self._clock() - self._ingest.failed_at >= LEDGER_FAILURE_SECONDS:
            return Check("ledger", is_ok=True)
        return Check("ledger", is_ok=False, detail=f"the last commit failed: {failure}")

    def _disk(self) -> Check:
        if self._data_dir is None:
            return Check("disk", is_ok=True, detail="everything is kept in memory")
        try:
            free = self._free_bytes(self._data_dir)
        except OSError as error:
            return Check("disk", is_ok=False, detail=f"{self._data_dir} cannot be looked at: {error}")
        if free < FREE_BYTES_MIN:
            return Check("disk", is_ok=False, detail=f"{free} bytes are free, {FREE_BYTES_MIN} are needed: make room")
        return Check("disk", is_ok=True)
