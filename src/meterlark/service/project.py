"""The projector: reads the ledger in order and fills the warehouse's tables, once each.

Which tables there must be follows from the meters: one per event type with every column that its meters need, and the listing of all
events. When a meter needs a column that no table of its type has, a new table is begun from the start of the ledger; questions that the
old one can answer still go to it until the new one has caught up, and then the old one is dropped.

No failure ends the projector's thread: it is kept for the operator, and the step is tried again from what the warehouse really holds.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any, Final

import msgspec

from meterlark.ledger.contract import Ledger
from meterlark.metering.measurement import Column, meter_columns
from meterlark.metering.meter import Meter
from meterlark.model.errors import CorruptDataError, MeterlarkError, UnavailableError
from meterlark.service.rows import Deriver, NothingDerived, has_derived, read_rows, read_voids, voided_rows
from meterlark.warehouse.contract import LISTING, Batch, Table, TableSpec, VoidedRow, Warehouse

BATCH_EVENTS_MAX: Final = 10_000
"""Events of one transaction of the warehouse: at this size its fixed cost is spread, and memory stays at some 20 MB."""

BACKFILL_EVENTS_MAX: Final = 2_500
"""Events of one transaction of a backfill, which takes turns with the live tables: what a question waits longer meanwhile, some 30 ms."""

SLICE_EVENTS: Final = 500
"""Events read from the ledger at once: between slices other threads get their turn."""

LINGER_SECONDS: Final = 0.1
"""How long new events wait for company while nobody asks: a transaction of the warehouse costs about 1 ms however few rows it adds, which
is a quarter of a millisecond an event for lone senders. A question ends the wait at once."""

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
        deriver: Derives what some meters need beside the events' data.
        retry_seconds: Pause after a failure.

    Raises:
        CorruptDataError: The warehouse holds more than the ledger: it was filled from another one.
    """

    def __init__(
        self, ledger: Ledger, warehouse: Warehouse, deriver: Deriver | None = None, *, retry_seconds: float = RETRY_SECONDS
    ) -> None:
        self._deriver = NothingDerived() if deriver is None else deriver
        self._projecting = Lock()
        self._retry_seconds = retry_seconds
        self._ledger = ledger
        self._warehouse = warehouse
        self._changed = Condition()
        self._head = ledger.head()
        # Replaced as a whole under the lock, never changed in place, so that it may be read without the lock.
        self._tables: dict[int, Table] = {table.key: table for table in warehouse.tables()}
        if self.position > self._head:
            raise CorruptDataError(
                f"the warehouse has read up to event {self.position}, but the ledger ends at {self._head}: it was filled from another"
                " ledger; run 'meterlark rebuild'"
            )
        self._last_reached = -1
        self._wanted: dict[str, tuple[Column, ...]] = {}
        self._waiters = 0
        self._stopping = False
        self._failure: str | None = None
        self._thread = Thread(target=self._run, name="meterlark-projector", daemon=True)

    def start(self, meters: Iterable[Meter]) -> None:
        """Make sure of the tables that the meters need and begin to fill them."""
        self.set_meters(meters)
        self._thread.start()

    def set_meters(self, meters: Iterable[Meter]) -> None:
        """Learn which meters there are now; tables for new needs are begun before this returns, or else as soon as the warehouse can."""
        by_type: dict[str, list[Meter]] = {}
        for meter in meters:
            by_type.setdefault(meter.event_type, []).append(meter)
        with self._changed:
            self._wanted = {event_type: meter_columns(group) for event_type, group in by_type.items()}
            self._begin_missing()

    @contextmanager
    def paused(self) -> Iterator[int]:
        """Keep the projection from going on; give the sequence number up to which events may have been read.

        What is derived from events may change for those behind that number; for any other the revision must change, too. Afterwards tables
        of an older revision are filled anew.
        """
        with self._projecting:
            yield max(self.position, self._ledger.head())
        with self._changed:
            self._begin_missing()

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
        """How many sequence numbers the furthest table is behind.

        Tables that are being backfilled do not count: a new meter must not slow ingest down.
        """
        return self._head - self.position

    @property
    def position(self) -> int:
        """The sequence number that the furthest table has reached."""
        return max((table.position for table in self._tables.values()), default=0)

    def wait_for_lag(self, most: int, *, timeout_seconds: float) -> bool:
        """Block until the lag is at most `most`; False when the time is over."""
        with self._waiting():
            return self._changed.wait_for(lambda: self.lag <= most or self._stopping, timeout_seconds)

    def is_ready(self, spec: TableSpec) -> bool:
        """Tell whether `wait_for_table` would return at once; does not block."""
        return self._ready(spec, self._head) is not None

    def wait_for_table(self, spec: TableSpec, *, timeout_seconds: float) -> Table:
        """Block until a table that covers a spec has reached the ledger's head of this moment, and return it.

        Raises:
            UnavailableError: The time is over (the message says how far the projection is), or no meter needs such a table any more.
        """
        head = self._head
        if (ready := self._ready(spec, head)) is not None:
            return ready  # to wait is to wake the thread that projects
        deadline = monotonic() + timeout_seconds
        with self._waiting():
            while True:
                spec = self._dated(spec)
                best = self._best(spec)
                if best is not None and best.position >= head:
                    return best
                if best is None and not self._is_wanted(spec):
                    raise UnavailableError("the meter was changed or deleted meanwhile; ask again")
                left = deadline - monotonic()
                if left <= 0 or self._stopping:
                    reason = f": {self._failure}" if self._failure else ""
                    position = 0 if best is None else best.position
                    raise UnavailableError(
                        f"{position} of {head} events have been read for this question{reason}; ask again", retry_after_seconds=5
                    )
                self._changed.wait(left)

    def close(self) -> None:
        """Finish the running batch and stop; what is missing will be read at the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def _ready(self, spec: TableSpec, head: int) -> Table | None:
        """Return the table that answers for a spec if it has reached a position; does not block, tables are replaced as a whole."""
        best = self._best(self._dated(spec))
        return best if best is not None and best.position >= head else None

    def _best(self, spec: TableSpec) -> Table | None:
        candidates = [table for table in self._tables.values() if _covers(table.spec, spec)]
        return max(candidates, key=lambda table: (table.position, -len(table.spec.columns)), default=None)

    def _is_wanted(self, spec: TableSpec) -> bool:
        return any(_covers(wanted, spec) for wanted in self._needed())

    def _needed(self) -> list[TableSpec]:
        """Return the tables that there must be."""
        return [LISTING, *(self._dated(TableSpec(event_type, columns)) for event_type, columns in self._wanted.items())]

    def _dated(self, spec: TableSpec) -> TableSpec:
        """Return what is asked for at the revision of this moment."""
        return msgspec.structs.replace(spec, revision=self._deriver.revision) if has_derived(spec) else spec

    def _create_missing(self) -> None:
        """Begin each table that must be and is not yet; called with the lock held."""
        for spec in self._needed():
            if self._best(spec) is None:
                table = self._warehouse.create_table(spec)
                self._tables = {**self._tables, table.key: table}

    def _begin_missing(self) -> None:
        """Begin what can be begun now; called with the lock held."""
        try:
            self._create_missing()
        except UnavailableError as error:
            self._failure = str(error)
            _log.warning("a table for the meters could not be begun: %s; it is tried again", error)
        self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or self._next_position() is not None, IDLE_SECONDS)
                self._changed.wait_for(lambda: self._stopping or self._is_urgent(), LINGER_SECONDS)
                if self._stopping:
                    return
            try:
                self._step()
                self._failure = None
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave every question waiting; it is kept, logged, retried
                self._fail("projection stopped at %d; it is tried again", error)
                self._recover()

    def _step(self) -> None:
        """Bring the tables in line with the meters, then project one batch if any table is behind."""
        self.announce(self._ledger.head())
        with self._changed:
            self._create_missing()
        self._drop_superseded()
        position = self._next_position()
        if position is not None:
            with self._projecting:
                self._project(position)

    def _fail(self, message: str, error: Exception) -> None:
        self._failure = str(error) if isinstance(error, MeterlarkError) else f"{type(error).__name__}: {error}"
        _log.error(message, self.position, exc_info=error)

    def _next_position(self) -> int | None:
        """Return the position to go on from: that of the live tables, in turns with that of a backfill while both are behind.

        Without turns a steady stream of events would keep a new meter waiting for ever.
        """
        head = self._head
        behind = sorted({table.position for table in self._tables.values() if table.position < head}, reverse=True)
        if len(behind) > 1 and behind[0] == self._last_reached:
            return behind[1]
        return behind[0] if behind else None

    def _is_urgent(self) -> bool:
        """Tell whether somebody waits for what is behind, or enough has gathered for a whole batch."""
        position = self._next_position()
        return position is not None and (self._waiters > 0 or self._head - position >= BATCH_EVENTS_MAX)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Hold the lock as one who needs the projection to go on."""
        with self._changed:
            self._waiters += 1
            self._changed.notify_all()
            try:
                yield
            finally:
                self._waiters -= 1

    def _project(self, after: int) -> None:
        """Read one batch that follows a position into every table that stands there."""
        present = self._tables.values()
        tables = [table for table in present if table.position == after]
        upto_limit = min((table.position for table in present if table.position > after), default=self._head)
        events_max = BATCH_EVENTS_MAX if after == self.position else BACKFILL_EVENTS_MAX
        rows: dict[int, list[Any]] = {table.key: [] for table in tables}
        voided: dict[int, list[VoidedRow]] = {table.key: [] for table in tables}
        reached = after
        count = 0
        while count < events_max and not self._stopping:
            records = self._ledger.read(after=reached, limit=SLICE_EVENTS, upto=upto_limit)
            if not records:
                reached = upto_limit
                break
            pairs = [(record, record.event()) for record in records]
            voids = read_voids(pairs, self._ledger)
            for table in tables:
                rows[table.key] += read_rows(table.spec, pairs, self._deriver)
                voided[table.key] += voided_rows(table.spec, voids)
            reached = records[-1].sequence
            count += len(records)
        if reached == after:
            return
        self._warehouse.append([Batch(key, found, voided[key]) for key, found in rows.items()], after=after, upto=reached)
        self._last_reached = reached
        with self._changed:
            self._tables = {**self._tables, **{table.key: Table(table.key, table.spec, reached) for table in tables}}
            self._changed.notify_all()

    def _drop_superseded(self) -> None:
        """Drop tables that nobody needs: of a type without meters, or replaced by another that has caught up."""
        with self._changed:
            superseded = [
                table
                for table in self._tables.values()
                if table.spec.event_type is not None and self._is_superseded(table.spec.event_type, table)
            ]
            dropped = {table.key for table in superseded}
            self._tables = {key: table for key, table in self._tables.items() if key not in dropped}
        for table in superseded:
            self._warehouse.drop_table(table.key)

    def _is_superseded(self, event_type: str, table: Table) -> bool:
        wanted = self._wanted.get(event_type)
        if wanted is None:
            return True
        needed = self._dated(TableSpec(event_type, wanted))
        return any(
            other.position >= table.position and _covers(other.spec, needed) and _rank(other, needed) < _rank(table, needed)
            for other in self._tables.values()
            if other.spec.event_type == event_type
        )

    def _recover(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, self._retry_seconds)
        try:
            self._warehouse.recover()
            with self._changed:
                self._tables = {table.key: table for table in self._warehouse.tables()}
        except Exception as error:  # noqa: BLE001 - as in `_run`
            self._fail("the warehouse cannot be opened (stands at %d); it is tried again", error)


def _covers(spec: TableSpec, needed: TableSpec) -> bool:
    return (
        spec.event_type == needed.event_type
        and set(needed.columns) <= set(spec.columns)
        and (spec.revision == needed.revision or not has_derived(needed))
    )


def _rank(table: Table, needed: TableSpec) -> tuple[bool, int, int]:
    """Order the tables of a type from the one to keep: those that hold all that is needed, then the narrowest, then the oldest."""
    return not _covers(table.spec, needed), len(table.spec.columns), table.key
