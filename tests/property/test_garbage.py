import copy
import json
from collections.abc import Iterator
from typing import Any

from captures import ANTHROPIC, BEDROCK, GEMINI, OPENAI, STREAMS, chat_usage
from hypothesis import given
from hypothesis import strategies as st

from meterlark.capture.attributes import Exchange
from meterlark.capture.event import encode_event
from meterlark.capture.frames import framing_for
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.capture.session import SessionReader

MESSAGE = {"content": "x", "reasoning": "y", "refusal": "z", "tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "{}"}}]}
CHAT = {"id": "c", "created": 9, "model": "m", "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}]}
BODIES: tuple[tuple[str, Any], ...] = (
    (f"{OPENAI}/chat/completions", {**CHAT, "usage": chat_usage(3, 2, prompt_tokens_details={"cached_tokens": 1}, cost=0.5)}),
    (f"{OPENAI}/chat/completions", CHAT),
    (f"{OPENAI}/embeddings", {"usage": {"prompt_tokens": 3, "total_tokens": 3}}),
    (f"{OPENAI}/images/edits", {"data": [{}, {}], "size": "1024x1024", "created": 9}),
    (f"{OPENAI}/audio/transcriptions", {"duration": 3.5, "usage": {"type": "duration", "seconds": 4}}),
    (f"{OPENAI}/moderations", {"id": "modr-1", "results": [{}]}),
    (f"{OPENAI}/videos/v", {"id": "v", "status": "completed", "seconds": "4", "size": "720x1280"}),
    (f"{OPENAI}/batches/b", {"id": "b", "status": "completed", "usage": {"input_tokens": 3, "output_tokens": 1}}),
    (f"{ANTHROPIC}/messages", {"id": "m", "content": [{"type": "tool_use", "name": "f", "input": {"a": 1}}], "usage": {"input_tokens": 3}}),
    (f"{ANTHROPIC}/complete", {"completion": "x", "stop_reason": "stop"}),
    (f"{GEMINI}/models/m:batchEmbedContents", {"usageMetadata": {"promptTokenCount": 3}}),
    (f"{GEMINI}/models/m:predict", {"predictions": [{"embeddings": {"statistics": {"token_count": 3.0}}}]}),
    (f"{GEMINI}/cachedContents", {"name": "n", "model": "models/m", "usageMetadata": {"totalTokenCount": 9}}),
    (f"{BEDROCK}/amazon.titan-text-v1/invoke", {"inputTextTokenCount": 3, "results": [{"tokenCount": 2, "outputText": "x"}]}),
    (f"{BEDROCK}/amazon.nova-v1/converse", {"output": {"message": {"content": [{"toolUse": {"name": "f", "input": {}}}]}}, "usage": {}}),
    ("https://api.replicate.com/v1/predictions", {"status": "succeeded", "metrics": {"predict_time": 2.8}}),
    ("http://localhost:11434/api/embed", {"prompt_eval_count": 3}),
)
SESSION: tuple[Any, ...] = (
    {"type": "session.created", "session": {"id": "s", "model": "m", "audio": {"input": {"transcription": {"model": "t"}}}}},
    {"type": "response.created", "response": {"id": "r", "status": "in_progress"}},
    {"type": "response.done", "response": {"id": "r", "output": [{"content": [{"transcript": "x"}]}], "usage": {"input_tokens": 3}}},
    {"type": "conversation.item.input_audio_transcription.completed", "item_id": "i", "usage": {"type": "duration", "seconds": 1}},
    {"type": "session.closed", "usage": {"seconds": 5}},
)


def streamed(url: str, headers: Any, content: bytes) -> tuple[str, list[tuple[str, Any]]]:
    """Return the messages of an invented stream."""
    framing = framing_for(headers["content-type"], content, is_json_sequence=content[:1] in (b"{", b"["))
    sent = [message for message in (*framing.feed(content), *framing.close()) if message.data != "[DONE]"]
    return url, [(message.kind, json.loads(message.data)) for message in sent]


STREAMED = [streamed(url, headers, content) for url, headers, content, _ in STREAMS.values()]
junk: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        1.5,
        10**400,
        float("inf"),
        float("nan"),
        "",
        "x",
        "7",
        "2026-01-01",
        [],
        {},
        [None],
        [[]],
        {"x": 1},
        [{"type": 7}],
    ]
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return every place inside a JSON value."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*at, key)
        yield from places(value[key], (*at, key))


@st.composite
def damaged(draw: st.DrawFn, samples: list[Any]) -> Any:
    """Return one of the samples, with junk in up to three places."""
    value = copy.deepcopy(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 3))):
        if not (known := list(places(value))):
            break
        *way, last = draw(st.sampled_from(known))
        inside = value
        for key in way:
            inside = inside[key]
        inside[last] = copy.deepcopy(draw(junk))
    return value


def ends_well(reader: ExchangeReader) -> bool:
    """Tell whether there is an event that can be encoded, or a reason why not."""
    assert reader.usage is None or reader.usage.raw is not None
    got = reader.close(fallback_id="own")
    return bool(encode_event(got.event)) if isinstance(got, Captured) else bool(got.reason)


@given(damaged([list(pair) for pair in BODIES]).filter(lambda pair: isinstance(pair[0], str)), junk)
def test_no_body_raises(pair: list[Any], request: Any) -> None:
    """Whatever a provider puts into its answer."""
    reader = ExchangeReader(Exchange(url=pair[0], subject="x", request=request if isinstance(request, dict) else None))
    reader.add_body(pair[1])

    assert ends_well(reader)


@given(st.sampled_from(STREAMED).flatmap(lambda stream: st.tuples(st.just(stream[0]), damaged([[list(message) for message in stream[1]]]))))
def test_no_stream_raises(stream: tuple[str, Any]) -> None:
    """The same for the messages of a stream, in every dialect."""
    reader = ExchangeReader(Exchange(url=stream[0], subject="x", request={"model": "m"}))
    for message in stream[1]:
        if isinstance(message, list) and len(message) == 2 and isinstance(message[0], str):
            reader.add(message[1], message[0])

    assert ends_well(reader)


@given(damaged([list(SESSION)]))
def test_no_session_raises(sent: list[Any]) -> None:
    """The same for a WebSocket."""
    session = SessionReader(Exchange(url="wss://api.openai.com/v1/realtime?model=m", subject="x"))

    got = [*(session.add(message) for message in sent), *session.close()]

    assert all(encode_event(one.event) for one in got if isinstance(one, Captured))


@given(st.sampled_from(STREAMED), st.sampled_from(["", "application/json", "application/vnd.amazon.eventstream"]), st.binary())
def test_no_bytes_raise(stream: tuple[str, Any], content_type: str, content: bytes) -> None:
    """A body may be anything."""
    reader = ExchangeReader(Exchange(url=stream[0], subject="x"))
    reader.begin(200, {"content-type": content_type})
    reader.feed(content)

    assert ends_well(reader)
