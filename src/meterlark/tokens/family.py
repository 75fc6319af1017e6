"""What differs between families of models when requests and answers are counted: data, each constant with its source.

"Cookbook" is OpenAI's notebook "How to count tokens with tiktoken" (2024), "hmarr" is hmarr/openai-chat-tokens (`src/index.ts`, 2024).
"Measured" means found on recorded usage; how often it holds, also on recordings that it was not looked for in, is generated into
docs/reference/counting.md.
"""

import re
from typing import Final

import msgspec


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """The constants of a family; the defaults are those of GPT-4o and GPT-4.1.

    Attributes:
        pattern: Matches the start of a model's name.
        start: Tokens that start the answer, counted with the prompt.
        per_message: Tokens around each message.
        per_answer: Added for each text of the assistant in the history.
        per_call: Added for each message of tool calls in the history.
        tools: Added once if functions are offered.
        tools_described: Added if any of them has a description.
        tools_instructed: Added if functions are offered and there is a system message.
        tool_choice_none: Added if functions are offered and `tool_choice` is `none`.
        tool_choice_forced: Added, besides the recipient, if `tool_choice` names a function.
        responses_tools: Added to a Responses request if functions are offered.
        responses_schema: Added to one that has a schema for the answer and no functions.
        responses_call: Added for each tool call in the input of a Responses request.
        responses_stored_call: Added besides if it was the only call of its turn and has the id of a stored item.
        responses_compacts: Whether blanks in its arguments are lost.
        has_compact_types: Whether types without comments stand on one line, and parameters as a whole have a title.
        primes_schema: Whether the name of the answer's schema is counted with the prompt.
        text_end: Added to a text answer that has ended.
        text_end_with_tools: Added to it if functions were offered.
        text_end_with_schema: Whether the name of the answer's schema is counted with the answer though no functions were offered.
        call_end: Added to a message of tool calls that has ended.
        in_responses: Added to each ended answer of the Responses API.
        has_hidden_reasoning: Whether it generates tokens that nobody sees.
    """

    pattern: re.Pattern[str]
    start: int = 3  # cookbook
    per_message: int = 3  # cookbook
    per_answer: int = 0
    per_call: int = 0
    tools: int = -1  # measured; with the new system message it makes the 9 of hmarr
    tools_described: int = 0
    tools_instructed: int = 0
    tool_choice_none: int = 1  # hmarr
    tool_choice_forced: int = 4  # hmarr
    responses_tools: int = -3  # measured
    responses_schema: int = 1  # measured
    responses_call: int = -2  # measured
    responses_stored_call: int = 3  # measured
    responses_compacts: bool = False  # measured
    has_compact_types: bool = True  # measured
    primes_schema: bool = True  # measured
    text_end: int = 0  # measured, as are the lines below
    text_end_with_tools: int = 1
    text_end_with_schema: bool = False
    call_end: int = 4
    in_responses: int = 0
    has_hidden_reasoning: bool = False


FAMILIES: Final = (
    # Cookbook: 4 a message.
    Family(pattern=re.compile(r"gpt-3\.5-turbo-0301"), per_message=4, has_compact_types=False),
    # hmarr: types over several lines. Calls: measured on the models of June 2023.
    Family(pattern=re.compile(r"gpt-3\.5-turbo-0613|gpt-4(?:$|:|-0613|-32k)"), has_compact_types=False, call_end=1),
    # hmarr: types over several lines.
    Family(pattern=re.compile(r"gpt-3\.5|gpt-35-|gpt-4-"), has_compact_types=False),
    # Measured. The 2 of an assistant's text in the history is the channel header of the harmony format.
    Family(
        pattern=re.compile(r"gpt-5(?:$|-)"),
        start=2,
        per_answer=2,
        per_call=6,
        tools=80,
        tools_described=1,
        tools_instructed=3,
        tool_choice_none=0,
        tool_choice_forced=-5,
        responses_tools=2,
        responses_schema=0,
        responses_call=1,
        responses_stored_call=0,
        responses_compacts=True,
        primes_schema=False,
        text_end=9,
        text_end_with_tools=0,
        call_end=13,
        in_responses=-4,
        has_hidden_reasoning=True,
    ),
    # Measured on GPT-5.4; prompts are GPT-5's.
    Family(
        pattern=re.compile(r"gpt-5\."),
        start=2,
        per_answer=2,
        per_call=6,
        tools=80,
        tools_described=1,
        tools_instructed=3,
        tool_choice_none=0,
        tool_choice_forced=-5,
        responses_tools=2,
        responses_schema=0,
        responses_call=1,
        responses_stored_call=0,
        responses_compacts=True,
        primes_schema=False,
        text_end=3,
        text_end_with_tools=0,
        text_end_with_schema=True,
        call_end=7,
        has_hidden_reasoning=True,
    ),
    # Measured on o3-mini and o4-mini; what they add to their answers is not known.
    Family(pattern=re.compile(r"o[134](?:$|-)|codex-mini"), start=2, tools=0, has_hidden_reasoning=True),
    Family(pattern=re.compile(r"")),
)
"""The first that matches counts; the last matches every name."""


def family_of(model: str) -> Family:
    """Return the constants of a model, given by its name with or without `ft:` or a maker's prefix such as `openai/`."""
    name = bare_name(model)
    return next(family for family in FAMILIES if family.pattern.match(name))


def bare_name(model: str) -> str:
    """Return a model's name in lower case, without `ft:` and without its maker."""
    return model.lower().removeprefix("ft:").rpartition("/")[2]
