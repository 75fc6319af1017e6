from typing import Any

from meterlark.capture.openai import Answer, Collector, plain
from meterlark.capture.sse import SseEvent
from meterlark.tokens.chat import Choice, ToolCall

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def chat(*chunks: dict[str, Any]) -> Answer:
    """Return what a chat stream of these chunks says."""
    collector = Collector("chat")
    for chunk in chunks:
        collector.add(chunk)
    return collector.answer()


def responses(*events: dict[str, Any]) -> Answer:
    """Return what a Responses stream of these events says."""
    collector = Collector("responses")
    for event in events:
        collector.add(event)
    return collector.answer()


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
    collector = Collector("chat")
    collector.add_body(
        {"id": "c1", "created": 9, "model": "m", "usage": USAGE, "choices": [{"message": {"refusal": "no"}, "finish_reason": "stop"}]}
    )

    answer = collector.answer()

    assert (answer.usage, answer.choices) == (USAGE, (Choice("", "no", (), "stop"),))


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
    collector = Collector("responses")
    collector.add_body({"id": "r1", "status": "queued", "usage": None})

    assert collector.answer().is_pending


def test_what_is_not_json_says_nothing() -> None:
    """The end marker of a chat stream, and an event that was cut."""
    collector = Collector("chat")
    for data in ("[DONE]", '{"id": "c', "[" * 100_000, "7", "null", "[]"):
        collector.add_event(SseEvent("", data))

    assert collector.answer() == Collector("chat").answer()


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
