import asyncio
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from meterlark import AsyncClient, Client, CloudEvent
from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def event(kind: str, number: int, **data: Any) -> CloudEvent:
    """Return an event of a type that the test has for itself."""
    return CloudEvent(id=str(number), source=kind, type=kind, subject=f"customer-{number % 2}", time=AT, data=data)


def test_what_is_sent_is_counted_exactly(client: Client) -> None:
    """Decimals keep every digit on the way there and back, floats appear nowhere."""
    client.create_meter(slug="exact", event_type="exact", aggregation="SUM", value_property="$.value", group_by={"model": "$.model"})
    value = Decimal("12345678901234567.000000000000000001")

    result = client.ingest_events([event("exact", 1, value=value, model="gpt-4o"), event("exact", 2, value=1, model="gpt-4o")])
    usage = client.query_meter("exact", window_size="DAY", group_by=["model"])

    assert (result.new, result.duplicate) == (2, 0)
    assert usage.to_records() == [
        {
            "window_start": datetime(2026, 11, 24, tzinfo=UTC),
            "window_end": datetime(2026, 11, 25, tzinfo=UTC),
            "model": "gpt-4o",
            "value": Decimal("12345678901234568.000000000000000001"),
        }
    ]
    assert client.list_events(id="1", subject="customer-1")[0].event["data"]["value"] == value


def test_sending_again_counts_once(client: Client) -> None:
    """The result says so; extension attributes of a mapping are kept."""
    one = {"specversion": "1.0", "id": "again", "source": "test", "type": "again", "subject": "acme", "region": "eu"}

    client.ingest_events(one)

    assert client.ingest_events(one).results[0].verdict == "duplicate"
    assert client.explain_event(id="again", source="test").event["region"] == "eu"


def test_a_dry_run_stores_nothing(client: Client) -> None:
    """And says what each meter would read."""
    client.create_meter(slug="dry", event_type="dry", aggregation="SUM", value_property="$.n")

    judged = client.dry_run_events(event("dry", 7, n=5))

    assert [(one.meter, one.value) for one in judged.results[0].meters] == [("dry", Decimal(5))]
    assert len(client.query_meter("dry")) == 0


def test_questions_take_lists_mappings_and_times(client: Client) -> None:
    """As parameters and as a body."""
    client.create_meter(slug="asked", event_type="asked", aggregation="COUNT", group_by={"model": "$.model"})
    client.ingest_events(event("asked", number, model=f"m{number % 3}") for number in range(6))
    customers = ["customer-0", "customer-1"]

    by_parameters = client.query_meter(
        "asked", from_=AT, to="2026-11-25T00:00:00Z", subject=customers, filter_group_by={"model": ["m0", "m1"]}
    )
    by_body = client.query_meter_post("asked", from_=AT, group_by=["model"], advanced_meter_group_by_filters={"model": {"$ne": "m0"}})

    assert [(row.subject, int(row.value)) for row in by_parameters] == [("customer-0", 2), ("customer-1", 2)]
    assert [(row.group_by["model"], int(row.value)) for row in by_body] == [("m1", 2), ("m2", 2)]


def test_usage_comes_as_a_file_too(client: Client) -> None:
    """CSV unless another form is asked for."""
    assert client.query_meter_file("llm_requests").startswith(b"window_start,window_end,value")
    assert client.query_meter_file("llm_requests", media_type="application/vnd.apache.parquet").startswith(b"PAR1")


def test_all_pages_are_gone_through(client: Client) -> None:
    """By page number, and backwards by the last entry."""
    for number in range(3):
        client.create_meter(slug=f"paged_{number}", event_type="paged", aggregation="COUNT")

    by_one = [meter.slug for meter in client.iterate_meters(page_size=1)]
    numbers = [entry.number for entry in client.iterate_audit(limit=2)]

    assert by_one == [meter.slug for meter in client.list_meters()]
    assert numbers == list(range(len(numbers), 0, -1))


def test_errors_are_told_apart(client: Client) -> None:
    """By the same tree as everywhere."""
    with pytest.raises(NotFoundError, match="no_such"):
        client.get_meter("no_such")
    with pytest.raises(ConflictError):
        client.create_meter(slug="llm_requests", event_type="x", aggregation="COUNT")
    with pytest.raises(InvalidInputError) as caught:
        client.query_meter("llm_requests", window_size="WEEK")
    assert caught.value.field == "windowSize"
    with pytest.raises(InvalidInputError, match="without a zone"):
        client.query_meter("llm_requests", from_=datetime(2026, 11, 1))  # noqa: DTZ001 - the mistake that is tested
    with pytest.raises(InvalidInputError, match="is empty"):
        client.delete_meter("")


def test_names_that_look_like_paths_stay_names(client: Client) -> None:
    """A slash or a question mark in a name cannot reach another operation."""
    with pytest.raises(NotFoundError):
        client.get_meter("llm_requests/query?x=")


def test_texts_are_texts(client: Client) -> None:
    """An answer that is not JSON is given as it is."""
    assert "meterlark" in client.metrics()


def test_the_asynchronous_client_does_the_same(server: str) -> None:
    """Many at once, pages included."""

    async def use() -> tuple[int, list[str]]:
        async with AsyncClient(server) as client:
            await client.create_meter(slug="several", event_type="several", aggregation="COUNT")
            await asyncio.gather(*(client.ingest_events(event("several", number)) for number in range(20)))
            usage = await client.query_meter("several")
            return int(usage[0].value), [meter.slug async for meter in client.iterate_meters(page_size=5)]

    counted, slugs = asyncio.run(use())
    assert counted == 20
    assert "several" in slugs


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_has_connections_of_its_own(client: Client) -> None:
    """Parent and child never read each other's answers."""
    client.list_meters()

    child = os.fork()
    if child == 0:
        try:
            assert client.get_meter("llm_requests").slug == "llm_requests"
        except BaseException:  # noqa: BLE001 - the child may not run the rest of the tests
            os._exit(1)
        os._exit(0)

    assert client.get_meter("llm_requests").slug == "llm_requests"
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
