from typing import Any

import pytest

from meterlark.tokens.chat import Choice, ToolCall, count_completion
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

TOOLS = {"tools": [{"type": "function", "function": {"name": "sing"}}]}
SCHEMA = {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {}}}}
STOPPED = Choice("hello world", finish_reason="stop")
CALL = Choice(tool_calls=(ToolCall("sing", '{"song": "dawn"}'),), finish_reason="tool_calls")
WINDOW = 1_742_000_000  # 2025-03-15


def n(text: str) -> int:
    """Count a text."""
    return count_text(text, Encoding.O200K)


SAID = n(" to=functions.sing") + n('{"song": "dawn"}')


def completion(*choices: Choice, model: str = "gpt-4o", is_complete: bool = True, **about: Any) -> int:
    """Count an answer."""
    return count_completion(choices, model=model, is_complete=is_complete, **about).tokens


def test_a_text_answer_is_its_text() -> None:
    """One more where functions were offered; with a schema besides, its name and 2; one more for a refusal."""
    assert completion(STOPPED) == 2
    assert completion(STOPPED, STOPPED) == 4
    assert completion(STOPPED, request=TOOLS) == 3
    assert completion(STOPPED, request=SCHEMA) == 2
    assert completion(STOPPED, request={**TOOLS, **SCHEMA}) == 3 + 2 + n("answer")
    assert completion(Choice("", "hello world", finish_reason="stop")) == 3


@pytest.mark.parametrize("reason", ["length", "incomplete", "content_filter", None])
def test_an_end_that_was_not_generated_is_not_counted(reason: str | None) -> None:
    """The answer ran into a limit."""
    assert completion(Choice("hello world", finish_reason=reason), request=TOOLS, provider="azure") == 2


def test_a_cut_answer_is_what_arrived() -> None:
    """Nothing is added for an end that was not seen."""
    assert completion(Choice("hello world"), is_complete=False, request=TOOLS, provider="azure") == 2
    assert completion(CALL, is_complete=False) == SAID


def test_one_tool_call_is_its_recipient_and_arguments() -> None:
    """Framed by 4 tokens on GPT-4o, 1 on GPT-4; the arguments are counted as they were generated."""
    cl100k = count_text(" to=functions.sing", Encoding.CL100K) + count_text('{"song": "dawn"}', Encoding.CL100K)

    assert completion(CALL, request=TOOLS) == SAID + 4
    assert completion(CALL, request=TOOLS, model="gpt-4-0613") == cl100k + 1
    assert completion(CALL, request=TOOLS, model="gpt-3.5-turbo-0125") == cl100k + 4


def test_a_forced_call_is_its_arguments() -> None:
    """The request has written the recipient."""
    forced = {**TOOLS, "tool_choice": {"type": "function", "function": {"name": "sing"}}}

    assert completion(CALL, request=forced) == n('{"song": "dawn"}')
    assert completion(CALL, request={**TOOLS, "tool_choice": "required"}) == SAID + 4


def test_parallel_tool_calls_are_one_message() -> None:
    """To the wrapper tool, as compact JSON; arguments that were cut stay text."""
    calls = Choice(tool_calls=(ToolCall("a", '{"x": 1}'), ToolCall("b", '{"y')), finish_reason="tool_calls")
    body = '{"tool_uses":[{"recipient_name":"functions.a","parameters":{"x":1}},{"recipient_name":"functions.b","parameters":"{\\"y"}]}'

    assert completion(calls) == n(" to=multi_tool_use.parallel") + n(body) + 4


@pytest.mark.parametrize(
    ("about", "more"),
    [
        ({}, 0),
        ({"created": WINDOW}, 1),
        ({"created": WINDOW, "request": {"stop": ["."]}}, 0),
        ({"created": 1_735_689_599}, 0),
        ({"created": 1_735_689_600}, 1),
        ({"created": 1_747_699_199}, 1),
        ({"created": 1_747_699_200}, 0),
        ({"provider": "azure"}, 1),
        ({"provider": "azure", "created": 1_735_689_599}, 0),
        ({"provider": "azure", "created": WINDOW, "request": {"stop": ["."]}}, 1),
        ({"provider": "github-models"}, 1),
        ({"operation": "responses"}, 1),
        ({"operation": "responses", "provider": "azure"}, 1),
        ({"provider": "groq"}, 0),
        ({"provider": "azure", "operation": "completions"}, 0),
    ],
)
def test_the_token_that_ends_an_answer_is_counted_by_some(about: dict[str, Any], more: int) -> None:
    """Azure, GitHub Models, the Responses API; OpenAI's chat from January to 20 May 2025."""
    assert completion(STOPPED, **about) == 2 + more
    assert completion(CALL, **about) == SAID + 4 + more


def test_gpt_5_adds_constants() -> None:
    """9 to a text and 13 to a call, 4 less of each in the Responses API but for its stop token; GPT-5.4 3 and 7."""
    assert completion(STOPPED, model="gpt-5-mini") == 2 + 9
    assert completion(CALL, model="gpt-5-mini", request=TOOLS) == SAID + 13
    assert completion(STOPPED, model="gpt-5-mini", operation="responses") == 2 + 9 - 4 + 1
    assert completion(STOPPED, model="gpt-5.4", request=TOOLS) == 2 + 3
    assert completion(CALL, model="gpt-5.4", request=TOOLS) == SAID + 7
    assert completion(STOPPED, model="gpt-5.4", request=SCHEMA) == 2 + 3 + 2 + n("answer")


@pytest.mark.parametrize(
    ("model", "choice", "request_", "note"),
    [
        ("lark-1", STOPPED, None, "encoding assumed: o200k_base"),
        ("gpt-5-mini", STOPPED, None, "not counted: hidden reasoning"),
        ("o3", STOPPED, None, "not counted: hidden reasoning"),
        ("gpt-4o", STOPPED, {"prediction": {"type": "content", "content": "x"}}, "not counted: prediction"),
        ("gpt-4o", STOPPED, {"audio": {"voice": "lark"}}, "not counted: audio"),
        ("gpt-4o", STOPPED, {"tools": [{"type": "web_search"}]}, "not counted: tool web_search"),
        ("gpt-4o", Choice("Singing.", tool_calls=CALL.tool_calls), None, "approximate: text beside tool calls"),
    ],
)
def test_what_has_no_rule_is_named(model: str, choice: Choice, request_: dict[str, Any] | None, note: str) -> None:
    """It is generated and billed, but not in the text."""
    assert count_completion([choice], model=model, is_complete=True, request=request_).notes == (note,)
