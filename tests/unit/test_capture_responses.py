from typing import Any

import pytest
from captures import capture, data_of, tokens_of

from meterlark.capture.answer import Answer, Call
from meterlark.capture.dialect.openai_responses import ResponsesReader
from meterlark.capture.route import Skipped
from meterlark.tokens.chat import Choice, ToolCall

URL = "https://api.openai.com/v1/responses"
USAGE = {"input_tokens": 30, "output_tokens": 12, "total_tokens": 42}


def responses(*events: dict[str, Any]) -> Answer:
    """Return what a Responses stream of these events says."""
    reader = ResponsesReader(Call(operation="responses", provider="openai"))
    for event in events:
        reader.add(event)
    return reader.answer()


def test_usage_of_responses_is_in_the_terminal_event() -> None:
    """It is null in the events before, and other events may follow."""
    answer = responses(
        {"type": "response.created", "response": {"id": "r1", "created_at": 7.0, "model": "m", "status": "in_progress", "usage": None}},
        {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"},
        {
            "type": "response.completed",
            "response": {"id": "r1", "status": "completed", "usage": USAGE, "output": [{"type": "message", "content": [{"text": "Hi"}]}]},
        },
        {"type": "response.rate_limits.updated"},
    )

    assert (answer.response_id, answer.created, answer.usage) == ("r1", 7.0, USAGE)
    assert answer.choices == (Choice("Hi", "", (), "stop"),)
    assert answer.is_complete


def test_a_cut_responses_stream_keeps_what_arrived() -> None:
    """Text and the arguments of calls come in deltas."""
    answer = responses(
        {"type": "response.created", "response": {"id": "r1", "status": "in_progress"}},
        {"type": "response.output_text.delta", "output_index": 0, "delta": "He"},
        {"type": "response.output_item.added", "output_index": 1, "item": {"type": "function_call", "name": "sing"}},
        {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": '{"a'},
        {"type": "response.refusal.delta", "output_index": 0, "delta": "no"},
    )

    assert answer.choices == (Choice("He", "no", (ToolCall("sing", '{"a'),), None),)
    assert not answer.is_complete


def test_an_answer_in_the_background_is_pending() -> None:
    """Its usage does not exist yet."""
    assert capture(URL, {"id": "r1", "status": "queued", "usage": None}) == Skipped("the answer is still being made in the background")


@pytest.mark.parametrize("status", ["completed", "incomplete", "failed", "cancelled"])
def test_every_end_reports(status: str) -> None:
    """An answer that failed or was cut by its limit used tokens too."""
    assert tokens_of(URL, {"id": "r1", "status": status, "usage": USAGE}) == ("reported", 30, 12, 42)


def test_tool_usage_is_kept_beside_usage() -> None:
    """It is not inside it; billable searches and the tokens of images have names of their own."""
    tool_usage = {"web_search": {"num_requests": 2}, "image_gen": {"input_tokens": 50, "output_tokens": 4000, "total_tokens": 4050}}

    data = data_of(URL, {"id": "r1", "status": "completed", "usage": USAGE, "tool_usage": tool_usage})

    assert data["web_searches"] == 2
    assert (data["image_generation_input_tokens"], data["image_generation_output_tokens"]) == (50, 4000)
    assert (data["tool_usage"], data["total_tokens"]) == (tool_usage, 42)


def test_calls_of_hosted_tools_are_counted() -> None:
    """Each item of the output is one; opening a page is no search."""
    output = [{"type": "web_search_call", "action": {"type": kind}} for kind in ("search", "open_page", "search")]
    output += [{"type": "file_search_call"}, {"type": "image_generation_call", "svg_usage": {"input_tokens": 9}}]

    data = data_of(URL, {"id": "r1", "status": "completed", "usage": USAGE, "output": output})

    assert (data["web_searches"], data["storage_searches"], data["image_generation_calls"]) == (2, 1, 1)
    assert data["svg_usage"] == [{"input_tokens": 9}]


def test_cache_writes_are_read_by_lifetime() -> None:
    """The parts add up to the whole."""
    details = {"cached_tokens": 4, "cache_write_tokens": 8, "cache_write_tokens_details": {"ttl_30m": 5, "ttl_12h": 3}}

    data = data_of(URL, {"id": "r1", "status": "completed", "usage": {**USAGE, "input_tokens_details": details}})

    assert (data["cache_creation_input_tokens"], data["cache_creation_30m_input_tokens"], data["cache_creation_12h_input_tokens"]) == (
        8,
        5,
        3,
    )
    assert "usage_problems" not in data


def test_a_compaction_is_an_answer_of_its_own() -> None:
    """It has its own id and usage."""
    got = data_of(f"{URL}/compact", {"id": "r2", "object": "response.compaction", "usage": USAGE})

    assert (got["operation"], got["total_tokens"]) == ("responses_compact", 42)


def test_an_error_event_is_named() -> None:
    """The stream ends without a response."""
    events = [{"type": "response.output_text.delta", "delta": "a"}, {"type": "error", "code": "server_error", "message": "secret"}]

    data = data_of(URL, events=events)

    assert (data["usage_source"], data["error"]) == ("partial", "server_error")
