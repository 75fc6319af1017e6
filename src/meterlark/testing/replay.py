"""Recorded exchanges, found again by their request.

A recording is JSON Lines, gzip or not, one exchange a line, with
`method`, `url` (or `endpoint`), `request` (parsed JSON), `status`, `response_headers` and one of
`response_sse` (raw text, served verbatim), `response_raw` (text, verbatim),
`response_events` (parsed events, served as server-sent events) or `response` (parsed JSON).
A line with none of these has nothing to serve and is left out.

Two requests are the same if method, operation and JSON body are equal;
key order, white space and `1` against `1.0` do not matter, nor which of `/v1`, `/openai/v1` or
`/openai/deployments/NAME` stands before the operation, nor whether a character of the path is
percent-encoded: Amazon's SDK writes `%3A` in the names of models, httpx writes `:`.
"""

import gzip
import json
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from meterlark.model.errors import InvalidInputError, TooLargeError
from meterlark.testing.received import ReceivedRequest
from meterlark.testing.reply import Headers, Reply, error_reply, provider_headers

EXCHANGES_MAX = 100_000
LINE_BYTES_MAX = 256 * 1024 * 1024

_PREFIX = re.compile(r"^(?:/openai/deployments/[^/]+|/openai(?=/v1/)|/v1(?=/))")
_NAMED_MAX = 5
_HEADERS_KEPT = {"content-type", "retry-after", "retry-after-ms", "request-id"}


class _Recorded(msgspec.Struct, frozen=True):
    """One exchange: what its error message needs of the request, and the reply."""

    operation: str
    parts: dict[str, bytes]
    reply: Reply


class Recording:
    """Exchanges by request; the same request recorded several times is served in turn, then from the first again.

    Args:
        lines: The recording's lines.

    Raises:
        InvalidInputError: A line is not a recorded exchange; names its number.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._by_request: dict[bytes, list[_Recorded]] = {}
        self._served: Counter[bytes] = Counter()
        self._lock = threading.Lock()
        self.unusable = 0
        for number, line in enumerate(lines, 1):
            if number > EXCHANGES_MAX:
                raise TooLargeError(f"the recording has more than {EXCHANGES_MAX} lines")
            if line.strip():
                self._add(line, number)

    @classmethod
    def open(cls, path: Path) -> "Recording":
        """Read a file; one whose name ends in `.gz` is decompressed."""
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return cls(_lines(file))

    def __len__(self) -> int:
        """Return the number of exchanges that can be served."""
        return sum(map(len, self._by_request.values()))

    def reply_to(self, request: ReceivedRequest) -> Reply:
        """Return the recorded reply, or a 404 that says what is recorded."""
        operation = f"{request.method} {_operation(request.path)}"
        body = _loaded(request.content)
        key = _key(operation, body)
        with self._lock:
            turn = self._served[key]
            recorded = self._by_request.get(key, [])
            if recorded:
                self._served[key] += 1
        if recorded:
            return recorded[turn % len(recorded)].reply
        return error_reply(404, self._missing(operation, _parts(body)), code="not_recorded")

    def _add(self, line: bytes, number: int) -> None:
        exchange = _loaded(line)
        if not isinstance(exchange, dict):
            raise InvalidInputError(f"line {number} of the recording is not a JSON object", field=f"[{number}]")
        try:
            path = urlsplit(exchange["url"]).path if exchange.get("url") else "/" + exchange["endpoint"]
            operation = f"{exchange['method']} {_operation(path)}"
            body = exchange.get("request")
            reply = _reply(exchange, operation)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInputError(f"line {number} is not a recorded exchange: {error!r}", field=f"[{number}]") from error
        if reply is None:
            self.unusable += 1
            return
        self._by_request.setdefault(_key(operation, body), []).append(_Recorded(operation, _parts(body), reply))

    def _missing(self, operation: str, parts: dict[str, bytes]) -> str:
        """Say what is recorded, and how the nearest recording of the operation differs."""
        everything = [recorded for group in self._by_request.values() for recorded in group]
        counts = Counter(recorded.operation for recorded in everything)
        named = ", ".join(f"{count} x {name}" for name, count in counts.most_common(_NAMED_MAX)) or "nothing"
        text = f"No recorded exchange matches this {operation}. Recorded: {named}."
        differences = (
            sorted(key for key in parts.keys() | recorded.parts.keys() if parts.get(key) != recorded.parts.get(key))
            for recorded in everything
            if recorded.operation == operation
        )
        nearest = min(differences, key=len, default=None)
        return text if nearest is None else f"{text} The nearest one differs in: {', '.join(nearest) or 'its body'}."


def _lines(file: Any) -> Iterator[bytes]:  # noqa: ANN401 - gzip and plain files share no public type
    while line := file.readline(LINE_BYTES_MAX + 1):
        if len(line) > LINE_BYTES_MAX:
            raise TooLargeError(f"a line of the recording is longer than {LINE_BYTES_MAX} bytes")
        yield line


def _operation(path: str) -> str:
    """Return the path without the prefix that a base URL brings (some recordings have `/v1` twice), and decoded."""
    path = unquote(path)
    while match := _PREFIX.match(path):
        path = path[match.end() :]
    return path


def _loaded(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON so that equal numbers are equal text; None for a body that is not JSON (a form, or nothing)."""
    try:
        return json.loads(content, parse_float=_number)
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> int | float:
    number = float(text)
    # Up to 2**53 a float holds every whole number exactly.
    return int(number) if number.is_integer() and abs(number) <= 2**53 else number


def _digest(value: object) -> bytes:
    return blake2b(json.dumps(value, sort_keys=True, separators=(",", ":")).encode(), digest_size=16).digest()


def _key(operation: str, body: object) -> bytes:
    return _digest([operation, body])


def _parts(body: object) -> dict[str, bytes]:
    return {key: _digest(value) for key, value in body.items()} if isinstance(body, dict) else {}


def _reply(exchange: dict[str, Any], operation: str) -> Reply | None:
    """Return what is served for an exchange, None if its response was not recorded."""
    payload: bytes | tuple[bytes, ...]
    if exchange.get("response_sse") is not None:
        content_type, payload = "text/event-stream; charset=utf-8", _split_events(exchange["response_sse"].encode())
    elif exchange.get("response_raw") is not None:
        content_type, payload = "application/json", exchange["response_raw"].encode()
    elif exchange.get("response_events") is not None:
        content_type = "text/event-stream; charset=utf-8"
        payload = _rebuilt_events(exchange["response_events"], operation)
    elif exchange.get("response") is not None:
        content_type, payload = "application/json", json.dumps(exchange["response"], separators=(",", ":")).encode()
    else:
        return None
    status = int(exchange.get("status") or 200)
    return Reply(status=status, headers=_headers(exchange.get("response_headers") or {}, content_type), payload=payload)


def _split_events(stream: bytes) -> tuple[bytes, ...]:
    """Cut raw bytes after each blank line; joined, the pieces are the bytes."""
    return tuple(filter(None, re.split(rb"(?<=\n\n)|(?<=\r\n\r\n)", stream)))


def _rebuilt_events(events: list[dict[str, Any]], operation: str) -> tuple[bytes, ...]:
    """Return parsed events as a stream: named events for those with a type, `[DONE]` after chat's unnamed ones."""
    stream = []
    for event in events:
        name = f"event: {event['type']}\n" if "type" in event else ""
        stream.append(f"{name}data: {json.dumps(event, separators=(',', ':'))}\n\n".encode())
    return (*stream, b"data: [DONE]\n\n") if operation.endswith("/completions") else tuple(stream)


def _headers(recorded: dict[str, str], content_type: str) -> Headers:
    """Return the recorded headers that describe the answer; those of the connection are this server's own."""
    headers = dict(provider_headers(content_type))
    for name, value in recorded.items():
        key = name.lower()
        is_ours_to_send = key.startswith(("openai-", "x-")) or key in _HEADERS_KEPT
        # A recording is foreign text: a line end in it would start a header of its own.
        if is_ours_to_send and (key + value).isascii() and (key + value).isprintable():
            headers[key] = value
    return tuple(headers.items())
