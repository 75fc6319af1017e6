"""`POST /api/v1/events`: what is accepted, how it is answered, and what counts."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from running_server import BATCH_TYPE, EVENT_TYPE, EVENTS, JSON_TYPE, RunningServer, assert_problem, event

Name = Callable[[], str]


@pytest.mark.parametrize(
    ("content_type", "is_batch"),
    [
        (EVENT_TYPE, False),
        (f"{EVENT_TYPE}; charset=UTF-8", False),
        ("Application/CloudEvents+JSON ;charset=utf-8", False),
        (BATCH_TYPE, True),
        (f"{BATCH_TYPE};charset=utf-8", True),
        (JSON_TYPE, False),
        (JSON_TYPE, True),
        (f"{JSON_TYPE}; charset=utf-8", True),
    ],
)
def test_three_content_types_with_parameters_store_events(server: RunningServer, name: Name, content_type: str, *, is_batch: bool) -> None:
    """Success is 204 with an empty body, and the next query counts the events."""
    slug = name()
    server.create_meter(slug, slug)
    events = [event("1", slug), event("2", slug)] if is_batch else event("1", slug)

    answer = server.ingest(events, content_type)

    assert (answer.status, answer.body) == (204, b"")
    assert server.total(slug) == (2 if is_batch else 1)


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/cloudevents", "", "application/json+x", "json"])
def test_other_content_types_are_refused_by_name(server: RunningServer, name: Name, content_type: str) -> None:
    """The problem says what was given and what is allowed."""
    answer = server.ingest(event("1", name()), content_type)

    assert_problem(answer, 415, content_type or "none", EVENT_TYPE, BATCH_TYPE, JSON_TYPE, field="content-type")


def test_gzip_bodies_count(server: RunningServer, name: Name) -> None:
    """One member, several members and the older name of the encoding."""
    slug = name()
    server.create_meter(slug, slug)
    text = json.dumps([event("1", slug), event("2", slug)]).encode()

    for encoding, body in (
        ("gzip", gzip.compress(text)),
        ("GZIP", gzip.compress(text[:50]) + gzip.compress(text[50:60]) + gzip.compress(text[60:])),
        ("x-gzip", gzip.compress(json.dumps([event("3", slug)]).encode())),
        ("identity", json.dumps([event("4", slug)]).encode()),
    ):
        assert server.ingest(body, content_encoding=encoding).status == 204, encoding

    assert server.total(slug) == 4


@pytest.mark.parametrize(
    ("make", "part"),
    [
        pytest.param(lambda text: text, "not", id="plain"),
        pytest.param(lambda text: gzip.compress(text)[:-3], "ends in the middle", id="cut"),
        pytest.param(lambda text: gzip.compress(text) + b"rubbish", "not", id="rubbish behind"),
        pytest.param(lambda _: b"", "empty", id="nothing"),
    ],
)
def test_what_is_not_gzip_is_refused(server: RunningServer, name: Name, make: Callable[[bytes], bytes], part: str) -> None:
    """Plain text, a cut member, rubbish behind it, and nothing at all; none of it is stored."""
    slug = name()
    server.create_meter(slug, slug)
    text = json.dumps(event("1", slug)).encode()

    assert_problem(server.ingest(make(text), content_encoding="gzip"), 400, "gzip", part, field="content-encoding")
    assert server.total(slug) == 0


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_other_encodings_are_refused_by_name(server: RunningServer, name: Name, encoding: str) -> None:
    """The problem says which are allowed."""
    answer = server.ingest(event("1", name()), content_encoding=encoding)

    assert_problem(answer, 415, encoding, "gzip and identity", field="content-encoding")


def test_prefer_representation_tells_of_each_event(server: RunningServer, name: Name) -> None:
    """New, duplicate and conflict, in the order of the request, with their counts; the first content is the one that counts."""
    slug = name()
    server.create_meter(slug, slug, "SUM", valueProperty="$.n")
    server.ingest(event("1", slug, data={"n": 1}))

    answer = server.ingest(
        [
            event("1", slug, data={"n": 1}),
            event("1", slug, data={"n": 5}),
            event("2", slug, data={"n": 2}),
            event("2", slug, data={"n": 2}),
        ],
        prefer="respond-async, return=representation",
    )

    assert answer.status == 200
    assert answer.headers["preference-applied"] == "return=representation"
    assert answer.json() == {
        "new": 1,
        "duplicate": 2,
        "conflict": 1,
        "results": [
            {"id": event_id, "source": slug, "verdict": verdict}
            for event_id, verdict in (("1", "duplicate"), ("1", "conflict"), ("2", "new"), ("2", "duplicate"))
        ],
    }
    assert server.total(slug) == 3


@pytest.mark.parametrize("prefer", ["return=minimal", "respond-async", ""])
def test_other_preferences_change_nothing(server: RunningServer, name: Name, prefer: str) -> None:
    """The answer stays 204."""
    assert server.ingest(event("1", name()), prefer=prefer).status == 204


def test_duplicates_and_conflicts_are_success(server: RunningServer, name: Name) -> None:
    """Clients of the OpenMeter protocol see 204, as for a new event."""
    event_type = name()

    assert [server.ingest(event("1", event_type, data={"n": n})).status for n in (1, 1, 2)] == [204, 204, 204]


def test_the_same_content_in_other_words_is_a_duplicate(server: RunningServer, name: Name) -> None:
    """The order of keys, blanks and the spelling of a number do not matter."""
    event_type = name()
    server.ingest(event("1", event_type, data={"a": 1, "b": 100}))
    other = (
        f'{{ "data":{{"b":1e2,\n"a":1.0}},"subject":"acme","type":"{event_type}","source":"{event_type}","id":"1","specversion":"1.0" }}'
    )

    assert server.verdicts(other.encode()) == ["duplicate"]


def test_identity_is_source_and_id_as_a_tuple(server: RunningServer, name: Name) -> None:
    """No delimiter can make two identities one."""
    event_type = name()
    prefix = name()
    events = [
        {**event("c", event_type), "source": f"{prefix}-a-b"},
        {**event("b-c", event_type), "source": f"{prefix}-a"},
        {**event("c", event_type), "source": f"{prefix}-a"},
    ]

    assert server.verdicts(events) == ["new", "new", "new"]


@pytest.mark.parametrize(
    ("content_type", "body", "status"), [(JSON_TYPE, b"[]", 400), (BATCH_TYPE, b"[]", 204), (BATCH_TYPE, b" [ ] ", 204)]
)
def test_an_empty_array_is_an_empty_batch_only_by_its_type(server: RunningServer, content_type: str, body: bytes, status: int) -> None:
    """As the OpenMeter protocol has it."""
    answer = server.ingest(body, content_type)

    assert answer.status == status
    if status == 400:
        assert_problem(answer, 400, "no events found")


@pytest.mark.parametrize("content_type", [BATCH_TYPE, JSON_TYPE])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_bad_event_refuses_the_whole_batch(server: RunningServer, name: Name, content_type: str, position: int) -> None:
    """Its position is named and its neighbours are not stored; they may be sent again without it."""
    slug = name()
    server.create_meter(slug, slug)
    events = [event(str(number), slug) for number in range(3)]
    events[position] = event("bad", slug, subject="")

    answer = server.ingest(events, content_type)

    assert_problem(answer, 400, f"event {position} of the batch", "subject is empty", field=f"[{position}].subject")
    assert server.total(slug) == 0
    del events[position]
    assert server.verdicts(events) == ["new", "new"]


def test_a_batch_may_have_a_thousand_events_and_no_more(server: RunningServer, name: Name) -> None:
    """The limit is named, and nothing of the larger batch is stored."""
    slug = name()
    server.create_meter(slug, slug)
    events = [event(str(number), slug) for number in range(1001)]

    assert_problem(server.ingest(events), 413, "1001", "at most 1000")
    assert server.total(slug) == 0
    assert server.ingest(events[:1000]).status == 204
    assert server.total(slug) == 1000


@pytest.mark.parametrize("time", [{}, {"time": None}, {"time": "0001-01-01T00:00:00Z"}])
def test_the_server_sets_a_missing_time(server: RunningServer, name: Name, time: dict[str, Any]) -> None:
    """To the moment of receipt; the zero time of Go clients means missing."""
    event_type = name()
    event_id = f"timeless-{event_type}"
    before = datetime.now(UTC)

    server.ingest(event(event_id, event_type, **time))

    [listed] = server.get(EVENTS, {"id": event_id}).json()
    at = datetime.fromisoformat(listed["event"]["time"])
    assert before <= at <= datetime.now(UTC)
    assert at == datetime.fromisoformat(listed["ingestedAt"])


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "0002-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z"])
def test_any_time_is_accepted_and_counted(server: RunningServer, name: Name, at: str) -> None:
    """There is no cut-off for late or early events, and none of them breaks a question, with or without windows."""
    slug = name()
    server.create_meter(slug, slug)

    assert server.ingest(event("1", slug, time=at)).status == 204

    assert server.total(slug) == 1
    for size in ("MINUTE", "HOUR", "DAY", "MONTH"):
        for zone in ("UTC", "Asia/Kolkata", "America/New_York"):
            [row] = server.usage(slug, {"windowSize": size, "windowTimeZone": zone})
            assert row["value"] == 1


@pytest.mark.parametrize("at", ["0001-01-02T00:00:00Z", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_that_no_window_can_hold_is_refused(server: RunningServer, name: Name, at: str) -> None:
    """It would break every question about its meter."""
    slug = name()
    server.create_meter(slug, slug)

    assert_problem(server.ingest(event("1", slug, time=at)), 400, at, "years 2 to 9998", field="time")
    assert server.total(slug) == 0


def test_a_null_content_type_of_the_data_is_allowed(server: RunningServer, name: Name) -> None:
    """Also the one that it must be."""
    event_type = name()

    for number, value in enumerate((None, "application/json", "application/json; charset=utf-8")):
        assert server.ingest(event(str(number), event_type, datacontenttype=value, dataschema=None)).status == 204


def test_a_repeated_request_id_comes_back(server: RunningServer, name: Name) -> None:
    """The client's own id is kept when it is printable; a hostile one is replaced."""
    kept = server.ingest(event("1", name()), x_request_id="abc-123")
    replaced = server.ingest(event("1", name()), x_request_id="x" * 200)

    assert kept.headers["x-request-id"] == "abc-123"
    assert len(replaced.headers["x-request-id"]) == 32
