"""The projector: reads the ledger in order and fills the warehouse's tables, once each.

Which tables there must be follows from the meters: one per event type with every column that its meters need, and the listing of all
events. When a meter needs a column that no table of its type has, a new table is begun from the start of the ledger; questions that the
old one can answer still go to it until the new one has caught up, and then the old one is dropped.
"""

import logging
from collections.abc import Iterable, Sequence
from itertools import repeat
from threading import Condition, Thread
from time import monotonic
from typing import Any, Final

from meterlark.ledger.contract import Ledger, Record
from meterlark.metering.measurement import Column, meter_columns, read_column
from meterlark.metering.meter import Meter
from meterlark.model.errors import MeterlarkError, UnavailableError
from meterlark.model.event import Event
from meterlark.warehouse.contract import LISTING, Batch, ListingRow, MeteredRow, Table, TableSpec, Warehouse

BATCH_EVENTS_MAX: Final = 10_000
"""Events of one transaction of the warehouse: at this size its fixed cost is spread, and memory stays at some 20 MB."""

SLICE_EVENTS: Final = 500
"""Events read from the ledger at once: between slices other threads get their turn."""

RETRY_SECONDS: Final = 1.0
"""Pause after the warehouse failed, before it is opened anew."""

IDLE_SECONDS: Final = 1.0
"""Longest sleep between two looks at the ledger; an announcement ends it at once."""

_log = logging.getLogger("meterlark.projector")


class Projector:
    """Fills the warehouse from the ledger in a thread of its own.

    Args:
        ledger: What is read.
        warehouse: What is filled; nobody else appends to it.
    """

    def __init__(self, ledger: Ledger, warehouse: Warehouse) -> None:
        self._ledger = ledger
        self._warehouse = warehouse
        self._changed = Condition()
        self._head = ledger.head()
        self._tables: dict[int, Table] = {table.key: table for table in warehouse.tables()}
        self._wanted: dict[str, tuple[Column, ...]] = {}
        self._stopping = False
        self._failure: str | None = None
        self._thread = Thread(target=self._run, name="meterlark-projector", daemon=True)

    def start(self, meters: Iterable[Meter]) -> None:
        """Make sure of the tables that the meters need and begin to fill them."""
        self.set_meters(meters)
        self._thread.start()

    def set_meters(self, meters: Iterable[Meter]) -> None:
        """Learn which meters there are now; tables for new needs are begun before this returns."""
        by_type: dict[str, list[Meter]] = {}
        for meter in meters:
            by_type.setdefault(meter.event_type, []).append(meter)
        with self._changed:
            self._wanted = {event_type: meter_columns(group) for event_type, group in by_type.items()}
            specs = [LISTING, *(TableSpec(event_type, columns) for event_type, columns in self._wanted.items())]
            for spec in specs:
                if not any(_covers(table.spec, spec) for table in self._tables.values()):
                    table = self._warehouse.create_table(spec)
                    self._tables[table.key] = table
            self._changed.notify_all()

    def announce(self, head: int) -> None:
        """Tell that the ledger now reaches to a sequence number."""
        with self._changed:
            self._head = max(self._head, head)
            self._changed.notify_all()

    @property
    def head(self) -> int:
        """The highest sequence number announced."""
        return self._head

    @property
    def failure(self) -> str | None:
        """Why the projector cannot go on at the moment; None when it can."""
        return self._failure

    @property
    def lag(self) -> int:
        """How many sequence numbers the furthest tables that live ingest feeds are behind.

        Tables that are being backfilled do not count: a new meter must not slow ingest down.
        """
        return self._head - max((table.position for table in self._tables.values()), default=self._head)

    @property
    def position(self) -> int:
        """The sequence number that the furthest table has reached."""
        return max((table.position for table in self._tables.values()), default=0)

    def wait_for_lag(self, most: int, *, timeout_seconds: float) -> bool:
        """Block until the lag is at most `most`; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self.lag <= most or self._stopping, timeout_seconds)

    def wait_for_table(self, spec: TableSpec, *, timeout_seconds: float) -> Table:
        """Block until a table that covers a spec has reached the ledger's head of this moment, and return it.

        Raises:
            UnavailableError: The time is over; the message says how far the projection is.
        """
        with self._changed:
            head = self._head
            deadline = monotonic() + timeout_seconds
            while True:
                best = self._best(spec)
                if best.position >= head:
                    return best
                left = deadline - monotonic()
                if left <= 0 or self._stopping:
                    reason = f": {self._failure}" if self._failure else ""
                    raise UnavailableError(
                        f"{best.position} of {head} events have been read for this question{reason}; ask again", retry_after_seconds=5
                    )
                self._changed.wait(left)

    def close(self) -> None:
        """Finish the running batch and stop; what is missing will be read at the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def _best(self, spec: TableSpec) -> Table:
        candidates = [table for table in self._tables.values() if _covers(table.spec, spec)]
        assert candidates, f"set_meters was not told of {spec}"
        return max(candidates, key=lambda table: (table.position, -len(table.spec.columns)))

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or self._behind() is not None, IDLE_SECONDS)
                if self._stopping:
                    return
                position, head = self._behind(), self._head
            if position is None:
                continue
            try:
                self._project(position, head)
                self._drop_superseded()
                self._failure = None
            except MeterlarkError as error:
                self._failure = str(error)
                _log.exception("projection stopped at %d; it is tried again", position)
                self._recover()

    def _behind(self) -> int | None:
        """Return the position to go on from: that of live tables first, so that a backfill does not keep queries waiting."""
        positions = [table.position for table in self._tables.values() if table.position < self._head]
        return max(positions, default=None)

    def _project(self, after: int, head: int) -> None:
        with self._changed:
            tables = [table for table in self._tables.values() if table.position == after]
        nearest = min((table.position for table in self._tables.values() if table.position > after), default=head)
        upto_limit = min(nearest, head)
        rows: dict[int, list[Any]] = {table.key: [] for table in tables}
        reached = after
        count = 0
        while count < BATCH_EVENTS_MAX and not self._stopping:
            records = self._ledger.read(after=reached, limit=SLICE_EVENTS, upto=upto_limit)
            if not records:
                reached = upto_limit
                break
            pairs = [(record, record.event()) for record in records]
            for table in tables:
                rows[table.key] += read_rows(table.spec, pairs)
            reached = records[-1].sequence
            count += len(records)
        if reached == after:
            return
        self._warehouse.append([Batch(key, found) for key, found in rows.items()], after=after, upto=reached)
        with self._changed:
            for table in tables:
                self._tables[table.key] = Table(table.key, table.spec, reached)
            self._changed.notify_all()

    def _drop_superseded(self) -> None:
        """Drop tables that nobody needs: of a type without meters, or covered by another that has caught up."""
        with self._changed:
            superseded = [
                table
                for table in self._tables.values()
                if table.spec.event_type is not None and self._is_superseded(table.spec.event_type, table)
            ]
            for table in superseded:
                del self._tables[table.key]
        for table in superseded:
            self._warehouse.drop_table(table.key)

    def _is_superseded(self, event_type: str, table: Table) -> bool:
        wanted = self._wanted.get(event_type)
        if wanted is None:
            return True
        needed = TableSpec(event_type, wanted)
        return not _covers(table.spec, needed) and any(
            other.position >= table.position for other in self._tables.values() if other.key != table.key and _covers(other.spec, needed)
        )

    def _recover(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, RETRY_SECONDS)
        try:
            self._warehouse.recover()
        except MeterlarkError as error:
            self._failure = str(error)
            _log.exception("the warehouse cannot be opened; it is tried again")
            return
        with self._changed:
            self._tables = {table.key: table for table in self._warehouse.tables()}


def _covers(spec: TableSpec, needed: TableSpec) -> bool:
    return spec.event_type == needed.event_type and set(needed.columns) <= set(spec.columns)


def read_rows(spec: TableSpec, pairs: Sequence[tuple[Record, Event]]) -> list[MeteredRow] | list[ListingRow]:
    """Read what a table keeps of some events, each given as stored and as decoded; events of other types are left out."""
    if spec.event_type is None:
        return [
            ListingRow(record.sequence, record.time_us, event.subject, event.type, event.id, record.received_us, event.source)
            for record, event in pairs
        ]
    concerned = [pair for pair in pairs if pair[1].type == spec.event_type]
    payloads = [event.data or {} for _, event in concerned]
    columns = [read_column(column, payloads) for column in spec.columns]
    # Without columns, as for a lone COUNT, `zip` would give no row at all.
    cells = zip(*columns, strict=True) if columns else repeat(())
    return [MeteredRow(record.sequence, record.time_us, event.subject, one) for (record, event), one in zip(concerned, cells, strict=False)]
