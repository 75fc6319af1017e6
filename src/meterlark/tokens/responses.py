"""A request of the Responses API as a chat request: instructions and input items as messages, so that one set of rules counts both."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

Message = dict[str, Any]

PREAMBLE: Final = 18
"""Tokens that every request had more in the API's first weeks (measured: 10 of 10 until 2025-03-27, none from 2025-04-07 on)."""

PREAMBLE_UNTIL: Final = 1_743_465_600
"""2025-04-01."""


def preamble(created: float | None) -> int:
    """Return how many tokens were before the input, given when it was answered, in seconds since 1970 UTC; None for now."""
    return PREAMBLE if created is not None and created < PREAMBLE_UNTIL else 0


def chat_messages(request: Mapping[str, Any], notes: list[str]) -> list[Message]:
    """Return the messages of a Responses request; items that have none are named in the notes."""
    messages: list[Message] = []
    if isinstance(instructions := request.get("instructions"), str) and instructions:
        messages.append({"role": "system", "content": instructions})
    given = request.get("input")
    if isinstance(given, str):
        messages.append({"role": "user", "content": given})
    for item in given if isinstance(given, Sequence) and not isinstance(given, str) else ():
        if isinstance(item, Mapping):
            _add(item, messages, notes)
        else:
            notes.append("not counted: input item")
    notes.extend(f"not counted: {name}" for name in ("previous_response_id", "conversation", "prompt") if request.get(name))
    return messages


def _add(item: Mapping[str, Any], messages: list[Message], notes: list[str]) -> None:
    kind = item.get("type") or "message"
    if kind == "message":
        messages.append({"role": item.get("role"), "content": item.get("content")})
    elif kind == "function_call":
        notes.append("approximate: tool calls in the history")
        call = {"id": item.get("call_id"), "function": {"name": item.get("name"), "arguments": item.get("arguments")}}
        # Calls in a row are those of one turn.
        if messages and "tool_calls" in messages[-1]:
            messages[-1]["tool_calls"].append(call)
        else:
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
    elif kind == "function_call_output":
        messages.append({"role": "tool", "tool_call_id": item.get("call_id"), "content": item.get("output")})
    else:
        notes.append(f"not counted: {kind}")
