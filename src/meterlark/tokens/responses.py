"""The input of a Responses request as the model reads it: instructions and items as messages.

Items of tools differ from chat: each call and each result is a message of its own, also when calls were parallel (measured).
"""

from collections.abc import Mapping
from typing import Any, Final

from meterlark.tokens.family import Family, bare_name
from meterlark.tokens.jsontext import compact
from meterlark.tokens.messages import Message, read_content
from meterlark.tokens.request import listed

PREAMBLE: Final = 18
"""Tokens that every request had more in the API's first weeks (measured: 10 of 10 until 2025-03-27, none from 2025-04-07 on)."""

PREAMBLE_UNTIL: Final = 1_743_465_600
"""2025-04-01."""

APPROXIMATE: Final = "approximate: tool calls in the history"
"""The rules for calls hold for most recordings they were found on, but for too few others (docs/reference/counting.md)."""

_KEPT: Final = ("previous_response_id", "conversation", "prompt")
"""What the provider keeps and puts before the input."""


def preamble(created: float | None) -> int:
    """Return how many tokens were before the input, given when it was answered, in seconds since 1970 UTC; None for now."""
    return PREAMBLE if created is not None and created < PREAMBLE_UNTIL else 0


def read_input(request: Mapping[str, Any], *, model: str, family: Family, notes: list[str]) -> list[Message]:
    """Return the messages of a Responses request; what has none is named in the notes."""
    notes.extend(f"not counted: {name}" for name in _KEPT if request.get(name))
    found: list[Message] = []
    if isinstance(instructions := request.get("instructions"), str) and instructions:
        found.append(Message(role="system", body=instructions))
    if isinstance(given := request.get("input"), str):
        return [*found, Message(role="user", body=given)]
    items = listed(request, "input", notes)
    kinds = [_kind(item) for item in items]
    names: dict[str, str] = {}
    for item, before, kind, after in zip(items, ["", *kinds], kinds, [*kinds[1:], ""], strict=False):
        if kind == "message":
            body, extra = read_content(item.get("content"), bare_name(model), notes)
            found.append(Message(role=str(item.get("role") or "user"), body=body, extra=extra))
        elif kind == "function_call":
            notes.append(APPROXIMATE)
            names[str(item.get("call_id"))] = str(item.get("name") or "")
            found.append(_call(item, family, is_alone="function_call" not in (before, after)))
        elif kind == "function_call_output":
            body, extra = read_content(item.get("output"), bare_name(model), notes)
            found.append(Message(role=names.get(str(item.get("call_id")), ""), body=body, extra=extra, is_result=True))
        else:
            notes.append(f"not counted: {kind or 'input item'}")
    return found


def _kind(item: object) -> str:
    return str(item.get("type") or "message") if isinstance(item, Mapping) else ""


def _call(item: Mapping[str, Any], family: Family, *, is_alone: bool) -> Message:
    arguments = str(item.get("arguments") or "")
    extra = family.responses_call + (family.responses_stored_call if is_alone and item.get("id") else 0)
    body = compact(arguments) if family.responses_compacts else arguments
    return Message(role="assistant", recipient=f"functions.{item.get('name')}", body=body, extra=extra)
