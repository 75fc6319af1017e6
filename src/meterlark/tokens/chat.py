"""Count the tokens of a chat or Responses request, and of its answer, where the provider reports no usage.

The rules and constants were fitted to recorded usage (reference llm-usage.md, sections 3 and 6); plain conversations come out exact.
What has no rule here yet (tool definitions, schemas, images, audio, files) is left out of the number and named in the notes, so that no
count pretends to be exact.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from meterlark.tokens.encoding import Encoding, encoding_of
from meterlark.tokens.text import count_text


class Count(msgspec.Struct, frozen=True):
    """A number of tokens and what it leaves out.

    Attributes:
        tokens: The count.
        notes: What could not be counted, or was assumed; empty if a proven rule covers everything.
    """

    tokens: int
    notes: tuple[str, ...] = ()


class ToolCall(msgspec.Struct, frozen=True):
    """One function call of an answer; `arguments` is the text as generated."""

    name: str
    arguments: str


class Choice(msgspec.Struct, frozen=True):
    """What one choice of an answer said.

    Attributes:
        text: The visible text.
        refusal: The text of a refusal.
        tool_calls: Its function calls.
        finish_reason: Why it ended, such as `stop`, `length` or `tool_calls`; None while or because it did not.
    """

    text: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None


PRIMING: Final = 3
"""Tokens that start the answer; cookbook of OpenAI, "How to count tokens with tiktoken"."""

PER_MESSAGE: Final = 3
"""Tokens around every message; same source. gpt-3.5-turbo-0301 has 4."""

ASSISTANT_CHANNEL: Final = 2
"""Added by GPT-5 models for every assistant message in the history: the channel header of the harmony format (measured)."""

_GPT_5: Final = re.compile(r"gpt-5")
_REASONING: Final = re.compile(r"gpt-5|o3-mini|o4-mini")
_TEXT_PARTS: Final = frozenset({"text", "input_text", "output_text", "refusal"})


def count_prompt(request: Mapping[str, Any], *, model: str) -> Count:
    """Count the input tokens of a chat completions or Responses request.

    Args:
        request: The request's JSON object; `messages` or `input` and `instructions` are read.
        model: The model that answered, else the one asked for.
    """
    known = encoding_of(model)
    encoding = known.encoding
    notes: list[str] = [] if known.is_known else [f"encoding assumed: {encoding.value}"]
    notes += _uncounted(request)
    per_message = 4 if model == "gpt-3.5-turbo-0301" else PER_MESSAGE
    tokens = PRIMING - (1 if _REASONING.match(model) else 0)
    for message in _messages(request):
        role = message.get("role") or "user"
        tokens += per_message + count_text(str(role), encoding) + _count_content(message, encoding, notes)
        if isinstance(name := message.get("name"), str):
            # Fitted on GPT-4o; the older encoding is documented with one more.
            tokens += count_text(name, encoding) + (1 if encoding is Encoding.CL100K else 0)
        if role == "assistant" and _GPT_5.match(model):
            tokens += ASSISTANT_CHANNEL
    return Count(tokens, tuple(dict.fromkeys(notes)))


def count_completion(
    choices: Sequence[Choice], *, model: str, is_complete: bool, offers_tools: bool = False, adds_stop_token: bool = False
) -> Count:
    """Count the output tokens of an answer.

    Args:
        choices: What was received.
        model: The model that answered, else the one asked for.
        is_complete: False for a cut answer: then only what arrived is counted, without the tokens that end an answer.
        offers_tools: Whether the request defined tools; a text answer then has one token more.
        adds_stop_token: Whether the provider counts the token that ends the answer: Azure and the Responses API do.
    """
    known = encoding_of(model)
    notes: list[str] = [] if known.is_known else [f"encoding assumed: {known.encoding.value}"]
    if _REASONING.match(model) or model.startswith("o1"):
        notes.append("hidden reasoning not counted")
    tokens = 0
    for choice in choices:
        tokens += _count_choice(choice, known.encoding, offers_tools=offers_tools, adds_stop_token=adds_stop_token, is_complete=is_complete)
    return Count(tokens, tuple(notes))


def _count_choice(choice: Choice, encoding: Encoding, *, offers_tools: bool, adds_stop_token: bool, is_complete: bool) -> int:
    tokens = count_text(choice.text, encoding) + count_text(choice.refusal, encoding)
    has_ended = is_complete and choice.finish_reason not in (None, "length", "incomplete")
    ending = 1 if adds_stop_token and has_ended else 0
    if len(choice.tool_calls) == 1:
        call = choice.tool_calls[0]
        # The recipient is generated too; 4 tokens frame the call (measured on GPT-4o and GPT-4.1).
        tokens += count_text(f" to=functions.{call.name}", encoding) + count_text(call.arguments, encoding) + (4 if has_ended else 0)
    elif choice.tool_calls:
        # Parallel calls are one message to a wrapper tool whose body is compact JSON (measured, llm-usage.md section 6).
        uses = [{"recipient_name": f"functions.{call.name}", "parameters": _parsed(call.arguments)} for call in choice.tool_calls]
        body = json.dumps({"tool_uses": uses}, separators=(",", ":"), ensure_ascii=False)
        tokens += count_text(" to=multi_tool_use.parallel", encoding) + count_text(body, encoding) + (4 if has_ended else 0)
    elif has_ended:
        ending += (1 if offers_tools else 0) + (1 if choice.refusal else 0)
    return tokens + ending


def _parsed(arguments: str) -> object:
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments


def _messages(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if isinstance(instructions := request.get("instructions"), str) and instructions:
        yield {"role": "system", "content": instructions}
    given = request.get("messages", request.get("input"))
    if isinstance(given, str):
        yield {"role": "user", "content": given}
    elif isinstance(given, Sequence):
        yield from (message for message in given if isinstance(message, Mapping))


def _count_content(message: Mapping[str, Any], encoding: Encoding, notes: list[str]) -> int:
    texts: list[str] = []
    content = message.get("content")
    if isinstance(content, str):
        texts.append(content)
    elif isinstance(content, Sequence):
        for part in content:
            kind = part.get("type") if isinstance(part, Mapping) else None
            if kind in _TEXT_PARTS:
                texts.append(str(part.get("text") or part.get("refusal") or ""))
            else:
                notes.append(f"not counted: {kind or 'content part'}")
    if message.get("tool_calls") or message.get("function_call") or message.get("role") in ("tool", "function"):
        notes.append("approximate: tool calls in the history")
        texts.extend(_call_texts(message))
    elif isinstance(kind := message.get("type"), str) and kind != "message":
        notes.append(f"not counted: {kind}")
    # Parts are joined before they are encoded (measured).
    return count_text("".join(texts), encoding)


def _call_texts(message: Mapping[str, Any]) -> Iterator[str]:
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, Sequence) else ():
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping):
            yield f" to=functions.{function.get('name')}"
            yield str(function.get("arguments") or "")


def _uncounted(request: Mapping[str, Any]) -> Iterator[str]:
    if request.get("tools") or request.get("functions"):
        yield "not counted: tools"
    response_format = request.get("response_format")
    text = request.get("text")
    wanted = response_format if isinstance(response_format, Mapping) else text.get("format") if isinstance(text, Mapping) else None
    if isinstance(wanted, Mapping) and wanted.get("type") == "json_schema":
        yield "not counted: json_schema"
    for name in ("previous_response_id", "conversation", "prompt"):
        if request.get(name):
            yield f"not counted: {name}"
