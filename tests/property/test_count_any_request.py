from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from meterlark.tokens.chat import Choice, ToolCall, count_completion, count_prompt

# Every key that the rules look at, with whatever value: a caller's program, or a server that is not OpenAI's, may send anything.
KEYS = st.sampled_from(
    [
        *["messages", "input", "instructions", "tools", "functions", "tool_choice", "function_call", "response_format", "text", "prompt"],
        *["role", "content", "name", "tool_calls", "tool_call_id", "call_id", "output", "id", "type", "function", "arguments", "audio"],
        *["image_url", "url", "detail", "json_schema", "schema", "description", "parameters", "properties", "required", "items", "title"],
        *["enum", "const", "default", "format", "anyOf", "oneOf", "$ref", "$defs", "additionalProperties", "stop"],
    ]
)
WORDS = st.sampled_from(
    [
        *["user", "system", "assistant", "tool", "function", "message", "function_call", "function_call_output", "json_schema", "none"],
        *["text", "input_text", "image_url", "object", "array", "string", "integer", "null", "#/$defs/type", "#", "data:image/png;base64,"],
    ]
)
ATOMS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.binary(max_size=3), st.text(max_size=5), WORDS)
VALUES = st.recursive(ATOMS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=40)
REQUESTS = st.dictionaries(KEYS, VALUES, max_size=6)
ANSWER = [Choice("lark", finish_reason="stop"), Choice(tool_calls=(ToolCall("f", "{"), ToolCall("g", "[1]")))]


@given(request=REQUESTS, model=st.sampled_from(["gpt-4o", "gpt-5", "gpt-3.5-turbo", "lark-1"]))
def test_any_request_has_a_count(request: dict[str, Any], model: str) -> None:
    """The provider has answered it, so the event must not be lost over it."""
    assert count_prompt(request, model=model).tokens >= 0
    assert count_prompt(request, model=model, operation="embeddings").tokens >= 0
    assert count_completion(ANSWER, model=model, is_complete=True, request=request).tokens > 0


@given(parameters=VALUES, schema=VALUES)
@example(parameters=None, schema=[{"additionalProperties": Decimal("sNaN")}])
def test_any_schema_has_a_count(parameters: Any, schema: Any) -> None:
    """Also one that is none."""
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"properties": {"x": parameters}}}}]
    format_ = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"properties": schema}}}

    assert count_prompt({"messages": [], "tools": tools, "response_format": format_}, model="gpt-4o").tokens > 0
