"""What waits for the server, first in first out: on disk if there is one, else in memory.

Two threads of ours meet here: one makes events and appends them, the other takes batches and settles them; the host's threads only read
numbers. Every event is on disk before it is sent, so that a process that is killed loses nothing it has appended. What the disk refuses (it
is full, read-only, not there) waits in memory and moves to the disk when that takes it. `permits` is the bound on memory: an event brings
one with it, and gives it back when it leaves memory.
"""

import logging
import threading
import time
from collections import deque
from typing import Final, NamedTuple

from meterlark.sdk.spool import Spool
from meterlark.sdk.spool_file import SpoolFile
from meterlark.sdk.stats import Counters

BATCH_BYTES_MAX: Final = 1024 * 1024
"""Bytes of one request, a quarter of what the server accepts by default; a single larger event goes alone."""

SCAN_SECONDS: Final = 30.0
"""How often files of ended processes are looked for: workers come and go, and their last events should not wait for the next restart."""

_log: Final = logging.getLogger("meterlark")


class Marker:
    """Stands behind the events that `flush` or `close` waits for."""

    def __init__(self, *, is_last: bool = False) -> None:
        self.is_last = is_last
        self.passed = threading.Event()


class Batch(NamedTuple):
    """Events to send.

    Attributes:
        events: Their JSON, in order.
        is_recovered: Whether another process left them.
    """

    events: list[bytes]
    is_recovered: bool


class Outbox:
    """The events of one meter that wait.

    Args:
        spool: Where they wait on disk; None for memory alone.
        permits: Takes back the permit of an event that leaves memory.
        counters: Told of what is lost.
        batch_events_max: Events of one batch.
        batch_wait_seconds: How long the first event of a batch waits for others.
    """

    def __init__(
        self, spool: Spool | None, *, permits: deque[None], counters: Counters, batch_events_max: int, batch_wait_seconds: float
    ) -> None:
        self._spool = spool
        self._permits = permits
        self._counters = counters
        self._batch_events_max = batch_events_max
        self._batch_wait_seconds = batch_wait_seconds
        self._memory: deque[bytes] = deque()
        self._orphan: SpoolFile | None = None
        self._changed = threading.Condition()
        self._appended = 0
        self._settled = 0
        self._oldest_at = 0.0
        self._scan_at = 0.0
        self._markers: list[tuple[int, Marker]] = []
        self._is_complete = False
        self._is_disk_failing = False
        self.give_up_at: float | None = None

    def spooled(self) -> int:
        """Return how many events of this process are on disk."""
        return self._spool.pending if self._spool is not None else 0

    def adopted(self) -> int:
        """Return how many events of other processes are held to be sent."""
        orphan = self._orphan
        return orphan.pending if orphan is not None else 0

    def append(self, event: bytes) -> None:
        """Add an event, on disk if the disk takes it."""
        with self._changed:
            if not self._waiting():
                self._oldest_at = time.monotonic()
            self._memory.append(event)
            self._appended += 1
            self._move_to_disk()
            # Waking the other thread for each event would cost the host's threads a turn; in between it wakes by its own clock.
            if self._waiting() == 1 or self._waiting() >= self._batch_events_max:
                self._changed.notify()

    def mark(self, marker: Marker) -> None:
        """Let a marker pass when everything appended before it is settled; after the last one nothing is appended."""
        with self._changed:
            self._markers.append((self._appended, marker))
            self._is_complete = self._is_complete or marker.is_last
            self._pass_markers()
            self._changed.notify()

    def next_batch(self) -> Batch | None:
        """Wait for events to send; None when the last marker has come and nothing is left, or there is no more time."""
        with self._changed:
            while not self._is_over():
                remaining = self._oldest_at + self._batch_wait_seconds - time.monotonic()
                is_due = self._waiting() >= self._batch_events_max or self._markers or remaining <= 0
                if self._waiting() and is_due:
                    if events := self._take():
                        return Batch(events, is_recovered=False)
                elif orphaned := self._take_orphaned():
                    return Batch(orphaned, is_recovered=True)
                else:
                    self._changed.wait(remaining if self._waiting() else SCAN_SECONDS)
        return None

    def settle(self, batch: Batch, count: int) -> None:
        """Let go of the first events of a batch."""
        with self._changed:
            if batch.is_recovered:
                self._settle_orphaned(count)
                return
            self._settled += count
            self._oldest_at = time.monotonic()
            from_disk = min(count, self.spooled())
            if self._spool is not None and from_disk:
                try:
                    self._spool.settle(from_disk)
                except OSError as error:
                    self._note_disk(error)
            for _ in range(count - from_disk):
                self._memory.popleft()
                self._permits.append(None)
            self._pass_markers()

    def close(self) -> None:
        """End: what is in memory is lost and counted, what is on disk is left to the next process."""
        with self._changed:
            lost = len(self._memory)
            self._memory.clear()
            self._permits.extend([None] * lost)
            self._counters.drop(lost, "the process ended before the server took them")
            orphan, self._orphan = self._orphan, None
            for file in (self._spool, orphan):
                if file is not None:
                    left = file.pending
                    try:
                        file.close()
                    except OSError as error:
                        self._note_disk(error)
                    if left:
                        _log.warning("meterlark leaves %s events on disk for the next process", left)
            for _, marker in self._markers:
                marker.passed.set()
            self._markers.clear()

    def release(self) -> None:
        """Let go of everything in a forked child: the events are the parent's. Takes no lock; a thread of the parent may have held it."""
        for file in (self._spool, self._orphan):
            if file is not None:
                file.release()

    def _waiting(self) -> int:
        return self.spooled() + len(self._memory)

    def _is_over(self) -> bool:
        if not self._is_complete:
            return False
        return not self._waiting() or (self.give_up_at is not None and time.monotonic() >= self.give_up_at)

    def _move_to_disk(self) -> None:
        if self._spool is None:
            return
        try:
            while self._memory:
                self._spool.append(self._memory[0])
                self._memory.popleft()
                self._permits.append(None)
        except OSError as error:
            self._note_disk(error)
        else:
            self._is_disk_failing = False

    def _take(self) -> list[bytes]:
        if self._spool is not None and self._spool.pending:
            try:
                events = self._spool.take(self._batch_events_max, BATCH_BYTES_MAX)
            except OSError as error:
                self._note_disk(error)
                events = []
            if not events:
                self._forget_damaged(self._spool)
            return events
        events, total = [], 0
        for event in self._memory:
            total += len(event)
            if events and (len(events) >= self._batch_events_max or total > BATCH_BYTES_MAX):
                break
            events.append(event)
        return events

    def _forget_damaged(self, spool: Spool) -> None:
        before = spool.pending
        try:
            spool.forget_damaged()
        except OSError as error:
            self._note_disk(error)
        lost = before - spool.pending
        self._settled += lost
        self._counters.drop(lost, "the spool was damaged")
        self._pass_markers()

    def _take_orphaned(self) -> list[bytes]:
        """Return events that ended processes left; looks for them now and then."""
        if self._spool is None or self._is_complete:
            return []
        try:
            if self._orphan is None:
                if time.monotonic() < self._scan_at:
                    return []
                self._orphan = self._spool.claim_orphan()
                if self._orphan is None:
                    self._scan_at = time.monotonic() + SCAN_SECONDS
                    return []
                self._counters.drop(self._orphan.damaged, "an ended process left them torn on disk")
            events = self._orphan.take(self._batch_events_max, BATCH_BYTES_MAX)
            if not events:
                self._counters.drop(self._orphan.pending, "the spool was damaged")
                self._orphan.clear()
                self._close_orphan()
        except OSError as error:
            self._note_disk(error)
            self._scan_at = time.monotonic() + SCAN_SECONDS
            return []
        return events

    def _settle_orphaned(self, count: int) -> None:
        assert self._orphan is not None, "a batch of no file"
        try:
            self._orphan.settle(count)
            if not self._orphan.pending:
                self._close_orphan()
        except OSError as error:
            self._note_disk(error)

    def _close_orphan(self) -> None:
        orphan, self._orphan = self._orphan, None
        if orphan is not None:
            orphan.close()

    def _pass_markers(self) -> None:
        for appended, marker in self._markers:
            if appended <= self._settled:
                marker.passed.set()
        self._markers = [entry for entry in self._markers if entry[0] > self._settled]

    def _note_disk(self, error: OSError) -> None:
        self._counters.last_error = repr(error)
        _log.log(
            logging.DEBUG if self._is_disk_failing else logging.WARNING,
            "meterlark keeps events in memory, the disk does not serve: %s",
            error,
        )
        self._is_disk_failing = True
