"""One LLM exchange as one CloudEvent (design.md section 5): exact numbers, their origin, and never a word of prompt or answer.

The event is deterministic: the same exchange gives the same bytes, so that a second import or a retry is a duplicate and nothing else.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.capture.answer import Answer
from meterlark.capture.attributes import REQUEST_ID_HEADERS, UNATTRIBUTED, Exchange, usable_attribute
from meterlark.capture.counting import UsageSource, Verdict
from meterlark.capture.origin import source_of
from meterlark.capture.route import Route
from meterlark.model.time import parse_time

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OLLAMA_ID: Final = re.compile(r"(?:chatcmpl|cmpl)-[0-9]{1,3}")
_DIGIT: Final = re.compile(r"[0-9]")
_encoder: Final = msgspec.json.Encoder(decimal_format="number")


def event_id(answer: Answer, headers: Mapping[str, str]) -> str:
    """Return the id of an exchange: the provider's response id, else `req:` and its request id, else an empty string."""
    if response_id := usable_attribute(answer.response_id):
        # Ollama draws one of 999 ids for each answer; with its moment it is told from the others.
        return f"{response_id}@{answer.created}" if _OLLAMA_ID.fullmatch(response_id) and answer.created else response_id
    for name in REQUEST_ID_HEADERS:
        # A request id without any digit is a placeholder of a recording, and the same for all.
        if (request_id := usable_attribute(headers.get(name))) and _DIGIT.search(request_id):
            return f"req:{request_id}"
    return ""


def event_time(answer: Answer, headers: Mapping[str, str]) -> datetime | None:
    """Return when the answer was made, aware UTC: what it says itself, else the `date` header, else None."""
    created = answer.created
    if isinstance(created, str):
        return parse_time(created, field="created")
    if created is not None:
        # Through Decimal, because a binary fraction of seconds would end in digits that nobody sent.
        return _EPOCH + timedelta(microseconds=int(Decimal(str(created)) * 1_000_000))
    return _read_http_date(headers.get("date", ""))


def make_event(
    answer: Answer,
    verdict: Verdict,
    exchange: Exchange,
    route: Route,
    *,
    fallback_id: str = "",
    fallback_time: datetime | None = None,
) -> dict[str, Any]:
    """Return the CloudEvent of an exchange that is over.

    Args:
        answer: What was received.
        verdict: Its numbers.
        exchange: Everything else.
        route: What was asked for.
        fallback_id: The id of an exchange for which the provider gave none.
        fallback_time: Aware UTC; the time of an answer that carries none. Without it the event has no time and the server's clock decides.
    """
    identity = event_id(answer, exchange.headers) or fallback_id
    assert identity, "an exchange without any id cannot be told from another one"
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": identity,
        "source": exchange.source or source_of(route.provider, route.base_url),
        "type": exchange.event_type,
        "subject": usable_attribute(exchange.subject) or UNATTRIBUTED,
    }
    if (at := event_time(answer, exchange.headers) or fallback_time) is not None:
        event["time"] = at.isoformat().replace("+00:00", "Z")
    event["datacontenttype"] = "application/json"
    event["data"] = _data(answer, verdict, exchange, route)
    return event


def encode_event(event: Mapping[str, Any]) -> bytes:
    """Return the event's JSON; the same event gives the same bytes."""
    return _encoder.encode(event)


def _data(answer: Answer, verdict: Verdict, exchange: Exchange, route: Route) -> dict[str, Any]:
    requested = (exchange.request or {}).get("model") or route.names.get("model")
    names: dict[str, Any] = {
        **exchange.attributes,
        "provider": route.provider,
        "operation": route.operation,
        "request_model": requested,
        "response_model": answer.model,
        "model": answer.model or requested,
        "service_tier": answer.service_tier,
        **answer.attributes,
    }
    data: dict[str, Any] = {name: value for name, value in names.items() if usable_attribute(value)}
    data["stream"] = exchange.is_stream
    data["usage_source"] = verdict.source.value
    numbers = {
        "input_tokens": verdict.input_tokens,
        "prompt_tokens": verdict.input_tokens,
        "output_tokens": verdict.output_tokens,
        "completion_tokens": verdict.output_tokens,
        "total_tokens": verdict.total_tokens,
        **verdict.quantities,
    }
    # What is unknown is left out, not set to zero: the server then says which event has no value.
    data |= {name: number for name, number in numbers.items() if number is not None}
    if (usage := verdict.usage) is not None:
        if usage.cost is not None:
            data |= {"provider_cost": usage.cost, "provider_cost_currency": "USD"}
        if usage.problems:
            data["usage_problems"] = list(usage.problems)
        data["usage"] = usage.raw
    data |= answer.beside
    if verdict.notes:
        data["count_notes"] = list(verdict.notes)
    if answer.error:
        data["error"] = answer.error
    if usable_attribute(answer.finish_reason) and verdict.source is not UsageSource.PARTIAL:
        data["finish_reason"] = answer.finish_reason
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
