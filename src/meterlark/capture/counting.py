"""The numbers of one exchange and where they come from: the provider's if it reported any, else our own count of what arrived."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import msgspec

from meterlark.capture.answer import Answer
from meterlark.capture.prompt import chat_request
from meterlark.capture.route import Countable
from meterlark.capture.usage import Usage
from meterlark.tokens.chat import Count, count_completion, count_prompt

_READ_IN_BODY: Final = frozenset({"input_audio_seconds", "video_seconds"})


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
        output_tokens: Tokens of the answer, as far as it arrived; None as above.
        total_tokens: As the provider gives it, else the sum; None if one of the two is.
        quantities: What else can be charged, by our names: parts of the tokens, images, seconds, requests of tools.
        usage: The provider's report, if there is one.
        notes: What a count leaves out or assumes.
    """

    source: UsageSource
    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    quantities: Mapping[str, int | Decimal] = {}
    usage: Usage | None = None
    notes: tuple[str, ...] = ()


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an exchange besides its answer.

    Attributes:
        operation: What was asked for.
        provider: Decides which tokens around an answer are counted.
        countable: What can be counted without a report.
        request: The request's JSON object; None if it is unknown, then the input is not counted.
        is_usage_injected: Whether we, not the caller, asked the stream for usage.
        is_drained: Whether the caller had left and the stream was read to its end without him.
        is_complete: Whether the whole answer is known to have arrived, whatever the answer itself says.
    """

    operation: str
    provider: str
    countable: Countable
    request: Mapping[str, Any] | None = None
    is_usage_injected: bool = False
    is_drained: bool = False
    is_complete: bool = False


def judge(answer: Answer, usage: Usage | None, about: Circumstances) -> Verdict:
    """Return the numbers of an exchange that is over."""
    is_complete = answer.is_complete or about.is_complete
    quantities = {**answer.quantities, **(usage.details if usage is not None else {})}
    if usage is not None and (answer.is_usage_final or is_complete):
        injected = UsageSource.INJECTED if about.is_usage_injected else UsageSource.REPORTED
        return Verdict(
            source=UsageSource.DRAINED if about.is_drained else injected,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            total_tokens=usage.total_tokens,
            quantities=quantities,
            usage=usage,
        )
    if usage is not None:
        return _partly_reported(answer, usage, quantities, about)
    if about.countable in (Countable.UNITS, Countable.NOTHING):
        return _units(answer, is_complete=is_complete)
    return _counted(answer, about, is_complete=is_complete)


def _partly_reported(answer: Answer, usage: Usage, quantities: Mapping[str, int | Decimal], about: Circumstances) -> Verdict:
    """Judge a cut answer of which the provider had reported something: a running count, or the input alone."""
    notes = ["the answer was cut: the provider's last report before that"]
    output_tokens = usage.output_tokens
    if not answer.is_output_in_usage:
        counted = _count_output(answer, about, is_complete=False)
        notes = ["the answer was cut: its output is counted", *counted.notes]
        output_tokens = counted.tokens
    total = None if usage.input_tokens is None or output_tokens is None else usage.input_tokens + output_tokens
    return Verdict(
        source=UsageSource.PARTIAL,
        input_tokens=usage.input_tokens,
        output_tokens=output_tokens,
        total_tokens=total,
        quantities=quantities,
        usage=usage,
        notes=tuple(notes),
    )


def _units(answer: Answer, *, is_complete: bool) -> Verdict:
    """Judge an answer that has no tokens of its own; seconds stand in the body, the rest is our count."""
    quantities = answer.quantities
    source = UsageSource.REPORTED if quantities and _READ_IN_BODY.issuperset(quantities) else UsageSource.COUNTED
    return Verdict(
        source=source if is_complete else UsageSource.PARTIAL,
        quantities=quantities,
        notes=() if quantities else ("not counted: what the provider charges for stands neither in the request nor in the answer",),
    )


def _counted(answer: Answer, about: Circumstances, *, is_complete: bool) -> Verdict:
    output = _count_output(answer, about, is_complete=is_complete) if about.countable is Countable.TEXT else Count(0)
    source = UsageSource.COUNTED if is_complete else UsageSource.PARTIAL
    if about.request is None:
        notes = (*output.notes, "not counted: input, the request is unknown")
        return Verdict(source=source, output_tokens=output.tokens, quantities=answer.quantities, notes=notes)
    prompt = _count_input(answer, about)
    return Verdict(
        source=source,
        input_tokens=prompt.tokens,
        output_tokens=output.tokens,
        total_tokens=prompt.tokens + output.tokens,
        quantities=answer.quantities,
        notes=tuple(dict.fromkeys((*prompt.notes, *output.notes))),
    )


def _count_output(answer: Answer, about: Circumstances, *, is_complete: bool) -> Count:
    counted = count_completion(
        answer.choices,
        model=_model(answer, about),
        is_complete=is_complete,
        request=about.request,
        provider=about.provider,
        operation=about.operation,
        created=answer.created_seconds,
    )
    return (
        counted if answer.is_text_whole else Count(counted.tokens, (*counted.notes, "not counted: the answer is longer than what is kept"))
    )


def _count_input(answer: Answer, about: Circumstances) -> Count:
    operation = about.operation
    request = chat_request(operation, about.request or {})
    if operation == "complete" or (operation == "completions" and "prompt" not in request):
        # Anthropic's is plain text as OpenAI's is; watsonx has neither's names.
        operation = "completions" if "prompt" in request else "chat"
    return count_prompt(request, model=_model(answer, about), operation=operation, created=answer.created_seconds)


def _model(answer: Answer, about: Circumstances) -> str:
    return answer.model or str((about.request or {}).get("model") or "")
