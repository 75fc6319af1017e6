"""A recorded HTTP exchange with an LLM provider, turned into an event or into the reason why not.

A record has `url`, `status`, `request` (parsed JSON), `response_headers` and one of `response` (parsed JSON), `response_sse` (raw text),
`response_events` (parsed events) or `response_raw` (text of a body that is neither; read if it is JSON or server-sent events after all).
`provider`, `endpoint` and `stream` are read where they are given. Nothing is counted here: a recording of which the provider's usage is
unknown is skipped, with that as its reason.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.capture.event import EVENT_TYPE, Exchange, event_id, make_event
from meterlark.capture.openai import Collector
from meterlark.capture.origin import operation_of, provider_of
from meterlark.capture.sse import SseParser
from meterlark.capture.usage import read_usage

_OPERATIONS: Final = {"chat/completions": "chat", "responses": "responses"}
_PROVIDERS: Final = frozenset({"openai", "azure"})
_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)


class Captured(msgspec.Struct, frozen=True):
    """The CloudEvent of a recorded exchange."""

    event: dict[str, Any]


class Skipped(msgspec.Struct, frozen=True):
    """Why a recorded exchange is not an event."""

    reason: str


def decode_record(line: bytes) -> dict[str, Any]:
    """Read one line of a recording; fractions become `Decimal`, so that the raw usage keeps its digits.

    Raises:
        msgspec.DecodeError: The line is not a JSON object.
    """
    record = _decoder.decode(line)
    if not isinstance(record, dict):
        raise msgspec.DecodeError("a recorded exchange is a JSON object")
    return record


def event_from_exchange(record: Mapping[str, Any], *, subject: str, event_type: str = EVENT_TYPE) -> Captured | Skipped:
    """Return the event of a recorded exchange, or why there is none; the same record gives the same event.

    Args:
        record: The recorded exchange.
        subject: Who pays for it.
        event_type: The event's type.
    """
    operation = _operation(record)
    provider = _provider(record)
    status = record.get("status")
    if provider not in _PROVIDERS:
        return Skipped(f"the provider is {provider}; read are {', '.join(sorted(_PROVIDERS))}")
    if operation is None:
        return Skipped(f"the endpoint is {_endpoint(record)}; read are {', '.join(_OPERATIONS)}")
    if not isinstance(status, int) or not 200 <= status <= 299:
        return Skipped(f"the status is {status}; only a 2xx response is usage")
    collector = Collector(operation)
    if not _collect(record, collector):
        return Skipped("the response has no body that is JSON or server-sent events")
    answer = collector.answer()
    headers = _headers(record)
    if answer.is_pending:
        return Skipped("the answer is still being made in the background")
    if read_usage(answer.usage) is None:
        return Skipped("the provider reported no usage")
    if not event_id(answer, headers):
        return Skipped("the response has neither an id nor a request id")
    request = record.get("request")
    exchange = Exchange(
        provider=provider,
        url=str(record.get("url") or f"https://{provider}.invalid"),
        operation=operation,
        subject=subject,
        event_type=event_type,
        request=request if isinstance(request, Mapping) else None,
        headers=headers,
        is_stream=record.get("response_sse") is not None or record.get("response_events") is not None,
    )
    return Captured(make_event(answer, exchange))


def _endpoint(record: Mapping[str, Any]) -> str:
    return str(record.get("endpoint") or record.get("url") or "unknown")


def _operation(record: Mapping[str, Any]) -> str | None:
    if isinstance(endpoint := record.get("endpoint"), str):
        return _OPERATIONS.get(endpoint.strip("/").removeprefix("v1/"))
    return operation_of(str(record.get("url") or "").partition("?")[0])


def _provider(record: Mapping[str, Any]) -> str:
    return str(record.get("provider") or provider_of(str(record.get("url") or "")))


def _headers(record: Mapping[str, Any]) -> dict[str, str]:
    given = record.get("response_headers")
    return {str(name).lower(): str(value) for name, value in given.items()} if isinstance(given, Mapping) else {}


def _collect(record: Mapping[str, Any], collector: Collector) -> bool:
    """Feed what was recorded of the response; say whether there was anything to feed."""
    if isinstance(text := record.get("response_sse"), str):
        _collect_stream(text, collector)
    elif isinstance(events := record.get("response_events"), list):
        for event in events:
            collector.add(event)
    elif isinstance(body := record.get("response"), Mapping):
        collector.add_body(body)
    elif isinstance(raw := record.get("response_raw"), str):
        return collect_body(raw, collector)
    else:
        return False
    return True


def _collect_stream(text: str, collector: Collector) -> None:
    parser = SseParser()
    for event in (*parser.feed(text.encode("utf-8", "surrogatepass")), *parser.close()):
        collector.add_event(event)


def collect_body(raw: str, collector: Collector) -> bool:
    """Feed the text of a body, JSON or server-sent events; say whether it is one of them."""
    if raw.startswith(("data:", "event:", ":")):
        _collect_stream(raw, collector)
        return True
    try:
        body = _decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    if isinstance(body, dict):
        collector.add_body(body)
    return isinstance(body, dict)
