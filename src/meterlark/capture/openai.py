"""What an answer in OpenAI's formats says: chat completions and Responses, whole or streamed, from OpenAI, Azure and compatible servers.

A `Collector` is fed the body, or the chunks of a stream one by one, as parsed JSON or as the objects of OpenAI's SDK, and tells at the end
what was received. It reads every chunk to the end of the stream, because the chunk with the usage is not always the last (reference
llm-usage.md section 1.2), and it keeps the last usage that is not null. Of the answer's text it keeps what counting may need, no more.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.capture.sse import SseEvent
from meterlark.tokens.chat import Choice, ToolCall

CHAT: Final = "chat"
RESPONSES: Final = "responses"

_TERMINAL: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
_PENDING: Final = frozenset({"queued", "in_progress"})
# Fractions in a usage object (costs) keep their digits.
_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was received of one answer.

    Attributes:
        response_id: The provider's id, empty if none was received.
        model: The model that answered, empty if not said.
        created: When, in seconds since 1970 UTC; None if not said.
        service_tier: The tier that was really used, empty if not said.
        usage: The last usage object that is not null; None if the provider sent none.
        choices: What was said, for counting.
        is_complete: Whether the provider said that the answer had ended.
        is_pending: Whether the provider works on in the background, so that the usage does not exist yet.
    """

    response_id: str
    model: str
    created: int | float | None
    service_tier: str
    usage: Mapping[str, Any] | None
    choices: tuple[Choice, ...]
    is_complete: bool
    is_pending: bool


class _Pieces:
    """One choice while it arrives."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refusals: list[str] = []
        self.calls: dict[Any, tuple[list[str], list[str]]] = {}
        self.finish_reason: str | None = None

    def call(self, key: object) -> tuple[list[str], list[str]]:
        return self.calls.setdefault(key, ([], []))

    def choice(self) -> Choice:
        calls = tuple(ToolCall("".join(names), "".join(arguments)) for names, arguments in self.calls.values())
        return Choice("".join(self.texts), "".join(self.refusals), calls, self.finish_reason)


class Collector:
    """Gathers one answer.

    Args:
        operation: `chat` or `responses`.
    """

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._response_id = ""
        self._model = ""
        self._created: int | float | None = None
        self._service_tier = ""
        self._usage: Mapping[str, Any] | None = None
        self._choices: dict[Any, _Pieces] = {}
        self._status = ""

    def add(self, chunk: object) -> None:
        """Take the next chunk of a stream: a mapping or an SDK object."""
        if self._operation == CHAT:
            self._head(chunk, created="created")
            for choice in _items(_get(chunk, "choices")):
                self._add_choice(choice, _get(choice, "delta"))
        else:
            self._add_response_event(chunk)

    def add_event(self, event: SseEvent) -> None:
        """Take the next server-sent event of a stream; `[DONE]`, and what is not JSON because it was cut, says nothing."""
        try:
            chunk = _decoder.decode(event.data)
        except (msgspec.DecodeError, RecursionError):
            return
        self.add(chunk)

    def add_body(self, body: object) -> None:
        """Take a whole answer: a mapping or an SDK object."""
        if self._operation == CHAT:
            self._head(body, created="created")
            for choice in _items(_get(body, "choices")):
                self._add_choice(choice, _get(choice, "message"))
        else:
            self._add_response(body)

    def answer(self) -> Answer:
        """Return what was received so far."""
        choices = tuple(pieces.choice() for pieces in self._choices.values())
        if self._operation == CHAT:
            is_complete = bool(choices) and all(choice.finish_reason is not None for choice in choices)
        else:
            is_complete = bool(self._status) and self._status not in _PENDING
        return Answer(
            response_id=self._response_id,
            model=self._model,
            created=self._created,
            service_tier=self._service_tier,
            usage=self._usage,
            choices=choices,
            is_complete=is_complete,
            is_pending=self._status in _PENDING,
        )

    def _head(self, said: object, *, created: str) -> None:
        # The first chunk of an Azure stream has an empty id and model and was created at 0; later ones have the real ones.
        self._response_id = self._response_id or _text(said, "id")
        self._model = self._model or _text(said, "model")
        self._service_tier = _text(said, "service_tier") or self._service_tier
        at = _get(said, created)
        if self._created is None and isinstance(at, int | float) and not isinstance(at, bool) and at > 0:
            self._created = at
        usage = _get(said, "usage")
        if usage is not None:
            self._usage = plain(usage) or self._usage

    def _add_choice(self, choice: object, said: object) -> None:
        pieces = self._choices.setdefault(_get(choice, "index"), _Pieces())
        pieces.texts.append(_text(said, "content"))
        pieces.refusals.append(_text(said, "refusal"))
        for position, call in enumerate(_items(_get(said, "tool_calls"))):
            index = _get(call, "index")
            _add_call(pieces, position if index is None else index, _get(call, "function"))
        if (call := _get(said, "function_call")) is not None:
            _add_call(pieces, "function_call", call)
        pieces.finish_reason = _text(choice, "finish_reason") or pieces.finish_reason

    def _add_response_event(self, event: object) -> None:
        kind = _text(event, "type")
        response = _get(event, "response")
        if response is not None:
            if kind in _TERMINAL:
                # It repeats the whole answer; what the deltas said would otherwise count twice.
                self._choices.clear()
                self._add_response(response)
            else:
                self._head(response, created="created_at")
            return
        pieces = self._choices.setdefault(0, _Pieces())
        if kind == "response.output_text.delta":
            pieces.texts.append(_text(event, "delta"))
        elif kind == "response.refusal.delta":
            pieces.refusals.append(_text(event, "delta"))
        elif kind == "response.function_call_arguments.delta":
            pieces.call(_get(event, "output_index"))[1].append(_text(event, "delta"))
        elif kind == "response.output_item.added" and _text(_get(event, "item"), "type") == "function_call":
            pieces.call(_get(event, "output_index"))[0].append(_text(_get(event, "item"), "name"))

    def _add_response(self, response: object) -> None:
        self._head(response, created="created_at")
        self._status = _text(response, "status") or "completed"
        pieces = self._choices.setdefault(0, _Pieces())
        for position, item in enumerate(_items(_get(response, "output"))):
            if _text(item, "type") == "function_call":
                _add_call(pieces, position, item)
            for part in _items(_get(item, "content")) if _text(item, "type") == "message" else ():
                pieces.texts.append(_text(part, "text"))
                pieces.refusals.append(_text(part, "refusal"))
        pieces.finish_reason = {"completed": "stop", "incomplete": "incomplete"}.get(self._status)


def plain(value: object) -> dict[str, Any] | None:
    """Return a JSON object as a plain dict, given that or an SDK object; None if it is neither."""
    if isinstance(value, Mapping):
        return dict(value)
    # Both of OpenAI's SDK and of pydantic: without the fields that were not sent, and without complaints about unexpected types.
    dump = getattr(value, "model_dump", None)
    dumped = dump(mode="json", by_alias=True, exclude_unset=True, warnings=False) if callable(dump) else None
    return dumped if isinstance(dumped, dict) else None


def _add_call(pieces: _Pieces, key: object, function: object) -> None:
    names, arguments = pieces.call(key)
    names.append(_text(function, "name"))
    arguments.append(_text(function, "arguments"))


def _get(value: object, name: str) -> Any:  # noqa: ANN401 - JSON or an SDK object; every use checks what came
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _text(value: object, name: str) -> str:
    text = _get(value, name)
    return text if isinstance(text, str) else ""


def _items(value: object) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else ()
