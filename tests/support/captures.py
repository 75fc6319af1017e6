"""Invented exchanges in the documented format of each API, and short ways to read them."""

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from meterlark.capture.attributes import Exchange
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.capture.route import Skipped

OPENAI = "https://api.openai.com/v1"
ANTHROPIC = "https://api.anthropic.com/v1"
GEMINI = "https://generativelanguage.googleapis.com/v1beta"
BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model"

Json = dict[str, Any]


def capture(
    url: str,
    body: Mapping[str, Any] | None = None,
    *,
    content: bytes | None = None,
    events: list[Any] | None = None,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
    is_complete: bool = False,
    is_drained: bool = False,
    **exchange: Any,
) -> Captured | Skipped:
    """Read one exchange: a whole body, raw bytes, or the events of a stream."""
    reader = ExchangeReader(Exchange(**{"url": url, "subject": "acme", "request": {"model": "asked"}, **exchange}))
    reader.begin(status, {"Content-Type": "application/json", **(headers or {})})
    if body is not None:
        reader.add_body(body)
    if content is not None:
        reader.feed(content)
    for event in events or []:
        reader.add(event)
    return reader.close(is_complete=is_complete, is_drained=is_drained, fallback_id="fallback")


def data_of(*arguments: Any, **options: Any) -> Json:
    """Return the data of the event of an exchange that has one."""
    got = capture(*arguments, **options)
    assert isinstance(got, Captured), got
    data: Json = got.event["data"]
    return data


def tokens_of(*arguments: Any, **options: Any) -> tuple[Any, ...]:
    """Return where the numbers come from, input, output and total of an exchange that has them."""
    data = data_of(*arguments, **options)
    return tuple(data.get(name) for name in ("usage_source", "input_tokens", "output_tokens", "total_tokens"))


def sse(*events: Any, end: str = "\n", names: bool = False) -> bytes:
    """Return server-sent events; text stands for itself, such as `[DONE]`."""
    lines = []
    for event in events:
        if names and not isinstance(event, str):
            lines.append(f"event: {event.get('type') or event.get('event_type')}{end}")
        lines.append(f"data: {event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)}{end}{end}")
    return "".join(lines).encode()


def json_lines(*events: Any) -> bytes:
    """Return lines of JSON."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def aws_frame(kind: str, payload: Any) -> bytes:
    """Return one frame of Amazon's event stream."""
    headers = b""
    for name, value in ((":event-type", kind), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2) + value.encode()
    body = json.dumps(payload).encode()
    prelude = (16 + len(headers) + len(body)).to_bytes(4) + len(headers).to_bytes(4)
    frame = prelude + zlib.crc32(prelude).to_bytes(4) + headers + body
    return frame + zlib.crc32(frame).to_bytes(4)


def said(text: str, finish_reason: str | None = None, **fields: Any) -> Json:
    """Return a chunk of a chat stream."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}
    return {"id": "chatcmpl-own", "created": 1790000000, "model": "tiny", "choices": [choice], "usage": None, **fields}


def chat_usage(prompt: int, completion: int, **more: Any) -> Json:
    """Return a usage object of OpenAI's chat."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, **more}


MESSAGE_START: Json = {
    "type": "message_start",
    "message": {
        "id": "msg_own",
        "model": "claude",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 2, "output_tokens": 1},
    },
}
MESSAGE_STREAM: tuple[Json, ...] = (
    MESSAGE_START,
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Ein Vögelchen 🐦"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 8}},
    {"type": "message_stop"},
)
GEMINI_STREAM: tuple[Json, ...] = (
    {
        "responseId": "gem-own",
        "modelVersion": "gemini",
        "candidates": [{"content": {"parts": [{"text": 'brace } and "quote'}]}}],
        "usageMetadata": {"promptTokenCount": 6, "candidatesTokenCount": 1, "totalTokenCount": 7},
    },
    {
        "candidates": [{"content": {"parts": [{"text": "ünd\\"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 6, "candidatesTokenCount": 4, "thoughtsTokenCount": 3, "totalTokenCount": 13},
    },
)
RUN: Json = {"id": "run_own", "object": "thread.run", "created_at": 1790000000, "model": "tiny", "usage": None}
OLLAMA_STREAM: tuple[Json, ...] = (
    {"model": "llama", "message": {"content": "{["}, "done": False},
    {"model": "llama", "created_at": "2026-01-02T03:04:05.678901234Z", "done": True, "prompt_eval_count": 9, "eval_count": 4},
)
CONVERSE_STREAM: tuple[tuple[str, Json], ...] = (
    ("messageStart", {"role": "assistant"}),
    ("contentBlockDelta", {"delta": {"text": "Zwitscher"}, "contentBlockIndex": 0}),
    ("messageStop", {"stopReason": "end_turn"}),
    ("metadata", {"usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 30, "cacheReadInputTokens": 20}}),
)

EVENT_STREAM = {"content-type": "text/event-stream"}
STREAMS: dict[str, tuple[str, Mapping[str, str], bytes, tuple[int, int, int]]] = {
    "chat": (
        f"{OPENAI}/chat/completions",
        EVENT_STREAM,
        sse(said("Grüße 🐦"), said("", "stop"), {"id": "chatcmpl-own", "choices": [], "usage": chat_usage(5, 2)}, "[DONE]"),
        (5, 2, 7),
    ),
    "openrouter": (
        "https://openrouter.ai/api/v1/chat/completions",
        EVENT_STREAM,
        b": OPENROUTER PROCESSING\n\n" + sse(said("x"), said("", "stop", usage=chat_usage(5, 2, cost=0.00012)), "[DONE]"),
        (5, 2, 7),
    ),
    "groq": (
        "https://api.groq.com/openai/v1/chat/completions",
        EVENT_STREAM,
        sse(said("x"), said("", "stop", x_groq={"usage": chat_usage(6, 1)}), "[DONE]"),
        (6, 1, 7),
    ),
    "completions": (
        f"{OPENAI}/completions",
        EVENT_STREAM,
        sse({"id": "cmpl-own", "choices": [{"text": "a", "index": 0, "finish_reason": "stop"}], "usage": chat_usage(2, 1)}, "[DONE]"),
        (2, 1, 3),
    ),
    "responses": (
        f"{OPENAI}/responses",
        EVENT_STREAM,
        sse(
            {"type": "response.created", "response": {"id": "resp_own", "status": "in_progress", "usage": None}},
            {"type": "response.output_text.delta", "delta": "é"},
            {
                "type": "response.completed",
                "response": {"id": "resp_own", "status": "completed", "usage": {"input_tokens": 4, "output_tokens": 3, "total_tokens": 7}},
            },
            names=True,
        ),
        (4, 3, 7),
    ),
    "transcription": (
        f"{OPENAI}/audio/transcriptions",
        EVENT_STREAM,
        sse(
            {"type": "transcript.text.delta", "delta": "Hi"},
            {"type": "transcript.text.done", "text": "Hi", "usage": {"input_tokens": 14, "output_tokens": 2, "total_tokens": 16}},
        ),
        (14, 2, 16),
    ),
    "run": (
        f"{OPENAI}/threads/t/runs",
        EVENT_STREAM,
        b"event: thread.run.created\n"
        + sse({**RUN, "status": "queued"})
        + b"event: thread.run.step.completed\n"
        + sse({**RUN, "id": "step_own", "object": "thread.run.step", "status": "completed", "usage": chat_usage(1, 1)})
        + b"event: thread.run.completed\n"
        + sse({**RUN, "status": "completed", "usage": chat_usage(20, 5)}, "[DONE]"),
        (20, 5, 25),
    ),
    "messages": (f"{ANTHROPIC}/messages", EVENT_STREAM, sse(*MESSAGE_STREAM, names=True), (17, 8, 25)),
    "gemini": (f"{GEMINI}/models/gemini:streamGenerateContent?alt=sse", EVENT_STREAM, sse(*GEMINI_STREAM, end="\r\n"), (6, 7, 13)),
    "gemini array": (
        f"{GEMINI}/models/gemini:streamGenerateContent",
        {"content-type": "application/json"},
        json.dumps(GEMINI_STREAM, indent=1, ensure_ascii=False).encode(),
        (6, 7, 13),
    ),
    "interactions": (
        f"{GEMINI}/interactions",
        EVENT_STREAM,
        sse(
            {"event_type": "interaction.start", "interaction": {"id": "v1_own", "status": "in_progress"}},
            {
                "event_type": "interaction.complete",
                "interaction": {
                    "id": "v1_own",
                    "status": "completed",
                    "usage": {"total_input_tokens": 9, "total_output_tokens": 13, "total_thought_tokens": 30, "total_tokens": 52},
                },
            },
            names=True,
        ),
        (9, 43, 52),
    ),
    "ollama": ("http://localhost:11434/api/chat", {"content-type": "application/x-ndjson"}, json_lines(*OLLAMA_STREAM), (9, 4, 13)),
    "cohere": (
        "https://api.cohere.com/v2/chat",
        EVENT_STREAM,
        sse(
            {"id": "coh-own", "type": "message-start"},
            {"type": "content-delta", "delta": {"message": {"content": {"text": "."}}}},
            {
                "type": "message-end",
                "delta": {"finish_reason": "COMPLETE", "usage": {"tokens": {"input_tokens": 30, "output_tokens": 4}}},
            },
            "[DONE]",
            names=True,
        ),
        (30, 4, 34),
    ),
    "cohere v1": (
        "https://api.cohere.com/v1/chat",
        {"content-type": "application/stream+json"},
        json_lines(
            {"event_type": "text-generation", "text": "H"},
            {
                "event_type": "stream-end",
                "response": {"response_id": "coh-1", "meta": {"tokens": {"input_tokens": 20, "output_tokens": 3}}},
            },
        ),
        (20, 3, 23),
    ),
    "watsonx": (
        "https://us-south.ml.cloud.ibm.com/ml/v1/text/generation_stream",
        EVENT_STREAM,
        sse(
            {"results": [{"generated_text": "", "generated_token_count": 0, "input_token_count": 8, "stop_reason": "not_finished"}]},
            {"results": [{"generated_text": "a", "generated_token_count": 2, "input_token_count": 0, "stop_reason": "eos_token"}]},
        ),
        (8, 2, 10),
    ),
    "converse": (
        f"{BEDROCK}/amazon.nova-lite-v1%3A0/converse-stream",
        {"content-type": "application/vnd.amazon.eventstream"},
        b"".join(aws_frame(kind, payload) for kind, payload in CONVERSE_STREAM),
        (27, 3, 30),
    ),
    "invoke": (
        f"{BEDROCK}/us.anthropic.claude-v1:0/invoke-with-response-stream",
        {"content-type": "application/vnd.amazon.eventstream"},
        b"".join(aws_frame("chunk", {"bytes": b64encode(json.dumps(event).encode()).decode()}) for event in MESSAGE_STREAM),
        (17, 8, 25),
    ),
}
"""URL, headers and bytes of one stream in each dialect, and its input, output and total."""
