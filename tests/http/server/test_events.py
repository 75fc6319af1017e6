"""`GET /api/v1/events`: what was stored, newest first, with why it was not measured."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from running_server import EVENTS, METERS, RunningServer, assert_problem, event

Name = Callable[[], str]
Listing = tuple[RunningServer, str, list[str]]


@pytest.fixture
def listing(server: RunningServer, name: Name) -> Listing:
    """Store five events of one day each and give the prefix of their ids, oldest first."""
    prefix = f"listing-{name()}"
    ids = [f"{prefix}-{day}" for day in range(1, 6)]
    for day, event_id in enumerate(ids, 1):
        server.ingest(event(event_id, prefix, subject=f"{prefix}-{day % 2}", time=f"2026-03-0{day}T12:00:00Z"))
    return server, prefix, ids


def ids_of(server: RunningServer, parameters: dict[str, Any]) -> list[str]:
    """Return the ids of a listing."""
    answer = server.get(EVENTS, parameters)
    assert answer.status == 200, answer
    return [one["event"]["id"] for one in answer.json()]


def test_events_are_listed_newest_first(listing: Listing) -> None:
    """By event time, not by arrival."""
    server, prefix, ids = listing
    late = f"{prefix}-late"
    server.ingest(event(late, prefix, time="2026-03-02T13:00:00Z"))

    assert ids_of(server, {"id": prefix}) == [ids[4], ids[3], ids[2], late, ids[1], ids[0]]


@pytest.mark.parametrize(
    ("parameters", "days"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"from": "2026-03-02T12:00:00Z"}, [5, 4, 3, 2]),
        ({"to": "2026-03-02T12:00:00Z"}, [1]),
        ({"from": "2026-03-02T12:00:00Z", "to": "2026-03-04T12:00:00Z"}, [3, 2]),
        ({"from": "2026-03-02T14:00:00+02:00", "to": "2026-03-02T12:00:00.000001Z"}, [2]),
        ({"limit": "2"}, [5, 4]),
        ({"limit": "1", "to": "2026-03-03T00:00:00Z"}, [2]),
        ({"clientId": "my-request"}, [5, 4, 3, 2, 1]),
        ({"ingestedAtFrom": "2026-03-01T00:00:00Z"}, [5, 4, 3, 2, 1]),
        ({"ingestedAtTo": "2026-03-01T00:00:00Z"}, []),
        ({"ingestedAtFrom": "2200-01-01T00:00:00Z"}, []),
    ],
    ids=json.dumps,
)
def test_parameters_choose_events(listing: Listing, parameters: dict[str, str], days: list[int]) -> None:
    """`from` is inclusive, `to` exclusive, to the microsecond."""
    server, prefix, ids = listing

    assert ids_of(server, {"id": prefix, **parameters}) == [ids[day - 1] for day in days]


def test_the_subject_is_the_whole_subject_and_the_id_a_part(listing: Listing) -> None:
    """As the OpenMeter protocol has it; nothing in them is a pattern."""
    server, prefix, ids = listing

    assert ids_of(server, {"subject": f"{prefix}-1"}) == [ids[4], ids[2], ids[0]]
    assert ids_of(server, {"subject": prefix}) == []
    assert ids_of(server, {"id": f"{prefix[3:]}-3"}) == [ids[2]]
    assert ids_of(server, {"id": f"{prefix}-%"}) == []
    assert ids_of(server, {"id": "' or 1=1 --"}) == []


def test_the_time_of_receipt_bounds_are_half_open(server: RunningServer, name: Name) -> None:
    """Exactly as `from` and `to`."""
    prefix = f"received-{name()}"
    server.ingest(event(prefix, prefix, time="2026-01-01T00:00:00Z"))
    [listed] = server.get(EVENTS, {"id": prefix}).json()
    received = listed["ingestedAt"]

    assert listed["storedAt"] == received
    assert ids_of(server, {"id": prefix, "ingestedAtFrom": received}) == [prefix]
    assert ids_of(server, {"id": prefix, "ingestedAtTo": received}) == []


def test_the_text_is_verbatim(server: RunningServer, name: Name) -> None:
    """Extension attributes, big numbers, odd spellings, escapes and the order of keys."""
    event_type = f"verbatim-{name()}"
    text = (
        f'{{"id":"{event_type}","traceparent":"00-ab-01","specversion":"1.0","source":"s","type":"{event_type}","subject":"\\u00e4\\/b",'
        '"time":"2026-01-01T00:00:00.123456789+02:00","data":{"z":1,"a":123456789012345678901234567890.10,"e":1E+2,"w":1e999,"s":"\\u2028é"},'
        '"nothing":null}'
    )
    assert server.ingest(text.encode()).status == 204

    answer = server.get(EVENTS, {"id": event_type})

    assert text.encode() in answer.body


@pytest.mark.parametrize("time", ['"time":null,', "", '"time":"0001-01-01T00:00:00Z",'])
def test_a_missing_time_is_put_in(server: RunningServer, name: Name, time: str) -> None:
    """The time that counts, beside numbers that keep their digits."""
    event_type = f"untimed-{name()}"
    text = (
        f'{{"id":"{event_type}",{time}"specversion":"1.0","source":"s","type":"{event_type}","subject":"a","data":{{"n":0.10,"m":1e400}}}}'
    )
    assert server.ingest(text.encode()).status == 204

    answer = server.get(EVENTS, {"id": event_type})

    [listed] = answer.json()
    assert listed["event"]["time"] == listed["ingestedAt"]
    assert b'"data":{"n":0.10,"m":1e400}' in answer.body
    assert answer.body.count(b'"time"') == 1


VALUE = "invalid event: "


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("null", f"{VALUE}null and missing value property"),
        (None, f"{VALUE}null and missing value property"),
        ("{}", f'{VALUE}missing value property: "$.n"'),
        ('{"n":null}', f"{VALUE}value cannot be null"),
        ('{"n":"x"}', f"{VALUE}value cannot be parsed as float64: "),
        ('{"n":" 1"}', f"{VALUE}value cannot be parsed as float64: "),
        ('{"n":""}', f"{VALUE}value cannot be parsed as float64: "),
        ('{"n":"NaN"}', f"{VALUE}value cannot be NaN"),
        ('{"n":"Inf"}', f"{VALUE}value cannot be infinity"),
        ('{"n":"-Infinity"}', f"{VALUE}value cannot be infinity"),
        ('{"n":true}', f"{VALUE}unsupported value property type"),
        ('{"n":{}}', f"{VALUE}unsupported value property type"),
        ('{"n":[1]}', f"{VALUE}unsupported value property type"),
        ('{"n":1e400000}', f"{VALUE}value out of range: 1e400000"),
        ('{"n":1000000000000000000}', f"{VALUE}value out of range: "),
        ('{"n":"100"}', None),
        ('{"n":-1.5e3}', None),
    ],
)
def test_validation_errors_are_those_of_the_protocol(server: RunningServer, name: Name, data: str | None, error: str | None) -> None:
    """An event that a meter cannot read is stored, not counted, and says why."""
    slug = name()
    server.create_meter(slug, slug, "SUM", valueProperty="$.n")
    rest = "" if data is None else f',"data":{data}'
    text = f'{{"specversion":"1.0","id":"error-{slug}","source":"{slug}","type":"{slug}","subject":"a"{rest}}}'
    assert server.ingest(text.encode()).status == 204

    [listed] = server.get(EVENTS, {"id": f"error-{slug}"}).json()

    if error is None:
        assert "validationError" not in listed
        assert len(server.usage(slug)) == 1
    else:
        assert listed["validationError"].startswith(error)
        assert server.usage(slug) == []


def test_an_event_without_a_meter_says_so(server: RunningServer, name: Name) -> None:
    """Until there is one."""
    slug = f"type-{name()}"
    server.ingest(event(slug, slug))
    assert server.get(EVENTS, {"id": slug}).json()[0]["validationError"] == f"no meter found for event type: {slug}"

    server.create_meter(slug.replace("-", "_"), slug)

    assert "validationError" not in server.get(EVENTS, {"id": slug}).json()[0]


def test_several_reasons_are_lines(server: RunningServer, name: Name) -> None:
    """One for each meter that could not read the event, each once."""
    event_type = f"reasons-{name()}"
    for path in ("$.a", "$.b", "$.c"):
        server.create_meter(name(), event_type, "SUM", valueProperty=path)
    server.ingest(event(event_type, event_type, data={"b": None, "c": 1}))

    [listed] = server.get(EVENTS, {"id": event_type}).json()

    assert sorted(listed["validationError"].splitlines()) == [f'{VALUE}missing value property: "$.a"', f"{VALUE}value cannot be null"]


def test_equal_times_come_latest_stored_first(server: RunningServer, name: Name) -> None:
    """So that the order is the same at every reading."""
    event_type = f"equal-{name()}"
    for number in range(4):
        server.ingest(event(f"{event_type}-{number}", event_type, time="2026-01-01T00:00:00Z"))

    assert ids_of(server, {"id": event_type}) == [f"{event_type}-{number}" for number in (3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("parameters", "parts", "field"),
    [
        ({"limit": "0"}, ("limit", "'0'", ">= 1"), "limit"),
        ({"limit": "1001"}, ("limit", "'1001'", "<= 1000"), "limit"),
        ({"limit": "x"}, ("limit", "'x'"), "limit"),
        ({"limit": ["1", "2"]}, ("limit", "more than once"), "limit"),
        ({"from": "yesterday"}, ("yesterday", "RFC 3339"), "from"),
        ({"to": "2026-01-01"}, ("2026-01-01", "RFC 3339"), "to"),
        ({"ingestedAtFrom": "2026-01-01T00:00:00"}, ("2026-01-01T00:00:00", "time zone"), "ingestedAtFrom"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, ("2026-01-02", "2026-01-01", "before"), "from"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, ("2026-01-02", "before"), "from"),
        (
            {"ingestedAtFrom": "2026-01-02T00:00:00Z", "ingestedAtTo": "2026-01-01T00:00:00Z"},
            ("ingestedAtFrom", "ingestedAtTo", "2026-01-02"),
            "ingestedAtFrom",
        ),
        ({"clientId": ""}, ("clientId", "''"), "clientId"),
        ({"clientId": "x" * 37}, ("clientId", "xxx", "36"), "clientId"),
        ({"customerId": [str(number) for number in range(101)]}, ("customerId", "101", "100"), "customerId"),
        ({"sort": "asc"}, ("'sort'", "limit", "subject"), "sort"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_parameters_are_named(server: RunningServer, parameters: dict[str, Any], parts: tuple[str, ...], field: str) -> None:
    """What was given and what is allowed."""
    assert_problem(server.get(EVENTS, parameters), 400, *parts, field=field)


def test_an_unknown_customer_is_not_found(server: RunningServer) -> None:
    """There are no customers yet, so every one is unknown."""
    assert_problem(server.get(EVENTS, {"customerId": "01HXYZ"}), 404, "01HXYZ")


def test_a_listed_event_is_read_at_once(server: RunningServer, name: Name) -> None:
    """What was acknowledged is in the next listing, every time."""
    event_type = f"now-{name()}"
    for number in range(20):
        event_id = f"{event_type}-{number:02}"
        server.ingest(event(event_id, event_type))
        assert ids_of(server, {"id": event_id}) == [event_id]


def test_times_of_the_answer_have_a_zone(server: RunningServer, name: Name) -> None:
    """RFC 3339 in UTC."""
    event_type = f"zone-{name()}"
    server.ingest(event(event_type, event_type))
    [listed] = server.get(EVENTS, {"id": event_type}).json()

    for key in ("ingestedAt", "storedAt"):
        offset = datetime.fromisoformat(listed[key]).utcoffset()
        assert offset is not None
        assert not offset
    assert server.get(METERS).status == 200
