"""The numbers of one exchange and where they come from: the provider's if it reported any, else our own count of what arrived."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from meterlark.capture.openai import Answer
from meterlark.capture.usage import Usage, read_usage
from meterlark.tokens.chat import count_completion, count_prompt


class UsageSource(StrEnum):
    """Where the numbers of an event come from."""

    REPORTED = "reported"
    INJECTED = "injected"
    DRAINED = "drained"
    COUNTED = "counted"
    PARTIAL = "partial"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one exchange.

    Attributes:
        source: Where they come from.
        input_tokens: None if they can neither be read nor counted, which is not zero.
        output_tokens: Tokens of the answer, as far as it arrived.
        usage: The provider's report, if there is one.
        notes: What a count leaves out or assumes.
    """

    source: UsageSource
    input_tokens: int | None
    output_tokens: int
    usage: Usage | None = None
    notes: tuple[str, ...] = ()


def judge(
    answer: Answer,
    *,
    operation: str,
    provider: str,
    request: Mapping[str, Any] | None,
    is_usage_injected: bool,
) -> Verdict:
    """Return the numbers of an exchange that is over.

    Args:
        answer: What was received.
        operation: `chat` or `responses`.
        provider: Decides which tokens around an answer are counted.
        request: The request's JSON object; None if it is unknown, then the input is not counted.
        is_usage_injected: Whether we, not the caller, asked the stream for usage.
    """
    usage = read_usage(answer.usage)
    if usage is not None:
        source = UsageSource.INJECTED if is_usage_injected else UsageSource.REPORTED
        return Verdict(source=source, input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, usage=usage)
    asked = request or {}
    model = answer.model or str(asked.get("model") or "")
    output = count_completion(
        answer.choices,
        model=model,
        is_complete=answer.is_complete,
        request=request,
        provider=provider,
        operation=operation,
        created=answer.created,
    )
    source = UsageSource.COUNTED if answer.is_complete else UsageSource.PARTIAL
    if request is None:
        notes = (*output.notes, "not counted: input, the request is unknown")
        return Verdict(source=source, input_tokens=None, output_tokens=output.tokens, notes=notes)
    prompt = count_prompt(request, model=model, created=answer.created)
    notes = tuple(dict.fromkeys((*prompt.notes, *output.notes)))
    return Verdict(source=source, input_tokens=prompt.tokens, output_tokens=output.tokens, notes=notes)
