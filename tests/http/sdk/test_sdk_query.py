import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from recording_ingest import RecordingIngest

from meterlark import Meter, UsageRow
from meterlark.model.errors import InvalidInputError, MeterlarkError, NotFoundError, UnavailableError
from meterlark.sdk.api import Reply
from meterlark.sdk.usage import read_rows

EXAMPLES = Path(__file__).parents[3] / "examples"
ANSWER = b"""{"windowSize": "DAY", "data": [
  {"value": 123456789012345678.000000000000000001, "windowStart": "2026-11-24T00:00:00Z", "windowEnd": "2026-11-25T00:00:00Z",
   "subject": "acme", "groupBy": {"model": "gpt-4o", "tier": null}},
  {"value": 0, "windowStart": "2026-11-25T00:00:00Z", "windowEnd": "2026-11-26T00:00:00Z", "subject": null, "groupBy": {}}]}"""


def test_rows_are_exact(ingest: RecordingIngest, meter: Meter) -> None:
    """Values are decimals with every digit, times are aware."""
    ingest.answer = ANSWER

    assert meter.query("llm_total_tokens") == [
        UsageRow(
            Decimal("123456789012345678.000000000000000001"),
            datetime(2026, 11, 24, tzinfo=UTC),
            datetime(2026, 11, 25, tzinfo=UTC),
            "acme",
            {"model": "gpt-4o", "tier": None},
        ),
        UsageRow(Decimal(0), datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC), None, {}),
    ]


def test_parameters_have_their_wire_names(ingest: RecordingIngest, meter: Meter) -> None:
    """Lists are repeated, what is not given is left out, times need a zone."""
    meter.query(
        "llm/total",
        start=datetime(2026, 11, 1, tzinfo=UTC),
        end="2026-12-01T00:00:00Z",
        window="DAY",
        time_zone="Europe/Berlin",
        subject=["acme", "a&b"],
        group_by=["model", "subject"],
        customerId="c1",
    )
    meter.query("plain")

    parts = urlsplit(ingest.queries[0])
    assert parts.path == "/api/v1/meters/llm%2Ftotal/query"
    assert parse_qsl(parts.query) == [
        ("from", "2026-11-01T00:00:00+00:00"),
        ("to", "2026-12-01T00:00:00Z"),
        ("windowSize", "DAY"),
        ("windowTimeZone", "Europe/Berlin"),
        ("subject", "acme"),
        ("subject", "a&b"),
        ("groupBy", "model"),
        ("groupBy", "subject"),
        ("customerId", "c1"),
    ]
    assert ingest.queries[1] == "/api/v1/meters/plain/query"
    with pytest.raises(InvalidInputError, match="without a zone"):
        meter.query("plain", start=datetime(2026, 11, 1))  # noqa: DTZ001 - the mistake that is tested


def test_an_answer_includes_what_was_just_metered(ingest: RecordingIngest) -> None:
    """The queue is delivered first."""
    with Meter(ingest.url, batch_wait_seconds=60) as meter:
        meter.record({"id": "c1", "usage": {"prompt_tokens": 1}})
        meter.query("llm_total_tokens")
        assert [event["id"] for event in ingest.events] == ["c1"]


def test_an_answer_that_would_lack_events_is_refused(ingest: RecordingIngest) -> None:
    """A number that is known to be wrong is not given."""
    ingest.decide = lambda _: 503
    with Meter(ingest.url, timeout_seconds=0.2, exit_seconds=0.0) as meter:
        meter.record({"id": "c1", "usage": {"prompt_tokens": 1}})
        with pytest.raises(UnavailableError, match="1 events are not delivered yet"):
            meter.query("llm_total_tokens")


def test_a_server_that_is_down_is_said(ingest: RecordingIngest) -> None:
    """With its address."""
    with Meter("http://127.0.0.1:9") as meter, pytest.raises(UnavailableError, match=r"http://127\.0\.0\.1:9 does not answer"):
        meter.query("llm_total_tokens")


def test_queries_do_not_block_the_event_loop(ingest: RecordingIngest) -> None:
    """The asynchronous names do the same in a thread."""
    ingest.answer = ANSWER

    async def ask() -> list[UsageRow]:
        async with Meter(ingest.url) as meter:
            assert await meter.aflush()
            return await meter.aquery("llm_total_tokens", window="DAY")

    assert len(asyncio.run(ask())) == 2


@pytest.mark.parametrize(
    ("status", "body", "error", "text"),
    [
        (404, b'{"title":"Not Found","detail":"meter not found: x"}', NotFoundError, "meter not found: x"),
        (400, b'{"detail":"windowSize is WEEK"}', InvalidInputError, "windowSize is WEEK"),
        (503, b'{"title":"Service Unavailable"}', UnavailableError, "Service Unavailable"),
        (500, b"", MeterlarkError, "status 500"),
        (502, b"<html>", UnavailableError, "<html>"),
        (200, b"<html>", MeterlarkError, "not that of a usage query"),
        (200, b'{"data":[{}]}', MeterlarkError, "not that of a usage query"),
    ],
)
def test_errors_carry_what_the_server_said(status: int, body: bytes, error: type[Exception], text: str) -> None:
    """The problem's detail is the message."""
    with pytest.raises(error, match=text):
        read_rows(Reply(status, body, None))


@pytest.mark.parametrize("name", ["openai_chat.py", "openai_stream.py"])
def test_the_examples_run_and_are_short(name: str, ingest: RecordingIngest) -> None:
    """Against the loopback provider: three metered calls of two customers and two models, and a table."""
    ingest.answer = ANSWER.replace(b"null, ", b'"globex", ').replace(b'"groupBy": {}', b'"groupBy": {"model": "gpt-4o-mini"}')
    ingest.answer = ingest.answer.replace(b'"subject": null', b'"subject": "globex"')
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENAI_")} | {"METERLARK_URL": ingest.url}

    ran = subprocess.run([sys.executable, str(EXAMPLES / name)], env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert "2026-11-24  acme      gpt-4o" in ran.stdout
    assert len(ingest.events) == 3
    assert {event["subject"] for event in ingest.events} == {"acme", "globex"}
    assert len({event["data"]["model"] for event in ingest.events}) == 2
    expected = {"injected"} if "stream" in name else {"reported"}
    assert {event["data"]["usage_source"] for event in ingest.events} == expected
    assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) < 40
