"""Ingest: accepted events go to the ledger, many requests in one fsync.

Requests that arrive while a commit runs are committed together by the next one. The answer to each waits for its own commit, so a success
always means "on disk". When the projector falls behind by more than `LAG_EVENTS_MAX` events, requests wait for it before they are queued.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import monotonic, perf_counter_ns
from typing import Final, NamedTuple, Protocol

from meterlark.ledger.contract import Ledger, Verdict
from meterlark.model.errors import ConflictError, UnavailableError
from meterlark.model.event import Event

GROUP_EVENTS_MAX: Final = 5_000
"""Events of one commit. A commit of this size takes about 60 ms; larger ones delay the first waiter more than they save."""

QUEUED_EVENTS_MAX: Final = 100_000
"""Events waiting for the projector or for a commit; beyond it requests are answered "try again" instead of taking memory."""

LAG_EVENTS_MAX: Final = 200_000
"""Events in the ledger that the warehouse may be behind: some seconds of projection, so a query never waits longer than that."""

LAG_WAIT_SECONDS_MAX: Final = 20
"""How long a request waits for the projector before it is answered "try again"; clients give up after 30 s or more."""


class Projection(Protocol):
    """What ingest needs of the projector."""

    def announce(self, head: int) -> None:
        """Tell that the ledger now reaches to a sequence number."""
        ...

    @property
    def lag(self) -> int:
        """How many sequence numbers the furthest table is behind."""
        ...

    def wait_for_lag(self, most: int, *, timeout_seconds: float) -> bool:
        """Block until the lag is at most `most`; False when the time is over."""
        ...


class _Waiting(NamedTuple):
    events: Sequence[Event]
    received_at: datetime
    answer: "asyncio.Future[list[Verdict]]"


class Ingest:
    """Brings events to the ledger in groups; belongs to one event loop.

    Args:
        ledger: The truth; appended to from one thread of our own.
        projection: Who must not fall behind without limit.
    """

    def __init__(self, ledger: Ledger, projection: Projection) -> None:
        self._ledger = ledger
        self._projection = projection
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="meterlark-ledger")
        self._waiting: list[_Waiting] = []
        self._queued_events = 0
        self._committing: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[bool] | None = None
        self._closed = False
        self._failure: str | None = None
        self._committed = asyncio.Event()
        self.failed_at = 0.0
        """When the last failed commit failed, on the monotonic clock in seconds; without meaning before one has."""
        self.verdicts: Counter[Verdict] = Counter()
        """How many events were answered with each verdict since the start."""
        self.commits = 0
        """Transactions since the start."""
        self.commit_nanoseconds = 0
        """Time spent in them."""

    @property
    def is_closed(self) -> bool:
        """Whether events are refused because the server stops."""
        return self._closed

    @property
    def failure(self) -> str | None:
        """Why the last commit failed; None when it went well or there was none."""
        return self._failure

    def next_commit(self) -> asyncio.Event:
        """Return the event that is set when the next transaction is on disk."""
        return self._committed

    @property
    def queued_events(self) -> int:
        """Events that wait for a commit to begin."""
        return self._queued_events

    async def accept(self, events: Sequence[Event], *, received_at: datetime) -> list[Verdict]:
        """Store events and return what each was, in order; on return they are on disk.

        Args:
            events: One request's events; stored all or none.
            received_at: Aware UTC.

        Raises:
            UnavailableError: Nothing was stored; the same request may be sent again.
        """
        if not events:
            return []
        self._check_open()
        if self._queued_events + len(events) > QUEUED_EVENTS_MAX:
            raise UnavailableError(
                f"{self._queued_events} events wait for the disk, at most {QUEUED_EVENTS_MAX} may; send the request again"
            )
        self._queued_events += len(events)
        try:
            if self._projection.lag > LAG_EVENTS_MAX:
                await self._wait_for_projection()
            self._check_open()
        except BaseException:  # also when the request is cancelled: its place in the queue is free again
            self._queued_events -= len(events)
            raise
        answer: asyncio.Future[list[Verdict]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(events, received_at, answer))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        return await answer

    async def accept_new(self, events: Sequence[Event], *, received_at: datetime) -> None:
        """Store events together if each of them is new; on return they are on disk.

        Args:
            events: A few; they do not wait in the queue.
            received_at: Aware UTC.

        Raises:
            ConflictError: One is stored already; nothing was stored.
            UnavailableError: Nothing was stored; the same call may be made again.
        """
        self._check_open()
        await asyncio.get_running_loop().run_in_executor(self._writer, self._append_new, events, received_at)
        self._tell_of_commit()

    async def judge(self, events: Sequence[Event]) -> list[Verdict]:
        """Return what `accept` would answer now, and store nothing.

        Raises:
            UnavailableError: It cannot be told now.
        """
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._ledger.judge, events)

    async def close(self) -> None:
        """Commit what waits, then stop; later events are refused."""
        self._closed = True
        if self._committing is not None:
            await self._committing
        self._writer.shutdown()

    def _check_open(self) -> None:
        if self._closed:
            raise UnavailableError("the server is stopping; send the request again", retry_after_seconds=2)

    async def _wait_for_projection(self) -> None:
        """Wait together with every other request that waits: one thread serves all, so none waits for a thread."""
        if self._catching_up is None:
            self._catching_up = asyncio.create_task(self._catch_up())
        if not await asyncio.shield(self._catching_up):
            raise UnavailableError(f"more than {LAG_EVENTS_MAX} events wait to be projected; send the request again", retry_after_seconds=5)

    async def _catch_up(self) -> bool:
        try:
            return await asyncio.to_thread(self._projection.wait_for_lag, LAG_EVENTS_MAX, timeout_seconds=LAG_WAIT_SECONDS_MAX)
        finally:
            self._catching_up = None

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group = self._next_group()
                try:
                    verdicts = await loop.run_in_executor(self._writer, self._commit, group)
                except Exception as error:  # noqa: BLE001 - every waiter of the group must hear of it; nothing was stored
                    self._failure = str(error) or type(error).__name__
                    self.failed_at = monotonic()
                    for waiting in group:
                        if not waiting.answer.done():
                            waiting.answer.set_exception(error)
                else:
                    self._failure = None
                    self._tell_of_commit()
                    for waiting, verdict in zip(group, verdicts, strict=True):
                        if not waiting.answer.done():
                            waiting.answer.set_result(verdict)
        finally:
            self._committing = None

    def _next_group(self) -> list[_Waiting]:
        count = 0
        for index, waiting in enumerate(self._waiting):
            count += len(waiting.events)
            if count >= GROUP_EVENTS_MAX or index == len(self._waiting) - 1:
                group, self._waiting = self._waiting[: index + 1], self._waiting[index + 1 :]
                self._queued_events -= count
                return group
        raise AssertionError("a group is taken only when something waits")

    def _tell_of_commit(self) -> None:
        self._committed.set()
        self._committed = asyncio.Event()

    def _commit(self, group: Sequence[_Waiting]) -> list[list[Verdict]]:
        """Run in the writer's thread: one transaction for the whole group."""
        found = self._append([event for waiting in group for event in waiting.events], group[0].received_at)
        verdicts = iter(found)
        return [[next(verdicts) for _ in waiting.events] for waiting in group]

    def _append_new(self, events: Sequence[Event], received_at: datetime) -> None:
        """Run in the writer's thread, so that nothing is stored between the look and the transaction."""
        require_new(events, self._ledger.judge(events))
        self._append(events, received_at)

    def _append(self, events: Sequence[Event], received_at: datetime) -> list[Verdict]:
        began_at = perf_counter_ns()
        found = self._ledger.append(events, received_at=received_at)
        self.commits += 1
        self.commit_nanoseconds += perf_counter_ns() - began_at
        self.verdicts.update(found)
        self._projection.announce(self._ledger.head())
        return found


def require_new(events: Sequence[Event], verdicts: Sequence[Verdict]) -> None:
    """Return when every event is new.

    Raises:
        ConflictError: Names the first that is not.
    """
    for event, verdict in zip(events, verdicts, strict=True):
        if verdict is not Verdict.NEW:
            raise ConflictError(f"an event with id {event.id[:80]!r} of source {event.source[:80]!r} is stored already")
