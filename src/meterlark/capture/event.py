"""One LLM exchange as one CloudEvent (design.md section 5): exact numbers, their origin, and never a word of prompt or answer.

The event is deterministic: the same exchange gives the same bytes, so that a second import or a retry is a duplicate and nothing else.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.capture.counting import UsageSource, Verdict, judge
from meterlark.capture.openai import Answer
from meterlark.capture.origin import source_of

EVENT_TYPE: Final = "llm.usage"
UNATTRIBUTED: Final = "unattributed"
"""The subject of usage that nobody was named for: visible, so that it can be found and put right."""

ATTRIBUTE_LENGTH_MAX: Final = 1024
"""Characters that the server accepts in `id`, `source`, `type` and `subject`."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CREATED_MAX: Final = 253_402_300_800
"""Seconds from 1970 to the year 10000; a larger `created` is not in seconds."""

_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_encoder: Final = msgspec.json.Encoder(decimal_format="number")


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one exchange besides the answer.

    Attributes:
        provider: Name of the provider.
        url: Its base URL, or the URL of the call.
        operation: `chat` or `responses`.
        subject: Who pays.
        event_type: The event's type.
        request: The request's JSON object; None if unknown.
        headers: The response's headers by lower-case names; `x-request-id` and `date` are read.
        is_stream: Whether the answer was streamed.
        is_usage_injected: Whether we asked the stream for usage.
        source: Replaces the source made from provider and URL; empty to keep that.
    """

    provider: str
    url: str
    operation: str
    subject: str
    event_type: str = EVENT_TYPE
    request: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = {}
    is_stream: bool = False
    is_usage_injected: bool = False
    source: str = ""


def usable_attribute(value: object) -> str:
    """Return the value if the server takes it as `id` or `subject`, else an empty string."""
    return value if isinstance(value, str) and len(value) <= ATTRIBUTE_LENGTH_MAX and value.isprintable() else ""


def event_id(answer: Answer, headers: Mapping[str, str]) -> str:
    """Return the id of an exchange: the provider's response id, else `req:` and its request id, else an empty string."""
    if response_id := usable_attribute(answer.response_id):
        return response_id
    request_id = usable_attribute(headers.get("x-request-id") or headers.get("apim-request-id"))
    return f"req:{request_id}" if request_id else ""


def event_time(answer: Answer, headers: Mapping[str, str]) -> datetime | None:
    """Return when the answer was made, aware UTC: its `created`, else the `date` header, else None."""
    created = answer.created
    if created is not None and 0 < created < _CREATED_MAX:
        # Through Decimal, because a binary fraction of seconds would end in digits that nobody sent.
        return _EPOCH + timedelta(microseconds=int(Decimal(str(created)) * 1_000_000))
    return _read_http_date(headers.get("date", ""))


def make_event(answer: Answer, exchange: Exchange, *, fallback_id: str = "", fallback_time: datetime | None = None) -> dict[str, Any]:
    """Return the CloudEvent of an exchange that is over.

    Args:
        answer: What was received.
        exchange: Everything else.
        fallback_id: The id of an exchange for which the provider gave none.
        fallback_time: Aware UTC; the time of an answer that carries none. Without it the event has no time and the server's clock decides.
    """
    verdict = judge(
        answer,
        operation=exchange.operation,
        provider=exchange.provider,
        request=exchange.request,
        is_usage_injected=exchange.is_usage_injected,
    )
    identity = event_id(answer, exchange.headers) or fallback_id
    assert identity, "an exchange without any id cannot be told from another one"
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": identity,
        "source": exchange.source or source_of(exchange.provider, exchange.url),
        "type": exchange.event_type,
        "subject": usable_attribute(exchange.subject) or UNATTRIBUTED,
    }
    if (at := event_time(answer, exchange.headers) or fallback_time) is not None:
        event["time"] = at.isoformat().replace("+00:00", "Z")
    event["datacontenttype"] = "application/json"
    event["data"] = _data(answer, exchange, verdict)
    return event


def encode_event(event: Mapping[str, Any]) -> bytes:
    """Return the event's JSON; the same event gives the same bytes."""
    return _encoder.encode(event)


def _data(answer: Answer, exchange: Exchange, verdict: Verdict) -> dict[str, Any]:
    requested = (exchange.request or {}).get("model")
    data: dict[str, Any] = {
        "provider": exchange.provider,
        "operation": exchange.operation,
        "request_model": requested,
        "response_model": answer.model,
        "model": answer.model or requested,
        "service_tier": answer.service_tier,
    }
    data = {name: value for name, value in data.items() if isinstance(value, str) and value}
    data["stream"] = exchange.is_stream
    data["usage_source"] = verdict.source.value
    usage = verdict.usage
    if verdict.input_tokens is not None:
        # An unknown input is left out, not set to zero: the server then says which event has no value.
        total = verdict.input_tokens + verdict.output_tokens if usage is None else usage.total_tokens
        data |= {"input_tokens": verdict.input_tokens, "prompt_tokens": verdict.input_tokens, "total_tokens": total}
    data |= {"output_tokens": verdict.output_tokens, "completion_tokens": verdict.output_tokens}
    if usage is not None:
        data |= usage.details
        if usage.problems:
            data["usage_problems"] = list(usage.problems)
        data["usage"] = usage.raw
    if verdict.notes:
        data["count_notes"] = list(verdict.notes)
    finish = next((choice.finish_reason for choice in answer.choices if choice.finish_reason), None)
    if finish is not None and verdict.source is not UsageSource.PARTIAL:
        data["finish_reason"] = finish
    return data


def _read_http_date(text: str) -> datetime | None:
    """Read `Mon, 08 Sep 2025 16:37:11 GMT` (RFC 9110, IMF-fixdate); by hand, because `strptime` depends on the locale."""
    parts = text.split()
    if len(parts) != 6 or parts[5] != "GMT" or parts[2] not in _MONTH_NAMES:
        return None
    try:
        hour, minute, second = (int(part) for part in parts[4].split(":"))
        return datetime(int(parts[3]), _MONTH_NAMES.index(parts[2]) + 1, int(parts[1]), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
