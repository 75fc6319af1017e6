"""The projector's promises that properties cannot name: fairness, healing, and which tables it keeps."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from threading import Event as Signal
from unittest.mock import patch

import pytest
from stack import Fault, Stack, event, expected

from meterlark.ledger.contract import Record
from meterlark.ledger.memory import MemoryLedger
from meterlark.metering.measurement import meter_columns
from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import plan_query
from meterlark.model.errors import CorruptDataError, UnavailableError
from meterlark.service import project
from meterlark.service.project import Projector
from meterlark.warehouse.contract import LISTING, TableSpec
from meterlark.warehouse.memory import MemoryWarehouse

AT = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def meter(slug: str, *paths: str) -> Meter:
    """Return a meter that counts events of type t by the paths."""
    return define_meter(slug=slug, event_type="t", aggregation="COUNT", group_by={path: f"$.{path}" for path in paths})


def spec(*meters: Meter) -> TableSpec:
    """Return the table that the meters need."""
    return TableSpec(meters[0].event_type, meter_columns(meters))


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A running projector over memory, that looks at meters and ledger without delay."""
    with patch.object(project, "IDLE_SECONDS", 0.01), Stack(tmp_path) as made:
        yield made


def settle(stack: Stack, keys: set[int]) -> None:
    """Wait until the warehouse holds just these tables; each batch of the projector looks for some to drop."""
    for number in range(1000):
        stack.accept([event(f"settle-{number}", event_type="none")])
        stack.wait(LISTING)
        if {table.key for table in stack.warehouse.tables()} == keys:
            return
    raise AssertionError(f"there are {stack.warehouse.tables()}, expected {keys}")


def test_a_backfill_gets_its_turn_under_steady_ingest(tmp_path: Path) -> None:
    """New events that come with every batch do not keep a new meter waiting for ever."""
    new = meter("new", "model")

    class BusyLedger(MemoryLedger):
        """Receives an event whenever it is read: the live tables never catch up."""

        reads = 0

        def read(self, *, after: int, limit: int, upto: int | None = None) -> list[Record]:
            self.reads += 1
            assert self.reads < 2000, "the backfill starved"
            if is_busy.is_set():
                self.append([event(f"busy-{self.reads}")], received_at=AT)
                projector.announce(self.head())
            return super().read(after=after, limit=limit, upto=upto)

    is_busy = Signal()
    ledger, warehouse = BusyLedger(), MemoryWarehouse()
    ledger.append([event(str(n)) for n in range(200)], received_at=AT)
    with patch.multiple(project, BATCH_EVENTS_MAX=10, BACKFILL_EVENTS_MAX=10, SLICE_EVENTS=10):
        projector = Projector(ledger, warehouse, retry_seconds=0)
        projector.start([meter("old")])
        projector.wait_for_table(spec(meter("old")), timeout_seconds=20)
        is_busy.set()
        projector.set_meters([meter("old"), new])
        table = projector.wait_for_table(spec(new), timeout_seconds=20)
        projector.close()

    assert table.position >= 200
    assert projector.failure is None


def test_a_meter_created_while_the_warehouse_fails_is_filled_later(tmp_path: Path) -> None:
    """The creation is not undone: the table is begun as soon as the warehouse can, and questions wait for it."""
    faults = dict.fromkeys(range(1, 6), Fault.FAILS_BEFORE)
    with patch.object(project, "IDLE_SECONDS", 0.01), Stack(tmp_path, faults=faults) as stack:
        stack.set_meters([meter("calls")])
        stack.accept([event("1"), event("2")])

        assert [row.value for row in stack.answer(plan_query(meter("calls")))] == [Decimal(2)]
        assert len(stack.warehouse.fired) == 5


def test_an_unexpected_error_does_not_end_the_projector(tmp_path: Path) -> None:
    """It is kept for the operator, and projection goes on when it is gone."""
    with Stack(tmp_path) as stack:
        stack.set_meters([meter("calls")])
        failing = Signal()
        original = stack.ledger.read

        def read(*, after: int, limit: int, upto: int | None = None) -> list[Record]:
            if not failing.is_set():
                failing.set()
                raise ZeroDivisionError("a mistake of ours")
            return original(after=after, limit=limit, upto=upto)

        with patch.object(stack.ledger, "read", read):
            stack.accept([event("1")])
            assert [row.value for row in stack.answer(plan_query(meter("calls")))] == [Decimal(1)]
        assert failing.is_set()


def test_a_question_that_cannot_be_answered_in_time_says_how_far_it_is() -> None:
    """And why, when the projector knows."""
    ledger = MemoryLedger()
    ledger.append([event("1"), event("2")], received_at=AT)
    projector = Projector(ledger, MemoryWarehouse())
    projector.set_meters([meter("calls")])

    with pytest.raises(UnavailableError, match="0 of 2 events have been read for this question; ask again"):
        projector.wait_for_table(LISTING, timeout_seconds=0)
    assert not projector.is_ready(LISTING)
    assert projector.lag == 2


def test_a_question_for_a_meter_that_is_gone_does_not_wait(stack: Stack) -> None:
    """It is told to ask again, and will then hear that there is no such meter."""
    with pytest.raises(UnavailableError, match="changed or deleted"):
        stack.projector.wait_for_table(spec(meter("gone", "x")), timeout_seconds=20)


def test_a_question_waits_for_what_was_announced_only(stack: Stack) -> None:
    """Without new events it is answered at once."""
    stack.set_meters([meter("calls")])
    stack.accept([event("1")])
    assert stack.wait(spec(meter("calls"))).position == 1
    assert stack.projector.is_ready(spec(meter("calls")))
    assert stack.projector.lag == 0


def test_a_new_table_counts_for_no_lag(stack: Stack) -> None:
    """A meter that is being backfilled must not slow ingest down."""
    stack.set_meters([meter("calls")])
    stack.accept([event(str(n)) for n in range(50)])
    stack.wait(LISTING)
    stack.set_meters([meter("calls"), meter("by_model", "model")])
    assert stack.projector.lag == 0


def test_meters_of_a_type_share_one_table(stack: Stack) -> None:
    """However many, and whatever their aggregations."""
    stack.set_meters([meter("a", "x"), meter("b", "y"), meter("c")])
    assert sorted(table.spec.event_type or "" for table in stack.warehouse.tables()) == ["", "t"]


def test_a_wider_table_replaces_a_narrow_one(stack: Stack) -> None:
    """When it has caught up; questions were answered all the while."""
    narrow, wide = meter("narrow"), meter("wide", "model")
    stack.set_meters([narrow])
    stack.accept([event(str(n), data={"model": "m"}) for n in range(5)])
    old = stack.wait(spec(narrow)).key
    stack.set_meters([narrow, wide])
    new = stack.wait(spec(wide)).key

    settle(stack, {stack.wait(LISTING).key, new})

    assert new != old
    assert stack.answer(plan_query(narrow)) == expected(plan_query(narrow), stack.accepted)


def test_of_two_tables_that_can_answer_one_is_kept(stack: Stack) -> None:
    """When the need for a wider table ends before it has caught up, events are not stored twice for ever."""
    narrow, wide = meter("narrow"), meter("wide", "model")
    stack.set_meters([narrow])
    stack.accept([event("1")])
    kept = stack.wait(spec(narrow)).key
    stack.set_meters([narrow, wide])
    stack.set_meters([narrow])

    settle(stack, {stack.wait(LISTING).key, kept})


def test_the_table_of_a_type_without_meters_is_dropped(stack: Stack) -> None:
    """A meter that comes later reads the ledger from the start."""
    stack.set_meters([meter("calls")])
    stack.accept([event("1")])
    stack.wait(spec(meter("calls")))
    stack.set_meters([])
    settle(stack, {stack.wait(LISTING).key})

    stack.set_meters([meter("calls")])
    assert [row.value for row in stack.answer(plan_query(meter("calls")))] == [Decimal(1)]


def test_an_event_stored_without_an_announcement_is_found() -> None:
    """As after an append whose answer was lost: the projector looks at the ledger itself."""
    ledger, warehouse = MemoryLedger(), MemoryWarehouse()
    with patch.object(project, "IDLE_SECONDS", 0.01):
        projector = Projector(ledger, warehouse)
        projector.start([meter("calls")])
        ledger.append([event("1")], received_at=AT)
        with projector._changed:
            assert projector._changed.wait_for(lambda: projector.position == 1, 20)
        projector.close()


def test_a_warehouse_of_another_ledger_is_refused() -> None:
    """It holds more than the ledger, as after the ledger was restored from a backup: new events would be skipped."""
    ledger, warehouse = MemoryLedger(), MemoryWarehouse()
    ledger.append([event("1"), event("2")], received_at=AT)
    projector = Projector(ledger, warehouse)
    projector.start([])
    projector.wait_for_table(LISTING, timeout_seconds=20)
    projector.close()

    with pytest.raises(CorruptDataError, match=r"up to event 2, but the ledger ends at 0.*meterlark rebuild"):
        Projector(MemoryLedger(), warehouse)
