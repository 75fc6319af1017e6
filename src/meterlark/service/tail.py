"""The live tail: stored events in the order of the ledger, as they come."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from meterlark.ledger.contract import Ledger, Record
from meterlark.metering.meter import Meter
from meterlark.model.errors import UnavailableError
from meterlark.service.cost import Costs
from meterlark.service.events import ListedEvent
from meterlark.service.explain import problems_of, read_by_meters
from meterlark.service.ingest import Ingest
from meterlark.service.principal import Principal

PAGE_EVENTS: Final = 200
"""Events read at once: a page is sent before the next is read, so a slow reader holds no more than this."""

TAILS_MAX: Final = 64
"""Tails at the same time; each is a connection and a look at the ledger for every commit."""

PAUSE_SECONDS: Final = 15
"""Longest silence: proxies commonly close a connection after 30 to 60 s without a byte."""


class TailFilter(msgspec.Struct, frozen=True):
    """Which events to show; None shows all.

    Attributes:
        subject: The whole subject.
        type: The whole type.
    """

    subject: str | None = None
    type: str | None = None


class Tail:
    """Follows the ledger.

    Args:
        ledger: What is followed.
        ingest: Tells of commits.
        meters: Gives the live meters.
        costs: Works out costs.
    """

    def __init__(self, ledger: Ledger, ingest: Ingest, meters: Callable[[], list[Meter]], costs: Costs) -> None:
        self._ledger = ledger
        self._ingest = ingest
        self._meters = meters
        self._costs = costs
        self._tails = 0

    def follow(self, condition: TailFilter, *, after: int | None, by: Principal) -> AsyncIterator[list[ListedEvent]]:
        """Return an iterator of events that the sender may see, in ledger order, for ever; an empty list is a pause.

        Args:
            condition: Which events.
            after: Sequence after which to begin; None begins with what comes now.
            by: Who looks.

        Raises:
            ForbiddenError: A subject was asked for that the sender may not see.
            UnavailableError: Too many look already.
        """
        subjects = by.visible_subjects(None if condition.subject is None else (condition.subject,))
        if self._tails >= TAILS_MAX:
            raise UnavailableError(f"{TAILS_MAX} tails are open already; close one", retry_after_seconds=10)
        return self._follow(condition.type, subjects, after)

    async def _follow(
        self, event_type: str | None, subjects: tuple[str, ...] | None, after: int | None
    ) -> AsyncIterator[list[ListedEvent]]:
        self._tails += 1
        try:
            position = self._ledger.head() if after is None else after
            while True:
                committed = self._ingest.next_commit()
                page = await asyncio.to_thread(self._ledger.read, after=position, limit=PAGE_EVENTS)
                if page:
                    position = page[-1].sequence
                    shown = self._shown(page, subjects, event_type)
                    if shown:
                        yield shown
                    continue
                try:
                    await asyncio.wait_for(committed.wait(), PAUSE_SECONDS)
                except TimeoutError:
                    yield []
        finally:
            self._tails -= 1

    def _shown(self, page: list[Record], subjects: tuple[str, ...] | None, event_type: str | None) -> list[ListedEvent]:
        meters = self._meters()
        shown: list[ListedEvent] = []
        for record in page:
            event = record.event()
            if (subjects is None or event.subject in subjects) and event_type in (None, event.type):
                readings = read_by_meters(event, meters, self._costs, sequence=record.sequence)
                shown.append(ListedEvent(event, record, problems_of(event, readings)))
        return shown
