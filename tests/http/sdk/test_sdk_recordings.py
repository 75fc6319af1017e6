import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai.types.realtime import ResponseDoneEvent
from recording_ingest import RecordingIngest
from running_server import RunningServer

from meterlark import Meter

USAGE = {"total_tokens": 42, "input_tokens": 30, "output_tokens": 12}
DONE: dict[str, Any] = {"type": "response.done", "event_id": "e1", "response": {"id": "resp_1", "status": "completed", "usage": USAGE}}
BEGUN: list[dict[str, Any]] = [
    {"type": "response.created", "response": {"id": "resp_2", "status": "in_progress"}},
    {"type": "response.output_text.delta", "delta": "Hello world"},
]


def line(number: int, **more: Any) -> dict[str, Any]:
    """Return a line of OpenAI's output file."""
    usage = {"prompt_tokens": 10, "completion_tokens": number, "total_tokens": 10 + number}
    body = {"id": f"chatcmpl-lark{number}", "object": "chat.completion", "created": 1790000000, "model": "gpt-4o-mini", "usage": usage}
    return {"id": f"batch_req_{number}", "custom_id": f"row-{number}", "response": {"status_code": 200, "body": body}, **more}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Meter]:
    """Give a meter of the real server."""
    with RunningServer(tmp_path / "data") as server, Meter(server.url, spool_dir=None) as running:
        yield running


def totals(meter: Meter) -> dict[str | None, int]:
    """Return the tokens of each subject, as the server counts them."""
    return {row.subject: int(row.value) for row in meter.query("llm_total_tokens", group_by=["subject"])}


def test_a_session_that_is_recorded_twice_counts_once(served: Meter) -> None:
    """The server knows each response by its own id; SDK objects and JSON objects are the same to it."""
    for event in (DONE, ResponseDoneEvent.model_validate(DONE)):
        with served.record_session(model="gpt-realtime", customer="acme") as session:
            session.add({"type": "session.created", "session": {"id": "sess_1"}})
            session.add(event)

    assert totals(served) == {"acme": 42}
    assert served.stats().sent == 2


def test_a_batch_that_is_recorded_twice_counts_once(served: Meter) -> None:
    """Each line is paid by whom it is named for; texts and objects are the same."""
    lines = [line(1), line(2)]
    for form in (lines, [*(json.dumps(one) for one in lines), ""]):
        served.record_batch(form, customer="acme", customers={"row-2": "globex"})

    assert totals(served) == {"acme": 11, "globex": 12}
    assert served.stats().sent == 4


def test_a_response_under_way_when_the_meter_closes_is_partial(meter: Meter, ingest: RecordingIngest) -> None:
    """A session that nobody closed is closed with the meter."""
    session = meter.record_session(customer="acme")
    for event in BEGUN:
        session.add(event)

    meter.close()

    assert [(event["id"], event["data"]["usage_source"], event["data"]["output_tokens"]) for event in ingest.events] == [
        ("resp_2", "partial", 2)
    ]


def test_a_session_has_its_place_and_its_customer(meter: Meter, ingest: RecordingIngest) -> None:
    """The place is the one of other calls to the same service; the customer is the one around it when it began."""
    with meter.customer("acme"):
        session = meter.record_session(model="gpt-realtime", base_url="wss://api.openai.com/v1/")
    with session:
        session.add(DONE)

    assert meter.flush()
    [event] = ingest.events
    assert (event["source"], event["subject"], event["data"]["model"]) == ("openai:https://api.openai.com/v1", "acme", "gpt-realtime")


def test_what_a_session_cannot_read_harms_nobody(meter: Meter, ingest: RecordingIngest) -> None:
    """The defect is counted, as is what comes after the end."""
    with meter.record_session(base_url="http://[") as session:
        session.add(DONE)
    session.add(DONE)

    assert meter.stats().failed == 2
    assert ingest.events == []


@pytest.mark.parametrize(
    ("answer", "base_url", "told"),
    [
        (
            {"custom_id": "a", "result": {"message": {"type": "message", "id": "msg_1", "usage": {"input_tokens": 3, "output_tokens": 4}}}},
            "https://api.anthropic.com/v1",
            ("msg_1", "messages", 7),
        ),
        (
            {"key": "a", "response": {"responseId": "g1", "modelVersion": "gemini-3", "usageMetadata": {"promptTokenCount": 3}}},
            "https://generativelanguage.googleapis.com/v1beta",
            ("g1", "generate_content", 3),
        ),
    ],
)
def test_a_line_is_read_as_what_it_says_of_itself(
    answer: dict[str, Any], base_url: str, told: tuple[str, str, int], meter: Meter, ingest: RecordingIngest
) -> None:
    """Anthropic's and Gemini's have other forms."""
    meter.record_batch([answer], base_url=base_url)

    assert meter.flush()
    assert [(event["id"], event["data"]["operation"], event["data"]["total_tokens"]) for event in ingest.events] == [told]


def test_lines_that_are_no_answers_are_left_out(meter: Meter, ingest: RecordingIngest) -> None:
    """A request of the batch failed, or the line is no object; the others count."""
    meter.record_batch([line(1, response=None, error={"code": "batch_expired"}), "[]", line(2)])

    assert meter.flush()
    assert [event["id"] for event in ingest.events] == ["chatcmpl-lark2"]
    assert meter.stats().unmetered == 2


def test_a_batch_longer_than_the_queue_waits_for_room(ingest: RecordingIngest) -> None:
    """Nothing of it is dropped."""
    with Meter(ingest.url, queue_events_max=10, batch_wait_seconds=0.01) as meter:
        meter.record_batch(line(number) for number in range(100))

        assert meter.flush()
        assert (meter.stats().sent, meter.stats().dropped) == (100, 0)
