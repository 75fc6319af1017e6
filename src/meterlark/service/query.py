"""Questions: each waits until the warehouse has read all that the ledger has acknowledged, then is answered there."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Final, TypeVar

import msgspec

from meterlark.metering.measurement import Column, Kind, value_column
from meterlark.metering.query import Query, Row
from meterlark.model.errors import NotFoundError, UnavailableError
from meterlark.service.customers import Share
from meterlark.service.meters import MeterEntry
from meterlark.service.principal import Principal
from meterlark.service.project import Projector
from meterlark.warehouse.contract import Table, TableSpec, Warehouse

Answer = TypeVar("Answer")

WAITING_QUERIES_MAX: Final = 64
"""Questions that wait for a table to be filled, each in a thread of its own; more are answered "try again"."""

CONCURRENT_QUERIES_MAX: Final = 4
"""Questions answered at the same time; more would only share the same cores. Others wait in line."""

WAIT_SECONDS_MAX: Final = 30
"""How long a question waits for the warehouse to catch up before it is answered "try again"."""


class Queries:
    """Answers questions from the warehouse.

    Args:
        projector: Knows which table can answer, and how far it is.
        warehouse: Answers.
    """

    def __init__(self, projector: Projector, warehouse: Warehouse) -> None:
        self._projector = projector
        self._warehouse = warehouse
        self._threads = ThreadPoolExecutor(max_workers=CONCURRENT_QUERIES_MAX, thread_name_prefix="meterlark-query")
        self._waiters = ThreadPoolExecutor(max_workers=WAITING_QUERIES_MAX, thread_name_prefix="meterlark-wait")
        self._waiting = 0

    async def run(
        self,
        query: Query,
        *,
        by: Principal,
        shares: Sequence[Share] | None = None,
        answered: Callable[[], None] = lambda: None,
    ) -> list[Row]:
        """Answer a query, about what the sender may see; every event acknowledged before this call is in the answer.

        Args:
            query: What is asked.
            by: Who asks.
            shares: The customers asked for, by id: the query is answered for the subjects of each, which is exact for every aggregation.
                Rows are ordered by window, customer, subject and groups then. None for no customers.
            answered: Called after each part, possibly in another thread.

        Raises:
            ForbiddenError: A subject or a meter was asked for that the sender may not see.
            InvalidInputError: The windows span more than can be read.
            UnavailableError: The warehouse has not caught up in time, or fails.
        """
        by.require_meter(query.meter.slug)
        if shares is None:
            parts = [msgspec.structs.replace(query, subjects=by.visible_subjects(query.subjects))]
        else:
            parts = [_part(query, share, by) for share in shares]

        def ask(table: Table) -> list[Row]:
            rows: list[Row] = []
            for part in parts:
                rows += self._warehouse.query(part, table=table.key)
                answered()
            # Each part is in order and so are the parts, and sorting keeps what is equal in place.
            return rows if shares is None else sorted(rows, key=attrgetter("window"))

        value = value_column(query.meter)
        columns = {Column(Kind.GROUP, query.meter.group_by[key]) for key in (*query.group_by, *query.filters)}
        spec = TableSpec(query.meter.event_type, tuple(sorted(columns if value is None else {value, *columns})))
        return await self._ask(spec, ask)

    async def subjects(self, entry: MeterEntry, *, by: Principal, start: datetime | None, end: datetime | None) -> list[str]:
        """Return the distinct subjects of the meter's event type in `[start, end)` that the sender may see, sorted."""
        spec = TableSpec(entry.meter.event_type, ())
        found = await self._ask(spec, lambda table: self._warehouse.subjects(table=table.key, start=start, end=end))
        return [subject for subject in found if by.subjects is None or subject in by.subjects]

    async def values(self, entry: MeterEntry, key: str, *, by: Principal, start: datetime | None, end: datetime | None) -> list[str]:
        """Return the distinct texts of one of the meter's dimensions in `[start, end)`, on events that the sender may see, sorted.

        Raises:
            NotFoundError: The meter has no such dimension.
        """
        path = entry.meter.group_by.get(key)
        if path is None:
            known = ", ".join(sorted(entry.meter.group_by)) or "none"
            raise NotFoundError(f"group by key not found: {key[:80]}; the meter {entry.meter.slug} has {known}")
        column = Column(Kind.GROUP, path)
        subjects = by.visible_subjects(None)
        spec = TableSpec(entry.meter.event_type, (column,))
        return await self._ask(spec, lambda table: self._warehouse.values(column, table=table.key, start=start, end=end, subjects=subjects))

    async def close(self) -> None:
        """Finish the running questions."""
        await asyncio.to_thread(self._waiters.shutdown)
        await asyncio.to_thread(self._threads.shutdown)

    async def _ask(self, spec: TableSpec, question: Callable[[Table], Answer]) -> Answer:
        """Put a question to a table that has the columns it needs, and no more: an older table can answer while a newer one is filled."""
        if not self._projector.is_ready(spec):
            await self._wait(spec)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask_table, spec, question)

    async def _wait(self, spec: TableSpec) -> None:
        """Wait apart from the questions that can be answered: a meter that is being backfilled must not hold up the others."""
        if self._waiting >= WAITING_QUERIES_MAX:
            raise UnavailableError(f"{self._waiting} questions wait for the warehouse to catch up; ask again", retry_after_seconds=5)
        self._waiting += 1
        try:
            wait = partial(self._projector.wait_for_table, spec, timeout_seconds=WAIT_SECONDS_MAX)
            await asyncio.get_running_loop().run_in_executor(self._waiters, wait)
        finally:
            self._waiting -= 1

    def _ask_table(self, spec: TableSpec, question: Callable[[Table], Answer]) -> Answer:
        table = self._projector.wait_for_table(spec, timeout_seconds=WAIT_SECONDS_MAX)
        try:
            return question(table)
        except UnavailableError:
            # A table that a newer one has replaced may be dropped between the choice and the question; the newer one has the answer.
            other = self._projector.wait_for_table(spec, timeout_seconds=WAIT_SECONDS_MAX)
            if other.key == table.key:
                raise
            return question(other)


def _part(query: Query, share: Share, by: Principal) -> Query:
    """Return the query about one customer: its subjects, or those of them that were asked for."""
    asked = share.subjects if query.subjects is None else tuple(one for one in query.subjects if one in share.subjects)
    return msgspec.structs.replace(query, subjects=by.visible_subjects(asked), customer_id=share.customer_id)
