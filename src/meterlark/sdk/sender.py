"""The background sender: takes finished exchanges, makes events of them and delivers each once, in batches.

Rules of its state: an item is accepted, or dropped at once if `queue_events_max` are waiting; an accepted one ends as sent, rejected (the
server will never take it), failed (our own defect), unmetered (no answer yet) or dropped (the process ends first), and is counted there.
An event is encoded once; every retry sends the same bytes, so the server counts it once. The thread starts with the first item, never at
import, and again in a forked child, which leaves the parent's items to the parent.
"""

import logging
import os
import queue
import random
import threading
import time
import weakref
from collections.abc import Callable
from typing import Final

import msgspec

from meterlark.sdk.api import Api, Reply

EVENTS_PATH: Final = "/api/v1/events"
BATCH_TYPE: Final = "application/cloudevents-batch+json"

REFUSED: Final = frozenset({400, 413, 422})
"""Statuses that speak about the events themselves. Any other one (a wrong key, a missing route, an overload) may pass and is retried."""

BACKOFF_SECONDS_MIN: Final = 0.1
BACKOFF_SECONDS_MAX: Final = 10.0
RETRY_AFTER_SECONDS_MAX: Final = 60
"""The longest `retry-after` that is obeyed, so that a mistaken header cannot silence the meter."""

_log: Final = logging.getLogger("meterlark")


class Stats(msgspec.Struct, frozen=True):
    """Counters of one meter since it was made; `queued` is of now.

    Attributes:
        queued: Accepted and neither delivered nor given up yet.
        sent: Acknowledged by the server.
        dropped: Lost: the queue was full, or the process ended before the server took them.
        rejected: Refused by the server for what they say.
        failed: Not metered because of a defect in Meterlark; the log has the reason.
        unmetered: Calls of a kind that is not metered (see `Meter.wrap`).
        retries: Requests that had to be repeated.
        last_error: The latest thing that went wrong, empty if nothing has.
    """

    queued: int
    sent: int
    dropped: int
    rejected: int
    failed: int
    unmetered: int
    retries: int
    last_error: str


class _Marker:
    """Stands in the queue behind the items that `flush` or `close` waits for."""

    def __init__(self, *, is_last: bool = False) -> None:
        self.is_last = is_last
        self.passed = threading.Event()


class Sender:
    """Delivers events in the background.

    Args:
        api: Used by the background thread alone.
        queue_events_max: Items that may wait; more are dropped and counted.
        batch_events_max: Events of one request.
        batch_wait_seconds: How long the first event of a batch waits for others.
    """

    def __init__(self, api: Api, *, queue_events_max: int, batch_events_max: int, batch_wait_seconds: float) -> None:
        self._api = api
        self._queue_events_max = queue_events_max
        self._batch_events_max = batch_events_max
        self._batch_wait_seconds = batch_wait_seconds
        self._counts = dict.fromkeys(("sent", "dropped", "rejected", "failed", "unmetered", "retries"), 0)
        self._last_error = ""
        self._reset()
        # Runs in the child before any other thread of it can; a weak reference, because the registration cannot be taken back.
        reset = weakref.WeakMethod(self._reset_in_child)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: (method := reset()) and method())

    def _reset(self) -> None:
        # A simple queue and a re-entrant lock, because `put` is also called by destructors, at any point of any thread.
        self._queue: queue.SimpleQueue[Callable[[], bytes | None] | _Marker] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._held = 0
        self._is_failing = False
        self._give_up_at: float | None = None
        self._is_closed = False

    def _reset_in_child(self) -> None:
        self._reset()
        self._counts = dict.fromkeys(self._counts, 0)
        self._last_error = ""
        # The connection is the parent's; closing our copy of its descriptor does not end it.
        self._api.close()

    def put(self, make: Callable[[], bytes | None]) -> None:
        """Accept an item, or drop it if too many wait; returns at once and raises nothing.

        Args:
            make: Returns the event's JSON, or None if the answer is still being made; called once, in the background thread.
        """
        with self._lock:
            if self._is_closed or self._held >= self._queue_events_max:
                self._drop(1, "the meter is closed" if self._is_closed else f"{self._queue_events_max} events wait already")
                return
            self._held += 1
            self._queue.put(make)
            self._start()

    def count_failure(self, error: Exception) -> None:
        """Note a defect of ours that was kept from the caller."""
        with self._lock:
            self._counts["failed"] += 1
            self._last_error = repr(error)
        _log.warning("meterlark could not meter a call: %r", error, exc_info=error)

    def count_unmetered(self, what: str) -> None:
        """Note a call that is not metered."""
        with self._lock:
            self._counts["unmetered"] += 1
            is_first = self._counts["unmetered"] == 1
        _log.log(logging.WARNING if is_first else logging.DEBUG, "meterlark does not meter %s", what)

    def stats(self) -> Stats:
        """Return the counters."""
        with self._lock:
            return Stats(queued=self._held, last_error=self._last_error, **self._counts)

    def flush(self, timeout_seconds: float) -> bool:
        """Wait until everything accepted so far is settled; False if that took too long."""
        marker = _Marker()
        with self._lock:
            if self._thread is None:
                return self._held == 0
            self._queue.put(marker)
        self._wake.set()
        return marker.passed.wait(timeout_seconds)

    def close(self, timeout_seconds: float) -> None:
        """Deliver what waits, for at most this long, then stop; what is left is counted as dropped."""
        marker = _Marker(is_last=True)
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            thread = self._thread
            self._give_up_at = time.monotonic() + timeout_seconds
            self._queue.put(marker)
        self._wake.set()
        if thread is not None:
            # A request under way may take its own timeout; the thread is a daemon and ends with the process.
            thread.join(timeout_seconds + 1.0)

    def _start(self) -> None:
        if self._thread is not None:
            return
        thread = threading.Thread(target=self._run, name="meterlark-sender", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            # The interpreter is ending or the system is out of threads. The item stays queued; the next one tries again.
            self._last_error = repr(error)
            _log.warning("meterlark cannot start its thread: %s", error)
        else:
            self._thread = thread

    def _run(self) -> None:
        is_running = True
        while is_running:
            events, markers = self._next_batch()
            if events:
                self._deliver(events)
            is_running = not any(marker.is_last for marker in markers)
            if not is_running:
                self._api.close()
            for marker in markers:
                marker.passed.set()

    def _next_batch(self) -> tuple[list[bytes], list[_Marker]]:
        """Wait for items; return the events of a batch and the markers that stand directly behind it."""
        events: list[bytes] = []
        item: Callable[[], bytes | None] | _Marker = self._queue.get()
        closes_at = time.monotonic() + self._batch_wait_seconds
        while not isinstance(item, _Marker):
            event = self._made(item)
            if event is not None:
                events.append(event)
            if len(events) >= self._batch_events_max:
                return events, []
            try:
                item = self._queue.get(timeout=max(0.0, closes_at - time.monotonic()))
            except queue.Empty:
                return events, []
        return events, [item]

    def _made(self, make: Callable[[], bytes | None]) -> bytes | None:
        event = None
        try:
            event = make()
        except Exception as error:  # noqa: BLE001 - a defect of ours must not end the thread; it is counted and logged
            self.count_failure(error)
        else:
            if event is None:
                self.count_unmetered("answers that the provider makes in the background")
        if event is None:
            with self._lock:
                self._held -= 1
        return event

    def _deliver(self, events: list[bytes]) -> None:
        """Send events until the server takes or refuses them, or the process has to end."""
        attempt = 0
        while True:
            reply = self._attempt(events)
            if isinstance(reply, Reply) and 200 <= reply.status <= 299:
                self._settle("sent", len(events))
                if self._is_failing:
                    self._is_failing = False
                    _log.info("meterlark reaches its server again")
                return
            if isinstance(reply, Reply) and reply.status in REFUSED:
                self._isolate(events, reply)
                return
            if not self._is_worth_waiting(reply, attempt):
                with self._lock:
                    self._held -= len(events)
                    self._drop(len(events), "the process ended before the server took them")
                return
            attempt += 1
            with self._lock:
                self._counts["retries"] += 1

    def _attempt(self, events: list[bytes]) -> Reply | Exception:
        try:
            return self._api.request("POST", EVENTS_PATH, b"[" + b",".join(events) + b"]", content_type=BATCH_TYPE)
        except Exception as error:  # noqa: BLE001 - the network fails in many ways, and none may end the thread; all are logged and retried
            return error

    def _isolate(self, events: list[bytes], reply: Reply) -> None:
        """Halve a refused batch until the event at fault stands alone, so that its neighbours are not lost with it."""
        if len(events) > 1:
            middle = len(events) // 2
            self._deliver(events[:middle])
            self._deliver(events[middle:])
            return
        self._settle("rejected", 1)
        with self._lock:
            self._last_error = reply.detail
            is_first = self._counts["rejected"] == 1
        _log.log(logging.ERROR if is_first else logging.DEBUG, "the Meterlark server refuses an event: %s", reply.detail)

    def _is_worth_waiting(self, problem: Reply | Exception, attempt: int) -> bool:
        """Wait before the next attempt; False if there is no time for one."""
        text = f"HTTP status {problem.status}: {problem.detail}" if isinstance(problem, Reply) else repr(problem)
        with self._lock:
            self._last_error = text
        if not self._is_failing:
            self._is_failing = True
            _log.warning("meterlark cannot deliver events and will retry: %s", text)
        delay = min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS_MIN * 2 ** min(attempt, 10))
        delay *= random.uniform(0.5, 1.0)  # noqa: S311 - spreads the clients of a restarted server, hides nothing
        if isinstance(problem, Reply) and problem.retry_after_seconds is not None:
            delay = max(delay, min(problem.retry_after_seconds, RETRY_AFTER_SECONDS_MAX))
        # `flush` and `close` cut the wait short.
        if self._wake.wait(delay):
            self._wake.clear()
        give_up_at = self._give_up_at
        if give_up_at is None:
            return True
        remaining = give_up_at - time.monotonic()
        if remaining > 0:
            time.sleep(min(remaining, BACKOFF_SECONDS_MIN))
        return time.monotonic() < give_up_at

    def _settle(self, name: str, number: int) -> None:
        with self._lock:
            self._held -= number
            self._counts[name] += number

    def _drop(self, number: int, why: str) -> None:
        is_first = self._counts["dropped"] == 0
        self._counts["dropped"] += number
        self._last_error = f"dropped: {why}"
        _log.log(logging.ERROR if is_first else logging.DEBUG, "meterlark drops events: %s", why)
