"""Rollups of the DuckDB warehouse: the same sums as the rows, whatever a question cuts them by."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path

import msgspec
import pytest
from warehouse_cases import METERS, SPEC

from meterlark.metering.filter import Filter, Operator
from meterlark.metering.meter import Aggregation, define_meter
from meterlark.metering.query import Query, plan_query
from meterlark.metering.window import Calendar, WindowSize
from meterlark.model.time import to_microseconds
from meterlark.warehouse import duckdb_rollup
from meterlark.warehouse.contract import Batch, MeteredRow, TableSpec, VoidedRow
from meterlark.warehouse.duckdb import DuckDBWarehouse
from meterlark.warehouse.duckdb_rollup import QUARTER_US, Rolled, Rollup, choose_rollups, find_rolled
from meterlark.warehouse.memory import MemoryWarehouse

BLOCK = 50
STEP = dt.timedelta(minutes=22, seconds=13, microseconds=1)
EVENTS = 525
"""Eight days of events, and half a block that is not sealed."""

SUM, COUNT, AVG = (METERS[list(Aggregation).index(one)] for one in (Aggregation.SUM, Aggregation.COUNT, Aggregation.AVG))
QUARTERS, DAYS = choose_rollups(SPEC.columns, dict.fromkeys(range(len(SPEC.columns)), 2))
UTC = dt.UTC

CHANGES = {
    "UTC": dt.datetime(2024, 10, 6, tzinfo=UTC),
    "Asia/Kolkata": dt.datetime(2024, 10, 6, tzinfo=UTC),
    # Half an hour forward.
    "Australia/Lord_Howe": dt.datetime(2024, 10, 5, 15, 30, tzinfo=UTC),
    # An hour back at one minute past midnight: the old date returns.
    "America/St_Johns": dt.datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
    # From 44 minutes and 30 seconds behind to none.
    "Africa/Monrovia": dt.datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC),
}
"""Four days after the first event, by zone."""

Pair = tuple[DuckDBWarehouse, int, MemoryWarehouse, int]


def _rows(first: dt.datetime) -> list[MeteredRow]:
    rows: list[MeteredRow] = []
    for number in range(EVENTS):
        tokens: list[int | Decimal | None] = [number, Decimal("0.000000000000000001") * number, None, 10**17, -number]
        held: dict[str, int | Decimal | str | None] = {
            "$.tokens": tokens[number % 5],
            "$.user": None,
            "$.model": ("gpt-4o", "o1", "")[number % 3],
            "$['region']": ("eu", "us")[number % 2],
        }
        cells = tuple(held[column.path] for column in SPEC.columns)
        rows.append(MeteredRow(number + 1, to_microseconds(first + number * STEP), f"customer-{number % 7}", cells))
    return rows


@pytest.fixture(scope="module", params=CHANGES, ids=lambda name: name.rpartition("/")[2])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Pair]]:
    """Two warehouses with the same events, of which every eleventh is voided in the end."""
    zone_name: str = request.param
    rows = _rows(CHANGES[zone_name] - dt.timedelta(days=4))
    engine = DuckDBWarehouse.open(tmp_path_factory.mktemp("rollups") / "w.duckdb", seal_rows=BLOCK)
    oracle = MemoryWarehouse()
    table, reference = engine.create_table(SPEC).key, oracle.create_table(SPEC).key
    for after in range(0, EVENTS, 25):
        part = rows[after : after + 25]
        for warehouse, key in ((engine, table), (oracle, reference)):
            warehouse.append([Batch(key, part)], after=after, upto=after + len(part))
    voided = [VoidedRow(one.sequence, EVENTS + 1) for one in rows[::11]]
    for warehouse, key in ((engine, table), (oracle, reference)):
        warehouse.append([Batch(key, [], voided)], after=EVENTS, upto=EVENTS + 1)
    yield zone_name, (engine, table, oracle, reference)
    engine.close()


def _asked(zone_name: str, size: WindowSize | None, groups: Sequence[str]) -> Iterator[Query]:
    """Questions whose bounds lie on stretches, a little beside them, or nowhere."""
    middle = CHANGES[zone_name].replace(minute=0, second=0)
    day = dt.timedelta(days=1)
    beside = (dt.timedelta(0), dt.timedelta(microseconds=1), -dt.timedelta(microseconds=1), dt.timedelta(minutes=7), dt.timedelta(hours=5))
    first, last = middle - 3 * day, middle + 3 * day
    bounds = [
        (None, None),
        *((start, last) for start in (None, *(first + one for one in beside))),
        *((first, end) for end in (None, *(last + one for one in beside), first + dt.timedelta(minutes=9))),
    ]
    for meter, (start, end) in product((SUM, COUNT, AVG), bounds):
        yield plan_query(meter, start=start, end=end, window_size=size, zone_name=zone_name, group_by=groups)


GROUPS = [(), ("model",), ("subject",), ("subject", "model")]
SIZES = [None, WindowSize.HOUR, WindowSize.DAY, WindowSize.MONTH]


# A minute is shorter than any stretch, and has as many rows as there are events.
@pytest.mark.parametrize(("size", "groups"), [*product(SIZES, GROUPS), (WindowSize.MINUTE, ())], ids=str)
def test_sums_are_those_of_the_rows(filled: tuple[str, Pair], size: WindowSize | None, groups: tuple[str, ...]) -> None:
    """Bounds, windows and changes of the clocks cut stretches anywhere, and events were voided in every block."""
    zone_name, (engine, table, oracle, reference) = filled
    for query in _asked(zone_name, size, groups):
        assert engine.query(query, table=table) == oracle.query(query, table=reference), query


def test_a_question_up_to_a_place_in_the_ledger_has_no_sum_of_later_events(filled: tuple[str, Pair]) -> None:
    """Whether the place lies before, in or behind what is sealed."""
    zone_name, (engine, table, oracle, reference) = filled
    whole = plan_query(SUM, start=CHANGES[zone_name] - dt.timedelta(days=9), end=CHANGES[zone_name] + dt.timedelta(days=9))
    for upto in (*range(BLOCK - 2, BLOCK + 3), 499, 500, 501, EVENTS + 1):
        query = Query(whole.meter, whole.start, whole.end, upto=upto)
        assert engine.query(query, table=table) == oracle.query(query, table=reference), upto


MIDNIGHT = dt.datetime(2026, 11, 25, tzinfo=UTC)
NOON = MIDNIGHT + dt.timedelta(hours=12, minutes=20)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({}, 0),
        ({"group_by": ["model"]}, 0),
        ({"filters": {"region": Filter(Operator.EQ, ("eu",))}}, 0),
        ({"group_by": ["subject"]}, 1),
        ({"subjects": ["acme", "bolt"]}, 1),
        ({"subjects": ["acme"]}, None),
        ({"group_by": ["subject", "model"]}, None),
        ({"subjects": ["acme", "bolt"], "filters": {"region": Filter(Operator.EQ, ("eu",))}}, None),
        ({"window_size": "MINUTE"}, None),
        ({"window_size": "HOUR", "group_by": ["model"]}, 0),
        ({"window_size": "HOUR", "group_by": ["subject"]}, None),
        ({"window_size": "DAY", "group_by": ["subject"]}, 1),
        ({"window_size": "MONTH", "group_by": ["subject"]}, 1),
        ({"window_size": "DAY", "group_by": ["subject"], "zone_name": "Europe/Berlin"}, None),
        ({"window_size": "DAY", "zone_name": "Asia/Kathmandu"}, 0),
        ({"start": NOON, "end": NOON + dt.timedelta(minutes=20)}, None),
        ({"start": NOON, "end": NOON + dt.timedelta(minutes=30)}, 0),
        ({"start": None, "window_size": "DAY"}, 0),
        ({"start": None}, None),
        ({"end": None}, None),
    ],
    ids=str,
)
def test_a_question_is_answered_from_the_first_rollup_that_can(asked: dict[str, object], place: int | None) -> None:
    """And from the rows where none can."""
    query = plan_query(SUM, **{"start": MIDNIGHT, "end": MIDNIGHT + dt.timedelta(days=30), **asked})  # type: ignore[arg-type]
    calendar = None
    if query.window_size is not None:
        calendar = Calendar(query.window_size, query.zone, start=query.start or MIDNIGHT, end=query.end or MIDNIGHT)

    rolled = find_rolled(query, SPEC.columns, calendar, (QUARTERS, DAYS))

    assert (None if rolled is None else rolled.place) == place


def test_the_first_instant_of_a_meter_bounds_its_sums() -> None:
    """Stretches begin behind both bounds and end before the end."""
    meter = define_meter(slug="late", event_type=SPEC.event_type or "", aggregation="COUNT", event_from=NOON, group_by={"model": "$.model"})
    query = plan_query(meter, start=MIDNIGHT, end=NOON + dt.timedelta(hours=1))

    rolled = find_rolled(query, SPEC.columns, None, (QUARTERS, DAYS))

    first = to_microseconds(NOON) + 10 * 60 * 1_000_000
    assert rolled == Rolled(0, first, first + 3 * QUARTER_US)


def test_what_is_no_sum_is_read_from_the_rows() -> None:
    """The greatest, the latest and the number of different ones cannot be added up, or not be taken out again."""
    others = [meter for meter in METERS if meter not in (SUM, COUNT, AVG)]

    found = [find_rolled(plan_query(meter, start=MIDNIGHT, end=NOON), SPEC.columns, None, (QUARTERS, DAYS)) for meter in others]

    assert found == [None, None, None, None]


def test_a_dimension_of_many_texts_splits_no_rollup() -> None:
    """It would have as many rows as there are events."""
    groups = [index for index, column in enumerate(SPEC.columns) if column.kind == "group"]
    many, few = groups

    rollups = choose_rollups(SPEC.columns, {many: duckdb_rollup.TEXTS_MAX + 1, few: duckdb_rollup.TEXTS_MAX})

    assert rollups[0] == Rollup(QUARTER_US, by_subject=False, texts=(few,))


def test_a_table_of_nothing_but_counts_has_rollups(tmp_path: Path) -> None:
    """Without numbers and dimensions, of which sums and keys are made otherwise; and events are voided all the same."""
    meter = define_meter(slug="requests", event_type="request", aggregation="COUNT")
    engine = DuckDBWarehouse.open(tmp_path / "w.duckdb", seal_rows=BLOCK)
    table = engine.create_table(TableSpec("request")).key
    rows = [MeteredRow(number, to_microseconds(MIDNIGHT), "acme", ()) for number in range(1, BLOCK + 2)]
    engine.append([Batch(table, rows)], after=0, upto=BLOCK + 1)
    engine.append([Batch(table, [], [VoidedRow(1, BLOCK + 2), VoidedRow(2, BLOCK + 2)])], after=BLOCK + 1, upto=BLOCK + 2)

    found = engine.query(plan_query(meter, start=MIDNIGHT, end=NOON, window_size="HOUR"), table=table)
    engine.close()

    assert [answer.value for answer in found] == [BLOCK - 1]


def test_a_rollup_that_saves_little_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other takes its place, also after the file was opened anew."""
    first = MIDNIGHT - dt.timedelta(days=3)
    # Seven subjects in a day, but two dimensions in some ninety quarters of an hour.
    monkeypatch.setattr(duckdb_rollup, "ROWS_MAX", 20)
    spec = TableSpec(SPEC.event_type, SPEC.columns)
    engine = DuckDBWarehouse.open(tmp_path / "w.duckdb", seal_rows=BLOCK)
    table = engine.create_table(spec).key
    rows = _rows(first)[: 2 * BLOCK]
    engine.append([Batch(table, rows[:BLOCK])], after=0, upto=BLOCK)
    engine.close()
    engine = DuckDBWarehouse.open(tmp_path / "w.duckdb", seal_rows=BLOCK)
    engine.append([Batch(table, rows[BLOCK:])], after=BLOCK, upto=2 * BLOCK)

    [(kept, count)] = engine._connection.execute(
        "select rollups, (select sum(c) from w.main.rolled0_1) from w.main.meterlark_table where key = 1"
    ).fetchall()
    engine.close()

    assert msgspec.json.decode(kept, type=list[Rollup]) == [DAYS]
    assert (table, count) == (1, 2 * BLOCK)
