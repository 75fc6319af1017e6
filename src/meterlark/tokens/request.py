"""What a request offers and demands besides its messages: functions, a forced one, a schema for the answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

Request = Mapping[str, Any]


class AnswerSchema(msgspec.Struct, frozen=True):
    """The schema that an answer has to follow."""

    name: str
    description: str
    schema: Mapping[str, Any]


def functions_of(request: Request, notes: list[str]) -> list[Mapping[str, Any]]:
    """Return the definitions of the functions; a tool of another kind is named in the notes.

    Chat completions nest a definition in `function`, the Responses API does not, `functions` is the oldest form.
    """
    found = [function for function in listed(request, "functions", notes) if isinstance(function, Mapping)]
    for tool in listed(request, "tools", notes):
        kind = tool.get("type", "function") if isinstance(tool, Mapping) else None
        if kind == "function" and isinstance(function := tool.get("function", tool), Mapping) and function.get("name"):
            found.append(function)
        else:
            notes.append(f"not counted: tool {kind}")
    return found


def forced_function(request: Request) -> str:
    """Return the name of the function that the model has to call, empty if it has a choice."""
    choice = request.get("tool_choice", request.get("function_call"))
    if not isinstance(choice, Mapping) or choice.get("type", "function") != "function":
        return ""
    inner = choice.get("function", choice)
    return str(inner.get("name") or "") if isinstance(inner, Mapping) else ""


def schema_of(request: Request) -> AnswerSchema | None:
    """Return the schema of the answer, None if it has none; `response_format` is of chat, `text.format` of the Responses API."""
    text = request.get("text")
    wanted = request.get("response_format") or (text.get("format") if isinstance(text, Mapping) else None)
    if not isinstance(wanted, Mapping) or wanted.get("type") != "json_schema":
        return None
    described = wanted.get("json_schema", wanted)
    if not isinstance(described, Mapping):
        return None
    schema = described.get("schema")
    return AnswerSchema(
        str(described.get("name") or ""), str(described.get("description") or ""), schema if isinstance(schema, Mapping) else {}
    )


def listed(request: Request, name: str, notes: list[str]) -> Sequence[Any]:
    """Return a list of the request; what is there and not one, such as an iterator that only its receiver may read, is noted."""
    value = request.get(name)
    if isinstance(value, list | tuple):
        return value
    if value:
        notes.append(f"not counted: {name}")
    return ()
