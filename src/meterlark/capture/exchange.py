"""A recorded HTTP exchange with an LLM provider, turned into an event or into the reason why not.

A record has `url`, `method`, `status`, `request` (parsed JSON), `response_headers` and one of `response` (parsed JSON), `response_sse`
(raw text), `response_events` (parsed events) or `response_raw` (text of any other body, plain, in base64 or in hexadecimal). `provider` is
read where it is given, `endpoint` where there is no URL. No token is counted here: a recording of which the provider's usage is unknown is
skipped, with that as its reason; images, characters and seconds that the record itself shows are taken. An exchange for which the provider
gives no id gets one made of the whole record, so that the same record is the same event and two like ones are two.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from meterlark.capture.attributes import EVENT_TYPE, Exchange
from meterlark.capture.fields import decode
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.capture.route import Route, Skipped

__all__ = ["Captured", "Skipped", "decode_record", "event_from_exchange", "raw_bytes"]

_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_HEXADECIMAL: Final = re.compile(r"(?:[0-9a-f]{2}){16,}")
_ordered: Final = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def decode_record(line: bytes) -> dict[str, Any]:
    """Read one line of a recording; fractions become `Decimal`, so that the raw usage keeps its digits.

    Raises:
        msgspec.DecodeError: The line is not a JSON object.
    """
    try:
        record = decode(line)
    except ValueError as error:
        raise msgspec.DecodeError(str(error)) from error
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
    request = record.get("request")
    provider = str(record.get("provider") or "")
    reader = ExchangeReader(
        Exchange(
            method=str(record.get("method") or "POST"),
            url=str(record.get("url") or f"https://{provider or 'unknown'}.invalid/{str(record.get('endpoint') or '').strip('/')}"),
            provider=provider,
            subject=subject,
            event_type=event_type,
            request=request if isinstance(request, Mapping) else None,
            is_reported_only=True,
        )
    )
    headers = record.get("response_headers")
    status = record.get("status")
    if isinstance(reader.route, Route):
        if not isinstance(status, int) or not 200 <= status <= 299:
            return Skipped(f"the status is {status}; only a 2xx response is usage")
        reader.begin(status, headers if isinstance(headers, Mapping) else {})
        if not _feed(record, reader):
            return Skipped("the recording has no body")
    return reader.close(fallback_id=f"recorded:{blake2b(_ordered.encode(record), digest_size=16).hexdigest()}")


def _feed(record: Mapping[str, Any], reader: ExchangeReader) -> bool:
    """Feed what was recorded of the response; say whether there was anything to feed."""
    if isinstance(text := record.get("response_sse"), str):
        reader.feed(text.encode("utf-8", "surrogatepass"))
    elif isinstance(events := record.get("response_events"), list):
        for event in events:
            reader.add(event)
    elif isinstance(body := record.get("response"), Mapping):
        reader.add_body(body)
    elif isinstance(body, list) and body and all(isinstance(item, Mapping) for item in body):
        # The array of chunks that Gemini streams without `alt=sse`.
        for item in body:
            reader.add(item)
    elif isinstance(body, list) and all(isinstance(line, str) for line in body):
        # A recorder that split the text of a stream into its lines.
        reader.feed("\n".join(body).encode())
    elif isinstance(raw := record.get("response_raw"), str):
        reader.feed(raw_bytes(raw))
    else:
        return False
    return True


def raw_bytes(raw: str) -> bytes:
    """Return the bytes of a body; a recorder writes those that it takes for binary in base64 or hexadecimal, and may cut them anywhere."""
    if _HEXADECIMAL.fullmatch(raw):
        return bytes.fromhex(raw)
    if _BASE64.fullmatch(raw):
        try:
            return b64decode(raw[: len(raw) // 4 * 4])
        except Base64Error:
            return raw.encode()
    return raw.encode()
