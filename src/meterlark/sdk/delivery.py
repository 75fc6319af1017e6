"""Send a batch until the server has taken or refused each event of it, or the time is over."""

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Final

from meterlark.sdk.api import Api, Reply
from meterlark.sdk.outbox import Batch
from meterlark.sdk.stats import Counters

EVENTS_PATH: Final = "/api/v1/events"
BATCH_TYPE: Final = "application/cloudevents-batch+json"

REFUSED: Final = frozenset({400, 413, 422})
"""Statuses that speak about the events themselves. Any other one (a wrong key, a missing route, an overload) may pass and is retried."""

BACKOFF_SECONDS_MIN: Final = 0.1
BACKOFF_SECONDS_MAX: Final = 10.0
RETRY_AFTER_SECONDS_MAX: Final = 60
"""The longest `retry-after` that is obeyed, so that a mistaken header cannot silence the meter."""

_log: Final = logging.getLogger("meterlark")


class Delivery:
    """Sends batches to one server, each event as the same bytes in every attempt, so that the server counts it once.

    Args:
        api: The connection, used by the caller's thread alone.
        counters: Told of every outcome.
        give_up_at: Returns when to stop trying, on the monotonic clock; None for never.
    """

    def __init__(self, api: Api, counters: Counters, *, give_up_at: Callable[[], float | None]) -> None:
        self._api = api
        self._counters = counters
        self._give_up_at = give_up_at
        self._is_failing = False
        self.hurry: Final = threading.Event()
        """Set to cut the wait between two attempts short."""

    def deliver(self, batch: Batch) -> int:
        """Return how many events, from the front, are settled; fewer than all if there was no more time."""
        return self._deliver(batch.events, is_recovered=batch.is_recovered)

    def _deliver(self, events: list[bytes], *, is_recovered: bool) -> int:
        attempt = 0
        while True:
            reply = self._attempt(events)
            if isinstance(reply, Reply) and 200 <= reply.status <= 299:
                self._counters.add("recovered" if is_recovered else "sent", len(events))
                if self._is_failing:
                    self._is_failing = False
                    _log.info("meterlark reaches its server again")
                return len(events)
            if isinstance(reply, Reply) and reply.status in REFUSED:
                return self._isolate(events, reply, is_recovered=is_recovered)
            if not self._is_worth_waiting(reply, attempt):
                return 0
            attempt += 1
            self._counters.add("retries")

    def _attempt(self, events: list[bytes]) -> Reply | Exception:
        try:
            return self._api.request("POST", EVENTS_PATH, b"[" + b",".join(events) + b"]", content_type=BATCH_TYPE)
        except Exception as error:  # noqa: BLE001 - the network fails in many ways, and none may end the thread; all are logged and retried
            return error

    def _isolate(self, events: list[bytes], reply: Reply, *, is_recovered: bool) -> int:
        """Halve a refused batch until the event at fault stands alone, so that its neighbours are not lost with it."""
        if len(events) == 1:
            self._counters.reject(reply.detail)
            return 1
        middle = len(events) // 2
        settled = self._deliver(events[:middle], is_recovered=is_recovered)
        return settled + self._deliver(events[middle:], is_recovered=is_recovered) if settled == middle else settled

    def _is_worth_waiting(self, problem: Reply | Exception, attempt: int) -> bool:
        """Wait before the next attempt; False if there is no time for one."""
        text = f"HTTP status {problem.status}: {problem.detail}" if isinstance(problem, Reply) else repr(problem)
        self._counters.last_error = text
        if not self._is_failing:
            self._is_failing = True
            _log.warning("meterlark cannot deliver events and will retry: %s", text)
        delay = min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS_MIN * 2 ** min(attempt, 10))
        delay *= random.uniform(0.5, 1.0)  # noqa: S311 - spreads the clients of a restarted server, hides nothing
        if isinstance(problem, Reply) and problem.retry_after_seconds is not None:
            delay = max(delay, min(problem.retry_after_seconds, RETRY_AFTER_SECONDS_MAX))
        # `flush` and `close` cut the wait short.
        if self.hurry.wait(delay):
            self.hurry.clear()
        give_up_at = self._give_up_at()
        if give_up_at is None:
            return True
        remaining = give_up_at - time.monotonic()
        if remaining > 0:
            time.sleep(min(remaining, BACKOFF_SECONDS_MIN))
        return time.monotonic() < give_up_at
