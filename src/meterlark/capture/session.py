"""Read a WebSocket session, in which one connection carries many answers: OpenAI's Realtime, Live, and Responses over a connection.

Every answer that ends is one event under its own id: Realtime's `response.done`, a Responses event that ends one (inside Live it comes in a
`response.event`), and the transcription of what the user said, which another model makes. Live's seconds are cumulative for the session:
they are one event, made when it closes, of the last count.
"""

from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from meterlark.capture.answer import Answer, Call
from meterlark.capture.attributes import Exchange
from meterlark.capture.dialect.compatible import COMPATIBLE, SESSION_SECONDS
from meterlark.capture.dialect.openai_responses import TERMINAL, ResponsesReader
from meterlark.capture.fields import find, get, items, plain, text
from meterlark.capture.origin import base_url_of, provider_of
from meterlark.capture.reader import Captured, conclude
from meterlark.capture.route import Countable, Route, Skipped

_TRANSCRIBED: Final = "conversation.item.input_audio_transcription.completed"
_SECONDS: Final = frozenset({"session.usage.updated", "session.closed"})
_BEGUN: Final = "response.created"
_REALTIME_DONE: Final = "response.done"


class SessionReader:
    """Reads one session.

    State: the models in use, the response under way, and the last count of seconds.

    Args:
        exchange: What is known when the connection is made; its `url` begins with `wss:` or `https:`.
    """

    def __init__(self, exchange: Exchange) -> None:
        parts = urlsplit(exchange.url)
        self._exchange = msgspec.structs.replace(exchange, is_stream=True)
        base_url = base_url_of(exchange.url, path=parts.path.rpartition("/")[0])
        self._base_url = f"http{base_url.removeprefix('ws')}" if base_url.startswith("ws") else base_url
        self._provider = exchange.provider or provider_of(exchange.url)
        self._model = parse_qs(parts.query).get("model", [""])[0]
        self._transcription_model = ""
        self._session_id = ""
        self._seconds: dict[str, Any] | None = None
        self._open: ResponsesReader | None = None

    def add(self, event: object, *, at: datetime | None = None) -> Captured | Skipped | None:
        """Take the next event that the server sent; return what an answer used if the event ends one.

        Args:
            event: Its JSON object, or the object that an SDK makes of it.
            at: Aware UTC; when it came, for answers that carry no time.
        """
        if text(event, "type") == "response.event":
            event = get(event, "event")
        kind = text(event, "type")
        self._read_session(get(event, "session"))
        if kind in _SECONDS:
            self._seconds = plain(get(event, "usage")) or self._seconds
        elif kind == _TRANSCRIBED:
            return self._transcribed(event, at)
        elif kind == _REALTIME_DONE or kind in TERMINAL:
            return self._ended(get(event, "response"), at, operation="realtime" if kind == _REALTIME_DONE else "responses")
        elif kind.startswith("response."):
            if kind == _BEGUN or self._open is None:
                self._open = self._responses_reader()
            self._open.add(event)
        return None

    def close(self, *, at: datetime | None = None) -> list[Captured | Skipped]:
        """Return what was not over when the session closed: the response under way, and the session's seconds."""
        ends: list[Captured | Skipped] = []
        if self._open is not None:
            route = self._route("responses", self._model, Countable.TEXT)
            answer = msgspec.structs.replace(self._open.answer(), is_pending=False)
            ends.append(conclude(answer, COMPATIBLE, self._exchange, route, fallback_time=at))
        if self._seconds is not None:
            answer = Answer(response_id=self._session_id, model=self._model, usage=self._seconds, is_complete=True)
            ends.append(conclude(answer, SESSION_SECONDS, self._exchange, self._route("live", self._model), fallback_time=at))
        return ends

    def _read_session(self, session: object) -> None:
        self._session_id = text(session, "id") or self._session_id
        self._model = text(session, "model") or self._model
        for path in ("audio.input.transcription.model", "input_audio_transcription.model"):
            self._transcription_model = text(session, path) or self._transcription_model

    def _transcribed(self, event: object, at: datetime | None) -> Captured | Skipped:
        identity = f"{text(event, 'item_id')}:{get(event, 'content_index') or 0}"
        answer = Answer(response_id=identity, model=self._transcription_model, usage=plain(get(event, "usage")), is_complete=True)
        return conclude(answer, COMPATIBLE, self._exchange, self._route("transcription", self._transcription_model), fallback_time=at)

    def _ended(self, response: object, at: datetime | None, *, operation: str) -> Captured | Skipped:
        self._open = None
        reader = self._responses_reader()
        reader.add_body(response)
        if operation == "realtime":
            for part in (part for item in items(get(response, "output")) for part in items(find(item, "content"))):
                reader.choice().say(text(part, "transcript"))
        answer = reader.answer()
        return conclude(answer, COMPATIBLE, self._exchange, self._route(operation, self._model, Countable.TEXT), fallback_time=at)

    def _responses_reader(self) -> ResponsesReader:
        return ResponsesReader(Call(operation="responses", provider=self._provider))

    def _route(self, operation: str, model: str, countable: Countable = Countable.NOTHING) -> Route:
        return Route(
            provider=self._provider,
            operation=operation,
            reader="openai_responses:ResponsesReader",
            countable=countable,
            base_url=self._base_url,
            names={"model": model} if model else {},
            is_json_sequence=False,
        )
