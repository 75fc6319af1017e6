"""The background of a meter: takes finished exchanges, makes events of them and delivers each once, in batches.

    put -> inbox -> [writer thread] makes the event -> outbox (disk) -> [sender thread] batches, HTTP, retries -> settled

Two threads, because a server that does not answer holds up the one that waits for it, and the other must go on bringing events to the disk.
The host's threads put a reference into the inbox and take a permit, both atomic: no lock, no disk, no socket.

Rules of its state: an item is accepted if a permit is left, else dropped; an accepted one ends as sent, rejected (the server will never
take it), failed (our own defect), unmetered (no answer yet), dropped (the process ends and only memory had it) or stays on disk for the
next process. The threads start with the first item, never at import, and again in a forked child, which leaves the parent's items to the
parent.
"""

import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from meterlark.capture.route import Skipped
from meterlark.sdk.api import Api
from meterlark.sdk.delivery import Delivery
from meterlark.sdk.inbox import Inbox
from meterlark.sdk.outbox import Marker, Outbox
from meterlark.sdk.spool import Spool
from meterlark.sdk.stats import Counters, Stats

FORK_SECONDS_MAX: Final = 1.0
"""How long a fork waits for the event that is being made: 0.1 s if an encoding is loaded for it. Bounded, because the thread that forks may
itself hold an import lock that the event needs."""

_log: Final = logging.getLogger("meterlark")

Make = Callable[[], bytes | Skipped]
"""Returns an event's JSON, or why there is none."""


class Step(NamedTuple):
    """Work for the writer thread that makes no event."""

    run: Callable[[], object]


class Sender:
    """Delivers events in the background.

    Args:
        api: Used by the sender thread alone.
        spool_folder: Where events wait on disk; None for memory alone.
        spool_bytes_max: Bytes of that folder.
        queue_events_max: Events that may wait in memory; more are dropped and counted.
        batch_events_max: Events of one request.
        batch_wait_seconds: How long the first event of a batch waits for others.
    """

    def __init__(
        self,
        api: Api,
        *,
        spool_folder: Path | None,
        spool_bytes_max: int,
        queue_events_max: int,
        batch_events_max: int,
        batch_wait_seconds: float,
    ) -> None:
        self._api = api
        self._spool_folder = spool_folder
        self._spool_bytes_max = spool_bytes_max
        self._queue_events_max = queue_events_max
        self._batch_events_max = batch_events_max
        self._batch_wait_seconds = batch_wait_seconds
        self._reset()
        # Weak references, because the registration cannot be taken back. The child's runs before any other thread of it can.
        before, after, reset = (weakref.WeakMethod(one) for one in (self._before_fork, self._after_fork, self._reset_in_child))
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=lambda: (method := before()) and method(),
                after_in_parent=lambda: (method := after()) and method(),
                after_in_child=lambda: (method := reset()) and method(),
            )

    def _reset(self) -> None:
        self._process_id = os.getpid()
        self._counters = Counters()
        self._inbox: Inbox[Make | Marker | Step] = Inbox()
        self._permits: deque[None] = deque([None] * self._queue_events_max)
        self._outbox = Outbox(
            Spool(self._spool_folder, bytes_max=self._spool_bytes_max) if self._spool_folder is not None else None,
            permits=self._permits,
            counters=self._counters,
            batch_events_max=self._batch_events_max,
            batch_wait_seconds=self._batch_wait_seconds,
        )
        outbox = self._outbox
        self._delivery = Delivery(self._api, self._counters, give_up_at=lambda: outbox.give_up_at)
        self._lock = threading.RLock()
        self._threads: list[threading.Thread] = []
        # Held while an event is made, which may import a module: a child that is forked in the middle would wait for ever for the import
        # lock of a thread that it does not have.
        self._making = threading.Lock()
        self._is_forking = False
        self._is_started = False
        self._is_closed = False
        self._is_written = False

    def _before_fork(self) -> None:
        self._is_forking = self._making.acquire(timeout=FORK_SECONDS_MAX)

    def _after_fork(self) -> None:
        if self._is_forking:
            self._is_forking = False
            self._making.release()

    def _reset_in_child(self) -> None:
        self._outbox.release()
        self._reset()
        self._api.forget()

    def put(self, make: Make) -> None:
        """Accept an item, or drop it if too many wait; returns at once and raises nothing.

        Args:
            make: Called once, in the writer thread.
        """
        if os.getpid() != self._process_id:
            # A fork that ran no hooks of Python's.
            self._reset_in_child()
        if self._is_closed:
            self._counters.drop(1, "the meter is closed")
            return
        try:
            self._permits.pop()
        except IndexError:
            self._counters.drop(1, f"{self._queue_events_max} events wait in memory already")
            return
        self._inbox.put(make)
        if not self._is_started:
            self._start()
        if self._is_written:
            # The meter was closed in between. The flag is set before the writer looks into the inbox for the last time, so either it has
            # seen this item or we see the flag.
            self._drop_inbox()

    @property
    def has_room(self) -> bool:
        """Whether one more item would be accepted."""
        return bool(self._permits)

    def run_later(self, step: Callable[[], object]) -> None:
        """Run something in the writer thread, in order with the items; returns at once and raises nothing. A closed meter runs nothing."""
        if os.getpid() == self._process_id and not self._is_closed:
            self._inbox.put(Step(step))
            if not self._is_started:
                self._start()

    def count_failure(self, error: Exception) -> None:
        """Note a defect of ours that was kept from the caller."""
        self._counters.fail(error)

    def count_unmetered(self, what: str) -> None:
        """Note a call that is not metered."""
        self._counters.leave_unmetered(what)

    def stats(self) -> Stats:
        """Return the counters."""
        own = self._outbox.spooled()
        in_memory = self._queue_events_max - len(self._permits)
        return self._counters.stats(queued=in_memory + own, spooled=own + self._outbox.adopted())

    def flush(self, timeout_seconds: float) -> bool:
        """Wait until everything accepted so far is settled; False if that took too long."""
        if not self._is_started or self._is_closed:
            return self.stats().queued == 0
        marker = Marker()
        self._inbox.put_urgently(marker)
        self._delivery.hurry.set()
        return marker.passed.wait(timeout_seconds)

    def close(self, timeout_seconds: float) -> None:
        """Deliver what waits, for at most this long, then stop; what is left stays on disk, or is counted as dropped if it is not there."""
        give_up_at = time.monotonic() + timeout_seconds
        with self._lock:
            is_first, self._is_closed = not self._is_closed, True
        if is_first:
            self._outbox.give_up_at = give_up_at
            self._inbox.put_urgently(Marker(is_last=True))
            self._delivery.hurry.set()
            # Nothing was metered, or the interpreter is ending and starts no threads any more: this thread is not needed elsewhere.
            if len(self._threads) < 1:
                self._write()
            if len(self._threads) < 2:
                self._send()
        for thread in self._threads:
            # A request under way may take its own timeout; the threads are daemons and end with the process.
            thread.join(max(0.0, give_up_at - time.monotonic()) + 1.0)

    def _start(self) -> None:
        with self._lock:
            if self._is_started:
                return
            # Set first, because a destructor may put an item while a thread is being started.
            self._is_started = True
            parts = ((self._write, "meterlark-writer"), (self._send, "meterlark-sender"))
            try:
                for run, name in parts[len(self._threads) :]:
                    thread = threading.Thread(target=run, name=name, daemon=True)
                    thread.start()
                    self._threads.append(thread)
            except RuntimeError as error:
                # The interpreter is ending or the system is out of threads. The item stays queued; the next one tries again.
                self._is_started = False
                self._counters.last_error = repr(error)
                _log.warning("meterlark cannot start its threads: %s", error)

    def _write(self) -> None:
        """Make events of the items and append them to the outbox, until the last marker."""
        while not isinstance(item := self._inbox.take(), Marker) or not item.is_last:
            self._append(item)
        self._is_written = True
        while (late := self._inbox.take_now()) is not None:
            self._append(late)
        self._outbox.mark(item)

    def _append(self, item: Make | Marker | Step) -> None:
        if isinstance(item, Marker):
            self._outbox.mark(item)
        elif isinstance(item, Step):
            self._run(item)
        elif (event := self._made(item)) is None:
            self._permits.append(None)
        else:
            self._outbox.append(event)

    def _made(self, make: Make) -> bytes | None:
        try:
            with self._making:
                event = make()
        except Exception as error:  # noqa: BLE001 - a defect of ours must not end the thread; it is counted and logged
            self._counters.fail(error)
            return None
        if isinstance(event, Skipped):
            self._counters.leave_unmetered(f"an answer: {event.reason}")
            return None
        return event

    def _run(self, step: Step) -> None:
        try:
            with self._making:
                step.run()
        except Exception as error:  # noqa: BLE001 - as above
            self._counters.fail(error)

    def _send(self) -> None:
        """Send batches of the outbox until it is over."""
        while (batch := self._outbox.next_batch()) is not None:
            self._outbox.settle(batch, self._delivery.deliver(batch))
        self._outbox.close()
        self._api.close()

    def _drop_inbox(self) -> None:
        while (item := self._inbox.take_now()) is not None:
            if not isinstance(item, Marker | Step):
                self._permits.append(None)
                self._counters.drop(1, "the meter is closed")
