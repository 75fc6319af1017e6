from typing import Any

import pytest
from cookbook import CONVERSATION, CONVERSATION_TOKENS, WITH_TOOL, WITH_TOOL_TOKENS

from meterlark.tokens.chat import Count, count_prompt
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.responses import APPROXIMATE
from meterlark.tokens.text import count_text

O200K = Encoding.O200K
AFTER = 1_775_000_000  # 2026-04-01
BEFORE = 1_760_000_000  # 2025-10-09
FIRST_WEEKS = 1_742_000_000  # 2025-03-15

WEATHER = {"name": "f", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
WEATHER_TEXT = "# Tools\n\n## functions\n\nnamespace functions {\n\ntype f = (_: { city: string }) => any;\n\n} // namespace functions"
SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
SCHEMA_TEXT = '# Response Formats\n\n## answer\n\n{"type":"object"}'
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR4nGNgYAAAAAMAASsJTYQAAAAASUVORK5CYII="


def n(text: str) -> int:
    """Count a text."""
    return count_text(text, O200K)


def prompt(model: str = "gpt-4o", *, operation: str = "chat", created: float | None = None, **request: Any) -> Count:
    """Count a request."""
    return count_prompt(request, model=model, operation=operation, created=created)


def message(role: Any, content: Any, **more: Any) -> dict[str, Any]:
    """Return a message."""
    return {"role": role, "content": content, **more}


def called(*arguments: str, name: str = "f") -> dict[str, Any]:
    """Return an assistant's message that calls a function, once for each of the arguments."""
    calls = [{"id": str(number), "type": "function", "function": {"name": name, "arguments": one}} for number, one in enumerate(arguments)]
    return message("assistant", None, tool_calls=calls)


HI = message("user", "Hi")
BASE = 8  # 3 to start the answer, 3 for the message, 1 for its role, 1 for its text


def test_a_prompt_is_its_messages_and_their_frames() -> None:
    """3 to start the answer, 3 a message, the role and the text: a plain greeting has been 8 tokens since GPT-4."""
    assert prompt(messages=[HI]) == Count(BASE)
    assert prompt("gpt-4", messages=[HI]) == Count(BASE)
    assert prompt(messages=[message("system", "Hi"), HI]) == Count(BASE + 5)
    assert prompt("gpt-3.5-turbo-0301", messages=[HI]) == Count(BASE + 1)


def test_parts_of_a_text_are_joined() -> None:
    """Before they are encoded."""
    parts = [{"type": "text", "text": "hello"}, {"type": "text", "text": " world"}]

    assert prompt(messages=[message("user", parts)]) == prompt(messages=[message("user", "hello world")])


def test_a_name_stands_behind_the_role() -> None:
    """After a colon, which often is a token of its own."""
    assert prompt(messages=[message("user", "Hi", name="lark")]) == Count(BASE + n(":lark"))


@pytest.mark.parametrize("model", list(CONVERSATION_TOKENS))
def test_the_cookbooks_requests_count_as_openai_counted_them(model: str) -> None:
    """The numbers that OpenAI's notebook shows as told by its API."""
    assert count_prompt(CONVERSATION, model=model) == Count(CONVERSATION_TOKENS[model])
    assert count_prompt(WITH_TOOL, model=model) == Count(WITH_TOOL_TOKENS[model])


def test_reasoning_models_differ_by_constants() -> None:
    """One less in all, and GPT-5 adds 2 for each assistant message of the history."""
    history = [HI, message("assistant", "Hi"), HI]

    assert prompt("o3-mini", messages=history) == Count(17)
    assert prompt("gpt-5", messages=history) == Count(19)
    assert prompt(messages=history) == Count(18)


def test_functions_are_text_behind_the_system_message() -> None:
    """After a blank line, one token less in all."""
    instructed = [message("system", "Be brief."), HI]
    expected = 3 + 3 + 1 + n(f"Be brief.\n\n{WEATHER_TEXT}") + 5 - 1

    assert prompt(messages=instructed, tools=[{"type": "function", "function": WEATHER}]) == Count(expected)
    assert prompt(messages=instructed, functions=[WEATHER]) == Count(expected)


def test_functions_without_a_system_message_get_one() -> None:
    """3 for the message and 1 for its role."""
    assert prompt(messages=[HI], functions=[WEATHER]) == Count(BASE + 3 + 1 + n(WEATHER_TEXT) - 1)


def test_gpt_5_adds_constants_for_functions() -> None:
    """80, 1 if any is described, 3 if there is a system message, 6 for each message of calls."""
    described = {**WEATHER, "description": "Tell."}
    told = n(WEATHER_TEXT.replace("type f", "// Tell.\ntype f"))
    call = 3 + n("assistant") + n(" to=functions.f") + n('{"city":"Rome"}') + 6
    result = 3 + 3 + n("f") + n("rain")

    assert prompt("gpt-5", messages=[HI], functions=[WEATHER]) == Count(BASE - 1 + 4 + n(WEATHER_TEXT) + 80)
    assert prompt("gpt-5", messages=[HI], functions=[described]) == Count(BASE - 1 + 4 + told + 80 + 1)
    history = [HI, called('{"city":"Rome"}'), message("tool", "rain", tool_call_id="0")]
    assert prompt("gpt-5", messages=history, functions=[described]) == Count(BASE - 1 + 4 + told + 80 + 1 + call + result)


@pytest.mark.parametrize(
    ("choice", "more"),
    [
        ({"tool_choice": "auto"}, 0),
        ({"tool_choice": "required"}, 0),
        ({"tool_choice": "none"}, 1),
        ({"function_call": "none"}, 1),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, n(" to=functions.f") + 4),
        ({"function_call": {"name": "f"}}, n(" to=functions.f") + 4),
        ({"tool_choice": {"type": "allowed_tools", "tools": [{"type": "function", "name": "f"}]}}, 0),
    ],
)
def test_the_choice_of_a_function_costs_tokens(choice: dict[str, Any], more: int) -> None:
    """None 1, a forced function its recipient and 4, the others nothing."""
    request = {"messages": [HI], "functions": [WEATHER]}

    assert count_prompt({**request, **choice}, model="gpt-4o").tokens == count_prompt(request, model="gpt-4o").tokens + more


def test_a_schema_is_text_and_starts_the_answer() -> None:
    """Its name and 2 in the header of the answer to come, and of each in the history; functions take the first away."""
    header = 2 + n("answer")

    assert prompt(messages=[HI], response_format=SCHEMA) == Count(BASE + 4 + n(SCHEMA_TEXT) + header)
    history = [HI, message("assistant", "Hi"), HI]
    assert prompt(messages=history, response_format=SCHEMA) == Count(18 + 4 + n(SCHEMA_TEXT) + 2 * header)
    both = n(f"{WEATHER_TEXT}\n\n{SCHEMA_TEXT}")
    assert prompt(messages=[HI], functions=[WEATHER], response_format=SCHEMA) == Count(BASE + 4 + both - 1)
    assert prompt("gpt-5", messages=[HI], response_format=SCHEMA) == Count(BASE - 1 + 4 + n(SCHEMA_TEXT))


def test_a_call_in_the_history_is_a_message_to_the_function() -> None:
    """Its arguments are written anew without blanks; its result has the function's name and 3 more."""
    history = [HI, called('{"city": "Rome"}'), message("tool", "rain", tool_call_id="0", name="ignored")]
    call = 3 + n("assistant") + n(" to=functions.f") + n('{"city":"Rome"}')

    assert prompt(messages=history) == Count(BASE + call + 3 + 3 + n("f") + n("rain"))


def test_text_beside_a_call_is_a_message_of_its_own() -> None:
    """The model reads two messages."""
    both = {**called("{}"), "content": "Let me see."}

    assert prompt(messages=[both]).tokens == prompt(messages=[message("assistant", "Let me see."), called("{}")]).tokens


def test_parallel_calls_and_their_results_are_one_message_each() -> None:
    """To and from the wrapper tool, as JSON; a result that is JSON stays JSON, and since March 2026 nothing is escaped."""
    history = [HI, called('{"city": "Rome"}', "{}"), message("tool", "72°", tool_call_id="0"), message("tool", '{"t":1}', tool_call_id="1")]
    uses = '{"recipient_name":"functions.f","parameters":{"city":"Rome"}},{"recipient_name":"functions.f","parameters":{}}'
    call = 3 + n("assistant") + n(" to=multi_tool_use.parallel") + n(f'{{"tool_uses":[{uses}]}}')
    result = 3 + 3 + n("multi_tool_use.parallel")

    assert prompt(messages=history, created=AFTER) == Count(BASE + call + result + n('["72°", {"t": 1}]'))
    assert prompt(messages=history) == prompt(messages=history, created=AFTER)
    assert prompt(messages=history, created=BEFORE) == Count(BASE + call + result + n('["72\\u00b0", {"t": 1}]'))


def test_an_image_of_known_size_is_counted() -> None:
    """A pixel on GPT-4o is a base and one tile."""
    picture = message("user", [{"type": "image_url", "image_url": {"url": PIXEL}}, {"type": "text", "text": "Hi"}])

    assert prompt(messages=[picture]) == Count(BASE + 85 + 170)


def test_responses_requests_follow_the_same_formula() -> None:
    """Input is a text or items; instructions are a system message."""
    assert prompt(input="Hi") == Count(BASE)
    assert prompt(input=[message("user", [{"type": "input_text", "text": "Hi"}])], instructions="Hi") == Count(BASE + 5)
    assert prompt(input=[message("user", [{"type": "input_image", "image_url": PIXEL}])]) == Count(BASE - 1 + 255)


def test_the_responses_api_began_with_a_preamble() -> None:
    """18 tokens in its first weeks."""
    assert prompt(input="Hi", created=FIRST_WEEKS) == Count(BASE + 18)
    assert prompt(input="Hi", created=AFTER) == Count(BASE)


def test_offers_in_responses_need_no_message() -> None:
    """Their text is counted alone: 3 less with functions, 1 more with a schema; GPT-5 2 more and 0."""
    tools = [{"type": "function", **WEATHER}]
    text = {"format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}}}

    assert prompt(input="Hi", tools=tools) == Count(BASE + n(WEATHER_TEXT) - 3)
    assert prompt(input="Hi", instructions="Hi", tools=tools) == Count(BASE + 4 + n(f"Hi\n\n{WEATHER_TEXT}") - 3)
    assert prompt("gpt-5", input="Hi", tools=tools) == Count(BASE - 1 + n(WEATHER_TEXT) + 2)
    assert prompt(input="Hi", text=text) == Count(BASE + n(SCHEMA_TEXT) + 1)
    assert prompt("gpt-5.4", input="Hi", text=text) == Count(BASE - 1 + n(SCHEMA_TEXT))
    forced = {"type": "function", "name": "f"}
    assert prompt(input="Hi", tools=tools, tool_choice=forced) == Count(BASE + n(WEATHER_TEXT) - 3 + n(" to=functions.f") + 4)


def test_each_call_of_a_responses_input_is_a_message_of_its_own() -> None:
    """Also of parallel ones, as generated, each 2 less than in chat; a stored call that is alone in its turn 3 more."""
    call = {"type": "function_call", "name": "f", "arguments": '{"n": 1}'}
    result = {"type": "function_call_output", "output": "a"}
    calls = [{**call, "call_id": "0", "id": "fc_0"}, {**call, "call_id": "1", "id": "fc_1"}]
    results = [{**result, "call_id": "0"}, {**result, "call_id": "1"}]
    one = 3 + n("assistant") + n(" to=functions.f") + n('{"n": 1}') + 3 + 3 + n("f") + n("a")
    notes = (APPROXIMATE,)

    assert prompt(input=[{**call, "call_id": "0"}, results[0]]) == Count(3 + one - 2, notes)
    assert prompt(input=[calls[0], results[0]]) == Count(3 + one - 2 + 3, notes)
    assert prompt(input=[*calls, *results]) == Count(3 + 2 * (one - 2), notes)
    assert prompt(input=[calls[0], results[0], calls[1], results[1]]) == Count(3 + 2 * (one - 2 + 3), notes)


def test_gpt_5_reads_responses_calls_without_blanks() -> None:
    """And counts 7 more for each than the chat formula of GPT-4o."""
    items = [
        {"type": "function_call", "call_id": "0", "name": "f", "arguments": '{"n": 1}'},
        {"type": "function_call_output", "call_id": "0", "output": [{"type": "input_text", "text": "a"}]},
    ]
    one = 3 + n("assistant") + n(" to=functions.f") + n('{"n":1}') + 3 + 3 + n("f") + n("a")

    assert prompt("gpt-5", input=items) == Count(2 + one + 6 + 1, (APPROXIMATE,))


def test_embeddings_and_completions_are_their_texts() -> None:
    """Tokens given as numbers are counted one by one."""
    assert prompt("text-embedding-3-small", operation="embeddings", input="hello world") == Count(2)
    assert prompt("text-embedding-3-small", operation="embeddings", input=["hello world", "hello"]) == Count(3)
    assert prompt("text-embedding-3-small", operation="embeddings", input=[[1, 2, 3], [4]]) == Count(4)
    assert prompt("gpt-3.5-turbo-instruct", operation="completions", prompt=[1, 2, 3]) == Count(3)
    assert prompt("gpt-3.5-turbo-instruct", operation="completions", prompt="hello world") == Count(2)
    assert prompt("text-embedding-3-small", operation="embeddings", input=[{"image": 1}]).notes == ("not counted: content part",)


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        ({"messages": [], "tools": [{"type": "web_search"}]}, "not counted: tool web_search"),
        (
            {"messages": [message("assistant", None, tool_calls=[{"type": "custom", "custom": {"name": "f"}}])]},
            "not counted: call of a tool that is not a function",
        ),
        ({"messages": [message("assistant", None, audio={"id": "a"})]}, "not counted: audio"),
        ({"messages": [message("assistant", None, refusal="No.")]}, "not counted: refusal"),
        ({"messages": iter([HI])}, "not counted: messages"),
        ({"messages": [], "tools": iter([])}, "not counted: tools"),
        ({"input": 7}, "not counted: input"),
        ({"messages": [message("tool", [{"type": "image_url", "image_url": {"url": PIXEL}}])]}, "not counted: image in a result"),
        ({"messages": [], "tools": ["search"]}, "not counted: tool None"),
        ({"messages": [], "tools": [{"type": "function"}]}, "not counted: tool function"),
        ({"messages": [], "web_search_options": {"a": 1}}, "not counted: web_search_options"),
        ({"previous_response_id": "r"}, "not counted: previous_response_id"),
        ({"conversation": "c"}, "not counted: conversation"),
        ({"prompt": {"id": "p"}}, "not counted: prompt"),
        ({"messages": [message("user", [{"type": "image_url", "image_url": {"url": "https://lark"}}])]}, "not counted: image_url"),
        ({"messages": [message("user", [{"type": "input_audio"}])]}, "not counted: input_audio"),
        ({"messages": [message("user", [{"type": "file"}])]}, "not counted: file"),
        ({"messages": [object()]}, "not counted: message"),
        ({"input": [{"type": "reasoning"}]}, "not counted: reasoning"),
        ({"input": [7]}, "not counted: input item"),
    ],
)
def test_what_has_no_rule_is_named(request_: dict[str, Any], note: str) -> None:
    """No count pretends to be exact."""
    assert prompt(**request_).notes == (note,)


def test_an_assumed_encoding_is_named() -> None:
    """So that a price can be put right later."""
    assert prompt("lark-1", messages=[]).notes == ("encoding assumed: o200k_base",)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"messages": 7},
        {"messages": [7, None]},
        {"messages": [{}]},
        {"messages": [message(7, {"a": 1})]},
        {"messages": [message("assistant", None, tool_calls=[7, {}, {"function": 7}, {"function": {}}])]},
        {"messages": [message("tool", None)]},
        {"messages": [], "tools": 7, "functions": "f", "tool_choice": 7, "response_format": 7},
        {"messages": [], "response_format": {"type": "json_schema", "json_schema": 7}},
        {"messages": [], "response_format": {"type": "json_schema", "json_schema": {"schema": 7}}},
        {"messages": [], "tool_choice": {"function": 7}},
        {"input": {"a": 1}, "text": 7, "instructions": 7},
    ],
)
def test_malformed_requests_are_counted_as_far_as_they_make_sense(request_: dict[str, Any]) -> None:
    """The provider has answered them, so they have to count as something."""
    assert prompt(**request_).tokens >= 3


@pytest.mark.parametrize("operation", ["embeddings", "completions"])
@pytest.mark.parametrize("given", [None, 7, {}, [None], [[None]], [["a"]]])
def test_malformed_texts_are_counted_as_far_as_they_make_sense(operation: str, given: object) -> None:
    """The same for what has no messages."""
    assert prompt(operation=operation, input=given, prompt=given).tokens >= 0
