"""A ledger, a warehouse that fails on purpose, and the real projector between them."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Literal, Self, TypeVar

from meterlark.ledger.contract import Ledger, Verdict
from meterlark.ledger.memory import MemoryLedger
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.metering.measurement import Column, Measurement, measure, meter_columns
from meterlark.metering.meter import Meter
from meterlark.metering.query import Query, Row
from meterlark.metering.reference import Observation, evaluate
from meterlark.model.errors import UnavailableError
from meterlark.model.event import Event, decode_event
from meterlark.model.void import EventName, Void, void_event
from meterlark.service.project import Projector
from meterlark.warehouse.contract import Batch, ListingFilter, Table, TableSpec, Warehouse
from meterlark.warehouse.duckdb import DuckDBWarehouse
from meterlark.warehouse.memory import MemoryWarehouse

Written = TypeVar("Written")
Engine = Literal["memory", "duckdb"]
Store = Literal["memory", "sqlite"]

RECEIVED_AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
WAIT_SECONDS = 20.0
"""A projection that takes longer in a test will never come."""


class Fault(StrEnum):
    """What befalls one write to the warehouse."""

    FAILS_BEFORE = "an error, nothing written"
    FAILS_AFTER = "an error, but it was written"
    LOST_BEFORE = "the process ends, nothing written"
    LOST_AFTER = "the process ends, but it was written"


class ProcessLostError(BaseException):
    """Passes by every handler, as the end of the process would."""


class LosableProjector(Projector):
    """The real projector; those who wait for it hear of the end of its process."""

    is_lost = False

    def _run(self) -> None:
        try:
            super()._run()
        except ProcessLostError:
            with self._changed:
                self.is_lost = self._stopping = True
                self._changed.notify_all()


class FaultyWarehouse:
    """Passes everything on; the n-th write, counted from 1, meets its fault."""

    def __init__(self, inner: Warehouse, faults: Mapping[int, Fault]) -> None:
        self.inner = inner
        self.faults = dict(faults)
        self.writes = 0
        self.fired: list[Fault] = []
        self._lock = Lock()

    def tables(self) -> list[Table]:
        """No write."""
        return self.inner.tables()

    def query(self, query: Query, *, table: int) -> list[Row]:
        """No write."""
        return self.inner.query(query, table=table)

    def subjects(self, *, table: int, start: datetime | None, end: datetime | None) -> list[str]:
        """No write."""
        return self.inner.subjects(table=table, start=start, end=end)

    def values(
        self, column: Column, *, table: int, start: datetime | None, end: datetime | None, subjects: Sequence[str] | None = None
    ) -> list[str]:
        """No write."""
        return self.inner.values(column, table=table, start=start, end=end, subjects=subjects)

    def listing(self, condition: ListingFilter, *, table: int) -> list[int]:
        """No write."""
        return self.inner.listing(condition, table=table)

    def voided(self, sequences: Sequence[int], *, table: int) -> dict[int, int]:
        """No write."""
        return self.inner.voided(sequences, table=table)

    def close(self) -> None:
        """No write."""
        self.inner.close()

    def create_table(self, spec: TableSpec) -> Table:
        """Write number n."""
        return self._write(lambda: self.inner.create_table(spec))

    def drop_table(self, key: int) -> None:
        """Write number n."""
        self._write(lambda: self.inner.drop_table(key))

    def append(self, batches: Sequence[Batch], *, after: int, upto: int) -> None:
        """Write number n."""
        self._write(lambda: self.inner.append(batches, after=after, upto=upto))

    def recover(self) -> None:
        """Write number n, too: opening anew may fail."""
        self._write(self.inner.recover)

    def _write(self, write: Callable[[], Written]) -> Written:
        with self._lock:
            self.writes += 1
            fault = self.faults.get(self.writes)
            if fault is not None:
                self.fired.append(fault)
        if fault is None:
            return write()
        if fault in {Fault.FAILS_AFTER, Fault.LOST_AFTER}:
            write()
        if fault in {Fault.FAILS_BEFORE, Fault.FAILS_AFTER}:
            raise UnavailableError("the warehouse failed on purpose")
        raise ProcessLostError


class Stack:
    """Ledger, warehouse and running projector in a folder; a lost process is started again."""

    def __init__(
        self, folder: Path, *, store: Store = "memory", engine: Engine = "memory", faults: Mapping[int, Fault] | None = None
    ) -> None:
        self._folder = folder
        self._engine = engine
        self._generation = 0
        self.ledger: Ledger = MemoryLedger() if store == "memory" else SQLiteLedger.open(folder)
        self.warehouse = FaultyWarehouse(self._open(), faults or {})
        self.meters: list[Meter] = []
        self.accepted: list[Event] = []
        self.voided: set[tuple[str, str]] = set()
        self._start()

    def __enter__(self) -> Self:
        """Return the running stack."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop and close everything."""
        self.projector.close()
        self.warehouse.close()
        self.ledger.close()

    def accept(self, events: Sequence[Event]) -> list[Verdict]:
        """Store one batch and tell the projector, as ingest does."""
        verdicts = self.ledger.append(events, received_at=RECEIVED_AT)
        self.accepted += events
        self.projector.announce(self.ledger.head())
        return verdicts

    def void(self, source: str, event_id: str, correction: Event | None = None) -> None:
        """Void an event, or correct it, as the use case does: one that is not stored or voided already, or a taken identity, is refused."""
        if not self._is_stored(source, event_id) or (source, event_id) in self.voided:
            return
        if correction is not None and self._is_stored(correction.source, correction.id):
            return
        target = self.ledger.find(namespace="default", source=source, event_id=event_id).event()
        name = None if correction is None else EventName(correction.source, correction.id)
        void = Void(event=EventName(source, event_id), by="test", reason="test", correction=name)
        corrections = [] if correction is None else [correction]
        self.ledger.append([void_event(target, void, at=RECEIVED_AT), *corrections], received_at=RECEIVED_AT)
        self.accepted += corrections
        self.voided.add((source, event_id))
        self.projector.announce(self.ledger.head())

    def _is_stored(self, source: str, event_id: str) -> bool:
        return any((one.source, one.id) == (source, event_id) for one in self.accepted)

    def set_meters(self, meters: Iterable[Meter]) -> None:
        """Change the meters."""
        self.meters = list(meters)
        try:
            self.projector.set_meters(self.meters)
        except ProcessLostError:
            self.restart()

    def restart(self) -> None:
        """End the process and start it again over what it left."""
        self.projector.close()
        if self._engine == "duckdb":
            self.warehouse.inner.close()
            self.warehouse.inner = self._open()
        self._start()

    def rebuild(self) -> None:
        """Throw the warehouse away and fill a new one from the ledger."""
        self.projector.close()
        self.warehouse.inner.close()
        self._generation += 1
        self.warehouse.inner = self._open()
        self._start()

    def wait(self, spec: TableSpec) -> Table:
        """Wait for a table that has read all that was accepted, starting lost processes again."""
        while True:
            try:
                return self.projector.wait_for_table(spec, timeout_seconds=WAIT_SECONDS)
            except UnavailableError:
                if not self.projector.is_lost:
                    raise
                self.restart()

    def answer(self, query: Query) -> list[Row]:
        """Answer a query over all that was accepted."""
        table = self.wait(TableSpec(query.meter.event_type, meter_columns([query.meter])))
        return self.warehouse.inner.query(query, table=table.key)

    def _open(self) -> Warehouse:
        if self._engine == "memory":
            return MemoryWarehouse()
        return DuckDBWarehouse.open(self._folder / f"w{self._generation}.duckdb", seal_rows=8)

    def _start(self) -> None:
        while True:
            self.projector = LosableProjector(self.ledger, self.warehouse, retry_seconds=0)
            try:
                self.projector.start(self.meters)
            except ProcessLostError:
                continue  # lost while it started; no fault fires twice
            return


def event(
    event_id: str, at: datetime = RECEIVED_AT, *, event_type: str = "t", subject: str = "acme", source: str = "s", data: object = None
) -> Event:
    """Return an event as the server would decode it; decimals in data are given as text."""
    attributes = {"specversion": "1.0", "id": event_id, "source": source, "type": event_type, "subject": subject}
    text = json.dumps({**attributes, "time": at.isoformat(), "data": data})
    return decode_event(text.encode(), namespace="default", received_at=RECEIVED_AT)


def expected(query: Query, accepted: Iterable[Event], voided: Collection[tuple[str, str]] = ()) -> list[Row]:
    """Return the answer by the reference over the first event of each identity, told apart here and not by a ledger.

    The voided ones, by source and id, are left out.
    """
    first: dict[tuple[str, str, str], Event] = {}
    for one in accepted:
        first.setdefault((one.namespace, one.source, one.id), one)
    observations: list[Observation] = []
    for sequence, one in enumerate(first.values(), 1):
        is_counted = one.type == query.meter.event_type and (one.source, one.id) not in voided
        found = measure(query.meter, one) if is_counted else None
        if isinstance(found, Measurement):
            observations.append(Observation(sequence, one.time, one.subject, found.groups, found.value))
    return evaluate(query, observations)
