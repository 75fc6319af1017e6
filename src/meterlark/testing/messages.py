"""A turn in the wire format of Anthropic's POST /v1/messages, blocking and streaming.

Source: recorded Anthropic exchanges of 2025-2026 and the types of `anthropic` 2.10.
`input_tokens` leaves cached ones out. A stream says its usage twice: `message_start` has the input and a provisional output,
`message_delta` the final numbers, cumulative; there is no `[DONE]`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.testing.turn import Turn, Usage, alphanumeric_id
from meterlark.testing.turn import accepted as turn_accepted

PROVISIONAL_OUTPUT_TOKENS = 1
"""What most recorded streams say at their start, whatever follows."""

Event = dict[str, Any]


def accepted(body: object) -> dict[str, Any]:
    """Return a request body that can be answered.

    Raises:
        InvalidInputError: Anthropic would refuse it too; the message names the field.
    """
    request = turn_accepted(body)
    messages = request.get("messages")
    if not (isinstance(messages, list) and messages):
        raise InvalidInputError("messages: Field required, a non-empty array", field="messages")
    if not (type(request.get("max_tokens")) is int and request["max_tokens"] >= 1):
        raise InvalidInputError("max_tokens: Field required, an integer of at least 1", field="max_tokens")
    return request


def body(turn: Turn) -> bytes:
    """Return the blocking answer."""
    usage = None if turn.usage is None else _usage(turn.usage, turn.usage.completion) | {"service_tier": _service_tier(turn)}
    return msgspec.json.encode(_message(turn, [_block(turn)], _stop_reason(turn), usage))


def events(turn: Turn) -> tuple[bytes, ...]:
    """Return the stream's events."""
    return tuple(b"event: " + event["type"].encode() + b"\ndata: " + msgspec.json.encode(event) + b"\n\n" for event in _events(turn))


def _events(turn: Turn) -> Iterator[Event]:
    usage = turn.usage
    started = None if usage is None else _usage(usage, PROVISIONAL_OUTPUT_TOKENS) | {"service_tier": _service_tier(turn)}
    yield {"type": "message_start", "message": _message(turn, [], None, started)}
    yield {"type": "content_block_start", "index": 0, "content_block": _empty(_block(turn))}
    yield {"type": "ping"}
    for chunk in turn.chunks:
        delta = {"type": "text_delta", "text": chunk} if turn.tool_call is None else {"type": "input_json_delta", "partial_json": chunk}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    ended: Event = {"type": "message_delta", "delta": {"stop_reason": _stop_reason(turn), "stop_sequence": None}}
    yield ended if usage is None else ended | {"usage": _usage(usage, usage.completion)}
    yield {"type": "message_stop"}


def _message(turn: Turn, content: list[Event], stop_reason: str | None, usage: Event | None) -> Event:
    message: Event = {
        "id": alphanumeric_id("msg_01", 22),
        "type": "message",
        "role": "assistant",
        "model": turn.model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
    }
    return message if usage is None else message | {"usage": usage}


def _block(turn: Turn) -> Event:
    if turn.tool_call is None:
        return {"type": "text", "text": turn.text}
    arguments = msgspec.json.decode(turn.text)
    return {"type": "tool_use", "id": alphanumeric_id("toolu_01", 22), "name": turn.tool_call.name, "input": arguments}


def _empty(block: Event) -> Event:
    """Return a content block as it is announced, before anything of it was said."""
    empty: Event = {"text": ""} if block["type"] == "text" else {"input": {}}
    return block | empty


def _stop_reason(turn: Turn) -> str:
    return "end_turn" if turn.tool_call is None else "tool_use"


def _service_tier(turn: Turn) -> str:
    return "priority" if turn.service_tier == "priority" else "standard"


def _usage(usage: Usage, output_tokens: int) -> Event:
    return {
        "input_tokens": usage.prompt - usage.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output_tokens,
        **({"output_tokens_details": {"thinking_tokens": usage.reasoning}} if usage.reasoning else {}),
    }
