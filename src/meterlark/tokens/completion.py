"""Count the output tokens of an answer, or of what arrived of it, where the provider reports no usage.

An answer is its text, or the recipient and the arguments of its calls; what is counted besides depends on the model (`family`), on the
provider and on the time (`STOP_TOKENS`). Of an answer that was cut, only what arrived is counted.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from meterlark.tokens.count import Choice, Count
from meterlark.tokens.encoding import Encoding, encoding_of
from meterlark.tokens.family import Family, family_of
from meterlark.tokens.history import call_message
from meterlark.tokens.request import forced_function, functions_of, schema_of
from meterlark.tokens.text import count_text

_CUT: Final = frozenset({None, "length", "incomplete", "max_tokens", "content_filter"})
"""Finish reasons of an answer whose end was not generated."""


class StopToken(msgspec.Struct, frozen=True, kw_only=True):
    """Where the token that ends an answer is counted.

    Attributes:
        provider: Name of the provider; empty for every one.
        operation: `chat` or `responses`; legacy completions have none.
        since: First second of it, from 1970 UTC.
        until: First second after it; None if it goes on.
    """

    provider: str = ""
    operation: str
    since: int = 0
    until: int | None = None


ROLLED_OUT: Final = 1_735_689_600
"""2025-01-01: the last recording without the stop token is of 2024-12-27, the first with it of 2025-01-13 (measured)."""

TAKEN_BACK: Final = 1_747_699_200
"""2025-05-20: OpenAI's last recording with the stop token is of 2025-05-14, the first without it of this day (measured)."""

STOP_TOKENS: Final = (
    StopToken(operation="responses"),  # measured
    StopToken(provider="openai", operation="chat", since=ROLLED_OUT, until=TAKEN_BACK),
    StopToken(provider="azure", operation="chat", since=ROLLED_OUT),  # measured: none before 2025, always from 2025-10 on
    StopToken(provider="github-models", operation="chat"),  # measured: always, the first recording is of 2025
)


def count_completion(
    choices: Sequence[Choice],
    *,
    model: str,
    is_complete: bool,
    request: Mapping[str, Any] | None = None,
    provider: str = "openai",
    operation: str = "chat",
    created: float | None = None,
) -> Count:
    """Count the output tokens of an answer.

    Args:
        choices: What was received.
        model: The model that answered, else the one asked for.
        is_complete: False for a cut answer: then only what arrived is counted, without the tokens that end an answer.
        request: The request's JSON object; None if it is unknown.
        provider: Name of the provider.
        operation: `chat`, `responses`, or another one whose answer is text alone.
        created: When the answer was made, in seconds since 1970 UTC; None if unknown, then today's rules count.
    """
    known = encoding_of(model)
    family = family_of(model)
    asked = request or {}
    notes: list[str] = [] if known.is_known else [f"encoding assumed: {known.encoding.value}"]
    notes += ["not counted: hidden reasoning"] if family.has_hidden_reasoning else []
    # Rejected tokens of a prediction are billed and not in the answer; neither is the sound of a spoken one in its text.
    notes += [f"not counted: {name}" for name in ("prediction", "audio") if asked.get(name)]
    ends = _Ends(
        family=family,
        has_stop_token=_has_stop_token(provider, operation, created, asked),
        offers_functions=bool(functions_of(asked, notes)),
        schema_name=schema.name if (schema := schema_of(asked)) is not None else "",
        is_forced=bool(forced_function(asked)),
        is_responses=operation == "responses",
    )
    tokens = sum(_count_choice(choice, known.encoding, ends, is_complete=is_complete) for choice in choices)
    if any(choice.text and choice.tool_calls for choice in choices):
        notes.append("approximate: text beside tool calls")
    return Count(tokens, tuple(dict.fromkeys(notes)))


class _Ends(msgspec.Struct, frozen=True, kw_only=True):
    """What decides how an answer of an exchange ends."""

    family: Family
    has_stop_token: bool
    offers_functions: bool
    schema_name: str
    is_forced: bool
    is_responses: bool


def _count_choice(choice: Choice, encoding: Encoding, ends: _Ends, *, is_complete: bool) -> int:
    tokens = count_text(choice.text, encoding) + count_text(choice.refusal, encoding)
    has_ended = is_complete and choice.finish_reason not in _CUT
    if choice.tool_calls:
        recipient, body = call_message([(call.name, call.arguments) for call in choice.tool_calls], as_generated=True)
        tokens += count_text(body, encoding)
        if not ends.is_forced or len(choice.tool_calls) > 1:
            # A forced call's recipient was written by the request, and no token is needed to choose it (measured).
            tokens += count_text(f" to={recipient}", encoding) + (ends.family.call_end if has_ended else 0)
    elif has_ended:
        tokens += _text_end(choice, encoding, ends)
    if has_ended:
        tokens += (1 if ends.has_stop_token else 0) + (ends.family.in_responses if ends.is_responses else 0)
    return tokens


def _text_end(choice: Choice, encoding: Encoding, ends: _Ends) -> int:
    tokens = ends.family.text_end + (1 if choice.refusal else 0)
    if ends.offers_functions:
        tokens += ends.family.text_end_with_tools
    if ends.schema_name and (ends.offers_functions or ends.family.text_end_with_schema):
        # The answer's header names its format; without functions it is counted with the prompt instead.
        tokens += 2 + count_text(ends.schema_name, encoding)
    return tokens


def _has_stop_token(provider: str, operation: str, created: float | None, request: Mapping[str, Any]) -> bool:
    rule = next((rule for rule in STOP_TOKENS if rule.provider in ("", provider) and rule.operation == operation), None)
    if rule is None:
        return False
    if created is None:
        return rule.until is None
    if created < rule.since or (rule.until is not None and created >= rule.until):
        return False
    # An answer that a stop sequence ended has no such token; that one did is only known where the window has an end (measured there).
    return rule.until is None or not request.get("stop")
