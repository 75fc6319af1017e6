from typing import Any

import pytest
from captures import chat_usage, data_of, sse, tokens_of
from captures import said as text_chunk

from meterlark.capture.answer import Answer, Call
from meterlark.capture.dialect.openai_chat import ChatReader
from meterlark.capture.fields import plain
from meterlark.tokens.chat import Choice, ToolCall

URL = "https://api.openai.com/v1/chat/completions"
CALL = Call(operation="chat", provider="openai")

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def chat(*chunks: dict[str, Any]) -> Answer:
    """Return what a chat stream of these chunks says."""
    reader = ChatReader(CALL)
    for chunk in chunks:
        reader.add(chunk)
    return reader.answer()


def said(finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    """Return a chat chunk."""
    return {"id": "c1", "created": 9, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def test_the_last_usage_that_is_not_null_counts() -> None:
    """Chunks behind the usage chunk, and cumulative usage on every chunk, are both seen in the wild."""
    answer = chat(
        said(content="a") | {"usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}},
        {"id": "c1", "choices": [], "usage": USAGE},
        {"id": "c1", "choices": [], "usage": None, "moderation": {}},
        {"id": "c1", "audio": {"expires_at": 5}},
    )

    assert answer.usage == USAGE


def test_empty_heads_are_filled_by_later_chunks() -> None:
    """Azure's first chunk has an empty id, an empty model and was created at 0."""
    answer = chat({"id": "", "created": 0, "model": "", "choices": []}, said(content="x") | {"service_tier": "flex"})

    assert (answer.response_id, answer.created, answer.model, answer.service_tier) == ("c1", 9, "m", "flex")


def test_texts_and_calls_are_put_together() -> None:
    """What counting needs is gathered over the chunks of each choice."""
    answer = chat(
        said(role="assistant", content=""),
        said(content="Hel"),
        said(content="lo"),
        said(tool_calls=[{"index": 0, "function": {"name": "sing", "arguments": ""}}]),
        said(tool_calls=[{"index": 1, "function": {"name": "fly", "arguments": "{"}}]),
        said(tool_calls=[{"index": 0, "function": {"arguments": "{}"}}, {"index": 1, "function": {"arguments": "}"}}]),
        said("tool_calls"),
    )

    assert answer.choices == (Choice("Hello", "", (ToolCall("sing", "{}"), ToolCall("fly", "{}")), "tool_calls"),)
    assert answer.is_complete


def test_a_stream_without_finish_reason_is_not_complete() -> None:
    """Every choice has to have ended."""
    assert not chat().is_complete
    assert not chat(said(content="x")).is_complete
    two = {"choices": [{"index": 1, "delta": {"content": "y"}, "finish_reason": None}]}
    assert not chat(said("stop", content="x"), two).is_complete


def test_a_whole_chat_answer_is_read() -> None:
    """A body has messages where a stream has deltas."""
    reader = ChatReader(CALL)
    reader.add_body(
        {"id": "c1", "created": 9, "model": "m", "usage": USAGE, "choices": [{"message": {"refusal": "no"}, "finish_reason": "stop"}]}
    )

    answer = reader.answer()

    assert (answer.usage, answer.choices) == (USAGE, (Choice("", "no", (), "stop"),))


def test_malformed_answers_are_read_as_far_as_they_make_sense() -> None:
    """A provider's mistake is no reason to lose the rest."""
    answer = chat(
        {"id": 7, "created": "now", "model": None, "choices": None, "usage": "none"},
        {"choices": [None, {"delta": None}, {"delta": {"content": 5, "tool_calls": [None, {"function": None}]}}], "created": True},
        said("stop", content="x"),
    )

    assert (answer.response_id, answer.created, answer.model, answer.usage) == ("c1", 9, "m", None)


def test_objects_are_read_like_mappings() -> None:
    """The SDK's chunks are pydantic models; what is neither is no JSON object."""

    class Model:
        """Dumps itself as pydantic does."""

        def model_dump(self, **options: Any) -> dict[str, int]:
            """Return its fields."""
            assert options["exclude_unset"] is True
            return {"a": 1}

    assert plain(Model()) == {"a": 1}
    assert plain({"a": 1}) == {"a": 1}
    assert plain(object()) is None


def test_a_running_usage_is_of_what_arrived() -> None:
    """Of vLLM's `continuous_usage_stats`, the usage of a cut stream is the last, and partial."""
    chunks = [text_chunk("a", usage=chat_usage(5, 1)), text_chunk("b", usage=chat_usage(5, 2))]

    assert tokens_of(URL, events=chunks) == ("partial", 5, 2, 7)
    assert tokens_of(URL, events=[*chunks, text_chunk("", "stop", usage=chat_usage(5, 3))]) == ("reported", 5, 3, 8)


def test_usage_without_choices_is_final() -> None:
    """A server that never says why a choice ended, but sends the usage chunk, has reported."""
    assert tokens_of(URL, events=[text_chunk("a"), {"choices": [], "usage": chat_usage(5, 2)}]) == ("reported", 5, 2, 7)


def test_usage_inside_a_choice_is_read() -> None:
    """Moonshot's place for it."""
    choice = {"index": 0, "delta": {}, "finish_reason": "stop", "usage": chat_usage(4, 4)}

    assert tokens_of(URL, events=[{"id": "c", "choices": [choice]}]) == ("reported", 4, 4, 8)


def test_the_end_marker_completes_a_stream() -> None:
    """Text without a reason for its end, and then `[DONE]`, is a whole answer."""
    assert tokens_of(URL, content=sse(text_chunk("Hello"), "[DONE]"), request={"messages": []})[0] == "counted"
    assert tokens_of(URL, content=sse(text_chunk("Hello")), request={"messages": []})[0] == "partial"


def test_an_error_inside_a_stream_is_named_without_its_message() -> None:
    """The message may quote the prompt."""
    data = data_of(URL, content=sse(text_chunk("Hello")) + b'event: error\ndata: {"type": "overloaded", "message": "secret"}\n\n')

    assert (data["usage_source"], data["error"]) == ("partial", "overloaded")
    assert "secret" not in str(data)


def test_shown_reasoning_is_output() -> None:
    """Servers that show it generate it."""
    answer = chat({"choices": [{"index": 0, "delta": {"reasoning_content": "so "}}]}, said("stop", content="yes"))

    assert answer.choices[0].text == "so yes"


@pytest.mark.parametrize("content", ["ab", [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]])
def test_content_is_text_or_parts(content: Any) -> None:
    """Mistral's answers may have parts."""
    assert chat(said(content=content)).choices[0].text == "ab"
