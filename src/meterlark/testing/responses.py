"""A turn in the wire format of POST /v1/responses, blocking and streaming.

Source: recorded OpenAI exchanges of 2025-2026 and the types of `openai` 3.54.
A stream is pairs of `event:` and `data:` lines; usage stands in `response.completed`, which ends it; there is no `[DONE]`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.testing.turn import Turn, Usage, alphanumeric_id, hex_id, padding
from meterlark.testing.turn import accepted as turn_accepted

Event = dict[str, Any]


def accepted(body: object) -> dict[str, Any]:
    """Return a request body that can be answered.

    Raises:
        InvalidInputError: OpenAI would refuse it too; the message names the field.
    """
    request = turn_accepted(body)
    if not isinstance(request.get("input"), str | list) and request.get("prompt") is None:
        raise InvalidInputError("Missing required parameter: 'input', a string or an array.", field="input")
    return request


def body(turn: Turn) -> bytes:
    """Return the blocking answer."""
    return msgspec.json.encode(_completed(turn, hex_id("resp_"), _Item(turn)))


def events(turn: Turn) -> tuple[bytes, ...]:
    """Return the stream's events, numbered from 0."""
    options = turn.request.get("stream_options") or {}
    with_padding = options.get("include_obfuscation") is not False
    stream = []
    for number, event in enumerate(_events(turn)):
        event["sequence_number"] = number
        if with_padding and "delta" in event:
            event["obfuscation"] = padding(event["delta"])
        stream.append(b"event: " + event["type"].encode() + b"\ndata: " + msgspec.json.encode(event) + b"\n\n")
    return tuple(stream)


class _Item:
    """The one output item of a response: a message, or a function call."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.id = hex_id("msg_" if turn.tool_call is None else "fc_")
        self.call_id = alphanumeric_id("call_", 24)

    def state(self, status: str, *, is_said: bool) -> dict[str, Any]:
        """Return the item before (nothing said) or after it was said."""
        call = self.turn.tool_call
        if call is None:
            content = [self.part(self.turn.text)] if is_said else []
            return {"id": self.id, "type": "message", "status": status, "content": content, "role": "assistant"}
        return {
            "id": self.id,
            "type": "function_call",
            "status": status,
            "arguments": self.turn.text if is_said else "",
            "call_id": self.call_id,
            "name": call.name,
        }

    def part(self, text: str) -> dict[str, Any]:
        """Return the message's only content part."""
        return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def _events(turn: Turn) -> Iterator[Event]:
    """Yield the events in OpenAI's order, not yet numbered."""
    response_id = hex_id("resp_")
    item = _Item(turn)
    started = _response(turn, response_id) | {"usage": None}
    yield {"type": "response.created", "response": started}
    yield {"type": "response.in_progress", "response": started}
    yield {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": item.state("in_progress", is_said=False),
    }
    yield from _said(turn, item)
    yield {"type": "response.output_item.done", "output_index": 0, "item": item.state("completed", is_said=True)}
    yield {"type": "response.completed", "response": _completed(turn, response_id, item)}


def _said(turn: Turn, item: _Item) -> Iterator[Event]:
    """Yield the events of the text, or of the function's arguments, themselves."""
    place: Event = {"item_id": item.id, "output_index": 0}
    if turn.tool_call is not None:
        for chunk in turn.chunks:
            yield {"type": "response.function_call_arguments.delta", **place, "delta": chunk}
        yield {
            "type": "response.function_call_arguments.done",
            **place,
            "name": turn.tool_call.name,
            "arguments": turn.text,
        }
        return
    place["content_index"] = 0
    yield {"type": "response.content_part.added", **place, "part": item.part("")}
    for chunk in turn.chunks:
        yield {"type": "response.output_text.delta", **place, "delta": chunk, "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": turn.text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": item.part(turn.text)}


def _completed(turn: Turn, response_id: str, item: _Item) -> dict[str, Any]:
    response = _response(turn, response_id) | {
        "status": "completed",
        "completed_at": turn.created,
        "output": [item.state("completed", is_said=True)],
        "service_tier": turn.service_tier,
    }
    if turn.usage is not None:
        response["usage"] = _usage(turn.usage)
    return response


def _response(turn: Turn, response_id: str) -> dict[str, Any]:
    """Return the response object as it is when work starts; OpenAI repeats most request settings in it."""
    request = turn.request
    return {
        "id": response_id,
        "object": "response",
        "created_at": turn.created,
        "status": "in_progress",
        "background": False,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "max_output_tokens": request.get("max_output_tokens"),
        "max_tool_calls": request.get("max_tool_calls"),
        "model": turn.model,
        "output": [],
        "parallel_tool_calls": request.get("parallel_tool_calls", True),
        "previous_response_id": request.get("previous_response_id"),
        "prompt_cache_key": request.get("prompt_cache_key"),
        "reasoning": request.get("reasoning") or {"effort": None, "summary": None},
        "safety_identifier": request.get("safety_identifier"),
        "service_tier": "auto",
        "store": request.get("store", True),
        "temperature": request.get("temperature", 1.0),
        "text": request.get("text") or {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": request.get("tool_choice", "auto"),
        "tools": request.get("tools") or [],
        "top_logprobs": 0,
        "top_p": request.get("top_p", 1.0),
        "truncation": request.get("truncation", "disabled"),
        "user": request.get("user"),
        "metadata": request.get("metadata") or {},
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        "output_tokens": usage.completion,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total,
    }
