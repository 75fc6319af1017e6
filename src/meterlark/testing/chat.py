"""A turn in the wire format of POST /v1/chat/completions, blocking and streaming.

Source: recorded OpenAI exchanges of 2025-2026 and the types of `openai` 3.54.
A stream is `data:` lines only: role, content pieces, finish, the usage chunk if it was asked for, `[DONE]`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.testing.turn import Turn, Usage, alphanumeric_id, padding
from meterlark.testing.turn import accepted as turn_accepted

DONE = b"data: [DONE]\n\n"

_FINGERPRINT = "fp_6d65746572"


CHOICES_MAX = 128
"""OpenAI's own limit of `n`."""


def accepted(body: object) -> dict[str, Any]:
    """Return a request body that can be answered.

    Raises:
        InvalidInputError: OpenAI would refuse it too; the message names the field.
    """
    request = turn_accepted(body)
    messages = request.get("messages")
    if not (isinstance(messages, list) and messages):
        raise InvalidInputError("Missing required parameter: 'messages', a non-empty array.", field="messages")
    if request.get("stream_options") is not None and not request.get("stream"):
        raise InvalidInputError("The 'stream_options' parameter is only allowed when 'stream' is enabled.", field="stream_options")
    choices = request.get("n")
    if choices is not None and not (type(choices) is int and 1 <= choices <= CHOICES_MAX):
        raise InvalidInputError(f"Invalid 'n': expected an integer from 1 to {CHOICES_MAX}.", field="n")
    return request


def body(turn: Turn) -> bytes:
    """Return the blocking answer."""
    completion: dict[str, Any] = {
        "id": alphanumeric_id("chatcmpl-", 29),
        "object": "chat.completion",
        "created": turn.created,
        "model": turn.model,
        "choices": [
            {
                "index": index,
                "message": _message(turn),
                "logprobs": None,
                "finish_reason": _finish_reason(turn),
            }
            for index in range(turn.choices)
        ],
    }
    if turn.usage is not None:
        completion["usage"] = _usage(turn.usage)
    completion |= {"service_tier": turn.service_tier, "system_fingerprint": _FINGERPRINT}
    return msgspec.json.encode(completion)


def events(turn: Turn) -> tuple[bytes, ...]:
    """Return the stream's events; all chunks share id and created."""
    options = turn.request.get("stream_options") or {}
    with_usage = bool(options.get("include_usage")) and turn.usage is not None
    with_padding = options.get("include_obfuscation") is not False
    shared = {
        "id": alphanumeric_id("chatcmpl-", 29),
        "object": "chat.completion.chunk",
        "created": turn.created,
        "model": turn.model,
        "service_tier": turn.service_tier,
        "system_fingerprint": _FINGERPRINT,
    }

    def event(choices: list[dict[str, Any]], usage: Usage | None, pad: str) -> bytes:
        chunk = shared | {"choices": choices}
        if with_usage:
            chunk["usage"] = None if usage is None else _usage(usage)
        if with_padding:
            chunk["obfuscation"] = pad
        return b"data: " + msgspec.json.encode(chunk) + b"\n\n"

    stream = [
        event([{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}], None, padding(said))
        for said, delta, finish in _deltas(turn)
        for index in range(turn.choices)
    ]
    if with_usage:
        stream.append(event([], turn.usage, ""))
    return (*stream, DONE)


def _deltas(turn: Turn) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Yield each delta with the text it adds and its finish reason."""
    if turn.tool_call is None:
        yield "", {"role": "assistant", "content": "", "refusal": None}, None
        for chunk in turn.chunks:
            yield chunk, {"content": chunk}, None
    else:
        call = {"index": 0} | _tool_call(turn.tool_call.name, "")
        yield "", {"role": "assistant", "content": None, "tool_calls": [call], "refusal": None}, None
        for chunk in turn.chunks:
            yield chunk, {"tool_calls": [{"index": 0, "function": {"arguments": chunk}}]}, None
    yield "", {}, _finish_reason(turn)


def _message(turn: Turn) -> dict[str, Any]:
    if turn.tool_call is None:
        return {"role": "assistant", "content": turn.text, "refusal": None, "annotations": []}
    call = _tool_call(turn.tool_call.name, turn.text)
    return {"role": "assistant", "content": None, "tool_calls": [call], "refusal": None, "annotations": []}


def _tool_call(name: str, arguments: str) -> dict[str, Any]:
    return {
        "id": alphanumeric_id("call_", 24),
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _finish_reason(turn: Turn) -> str:
    return "stop" if turn.tool_call is None else "tool_calls"


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
