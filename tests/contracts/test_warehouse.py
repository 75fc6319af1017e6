import datetime as dt
import random
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import duckdb
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warehouse_cases import BASE, METERS, SPEC, metered_rows, queries, row

from meterlark.metering.filter import Filter, Operator, lower
from meterlark.metering.measurement import Column, Kind
from meterlark.metering.meter import Aggregation, Meter
from meterlark.metering.query import Query, plan_query
from meterlark.metering.time_filter import TimeFilter
from meterlark.metering.window import WindowSize
from meterlark.model.errors import CorruptDataError, UnavailableError
from meterlark.model.event import TIME_END, TIME_FIRST
from meterlark.model.time import to_microseconds
from meterlark.warehouse.contract import LISTING, Batch, ListingFilter, ListingRow, MeteredRow, Place, VoidedRow, Warehouse
from meterlark.warehouse.duckdb import DuckDBWarehouse
from meterlark.warehouse.memory import MemoryWarehouse

SUM = METERS[list(Aggregation).index(Aggregation.SUM)]
LATEST = METERS[list(Aggregation).index(Aggregation.LATEST)]


@pytest.fixture(params=["memory", "duckdb"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """An empty warehouse of each kind."""
    made: Warehouse = MemoryWarehouse() if request.param == "memory" else DuckDBWarehouse.open(tmp_path / "warehouse.duckdb", seal_rows=16)
    yield made
    made.close()


def test_rows_and_position_move_together(warehouse: Warehouse) -> None:
    """After a batch the table holds its rows and stands at its upper bound."""
    key = warehouse.create_table(SPEC).key

    warehouse.append([Batch(key, [row(1, BASE, "acme", tokens=5), row(3, BASE, "bolt", tokens=7)])], after=0, upto=4)

    assert [(table.key, table.spec, table.position) for table in warehouse.tables()] == [(key, SPEC, 4)]
    [answer] = warehouse.query(plan_query(SUM), table=key)
    assert answer.value == Decimal(12)


def test_a_batch_that_does_not_begin_at_the_position_changes_nothing(warehouse: Warehouse) -> None:
    """A repeated or skipped stretch of the ledger is an error and counts nothing."""
    key = warehouse.create_table(SPEC).key
    other = warehouse.create_table(SPEC).key
    warehouse.append([Batch(key, [row(1, BASE, "acme", tokens=5)])], after=0, upto=1)

    with pytest.raises(CorruptDataError, match="stands at"):
        warehouse.append([Batch(other, [row(1, BASE, "acme", tokens=5)]), Batch(key, [row(1, BASE, "acme", tokens=5)])], after=0, upto=1)

    assert {table.key: table.position for table in warehouse.tables()} == {key: 1, other: 0}
    assert [answer.value for answer in warehouse.query(plan_query(SUM), table=key)] == [Decimal(5)]
    assert warehouse.query(plan_query(SUM), table=other) == []


def test_latest_is_by_time_then_sequence(warehouse: Warehouse) -> None:
    """Two events of one instant: the later in the ledger wins; an earlier event arriving later does not."""
    key = warehouse.create_table(SPEC).key
    late = BASE + dt.timedelta(microseconds=1)
    rows = [row(1, late, "acme", tokens=1), row(2, late, "acme", tokens=2), row(3, BASE, "acme", tokens=3)]

    warehouse.append([Batch(key, rows)], after=0, upto=3)

    [answer] = warehouse.query(plan_query(LATEST), table=key)
    assert answer.value == Decimal(2)


def test_a_sum_past_64_bits_is_exact(warehouse: Warehouse) -> None:
    """Many values at the limit add up without wrapping or rounding."""
    key = warehouse.create_table(SPEC).key
    value = Decimal("999999999999999999.999999999999999999")

    warehouse.append([Batch(key, [row(n, BASE, "acme", tokens=value) for n in range(1, 101)])], after=0, upto=100)

    [answer] = warehouse.query(plan_query(SUM), table=key)
    assert str(answer.value) == "99999999999999999999.9999999999999999"


def test_subjects_and_values_are_distinct_and_sorted(warehouse: Warehouse) -> None:
    """Helpers list each text of the range once; missing dimensions are left out."""
    key = warehouse.create_table(SPEC).key
    later = BASE + dt.timedelta(days=1)
    rows = [row(1, BASE, "b", model="x"), row(2, BASE, "a", model="é"), row(3, BASE, "a"), row(4, later, "c", model="y")]
    warehouse.append([Batch(key, rows)], after=0, upto=4)

    assert warehouse.subjects(table=key, start=None, end=later) == ["a", "b"]
    assert warehouse.values(Column(Kind.GROUP, "$.model"), table=key, start=None, end=None) == ["x", "y", "é"]


@pytest.mark.parametrize("meter", METERS, ids=[meter.slug for meter in METERS])
def test_a_customers_rows_name_it(warehouse: Warehouse, meter: Meter) -> None:
    """Asked about one customer, each row says so; without events there is no row, also of a count."""
    key = warehouse.create_table(SPEC).key
    warehouse.append([Batch(key, [row(1, BASE, "acme", tokens=5, user="u")])], after=0, upto=1)
    query = msgspec.structs.replace(plan_query(meter), customer_id="c-1")

    [found] = warehouse.query(msgspec.structs.replace(query, subjects=("acme", "acme-2")), table=key)

    assert found.customer_id == "c-1"
    assert warehouse.query(msgspec.structs.replace(query, subjects=("nobody",)), table=key) == []
    assert warehouse.query(msgspec.structs.replace(query, subjects=()), table=key) == []


def test_a_place_in_the_ledger_bounds_what_is_counted(warehouse: Warehouse) -> None:
    """Inclusive: what was there at a moment, whatever came later; the events have the same time."""
    expected: dict[int, list[int]] = {0: [], 1: [10], 3: [110], 4: [10110]}
    key = warehouse.create_table(SPEC).key
    rows = [row(n, BASE, "acme", tokens=10**n) for n in (1, 2, 4)]
    warehouse.append([Batch(key, rows)], after=0, upto=4)

    answers = {at: warehouse.query(msgspec.structs.replace(plan_query(SUM), upto=at), table=key) for at in expected}

    assert {at: [one.value for one in found] for at, found in answers.items()} == expected


def test_a_listing_may_begin_behind_a_place_in_the_ledger(warehouse: Warehouse) -> None:
    """So that what is new can be told from what was there, whatever its time."""
    key = warehouse.create_table(LISTING).key
    rows = [ListingRow(n, to_microseconds(BASE) - n, "acme", "e", f"{n}", 0, "s") for n in (1, 2, 4)]
    warehouse.append([Batch(key, rows)], after=0, upto=4)

    listed = {behind: warehouse.listing(ListingFilter(behind=behind), table=key) for behind in (0, 2, 3, 4)}

    assert listed == {0: [1, 2, 4], 2: [4], 3: [4], 4: []}


def test_listing_filters_and_orders_newest_first(warehouse: Warehouse) -> None:
    """Newest event time first, ties by sequence; every condition holds at once."""
    key = warehouse.create_table(LISTING).key
    base = int(BASE.timestamp()) * 1_000_000
    rows = [ListingRow(n, base + n // 2, f"s{n % 2}", "t", f"id-{n}", base + 100 + n, f"src{n % 3}") for n in range(1, 41)]
    warehouse.append([Batch(key, rows)], after=0, upto=40)

    assert warehouse.listing(ListingFilter(limit=3), table=key) == [40, 39, 38]
    assert warehouse.listing(ListingFilter(subjects=("s1",), id_part="id-3"), table=key) == [39, 37, 35, 33, 31, 3]
    assert warehouse.listing(ListingFilter(end=BASE + dt.timedelta(microseconds=2)), table=key) == [3, 2, 1]
    received = BASE + dt.timedelta(microseconds=139)
    assert warehouse.listing(ListingFilter(received_from=received), table=key) == [40, 39]


@pytest.mark.parametrize("first_day", ["0001-01-01", "9998-12-01", "9999-12-01"])
def test_a_narrow_question_at_the_ends_of_time_finds_nothing(warehouse: Warehouse, first_day: str) -> None:
    """Where no event can be, a question with windows has no rows; the calendar does not fall off the years."""
    key = warehouse.create_table(SPEC).key
    warehouse.append([Batch(key, [row(1, BASE, "acme", tokens=5)])], after=0, upto=1)
    start = dt.datetime.fromisoformat(f"{first_day}T00:00:00+00:00")

    asked = plan_query(SUM, start=start, end=start + dt.timedelta(days=30), window_size="DAY", zone_name="America/New_York")

    assert warehouse.query(asked, table=key) == []


LISTED = [
    ListingRow(n, n * 7 % 20, f"s{n % 3}", f"t{n % 2}", f"id-{n}", 100 + n, f"src{n % 4}")
    for n in range(1, 41)  # times repeat, out of the order of sequences
]
CONDITIONS = {
    "all": ListingFilter(limit=7),
    "subject": ListingFilter(subjects=("s1", "s2"), limit=3),
    "texts": ListingFilter(texts={"source": Filter(Operator.IN, ("src1", "src2")), "id": Filter(Operator.LIKE, ("id-%",))}, limit=4),
    "type": ListingFilter(texts={"type": Filter(Operator.NE, ("t0",))}, limit=6),
    "times": ListingFilter(
        times={
            "time_us": TimeFilter("$or", parts=(TimeFilter("$lt", 4), TimeFilter("$gte", 15))),
            "received_us": TimeFilter("$and", parts=(TimeFilter("$gt", 105), TimeFilter("$lte", 138))),
        },
        limit=5,
    ),
}


@pytest.mark.parametrize("name", list(CONDITIONS))
def test_pages_of_a_listing_are_the_whole_listing(warehouse: Warehouse, name: str) -> None:
    """Page by page behind the last place, every event comes once, in the order of one long page, also across blocks."""
    key = warehouse.create_table(LISTING).key
    for after in range(0, 40, 10):
        warehouse.append([Batch(key, LISTED[after : after + 10])], after=after, upto=after + 10)
    condition = CONDITIONS[name]
    known = {row.sequence: row for row in LISTED}
    pages: list[int] = []

    while page := warehouse.listing(condition, table=key):
        pages += page
        last = known[page[-1]]
        condition = msgspec.structs.replace(condition, after=Place(last.time_us, last.sequence))

    oracle = MemoryWarehouse()
    reference = _fill_listing(oracle)
    assert pages == oracle.listing(msgspec.structs.replace(CONDITIONS[name], limit=1000), table=reference)
    assert len(pages) > CONDITIONS[name].limit


def _fill_listing(warehouse: Warehouse) -> int:
    key = warehouse.create_table(LISTING).key
    warehouse.append([Batch(key, LISTED)], after=0, upto=40)
    return key


def test_a_warehouse_of_another_version_is_not_read(tmp_path: Path) -> None:
    """Its tables are others; the error says how to make it anew."""
    path = tmp_path / "w.duckdb"
    engine = DuckDBWarehouse.open(path)
    engine._connection.execute("update w.main.meterlark_version set version = 1")
    engine.close()

    with pytest.raises(CorruptDataError, match="meterlark rebuild"):
        DuckDBWarehouse.open(path)


@pytest.mark.parametrize("meter", METERS, ids=[meter.slug for meter in METERS])
@pytest.mark.parametrize("rows_between", [0, 40])
def test_a_voided_event_is_in_no_aggregation(warehouse: Warehouse, meter: Meter, rows_between: int) -> None:
    """Whether it came in the batch of its void or long before and was sealed: the answers are those over the other events."""
    kept = [row(n, BASE, "acme", tokens=n, user=f"u{n % 3}") for n in range(2, 2 + rows_between)]
    largest = row(1, BASE + dt.timedelta(hours=1), "bolt", tokens=10**6, user="only", model="m")
    key = warehouse.create_table(SPEC).key
    last = 50
    if rows_between:
        warehouse.append([Batch(key, [largest, *kept[:20]])], after=0, upto=21)
        warehouse.append([Batch(key, kept[20:])], after=21, upto=last)
        warehouse.append([Batch(key, [], [VoidedRow(1, last + 1)])], after=last, upto=last + 1)
    else:
        warehouse.append([Batch(key, [largest], [VoidedRow(1, 2)])], after=0, upto=2)

    oracle = MemoryWarehouse()
    reference = oracle.create_table(SPEC).key
    oracle.append([Batch(reference, kept)], after=0, upto=last)
    for query in (plan_query(meter), plan_query(meter, group_by=["subject", "model"], window_size="HOUR")):
        assert warehouse.query(query, table=key) == oracle.query(query, table=reference)
    assert warehouse.subjects(table=key, start=None, end=None) == (["acme"] if rows_between else [])
    assert warehouse.values(Column(Kind.GROUP, "$.model"), table=key, start=None, end=None) == []


def test_the_listing_keeps_voided_events_and_says_so(warehouse: Warehouse) -> None:
    """They are listed as before; asked which are voided, it names each with its void, also after it was opened anew."""
    key = warehouse.create_table(LISTING).key
    warehouse.append([Batch(key, LISTED[:20], [VoidedRow(3, 7)])], after=0, upto=20)
    warehouse.append([Batch(key, LISTED[20:], [VoidedRow(5, 22), VoidedRow(23, 40)])], after=20, upto=40)
    warehouse.recover()

    assert len(warehouse.listing(ListingFilter(limit=1000), table=key)) == 40
    assert warehouse.voided([1, 3, 5, 23, 40], table=key) == {3: 7, 5: 22, 23: 40}
    assert warehouse.voided([1, 2], table=key) == {}
    assert warehouse.voided([], table=key) == {}


def test_a_batch_that_fails_voids_nothing(warehouse: Warehouse) -> None:
    """Voids are part of the transaction."""
    key = warehouse.create_table(SPEC).key
    other = warehouse.create_table(SPEC).key
    warehouse.append([Batch(key, [row(1, BASE, "acme", tokens=5)])], after=0, upto=1)

    with pytest.raises(CorruptDataError, match="stands at"):
        warehouse.append([Batch(key, [], [VoidedRow(1, 2)]), Batch(other, [])], after=1, upto=2)

    assert [answer.value for answer in warehouse.query(plan_query(SUM), table=key)] == [Decimal(5)]


def test_a_dropped_table_is_gone(warehouse: Warehouse) -> None:
    """Dropping leaves the other tables as they were."""
    one, two = warehouse.create_table(SPEC).key, warehouse.create_table(SPEC).key
    warehouse.drop_table(one)
    assert [table.key for table in warehouse.tables()] == [two]


def test_a_question_to_a_table_that_is_gone_may_be_asked_again(warehouse: Warehouse) -> None:
    """Each kind of question raises the error that says so, and nothing else."""
    key = warehouse.create_table(SPEC).key
    warehouse.drop_table(key)

    questions: list[Callable[[], object]] = [
        lambda: warehouse.query(plan_query(SUM), table=key),
        lambda: warehouse.subjects(table=key, start=None, end=None),
        lambda: warehouse.values(Column(Kind.GROUP, "$.model"), table=key, start=None, end=None),
        lambda: warehouse.listing(ListingFilter(), table=key),
        lambda: warehouse.voided([1], table=key),
    ]
    for question in questions:
        with pytest.raises(UnavailableError):
            question()


@pytest.mark.parametrize("meter", [meter for meter in METERS if meter.value_property == "$.tokens"], ids=lambda meter: meter.slug)
def test_the_first_fraction_counts_in_an_answer_that_was_begun_before_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meter: Meter
) -> None:
    """Parts are not read while all numbers are whole; which they are is looked at again when the answer is there."""
    engine = DuckDBWarehouse.open(tmp_path / "w.duckdb")
    table = engine.create_table(SPEC).key
    engine.append([Batch(table, [row(1, BASE, "acme", tokens=2)])], after=0, upto=1)
    reading = engine._reading
    late = [Batch(table, [row(2, BASE, "acme", tokens=Decimal("2.5"))])]

    def reading_late(*, in_transaction: bool = False) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        if late:
            engine.append([late.pop()], after=1, upto=2)
        return reading(in_transaction=in_transaction)

    monkeypatch.setattr(engine, "_reading", reading_late)
    values = [answer.value for answer in engine.query(plan_query(meter), table=table)]
    engine.close()
    reopened = DuckDBWarehouse.open(tmp_path / "w.duckdb")
    again = [answer.value for answer in reopened.query(plan_query(meter), table=table)]
    reopened.close()

    expected = {"SUM": "4.5", "AVG": "2.25", "MIN": "2", "MAX": "2.5", "LATEST": "2.5"}[meter.aggregation]
    assert values == again == [Decimal(expected)]


def test_recovery_keeps_every_batch(warehouse: Warehouse) -> None:
    """What was appended before is there after, and the next batch goes on from it."""
    key = warehouse.create_table(SPEC).key
    warehouse.append([Batch(key, [row(1, BASE, "acme", tokens=5)])], after=0, upto=1)

    warehouse.recover()
    warehouse.append([Batch(key, [row(2, BASE, "acme", tokens=7)])], after=1, upto=2)

    assert [answer.value for answer in warehouse.query(plan_query(SUM), table=key)] == [Decimal(12)]


def test_a_failed_engine_is_unavailable_until_it_recovers(tmp_path: Path) -> None:
    """Whatever is asked of a DuckDB that gave up, the error says that a retry may help; after `recover` it does."""
    engine = DuckDBWarehouse.open(tmp_path / "w.duckdb")
    key = engine.create_table(SPEC).key
    engine._connection.close()

    with pytest.raises(UnavailableError, match="cannot write"):
        engine.append([Batch(key, [row(1, BASE, "acme", tokens=5)])], after=0, upto=1)
    with pytest.raises(UnavailableError, match="cannot write"):
        engine.create_table(SPEC)
    with pytest.raises(UnavailableError, match="cannot answer"):
        engine.query(plan_query(SUM), table=key)
    engine.recover()
    engine.append([Batch(key, [row(1, BASE, "acme", tokens=5)])], after=0, upto=1)

    assert [answer.value for answer in engine.query(plan_query(SUM), table=key)] == [Decimal(5)]
    engine.close()


def test_opening_anew_waits_for_the_question_that_runs(tmp_path: Path) -> None:
    """The question gets its answer, and no second engine meets the first on one file."""
    engine = DuckDBWarehouse.open(tmp_path / "w.duckdb")
    engine.create_table(SPEC)
    first = engine._connection

    with engine._reading() as cursor:
        recovering = Thread(target=engine.recover)
        recovering.start()
        with engine._asking:
            assert engine._asking.wait_for(lambda: engine._is_opening, 10)
        assert cursor.execute("select count(*) from w.main.meterlark_table").fetchall() == [(1,)]
        assert engine._connection is first
    recovering.join(10)

    assert engine._connection is not first
    assert len(engine.tables()) == 1
    engine.close()


def test_closing_waits_for_the_question_that_runs(tmp_path: Path) -> None:
    """It gets its answer, and then the file is free for another."""
    engine = DuckDBWarehouse.open(tmp_path / "w.duckdb")
    engine.create_table(SPEC)
    with engine._reading() as cursor:
        closing = Thread(target=engine.close)
        closing.start()
        with engine._asking:
            assert engine._asking.wait_for(lambda: engine._is_opening, 10)
        assert cursor.execute("select count(*) from w.main.meterlark_table").fetchall() == [(1,)]
    closing.join(10)

    another = DuckDBWarehouse.open(tmp_path / "w.duckdb")
    tables = another.tables()
    another.close()

    assert len(tables) == 1


@pytest.mark.parametrize("model", ["a\x00b", "\x00", "é" * 5000, "a'b\\c\n", "\U0001f600", " ", "ΟΔΟΣ", "İ"])
def test_any_text_is_a_dimension(warehouse: Warehouse, model: str) -> None:
    """It comes back as it was, is found by an equal filter and by one that ignores case, and is listed."""
    key = warehouse.create_table(SPEC).key
    warehouse.append([Batch(key, [row(1, BASE, "acme", tokens=5, model=model)])], after=0, upto=1)

    for condition in (
        Filter(Operator.EQ, (model,)),
        Filter(Operator.ILIKE, (lower(model.replace("\\", "\\\\")),)),
        Filter(Operator.LIKE, ("%",)),
    ):
        [answer] = warehouse.query(plan_query(SUM, group_by=["model"], filters={"model": condition}), table=key)
        assert answer.groups == {"model": model}
    assert warehouse.values(Column(Kind.GROUP, "$.model"), table=key, start=None, end=None) == [model]


@pytest.mark.parametrize("size", list(WindowSize))
def test_the_first_and_last_event_times_are_counted(warehouse: Warehouse, size: WindowSize) -> None:
    """Events at both ends of the calendar are in windows of their own, in a zone without summer time."""
    key = warehouse.create_table(SPEC).key
    last = TIME_END - dt.timedelta(microseconds=1)
    rows = [MeteredRow(n, to_microseconds(at), "acme", row(n, BASE, "acme", tokens=n).cells) for n, at in ((1, TIME_FIRST), (2, last))]
    warehouse.append([Batch(key, rows)], after=0, upto=2)

    answers = warehouse.query(plan_query(SUM, window_size=size, zone_name="Asia/Kolkata"), table=key)

    assert [answer.value for answer in answers] == [Decimal(1), Decimal(2)]
    assert answers[0].window.start <= TIME_FIRST < answers[0].window.end
    assert answers[1].window.start <= last < answers[1].window.end


def _fill(warehouse: Warehouse, rows: list[MeteredRow], cuts: list[int], gone: Collection[int] = ()) -> int:
    """Append rows in batches cut at the given sequence numbers; of those that are voided, the even ones at once, the others at the end."""
    key = warehouse.create_table(SPEC).key
    last = (rows[-1].sequence if rows else 0) + 2
    bounds = sorted({0, last, *(cut for cut in cuts if 0 < cut < last)})
    for after, upto in pairwise(bounds):
        part = [one for one in rows if after < one.sequence <= upto]
        voided = [VoidedRow(one.sequence, upto) for one in part if one.sequence in gone and one.sequence % 2 == 0]
        warehouse.append([Batch(key, part, voided)], after=after, upto=upto)
    for after, sequence in enumerate((one for one in gone if one % 2), last):
        warehouse.append([Batch(key, [], [VoidedRow(sequence, after + 1)])], after=after, upto=after + 1)
    return key


@given(
    rows=metered_rows(),
    cuts=st.lists(st.integers(1, 100), max_size=6),
    voided=st.lists(st.integers(0, 39), max_size=8, unique=True),
    asked=st.lists(queries(), min_size=1, max_size=12),
)
@settings(max_examples=120)
def test_duckdb_answers_as_the_reference(rows: list[MeteredRow], cuts: list[int], voided: list[int], asked: list[Query]) -> None:
    """Any rows, cut into any batches, sealed and voided at any moment: the rows of the answer are those of the reference, in order."""
    gone = [rows[place].sequence for place in voided if place < len(rows)]
    with TemporaryDirectory() as folder:
        engine = DuckDBWarehouse.open(Path(folder) / "w.duckdb", seal_rows=7)
        oracle = MemoryWarehouse()
        try:
            table, reference = _fill(engine, rows, cuts, gone), _fill(oracle, [one for one in rows if one.sequence not in gone], [])
            for query in asked:
                assert engine.query(query, table=table) == oracle.query(query, table=reference)
            assert engine.subjects(table=table, start=BASE, end=None) == oracle.subjects(table=reference, start=BASE, end=None)
        finally:
            engine.close()


@given(rows=metered_rows(), query=queries(SUM))
@settings(max_examples=100)
def test_groups_and_windows_add_up_to_the_total(rows: list[MeteredRow], query: Query) -> None:
    """Splitting a sum by window, subject and group neither loses nor doubles anything."""
    warehouse = MemoryWarehouse()
    key = _fill(warehouse, rows, [])
    whole = plan_query(SUM, start=query.start, end=query.end, subjects=query.subjects and query.subjects[:1], filters=query.filters)
    split = plan_query(
        SUM,
        start=query.start,
        end=query.end,
        window_size=query.window_size,
        zone_name=query.zone_name,
        group_by=["subject", "model", "region"],
        subjects=whole.subjects,
        filters=query.filters,
    )
    # A decimal sum would be rounded to 28 digits.
    total = sum((Fraction(answer.value) for answer in warehouse.query(whole, table=key)), Fraction())
    assert sum((Fraction(answer.value) for answer in warehouse.query(split, table=key)), Fraction()) == total


_CRASHING = """
import datetime as dt, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from warehouse_cases import BASE, SPEC, row
from meterlark.warehouse.contract import Batch
from meterlark.warehouse.duckdb import DuckDBWarehouse
warehouse = DuckDBWarehouse.open(Path(sys.argv[1]), seal_rows=40)
table = (warehouse.tables() or [warehouse.create_table(SPEC)])[0]
position = table.position
while position < 1_000_000:
    rows = [row(n, BASE, f"s{n % 7}", tokens=n) for n in range(position + 1, position + 11)]
    warehouse.append([Batch(table.key, rows)], after=position, upto=position + 10)
    position += 10
    print(position, flush=True)
"""


@pytest.mark.slow
def test_a_killed_process_leaves_rows_and_position_together(tmp_path: Path) -> None:
    """Killed at any moment and opened again, the rows are exactly those up to the position, ten times over."""
    path = tmp_path / "w.duckdb"
    seen = 0
    for _ in range(10):
        here = str(Path(__file__).parent)
        with subprocess.Popen([sys.executable, "-c", _CRASHING, str(path), here], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(random.randint(5, 60)):
                seen = max(seen, int(process.stdout.readline() or 0))
            process.kill()
            process.wait()
        warehouse = DuckDBWarehouse.open(path, seal_rows=40)
        [table] = warehouse.tables()
        [answer] = warehouse.query(plan_query(SUM), table=table.key)
        warehouse.close()
        assert table.position >= seen
        assert answer.value == Decimal(table.position * (table.position + 1) // 2)


def test_an_unreadable_file_names_the_way_out(tmp_path: Path) -> None:
    """A damaged warehouse is never served; the error says how to rebuild it."""
    path = tmp_path / "w.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(CorruptDataError, match="meterlark rebuild"):
        DuckDBWarehouse.open(path)
