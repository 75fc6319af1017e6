from base64 import b64encode
from typing import Any

import msgspec
import pytest

from meterlark.capture.exchange import Captured, Skipped, decode_record, event_from_exchange

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
RECORD: dict[str, Any] = {
    "provider": "openai",
    "url": "https://api.openai.com/v1/chat/completions",
    "endpoint": "chat/completions",
    "status": 200,
    "response": {"id": "c1", "choices": [], "usage": USAGE},
}


def base64(content: bytes) -> str:
    """Return what a recorder makes of a body that it takes for binary."""
    return b64encode(content).decode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": 404}, "the status is 404; only a 2xx response is usage"),
        ({"status": None}, "the status is None; only a 2xx response is usage"),
        ({"url": "https://api.openai.com/v1/models"}, "this endpoint gives no answer of a model"),
        ({"response": None}, "the recording has no body"),
        ({"response": None, "response_raw": base64(b'{"id": "c1", "choices": [')}, "the body is not JSON"),
        ({"response": None, "response_raw": "{}}"}, "the body is not JSON"),
        ({"response": {"id": "c1"}}, "the provider reported no usage"),
        ({"response": None, "response_events": [{"id": "c1"}]}, "the answer was cut before any report of usage"),
        (
            {"url": "https://api.openai.com/v1/responses", "response": {"id": "r1", "status": "queued"}},
            "the answer is still being made in the background",
        ),
    ],
)
def test_what_is_no_event_says_why(changes: dict[str, Any], reason: str) -> None:
    """The reason is for a person who wonders what became of a record."""
    assert event_from_exchange(RECORD | changes, subject="x") == Skipped(reason)


@pytest.mark.parametrize(
    "body",
    [
        {"response": {"id": "c1", "usage": USAGE}},
        {"response_raw": '{"id": "c1", "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}'},
        {"response_raw": 'data: {"id": "c1", "usage": {"prompt_tokens": 3, "completion_tokens": 2}}\n\ndata: [DONE]\n\n'},
        {"response_sse": 'data: {"id": "c1", "usage": {"prompt_tokens": 3, "completion_tokens": 2}}'},
        {"response_events": [{"id": "c1", "usage": USAGE}]},
        {"response": ['data: {"id": "c1", "usage": {"prompt_tokens": 3, "completion_tokens": 2}}', "", "data: [DONE]", ""]},
        {"response_raw": base64(b'{"id": "c1", "usage": {"prompt_tokens": 3, "completion_tokens": 2}}')},
        {"response_raw": b'{"id": "c1", "usage": {"prompt_tokens": 3, "completion_tokens": 2}}'.hex()},
    ],
)
def test_each_way_of_recording_a_body_is_read(body: dict[str, Any]) -> None:
    """Parsed, raw, encoded, streamed, and streamed without the last blank line."""
    got = event_from_exchange(RECORD | {"response": None} | body, subject="acme")

    assert isinstance(got, Captured)
    assert (got.event["id"], got.event["subject"], got.event["data"]["total_tokens"]) == ("c1", "acme", 5)


def test_endpoint_and_provider_are_found_by_the_url() -> None:
    """A record may lack both."""
    url = "https://larks.openai.azure.com/openai/deployments/tiny/chat/completions?api-version=1"

    got = event_from_exchange({"url": url, "status": 200, "response": RECORD["response"]}, subject="x")

    assert isinstance(got, Captured)
    assert got.event["source"] == "azure:https://larks.openai.azure.com/openai"


def test_a_line_is_a_json_object() -> None:
    """Anything else is refused."""
    assert decode_record(b'{"a": 1}') == {"a": 1}
    with pytest.raises(msgspec.DecodeError, match="JSON object"):
        decode_record(b"[]")


def test_an_array_of_chunks_is_a_stream() -> None:
    """Gemini's stream without `alt=sse`, as a recorder parses it."""
    url = "https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent"
    chunks = [
        {"usageMetadata": {"promptTokenCount": 3}},
        {"candidates": [{"finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 4}},
    ]

    got = event_from_exchange({"url": url, "status": 200, "response": chunks}, subject="x")

    assert isinstance(got, Captured)
    assert (got.event["data"]["input_tokens"], got.event["data"]["stream"]) == (4, True)


def test_a_record_without_an_id_gets_one_of_its_own() -> None:
    """The same record is the same event, another record another."""
    records = [RECORD | {"response": {"usage": USAGE}, "idx": idx} for idx in (0, 0, 1)]

    got = [event_from_exchange(record, subject="x") for record in records]

    first, again, other = (one.event["id"] for one in got if isinstance(one, Captured))
    assert first.startswith("recorded:")
    assert first == again != other
