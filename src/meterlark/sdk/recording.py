"""Usage that did not come by a wrapped client and is not one answer: a WebSocket session, and the output of a batch.

Both are read by `meterlark.capture`, whose readers are imported when the first is needed, never when a program starts.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from meterlark.capture.attributes import Exchange, usable_attribute
from meterlark.capture.fields import decode, plain, text
from meterlark.capture.route import Skipped
from meterlark.sdk.sender import Make

if TYPE_CHECKING:
    from meterlark.capture.reader import Captured
    from meterlark.capture.session import SessionReader

_GEMINI_USAGE: Final = "usageMetadata"


class SessionRecording:
    """Meters one session, event by event; made by `Meter.record_session`. Raises nothing.

    State: under way until it is closed, by whoever comes first: the `with` block or the meter.

    Args:
        exchange: Where the session goes and who pays.
        put: Takes what makes an event.
        count_failure: Takes an error of ours that the caller must not see.
        on_close: Called once.
    """

    def __init__(
        self,
        exchange: Exchange,
        put: Callable[[Make], None],
        count_failure: Callable[[Exception], None],
        on_close: Callable[["SessionRecording"], object],
    ) -> None:
        self._exchange = exchange
        self._reader: SessionReader | None = None
        self._put = put
        self._count_failure = count_failure
        self._on_close = on_close
        self._process_id = os.getpid()
        # Taking the token is atomic: of two threads that close it, one does.
        self._token = [True]

    def add(self, event: object, *, at: datetime | None = None) -> None:
        """Take the next event that the server sent.

        Args:
            event: The SDK's object or the JSON object.
            at: Aware; when it came, for answers that carry no time. Now by default.
        """
        try:
            assert self._token, "the session is closed"
            if self._reader is None:
                self._reader = import_module("meterlark.capture.session").SessionReader(self._exchange)
            got = self._reader.add(event, at=at or datetime.now(UTC))
            if got is not None:
                self._put(partial(_encoded, got))
        except Exception as error:  # noqa: BLE001 - metering must not break the caller; the defect is counted and logged
            self._count_failure(error)

    def close(self) -> None:
        """Meter what was not over: the response under way as `partial`, and the session's seconds; a second call does nothing."""
        try:
            self._token.pop()
        except IndexError:
            return
        try:
            self._on_close(self)
            # A forked child leaves its parent's session to the parent.
            if self._reader is not None and os.getpid() == self._process_id:
                for got in self._reader.close(at=datetime.now(UTC)):
                    self._put(partial(_encoded, got))
        except Exception as error:  # noqa: BLE001 - as above
            self._count_failure(error)

    finish = close

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()


def batch_makers(
    lines: Iterable[object], exchange: Exchange, *, base_url: str, customers: Mapping[str, str] | None = None
) -> Iterator[Make]:
    """Yield, for each line of a batch's output, what makes its event.

    Args:
        lines: SDK objects, JSON objects or JSON texts; a blank text is none.
        exchange: Who pays where nobody is named for a line; its URL is replaced.
        base_url: Where the batch was made.
        customers: Who pays, by the line's `custom_id` (Gemini: `key`).
    """
    for line in lines:
        if not isinstance(line, str | bytes) or line.strip():
            yield partial(_read_line, line, exchange, base_url.rstrip("/"), customers or {})


def path_of(body: Mapping[str, Any]) -> str:
    """Return the path that an answer, or the first chunk of a stream, comes from, by what it says of itself."""
    kind, name = str(body.get("object") or ""), str(body.get("type") or "")
    if kind == "response" or name.startswith("response."):
        return "responses"
    if name in ("message", "message_start"):
        return "messages"
    if _GEMINI_USAGE in body:
        return f"models/{body.get('modelVersion') or 'unknown'}:generateContent"
    return "embeddings" if kind == "list" else "chat/completions"


def _read_line(line: object, exchange: Exchange, base_url: str, customers: Mapping[str, str]) -> bytes | Skipped:
    batch = import_module("meterlark.capture.batch")
    read = decode(line) if isinstance(line, str | bytes) else plain(line)
    if not isinstance(read, dict):
        return Skipped("the line is not a JSON object")
    named = usable_attribute(customers.get(text(read, "custom_id") or text(read, "key")))
    body = plain(batch.answer_of(read)) or {}
    about = {"url": f"{base_url}/{path_of(body)}", "subject": named or exchange.subject}
    return _encoded(batch.read_batch_line(read, msgspec.structs.replace(exchange, **about)))


def _encoded(got: "Captured | Skipped") -> bytes | Skipped:
    if isinstance(got, Skipped):
        return got
    event: bytes = import_module("meterlark.capture.event").encode_event(got.event)
    return event
