"""Questions: each waits until the warehouse has read all that the ledger has acknowledged, then is answered there."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from operator import attrgetter
from typing import Final, TypeVar

import msgspec

from meterlark.metering.measurement import Column, Kind, meter_columns
from meterlark.metering.meter import Meter
from meterlark.metering.query import Query, Row
from meterlark.model.errors import NotFoundError, UnavailableError
from meterlark.service.customers import Share
from meterlark.service.meters import MeterEntry
from meterlark.service.principal import Principal
from meterlark.service.project import Projector
from meterlark.warehouse.contract import Table, TableSpec, Warehouse

Answer = TypeVar("Answer")

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

        return await self._ask(query.meter, ask)

    async def subjects(self, entry: MeterEntry, *, by: Principal, start: datetime | None, end: datetime | None) -> list[str]:
        """Return the distinct subjects of the meter's event type in `[start, end)` that the sender may see, sorted."""
        found = await self._ask(entry.meter, lambda table: self._warehouse.subjects(table=table.key, start=start, end=end))
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
        return await self._ask(
            entry.meter, lambda table: self._warehouse.values(column, table=table.key, start=start, end=end, subjects=subjects)
        )

    async def close(self) -> None:
        """Finish the running questions."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _ask(self, meter: Meter, question: Callable[[Table], Answer]) -> Answer:
        spec = TableSpec(meter.event_type, meter_columns([meter]))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask_table, spec, question)

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
