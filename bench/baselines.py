"""How others count: written anew from their published constants, on the same tokenizer, so that only the formulas differ."""

from typing import Any

from meterlark.tokens.chat import Choice
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

Request = dict[str, Any]


def cookbook(request: Request, encoding: Encoding) -> int | None:
    """Count a prompt as OpenAI's notebook "How to count tokens with tiktoken" (2024) does; None where the notebook stops with an error."""
    try:
        return _cookbook_messages(request["messages"], encoding) + _cookbook_tools(_functions(request), encoding)
    except (KeyError, TypeError, AttributeError):
        return None


def _cookbook_messages(messages: list[Any], encoding: Encoding) -> int:
    tokens = 3
    for message in messages:
        tokens += 3 + sum(count_text(value, encoding) for value in message.values()) + ("name" in message)
    return tokens


def _cookbook_tools(functions: list[Any], encoding: Encoding) -> int:
    tokens = 12 if functions else 0
    for function in functions:
        tokens += (10 if encoding is Encoding.CL100K else 7) + count_text(
            f"{function['name']}:{function['description'].removesuffix('.')}", encoding
        )
        properties = function["parameters"]["properties"]
        tokens += 3 if properties else 0
        for name, schema in properties.items():
            if "enum" in schema:
                tokens += -3 + sum(3 + count_text(item, encoding) for item in schema["enum"])
            tokens += 3 + count_text(f"{name}:{schema['type']}:{schema['description'].removesuffix('.')}", encoding)
    return tokens


def hmarr(request: Request, encoding: Encoding) -> int | None:
    """Count a prompt as hmarr/openai-chat-tokens (2024) does; None where its types do not allow the request."""
    try:
        return _hmarr(request, encoding)
    except (KeyError, TypeError, AttributeError):
        return None


def _hmarr(request: Request, encoding: Encoding) -> int:
    functions = _functions(request)
    tokens, is_padded = 3, False
    for message in request["messages"]:
        call = message.get("function_call") or {}
        content = message.get("content") or ""
        if message["role"] == "system" and functions and not is_padded:
            content, is_padded = f"{content}\n", True
        texts = (message["role"], content, message.get("name") or "", call.get("name") or "", call.get("arguments") or "")
        tokens += 3 + sum(count_text(text, encoding) for text in texts)
        tokens += bool(message.get("name")) + (3 if call else 0) - (2 if message["role"] == "function" else 0)
    if functions:
        tokens += 9 + count_text(_hmarr_types(functions), encoding) - (4 if is_padded else 0)
    choice = request.get("function_call", request.get("tool_choice"))
    if choice == "none":
        return tokens + 1
    name = choice.get("function", choice)["name"] if isinstance(choice, dict) else ""
    return tokens + (count_text(name, encoding) + 4 if name else 0)


def _hmarr_types(functions: list[Any]) -> str:
    lines = ["namespace functions {", ""]
    for function in functions:
        parameters = function.get("parameters") or {}
        lines += [f"// {function['description']}"] if function.get("description") else []
        if parameters.get("properties"):
            lines += [f"type {function['name']} = (_: {{", _hmarr_properties(parameters, 0), "}) => any;", ""]
        else:
            lines += [f"type {function['name']} = () => any;", ""]
    return "\n".join([*lines, "} // namespace functions"])


def _hmarr_properties(schema: Any, indent: int) -> str:
    lines = []
    for name, one in (schema.get("properties") or {}).items():
        lines += [f"// {one['description']}"] if one.get("description") else []
        lines.append(f"{name}{'' if name in (schema.get('required') or ()) else '?'}: {_hmarr_type(one, indent)},")
    return "\n".join(" " * indent + line for line in lines)


def _hmarr_type(schema: Any, indent: int) -> str:
    kind = schema.get("type")
    if schema.get("enum"):
        return " | ".join(f'"{value}"' if kind == "string" else str(value) for value in schema["enum"])
    if kind == "object":
        return "\n".join(["{", _hmarr_properties(schema, indent + 2), "}"])
    if kind == "array":
        return f"{_hmarr_type(schema['items'], indent)}[]" if schema.get("items") else "any[]"
    return "number" if kind == "integer" else str(kind)


def bare_completion(choices: list[Choice], encoding: Encoding) -> int:
    """Count an answer as most wrappers do: its text, and names and arguments of its calls."""
    tokens = 0
    for choice in choices:
        tokens += count_text(choice.text + choice.refusal, encoding)
        tokens += sum(count_text(call.name, encoding) + count_text(call.arguments, encoding) for call in choice.tool_calls)
    return tokens


def _functions(request: Request) -> list[Any]:
    return [tool["function"] for tool in request.get("tools") or ()] + list(request.get("functions") or ())
