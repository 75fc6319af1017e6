import subprocess
import sys
from typing import Any

import pytest

from meterlark.tokens.chat import Choice, Count, ToolCall, count_completion, count_prompt
from meterlark.tokens.encoding import Encoding, ModelEncoding, encoding_of
from meterlark.tokens.text import count_text

CL100K, O200K, HARMONY = Encoding.CL100K, Encoding.O200K, Encoding.HARMONY


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-3.5-turbo-0125", CL100K),
        ("gpt-35-turbo", CL100K),
        ("gpt-4", CL100K),
        ("gpt-4-turbo-2024-04-09", CL100K),
        ("ft:gpt-4:acme", CL100K),
        ("text-embedding-3-small", CL100K),
        ("gpt-4o-mini", O200K),
        ("ft:gpt-4.1-mini:acme::x", O200K),
        ("gpt-4.5-preview", O200K),
        ("o1", O200K),
        ("o3-mini", O200K),
        ("gpt-5.6", O200K),
        ("openai/gpt-5-nano", O200K),
        ("chatgpt-4o-latest", O200K),
        ("gpt-oss-120b", HARMONY),
    ],
)
def test_known_models_have_their_encoding(model: str, encoding: Encoding) -> None:
    """The rule was proven on recorded usage."""
    assert encoding_of(model) == ModelEncoding(encoding, is_known=True)


@pytest.mark.parametrize("model", ["gpt-6", "", "some-lark-7b", "omni"])
def test_unknown_models_are_assumed_and_flagged(model: str) -> None:
    """New OpenAI models have used o200k since GPT-4o, but that is a guess."""
    assert encoding_of(model) == ModelEncoding(O200K, is_known=False)


# Counts published with the encodings' own library.
@pytest.mark.parametrize(
    ("text", "encoding", "tokens"),
    [
        ("", O200K, 0),
        ("hello world", CL100K, 2),
        ("hello world", O200K, 2),
        ("tiktoken is great!", CL100K, 6),
        ("tiktoken is great!", O200K, 6),
        ("antidisestablishmentarianism", CL100K, 6),
        ("2 + 2 = 4", CL100K, 7),
        ("お誕生日おめでとう", CL100K, 9),
        ("お誕生日おめでとう", O200K, 8),
    ],
)
def test_texts_are_counted_as_published(text: str, encoding: Encoding, tokens: int) -> None:
    """Pinned counts."""
    assert count_text(text, encoding) == tokens


def test_control_tokens_in_text_are_text() -> None:
    """A user who writes one is charged for what they wrote."""
    assert count_text("<|endoftext|>", O200K) > 1


def test_a_lone_surrogate_is_counted() -> None:
    """It cannot be sent as UTF-8, but must not cost the event; a proper pair is the character."""
    assert count_text("a\ud800b", O200K) == count_text("a\ufffdb", O200K)
    assert count_text("\ud83d\udc26", O200K) == count_text("🐦", O200K)


def test_long_runs_are_counted_in_bounded_time() -> None:
    """A million blanks, which ended other tokenizers, is counted (the test's time limit bites)."""
    assert 0 < count_text(" " * 1_000_000, O200K) < 1_000_000


def prompt(model: str = "gpt-4o", **request: Any) -> Count:
    """Count a request."""
    return count_prompt(request, model=model)


def message(role: Any, content: Any, **more: Any) -> dict[str, Any]:
    """Return a message."""
    return {"role": role, "content": content, **more}


def test_a_prompt_is_its_messages_and_their_frames() -> None:
    """3 to start the answer, 3 a message, the role and the text: a plain greeting has been 8 tokens since GPT-4."""
    assert prompt(messages=[message("user", "Hi")]) == Count(8)
    assert prompt("gpt-4", messages=[message("user", "Hi")]) == Count(8)
    assert prompt(messages=[message("system", "Hi"), message("user", "Hi")]) == Count(13)


def test_parts_of_a_text_are_joined() -> None:
    """Before they are encoded."""
    parts = [{"type": "text", "text": "hello"}, {"type": "text", "text": " world"}]

    assert prompt(messages=[message("user", parts)]) == prompt(messages=[message("user", "hello world")])


def test_names_cost_their_tokens() -> None:
    """One more in the older encoding."""
    named = [message("user", "Hi", name="hello world")]

    assert prompt(messages=named) == Count(10)
    assert prompt("gpt-4", messages=named) == Count(11)


def test_reasoning_models_differ_by_constants() -> None:
    """One less in all, and GPT-5 adds 2 for each assistant message of the history."""
    history = [message("user", "Hi"), message("assistant", "Hi"), message("user", "Hi")]

    assert prompt("o3-mini", messages=history) == Count(17)
    assert prompt("gpt-5", messages=history) == Count(19)
    assert prompt(messages=history) == Count(18)


def test_responses_requests_follow_the_same_formula() -> None:
    """Input is a text or items; instructions are a system message."""
    assert prompt(input="Hi") == Count(8)
    assert prompt(input=[message("user", [{"type": "input_text", "text": "Hi"}])], instructions="Hi") == Count(13)


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        ({"tools": [{"type": "function"}]}, "not counted: tools"),
        ({"functions": [{"name": "f"}]}, "not counted: tools"),
        ({"response_format": {"type": "json_schema"}}, "not counted: json_schema"),
        ({"text": {"format": {"type": "json_schema"}}}, "not counted: json_schema"),
        ({"previous_response_id": "r"}, "not counted: previous_response_id"),
        ({"messages": [message("user", [{"type": "image_url"}])]}, "not counted: image_url"),
        ({"messages": [message("tool", "x")]}, "approximate: tool calls in the history"),
        (
            {"messages": [message("assistant", None, tool_calls=[{"function": {"name": "f", "arguments": "{}"}}])]},
            "approximate: tool calls in the history",
        ),
        ({"input": [{"type": "function_call_output", "output": "x"}]}, "not counted: function_call_output"),
    ],
)
def test_what_has_no_rule_is_named(request_: dict[str, Any], note: str) -> None:
    """No count pretends to be exact."""
    assert prompt(**request_).notes == (note,)


def test_an_assumed_encoding_is_named() -> None:
    """So that a price can be put right later."""
    assert prompt("lark-1", messages=[]).notes == ("encoding assumed: o200k_base",)
    assert count_completion([], model="lark-1", is_complete=True).notes == ("encoding assumed: o200k_base",)


@pytest.mark.parametrize(
    "request_", [{}, {"messages": 7}, {"messages": [7, None]}, {"messages": [{}]}, {"messages": [message(7, {"a": 1})]}]
)
def test_malformed_requests_are_counted_as_far_as_they_make_sense(request_: dict[str, Any]) -> None:
    """The provider has answered them, so they have to count as something."""
    assert prompt(**request_).tokens >= 3


def completion(*choices: Choice, is_complete: bool = True, **options: bool) -> int:
    """Count an answer of a model whose formula is known."""
    return count_completion(choices, model="gpt-4o", is_complete=is_complete, **options).tokens


def test_a_text_answer_is_its_text() -> None:
    """One more where tools were offered, or where the provider counts the token that ends it."""
    stopped = Choice("hello world", finish_reason="stop")

    assert completion(stopped) == 2
    assert completion(stopped, stopped) == 4
    assert completion(stopped, offers_tools=True) == 3
    assert completion(stopped, adds_stop_token=True) == 3
    assert completion(stopped, offers_tools=True, adds_stop_token=True) == 4
    assert completion(Choice("hello world", finish_reason="length"), offers_tools=True, adds_stop_token=True) == 2
    assert completion(Choice("", "hello world", finish_reason="stop")) == 3


def test_a_cut_answer_is_what_arrived() -> None:
    """Nothing is added for an end that was not seen."""
    assert completion(Choice("hello world"), is_complete=False, offers_tools=True, adds_stop_token=True) == 2


def test_one_tool_call_is_its_recipient_and_arguments() -> None:
    """Framed by 4 tokens, 5 where the end is counted."""
    call = Choice(tool_calls=(ToolCall("sing", '{"song":"dawn"}'),), finish_reason="tool_calls")
    said = count_text(" to=functions.sing", O200K) + count_text('{"song":"dawn"}', O200K)

    assert completion(call) == said + 4
    assert completion(call, adds_stop_token=True) == said + 5
    assert completion(call, is_complete=False) == said


def test_parallel_tool_calls_are_one_message() -> None:
    """To the wrapper tool, as compact JSON; arguments that were cut stay text."""
    calls = Choice(tool_calls=(ToolCall("a", '{"x": 1}'), ToolCall("b", '{"y')), finish_reason="tool_calls")
    body = '{"tool_uses":[{"recipient_name":"functions.a","parameters":{"x":1}},{"recipient_name":"functions.b","parameters":"{\\"y"}]}'

    assert completion(calls) == count_text(" to=multi_tool_use.parallel", O200K) + count_text(body, O200K) + 4


def test_hidden_reasoning_is_named() -> None:
    """It is generated and billed, but not in the text."""
    assert count_completion([], model="gpt-5-mini", is_complete=True).notes == ("hidden reasoning not counted",)


def test_nothing_is_loaded_at_import() -> None:
    """Importing the package costs neither the tokenizer nor a thread."""
    program = (
        "import sys, threading, meterlark; meterlark.Meter; "
        "assert 'splintr' not in sys.modules and 'openai' not in sys.modules; assert threading.active_count() == 1"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
