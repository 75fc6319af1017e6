from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from meterlark.capture.answer import Answer, Call
from meterlark.capture.attributes import Exchange
from meterlark.capture.dialect.openai_chat import ChatReader
from meterlark.capture.event import encode_event, event_time
from meterlark.capture.reader import Captured, conclude
from meterlark.capture.route import Route, route_of

USAGE = {"prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42, "completion_tokens_details": {"reasoning_tokens": 8}}
BODY = {
    "id": "chatcmpl-own-1",
    "created": 1790000000,
    "model": "gpt-4o-mini-2024-07-18",
    "service_tier": "flex",
    "choices": [{"message": {"content": "secret answer"}, "finish_reason": "stop"}],
    "usage": USAGE,
}
REQUEST = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "secret question"}]}
EXCHANGE = Exchange(url="https://api.openai.com/v1/chat/completions", subject="acme", request=REQUEST)


def answer(*, is_cut: bool = False, **changes: Any) -> Answer:
    """Return the answer of a changed body."""
    reader = ChatReader(Call(operation="chat", provider="openai"))
    reader.add_body(BODY | changes)
    reader.has_ended = not is_cut
    return reader.answer()


def exchange(**changes: Any) -> Exchange:
    """Return a changed exchange."""
    return msgspec.structs.replace(EXCHANGE, **changes)


def make_event(given: Answer, about: Exchange, *, fallback_id: str = "") -> dict[str, Any]:
    """Return the event of an answer that has one."""
    route = route_of(about.method, about.url)
    assert isinstance(route, Route)
    got = conclude(given, ChatReader.shape, about, route, fallback_id=fallback_id)
    assert isinstance(got, Captured)
    return got.event


def test_a_reported_exchange_is_this_event() -> None:
    """The whole event is pinned: its bytes decide whether a second import is a duplicate."""
    assert make_event(answer(), EXCHANGE) == {
        "specversion": "1.0",
        "id": "chatcmpl-own-1",
        "source": "openai:https://api.openai.com/v1",
        "type": "llm.usage",
        "subject": "acme",
        "time": "2026-09-21T14:13:20Z",
        "datacontenttype": "application/json",
        "data": {
            "provider": "openai",
            "operation": "chat",
            "request_model": "gpt-4o-mini",
            "response_model": "gpt-4o-mini-2024-07-18",
            "model": "gpt-4o-mini-2024-07-18",
            "service_tier": "flex",
            "stream": False,
            "usage_source": "reported",
            "input_tokens": 30,
            "prompt_tokens": 30,
            "total_tokens": 42,
            "output_tokens": 12,
            "completion_tokens": 12,
            "reasoning_output_tokens": 8,
            "usage": USAGE,
            "finish_reason": "stop",
        },
    }
    assert b"secret" not in encode_event(make_event(answer(), EXCHANGE))


def test_usage_that_we_asked_for_is_injected() -> None:
    """The event says that the caller did not ask."""
    assert make_event(answer(), exchange(is_usage_injected=True))["data"]["usage_source"] == "injected"


def test_without_usage_the_tokens_are_counted() -> None:
    """A finished answer is counted in full, with the constants of the formulas."""
    data = make_event(answer(usage=None), EXCHANGE)["data"]

    # 3 to start the answer, 3 for the message, 1 for "user", 2 for "secret question"; "secret answer" is 2.
    assert (data["usage_source"], data["prompt_tokens"], data["completion_tokens"], data["total_tokens"]) == ("counted", 9, 2, 11)
    assert "usage" not in data
    assert "count_notes" not in data


def test_an_unfinished_answer_is_partial() -> None:
    """What arrived is counted, and marked."""
    data = make_event(answer(is_cut=True, usage=None, choices=[{"message": {"content": "secret"}}]), EXCHANGE)["data"]

    assert (data["usage_source"], data["completion_tokens"]) == ("partial", 1)


def test_an_unknown_input_is_left_out_and_said_so() -> None:
    """It is not zero."""
    data = make_event(answer(usage=None), exchange(request=None))["data"]

    assert not {"input_tokens", "prompt_tokens", "total_tokens"} & set(data)
    assert data["completion_tokens"] == 2
    assert data["count_notes"] == ["not counted: input, the request is unknown"]


@pytest.mark.parametrize(
    ("response_id", "headers", "identity"),
    [
        ("chatcmpl-own-1", {"x-request-id": "req_1"}, "chatcmpl-own-1"),
        ("", {"x-request-id": "req_1"}, "req:req_1"),
        ("", {"apim-request-id": "a-1"}, "req:a-1"),
        ("", {"request-id": "req_2"}, "req:req_2"),
        ("", {"x-request-id": "Sanitized", "x-amzn-requestid": "b-1"}, "req:b-1"),
        ("chatcmpl-829", {}, "chatcmpl-829@1790000000"),
        ("a\nb", {}, "gen:1"),
        ("x" * 1025, {}, "gen:1"),
    ],
)
def test_the_id_is_the_response_id_or_else_the_request_id(response_id: str, headers: dict[str, str], identity: str) -> None:
    """An id that the server would refuse counts as none."""
    assert make_event(answer(id=response_id), exchange(headers=headers), fallback_id="gen:1")["id"] == identity


@pytest.mark.parametrize(
    ("created", "date", "expected"),
    [
        ("2026-09-21T16:13:20.25+02:00", "", datetime(2026, 9, 21, 14, 13, 20, 250000, tzinfo=UTC)),
        ("2026-09-21", "", None),
        (1790000000, "", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        (1790000000.25, "", datetime(2026, 9, 21, 14, 13, 20, 250000, tzinfo=UTC)),
        (None, "Mon, 08 Sep 2025 16:37:11 GMT", datetime(2025, 9, 8, 16, 37, 11, tzinfo=UTC)),
        (0, "Mon, 08 Sep 2025 16:37:11 GMT", datetime(2025, 9, 8, 16, 37, 11, tzinfo=UTC)),
        (1790000000000, "", None),
        (None, "Mon, 31 Feb 2025 16:37:11 GMT", None),
        (None, "Mon, 08 Sep 2025 16:37 GMT", None),
        (None, "yesterday", None),
    ],
)
def test_the_time_is_created_or_else_the_date_header(created: float | str | None, date: str, expected: datetime | None) -> None:
    """A time that makes no sense is none, and the server's clock decides."""
    assert event_time(answer(created=created), {"date": date}) == expected


def test_a_time_is_written_in_utc() -> None:
    """ISO 8601 with Z, with a fraction only if there is one."""
    event = make_event(answer(created=1790000000.25), EXCHANGE)

    assert event["time"] == "2026-09-21T14:13:20.250000Z"
    assert "time" not in make_event(answer(created=None), EXCHANGE)


def test_names_that_the_server_would_refuse_are_unattributed() -> None:
    """A subject with a control character must not cost the event."""
    assert make_event(answer(), exchange(subject="a\x00"))["subject"] == "unattributed"
    assert make_event(answer(), exchange(subject=""))["subject"] == "unattributed"


def test_a_source_of_the_users_own_replaces_ours() -> None:
    """For services that repeat their ids."""
    assert make_event(answer(), exchange(source="my-ollama"))["source"] == "my-ollama"
