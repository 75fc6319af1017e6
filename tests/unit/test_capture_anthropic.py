from typing import Any

import pytest
from captures import ANTHROPIC, MESSAGE_START, MESSAGE_STREAM, capture, data_of, tokens_of

from meterlark.capture.reader import Captured

URL = f"{ANTHROPIC}/messages"
REQUEST = {"model": "claude", "system": "Sing.", "messages": [{"role": "user", "content": "Hi"}]}


def test_input_includes_the_cache() -> None:
    """Anthropic counts cache reads and writes beside the input."""
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 300,
        "cache_creation_input_tokens": 40,
        "cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 10},
        "output_tokens": 9,
        "output_tokens_details": {"thinking_tokens": 6},
        "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
        "service_tier": "priority",
        "speed": "fast",
        "inference_geo": "us",
    }

    data = data_of(URL, {"id": "msg_1", "model": "claude-1", "usage": usage, "stop_reason": "end_turn"})

    assert (data["input_tokens"], data["output_tokens"], data["total_tokens"]) == (350, 9, 359)
    assert (data["cache_read_input_tokens"], data["cache_creation_input_tokens"]) == (300, 40)
    assert (data["cache_creation_5m_input_tokens"], data["cache_creation_1h_input_tokens"]) == (30, 10)
    assert (data["reasoning_output_tokens"], data["web_searches"], data["web_fetch_requests"]) == (6, 2, 1)
    assert (data["speed"], data["inference_geo"]) == ("fast", "us")
    assert (data["service_tier"], data["usage"], data["finish_reason"]) == ("priority", usage, "end_turn")
    assert "usage_problems" not in data


def test_the_delta_wins_field_by_field() -> None:
    """With server tools its input is larger; where it is silent or null, the start's stays."""
    usage = {"input_tokens": 99, "output_tokens": 8, "cache_read_input_tokens": None}
    delta = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}

    assert tokens_of(URL, events=[MESSAGE_START, delta]) == ("reported", 99 + 5 + 2, 8, 106 + 8)


@pytest.mark.parametrize("length", [1, 2, 4, 5])
def test_a_cut_stream_has_its_input_reported_and_its_output_counted(length: int) -> None:
    """The start's output is provisional."""
    data = data_of(URL, events=list(MESSAGE_STREAM[:length]), request=REQUEST)

    assert (data["usage_source"], data["input_tokens"]) == ("partial", 17)
    assert data["output_tokens"] == (0 if length < 4 else data["output_tokens"])
    assert data["total_tokens"] == 17 + data["output_tokens"]
    assert data["count_notes"][0] == "the answer was cut: its output is counted"


def test_the_end_need_not_be_received() -> None:
    """With the final usage and the reason for the end, nothing else can come."""
    assert tokens_of(URL, events=list(MESSAGE_STREAM[:-1])) == ("reported", 17, 8, 25)


def test_a_stream_cut_before_its_start_is_counted() -> None:
    """The system prompt is counted too."""
    source, prompt, completion, _ = tokens_of(URL, events=[], request=REQUEST)
    _, without_system, _, _ = tokens_of(URL, events=[], request={"messages": REQUEST["messages"]})

    assert (source, completion) == ("partial", 0)
    assert prompt > without_system


def test_an_overload_inside_a_stream_is_named() -> None:
    """Status 200 had been sent already."""
    error: dict[str, Any] = {"type": "error", "error": {"type": "overloaded_error", "message": "secret"}}

    assert data_of(URL, events=[MESSAGE_START, error])["error"] == "overloaded_error"


def test_the_retired_completion_is_counted() -> None:
    """It reports nothing."""
    got = capture(f"{ANTHROPIC}/complete", {"completion": " tweet", "stop_reason": "stop"}, request={"prompt": "Hi", "model": "claude-2"})

    assert isinstance(got, Captured)
    assert (got.verdict.source, got.verdict.input_tokens, got.verdict.output_tokens) == ("counted", 1, 1)


@pytest.mark.parametrize(
    "url",
    [
        "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/claude:rawPredict",
        "https://bedrock-runtime.eu-west-1.amazonaws.com/model/eu.anthropic.claude-v1%3A0/invoke",
        "https://gateway.example/anthropic/v1/messages?beta=true",
    ],
)
def test_others_serve_the_same_format(url: str) -> None:
    """Vertex AI, Bedrock and gateways."""
    assert tokens_of(url, {"id": "m", "usage": {"input_tokens": 3, "output_tokens": 2}}) == ("reported", 3, 2, 5)
