"""Read one exchange with an LLM provider as it happens, and say at its end what it used: the one door to this folder.

Sans-IO: whoever carries the exchange (an HTTP transport, an SDK's wrapper, the import of recordings) feeds the bytes or the
objects of the response as they come, in any split, and closes. Nothing is raised for what a provider sends: content that cannot be read is
said in the event's notes, or is the reason why there is none.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from meterlark.capture.answer import Answer, Call, Reader
from meterlark.capture.attributes import Exchange
from meterlark.capture.counting import Circumstances, Verdict, judge
from meterlark.capture.dialect import reader_class
from meterlark.capture.event import event_id, make_event
from meterlark.capture.fields import decode, decode_members
from meterlark.capture.frames import Framing, FramingError, Message, framing_for
from meterlark.capture.route import Countable, Route, Skipped, route_of
from meterlark.capture.usage import Shape, Usage, read_usage

_BLANK: Final = b" \t\r\n"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Captured(msgspec.Struct, frozen=True):
    """What one exchange used.

    Attributes:
        event: The CloudEvent.
        verdict: Its numbers and where they come from.
    """

    event: dict[str, Any]
    verdict: Verdict


class ExchangeReader:
    """Reads one exchange.

        reader = ExchangeReader(Exchange(url="https://api.openai.com/v1/chat/completions", subject="acme", request=body))
        reader.begin(response.status, response.headers)
        for piece in response:
            reader.feed(piece)
        captured = reader.close()

    State: what splits the bytes (chosen by the first of them), what reads the messages (chosen by the URL), and whether anything could not
    be read. Feed bytes or objects, not both.

    Args:
        exchange: What is known when the request is sent.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._route = route_of(exchange.method, exchange.url, provider=exchange.provider)
        self._dialect: Reader | None = None
        self._start = b""
        self._framing: Framing | None = None
        self._messages = 0
        self._is_stream = exchange.is_stream
        self._has_body = False
        self._unreadable = ""

    @property
    def route(self) -> Route | Skipped:
        """What the call asks for; a `Skipped` says that its answer need not be fed."""
        return self._route

    @property
    def is_stream(self) -> bool:
        """Whether the answer is a stream, as far as that is known."""
        return self._is_stream

    @property
    def usage(self) -> Usage | None:
        """The usage that the provider has reported so far; None before it has, and where it never does."""
        return None if self._dialect is None else read_usage(self._dialect.reported(), self._dialect.shape)

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the response's status and its headers, whose names may be in any case; before its body, or not at all."""
        assert self._dialect is None, "headers come before the body"
        lowered = {str(name).lower(): str(value) for name, value in headers.items()}
        self._exchange = msgspec.structs.replace(self._exchange, status=status, headers=lowered)

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the body, with any content encoding undone."""
        if isinstance(self._route, Skipped) or self._unreadable:
            return
        if self._framing is None:
            piece = (self._start + piece).lstrip(_BLANK)
            if _BYTE_ORDER_MARK.startswith(piece):
                # Nothing yet, or the beginning of a mark that stands before the body.
                self._start = piece
                return
            piece = piece.removeprefix(_BYTE_ORDER_MARK)
            self._framing = self._choose_framing(piece, self._route)
        try:
            messages = self._framing.feed(piece)
        except FramingError as error:
            self._unreadable = str(error)
            messages = list(error.messages)
        for message in messages:
            self._take(message)

    def add(self, message: object, kind: str = "") -> None:
        """Take the next message of a stream: its JSON object, or the object that an SDK makes of it; `kind` is the type of its event."""
        self._is_stream = True
        if (dialect := self._reader()) is not None:
            self._messages += 1
            dialect.add(message, kind)

    def add_text(self, text: str, kind: str = "") -> None:
        """Take the text of the next message of a stream, which an SDK has split already."""
        self._is_stream = True
        if isinstance(self._route, Route):
            self._take(Message(text, kind))

    def add_body(self, body: object) -> None:
        """Take a whole answer: its JSON object, or the object that an SDK makes of it."""
        self._has_body = True
        if (dialect := self._reader()) is not None:
            dialect.add_body(body)

    def close(
        self,
        *,
        is_complete: bool = False,
        is_drained: bool = False,
        fallback_id: str = "",
        fallback_time: datetime | None = None,
    ) -> Captured | Skipped:
        """Return what the exchange used, or why it bears no usage; call it once, when no more will come.

        Args:
            is_complete: Whether the answer is known to have arrived to its end. What the answer itself says of its end is always respected,
                so this is for formats without a mark of it.
            is_drained: Whether the caller had left and the stream was read to its end without him.
            fallback_id: The id of an exchange for which the provider gave none.
            fallback_time: Aware UTC; the time of an answer that carries none.
        """
        if isinstance(self._route, Skipped):
            return self._route
        if not 200 <= self._exchange.status <= 299:
            return Skipped(f"the status is {self._exchange.status}; only a 2xx response is usage")
        for message in self._framing.close() if self._framing is not None and not self._unreadable else ():
            self._take(message)
        dialect = self._reader()
        assert dialect is not None
        answer = dialect.answer()
        if self._unreadable and not self._messages and not answer.quantities:
            return Skipped(self._unreadable)
        return conclude(
            answer,
            dialect.shape,
            msgspec.structs.replace(self._exchange, is_stream=self._is_stream),
            self._route,
            is_complete=is_complete or self._has_body,
            is_drained=is_drained,
            fallback_id=fallback_id,
            fallback_time=fallback_time,
            unreadable=self._unreadable,
        )

    def _reader(self) -> Reader | None:
        """Return what reads the dialect; made when it is first needed, because that need not be in the thread of the call."""
        if self._dialect is None and isinstance(self._route, Route):
            call = Call(
                operation=self._route.operation,
                provider=self._route.provider,
                request=self._exchange.request or {},
                headers=self._exchange.headers,
                names=self._route.names,
            )
            self._dialect = reader_class(self._route.reader)(call)
        return self._dialect

    def _choose_framing(self, start: bytes, route: Route) -> Framing:
        content_type = self._exchange.headers.get("content-type", "")
        framing = framing_for(content_type, start, is_json_sequence=route.is_json_sequence)
        # Objects one after another are a stream from the second on; an array of them is one from the start.
        self._is_stream = self._is_stream or framing.is_stream or (route.is_json_sequence and start[:1] == b"[")
        return framing

    def _take(self, message: Message) -> None:
        dialect = self._reader()
        assert dialect is not None
        try:
            value = decode_members(message.data, unread=dialect.unread) if message.is_body else decode(message.data)
        except ValueError:
            if message.is_body:
                self._unreadable = "the body is not JSON"
            elif isinstance(message.data, str):
                # `[DONE]`, or an event that the end of the stream cut.
                dialect.add_text(message.data)
            return
        if not message.is_body:
            self._messages += 1
            self._is_stream = self._is_stream or self._messages > 1
            dialect.add(value, message.kind)
        elif isinstance(value, dict):
            self.add_body(value)
        else:
            self._unreadable = "the body is not a JSON object"


def conclude(
    answer: Answer,
    shape: Shape,
    exchange: Exchange,
    route: Route,
    *,
    is_complete: bool = False,
    is_drained: bool = False,
    fallback_id: str = "",
    fallback_time: datetime | None = None,
    unreadable: str = "",
) -> Captured | Skipped:
    """Return what an answer that is over used, or why it bears no usage; see `ExchangeReader.close`."""
    usage = read_usage(answer.usage, shape)
    if reason := _reason_to_skip(answer, usage, route):
        return Skipped(reason)
    if not event_id(answer, exchange.headers) and not fallback_id:
        return Skipped("the response has neither an id nor a request id")
    about = Circumstances(
        operation=route.operation,
        provider=route.provider,
        countable=route.countable,
        request=exchange.request,
        is_usage_injected=exchange.is_usage_injected,
        is_drained=is_drained,
        is_complete=is_complete,
    )
    if exchange.is_reported_only and (reason := _reason_not_reported(answer, usage, is_complete=is_complete)):
        return Skipped(reason)
    verdict = judge(answer, usage, about)
    if unreadable:
        verdict = msgspec.structs.replace(verdict, notes=(*verdict.notes, f"not read: {unreadable}"))
    return Captured(make_event(answer, verdict, exchange, route, fallback_id=fallback_id, fallback_time=fallback_time), verdict)


def _reason_to_skip(answer: Answer, usage: Usage | None, route: Route) -> str:
    if answer.is_pending:
        return "the answer is still being made in the background"
    if usage is None and answer.error and not any(choice.text or choice.tool_calls for choice in answer.choices):
        return f"the provider's answer is an error: {answer.error}"
    if usage is None and not answer.quantities and route.countable is Countable.NOTHING:
        return "the provider reported no usage, and nothing of it can be counted"
    return ""


def _reason_not_reported(answer: Answer, usage: Usage | None, *, is_complete: bool) -> str:
    """Say why there is no report to rely on, for those who do not want a count."""
    has_ended = answer.is_complete or is_complete
    if usage is not None:
        return "" if answer.is_usage_final or has_ended else "the answer was cut before the provider's last report"
    if answer.quantities:
        return ""
    return "the provider reported no usage" if has_ended else "the answer was cut before any report of usage"
