"""Tool calls and their results in a conversation, as the messages that the model reads.

Found on recorded usage (llm-usage.md section 3, rules 5 and 6): a call is a message of the assistant to the function, parallel calls are
one message to a wrapper tool, and so is their result.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from meterlark.tokens.jsontext import compact, json_text, parsed

PARALLEL: Final = "multi_tool_use.parallel"
"""The wrapper tool that parallel calls go to."""

RESULTS_ASCII_UNTIL: Final = 1_772_323_200
"""2026-03-01: results of parallel calls were ASCII-escaped in 7 of 7 recordings up to 2026-02-12, and not in 2 of 2 from 2026-03-12 on."""


def call_message(calls: Sequence[tuple[str, str]], *, as_generated: bool = False) -> tuple[str, str]:
    """Return the recipient and the body of a message that calls functions.

    Args:
        calls: Name and arguments of each.
        as_generated: Whether the arguments of a single call are the text that the model wrote; in a history they are written anew.
    """
    if len(calls) == 1:
        name, arguments = calls[0]
        return f"functions.{name}", arguments if as_generated else compact(arguments)
    uses = [{"recipient_name": f"functions.{name}", "parameters": parsed(arguments)} for name, arguments in calls]
    return PARALLEL, json_text({"tool_uses": uses})


def result_message(results: Sequence[tuple[str, str]], *, created: float | None) -> tuple[str, str]:
    """Return the author and the body of the message with the results of one turn.

    Args:
        results: Name and content of each.
        created: When the request was made, in seconds since 1970 UTC; None for now.
    """
    if len(results) == 1:
        return results[0]
    is_ascii = created is not None and created < RESULTS_ASCII_UNTIL
    return PARALLEL, json_text([parsed(content) for _, content in results], is_compact=False, is_ascii=is_ascii)


def calls_of(message: Mapping[str, Any], notes: list[str]) -> list[tuple[str, str, str]]:
    """Return id, name and arguments of each call of a chat message; calls of tools that are not functions are noted."""
    given = message.get("tool_calls")
    found: list[tuple[str, str, str]] = []
    for call in given if isinstance(given, list | tuple) else ():
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping):
            found.append((str(call.get("id") or ""), str(function.get("name") or ""), str(function.get("arguments") or "")))
        else:
            notes.append("not counted: call of a tool that is not a function")
    if isinstance(function := message.get("function_call"), Mapping):
        found.append(("", str(function.get("name") or ""), str(function.get("arguments") or "")))
    return found
