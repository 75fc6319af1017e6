"""Questions and listings through the service: they see every acknowledged event, and survive tables that go."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pytest
from prices import costs_of
from stack import RECEIVED_AT, Engine, Stack, event

from meterlark.catalog.memory import MemoryCatalog
from meterlark.ledger.contract import Verdict
from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import Row, plan_query
from meterlark.model.errors import NotFoundError, UnavailableError
from meterlark.service.customers import Customers
from meterlark.service.events import Events
from meterlark.service.ingest import Ingest
from meterlark.service.meters import MeterEntry
from meterlark.service.principal import OPEN
from meterlark.service.project import Projector
from meterlark.service.query import Queries
from meterlark.warehouse.contract import ListingFilter, Table, TableSpec

TOKENS = define_meter(slug="tokens", event_type="t", aggregation="SUM", value_property="$.v", group_by={"model": "$.model"})
CALLS = define_meter(slug="calls", event_type="t", aggregation="COUNT")
ENTRY = MeterEntry("ID", TOKENS, RECEIVED_AT, RECEIVED_AT)


@pytest.fixture(params=["memory", "duckdb"])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    """A running projector with two meters, over each warehouse."""
    engine: Engine = request.param
    with Stack(tmp_path, engine=engine) as made:
        made.set_meters([TOKENS, CALLS])
        yield made


def test_a_question_sees_every_acknowledged_event(stack: Stack) -> None:
    """Asked the moment the acknowledgement is there, a hundred times, by many senders at once."""

    async def talk() -> None:
        ingest, queries = Ingest(stack.ledger, stack.projector), Queries(stack.projector, stack.warehouse)
        acknowledged = 0

        async def send(sender: int) -> None:
            nonlocal acknowledged
            for number in range(25):
                assert await ingest.accept([event(f"{sender}-{number}", data={"v": 1})], received_at=RECEIVED_AT) == [Verdict.NEW]
                acknowledged += 1
                before = acknowledged
                [row] = await queries.run(plan_query(TOKENS), by=OPEN)
                assert row.value >= before

        await asyncio.gather(*(send(sender) for sender in range(4)))
        await ingest.close()
        await queries.close()

    asyncio.run(talk())


def test_subjects_and_values_see_every_acknowledged_event(stack: Stack) -> None:
    """Within the range asked for, sorted."""
    day = dt.timedelta(days=1)
    stack.accept([event("1", subject="b", data={"model": "y"}), event("2", subject="a"), event("3", RECEIVED_AT + day, subject="c")])

    async def ask() -> tuple[list[str], list[str]]:
        queries = Queries(stack.projector, stack.warehouse)
        subjects = await queries.subjects(ENTRY, by=OPEN, start=RECEIVED_AT, end=RECEIVED_AT + day)
        values = await queries.values(ENTRY, "model", by=OPEN, start=None, end=None)
        await queries.close()
        return subjects, values

    assert asyncio.run(ask()) == (["a", "b"], ["y"])


def test_values_of_an_unknown_dimension_are_not_found(stack: Stack) -> None:
    """The message lists the meter's own."""
    queries = Queries(stack.projector, stack.warehouse)
    with pytest.raises(NotFoundError, match="group by key not found: colour; the meter tokens has model"):
        asyncio.run(queries.values(ENTRY, "colour", by=OPEN, start=None, end=None))


def test_a_table_dropped_before_the_question_is_replaced(stack: Stack) -> None:
    """The question goes to the one that replaced it."""
    stack.accept([event("1", data={"v": 7})])
    old = stack.wait(TableSpec("t"))
    wider = define_meter(slug="wider", event_type="t", aggregation="COUNT", group_by={"user": "$.user"})
    original, chosen = Projector.wait_for_table, []

    def wait_for_table(projector: Projector, spec: TableSpec, *, timeout_seconds: float) -> Table:
        table = original(projector, spec, timeout_seconds=timeout_seconds)
        chosen.append(table.key)
        if len(chosen) == 1:
            stack.set_meters([TOKENS, CALLS, wider])
            original(projector, TableSpec("t", tuple(stack.projector._wanted["t"])), timeout_seconds=timeout_seconds)
            while any(one.key == old.key for one in stack.warehouse.tables()):
                stack.accept([event(f"more-{len(stack.accepted)}", event_type="none")])
        return table

    async def ask() -> list[Row]:
        queries = Queries(stack.projector, stack.warehouse)
        with patch.object(Projector, "wait_for_table", wait_for_table):
            rows = await queries.run(plan_query(TOKENS), by=OPEN)
        await queries.close()
        return rows

    assert [row.value for row in asyncio.run(ask())] == [Decimal(7)]
    assert chosen[0] == old.key != chosen[-1]


def test_waiting_questions_do_not_hold_up_the_others(stack: Stack) -> None:
    """Many wait for a meter that is being backfilled; one for another meter is answered meanwhile."""
    stack.accept([event("1", data={"v": 7})])
    stack.wait(TableSpec("t"))
    slow = define_meter(slug="slow", event_type="t", aggregation="COUNT", group_by={"x": "$.x"})
    stack.projector._wanted = {**stack.projector._wanted, "slow": ()}  # wanted, and never filled: the projector is at rest
    slow_spec = plan_query(define_meter(slug="slow", event_type="slow", aggregation="COUNT"))

    async def ask() -> list[Row]:
        queries = Queries(stack.projector, stack.warehouse)
        with patch.object(stack.projector, "_create_missing", lambda: None):
            waiting = [asyncio.create_task(queries.run(slow_spec, by=OPEN)) for _ in range(20)]
            rows = await asyncio.wait_for(queries.run(plan_query(TOKENS), by=OPEN), 20)
            assert not any(task.done() for task in waiting)
        stack.set_meters([TOKENS, CALLS, slow, slow_spec.meter])
        assert await asyncio.gather(*waiting) == await asyncio.gather(*(queries.run(slow_spec, by=OPEN) for _ in waiting))
        await queries.close()
        return rows

    assert [row.value for row in asyncio.run(ask())] == [Decimal(7)]


def test_more_waiting_questions_than_threads_are_told_to_ask_again(stack: Stack) -> None:
    """The bound is named; those who wait are answered."""
    query = plan_query(define_meter(slug="slow", event_type="slow", aggregation="COUNT"))
    stack.projector._wanted = {**stack.projector._wanted, "slow": ()}

    async def ask() -> None:
        with patch("meterlark.service.query.WAITING_QUERIES_MAX", 2):
            queries = Queries(stack.projector, stack.warehouse)
            with patch.object(stack.projector, "_create_missing", lambda: None):
                waiting = [asyncio.create_task(queries.run(query, by=OPEN)) for _ in range(2)]
                await asyncio.sleep(0)
                with pytest.raises(UnavailableError, match="2 questions wait"):
                    await queries.run(query, by=OPEN)
            stack.set_meters([TOKENS, query.meter])
            assert [[row.value for row in rows] for rows in await asyncio.gather(*waiting)] == [[Decimal(0)]] * 2
            await queries.close()

    asyncio.run(ask())


# Listing


def no_customers() -> Customers:
    """Return what a server without customers has."""
    return Customers(MemoryCatalog(), now=lambda: RECEIVED_AT, new_id=str)


def listed(stack: Stack, meters: list[Meter], condition: ListingFilter) -> list[tuple[str, tuple[str, ...]]]:
    """Return id and problems of the listed events."""
    events = Events(stack.ledger, stack.projector, stack.warehouse, lambda: meters, no_customers(), costs=costs_of())
    return [(one.event.id, one.problems) for one in asyncio.run(events.listed(condition, by=OPEN))]


def test_each_event_is_listed_with_why_it_was_not_measured(stack: Stack) -> None:
    """Newest first: measured by all, by none of its type, and not by one of two meters; equal reasons once."""
    twin = define_meter(slug="twin", event_type="t", aggregation="MAX", value_property="$.v")
    hour = dt.timedelta(hours=1)
    stack.accept(
        [
            event("good", RECEIVED_AT + 3 * hour, data={"v": 1}),
            event("stranger", RECEIVED_AT + 2 * hour, event_type="x"),
            event("broken", RECEIVED_AT + hour, data={"v": True}),
            event("empty", RECEIVED_AT),
        ]
    )

    assert listed(stack, [TOKENS, CALLS, twin], ListingFilter()) == [
        ("good", ()),
        ("stranger", ("no meter found for event type: x",)),
        ("broken", ("invalid event: unsupported value property type",)),
        ("empty", ("invalid event: null and missing value property",)),
    ]


def test_each_reason_of_several_meters_is_listed(stack: Stack) -> None:
    """In the order of the meters."""
    other = define_meter(slug="other", event_type="t", aggregation="SUM", value_property="$.w")
    stack.accept([event("1", data={"v": None})])

    assert listed(stack, [TOKENS, other], ListingFilter()) == [
        ("1", ("invalid event: value cannot be null", 'invalid event: missing value property: "$.w"'))
    ]


def test_a_listing_sees_every_acknowledged_event_and_its_text(stack: Stack) -> None:
    """Also of types that no meter looks at; the text is verbatim."""
    one = event("only", event_type="unmetered", subject="é")
    stack.accept([event("other"), one])

    events = Events(stack.ledger, stack.projector, stack.warehouse, list, no_customers(), costs=costs_of())
    [found] = asyncio.run(events.listed(ListingFilter(id_part="nl", subjects=("é",)), by=OPEN))

    assert (found.record.text, found.record.sequence, found.event) == (one.text, 2, one)
