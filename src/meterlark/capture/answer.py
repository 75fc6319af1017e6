"""What was received of one answer, and the reader of a dialect that gathers it.

A reader is fed messages: the whole body, or the chunks of a stream one by one, as parsed JSON or as the objects of an SDK. It keeps the
provider's usage and names, and of the answer's text what counting may need, no more.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

import msgspec

from meterlark.capture.fields import get, plain, text
from meterlark.capture.usage import Shape
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import parse_time
from meterlark.tokens.chat import Choice, ToolCall

_CREATED_MAX: Final = 253_402_300_800
"""Seconds from 1970 to the year 10000; a larger `created` is not in seconds."""

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may know of the request.

    Attributes:
        operation: The name of what was asked for, such as `chat`.
        provider: Name of the provider.
        request: The request's JSON object; empty if unknown.
        headers: The response's headers by lower-case names.
        names: What the URL says, such as the `model`.
    """

    operation: str
    provider: str
    request: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}
    names: Mapping[str, str] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was received of one answer.

    Attributes:
        response_id: The provider's id, empty if none was received.
        model: The model that answered, empty if not said.
        created: When: seconds since 1970 UTC, or RFC 3339 text; None if not said.
        service_tier: The tier that was really used, empty if not said.
        usage: The provider's usage object; None if it sent none.
        is_usage_final: False if the usage speaks only of the answer's beginning, so that a cut answer has more.
        is_output_in_usage: False if the usage of a cut answer covers its input alone.
        choices: What was said, for counting.
        is_complete: Whether the provider said that the answer had ended.
        is_pending: Whether the provider works on in the background, so that the usage does not exist yet.
        quantities: What else can be charged and was seen in the body: images, seconds, searches.
        attributes: Names that decide the price of those: size, quality.
        beside: The provider's other usage objects, which `usage` does not include, as received.
        is_text_whole: False if more was said than is kept for counting.
        error: The type of the provider's error inside a 2xx answer, empty if there was none. Never its message, which may quote the prompt.
    """

    response_id: str = ""
    model: str = ""
    created: int | float | Decimal | str | None = None
    service_tier: str = ""
    usage: Mapping[str, Any] | None = None
    is_usage_final: bool = True
    is_output_in_usage: bool = True
    choices: tuple[Choice, ...] = ()
    is_complete: bool = False
    is_pending: bool = False
    quantities: Mapping[str, int | Decimal] = {}
    attributes: Mapping[str, str] = {}
    beside: Mapping[str, Any] = {}
    is_text_whole: bool = True
    error: str = ""

    @property
    def finish_reason(self) -> str:
        """Why the answer ended, empty if that was not said."""
        return next((choice.finish_reason for choice in self.choices if choice.finish_reason), "")

    @property
    def created_seconds(self) -> float | None:
        """When it was made, in seconds since 1970 UTC; for rules that changed over time, so that a float is exact enough."""
        if isinstance(self.created, str):
            return parse_time(self.created, field="created").timestamp()
        return None if self.created is None else float(self.created)


CHARACTERS_KEPT_MAX: Final = 16 * 1024 * 1024
"""Characters of one choice that are kept for counting: four times what an output of a million tokens has, longer than any model's of today.
A stream that never ends must not fill the memory."""


class Pieces:
    """One choice while it arrives, up to `CHARACTERS_KEPT_MAX`."""

    def __init__(self) -> None:
        self.calls: dict[Any, tuple[list[str], list[str]]] = {}
        self.finish_reason: str | None = None
        self.is_full = False
        self._texts: list[str] = []
        self._refusals: list[str] = []
        self._characters = 0

    def say(self, *texts: str) -> None:
        """Add visible text."""
        self._keep(self._texts, texts)

    def refuse(self, refusal: str) -> None:
        """Add the text of a refusal."""
        self._keep(self._refusals, (refusal,))

    def forget(self) -> None:
        """Drop the text, because all of it is said again."""
        self._texts.clear()

    def add_call(self, key: object, name: str, arguments: str) -> None:
        """Add what arrived of a tool call."""
        names, texts = self.calls.setdefault(key, ([], []))
        self._keep(names, (name,))
        self._keep(texts, (arguments,))

    def choice(self) -> Choice:
        """Return what was said so far."""
        calls = tuple(ToolCall("".join(names), "".join(arguments)) for names, arguments in self.calls.values())
        return Choice("".join(self._texts), "".join(self._refusals), calls, self.finish_reason)

    def _keep(self, kept: list[str], texts: Iterable[str]) -> None:
        for piece in texts:
            if not piece:
                continue
            self._characters += len(piece)
            self.is_full = self.is_full or self._characters > CHARACTERS_KEPT_MAX
            if not self.is_full:
                kept.append(piece)


class Reader:
    """Gathers one answer in one dialect; the base of them all.

    A dialect says its `shape`, and how a chunk (`add`) and a whole body (`add_body`) change the state.

    Attributes:
        shape: How the API writes usage.
        unread: Members of a whole body that are not read and need not be decoded, because they are large: the numbers of embeddings.

    Args:
        call: What is known of the request.
    """

    shape: Shape
    unread: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, call: Call) -> None:
        self.call = call
        self.response_id = ""
        self.model = ""
        self.created: int | float | Decimal | str | None = None
        self.service_tier = ""
        self.usage: Mapping[str, Any] | None = None
        self.pieces: dict[Any, Pieces] = {}
        self.has_ended = False
        self.is_pending = False
        self.quantities: dict[str, int | Decimal] = {}
        self.attributes: dict[str, str] = {}
        self.beside: dict[str, Any] = {}
        self.error = ""

    def add(self, message: object, kind: str = "") -> None:
        """Take the next message of a stream; `kind` is the type of its server-sent event, if it has one."""
        raise NotImplementedError

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        raise NotImplementedError

    def add_text(self, line: str) -> None:
        """Take the data of an event that is not JSON, such as `[DONE]`."""
        if line.strip() == "[DONE]":
            self.has_ended = True

    def choice(self, key: object = 0) -> Pieces:
        """Return the pieces of a choice."""
        found = self.pieces.get(key)
        if found is None:
            found = self.pieces[key] = Pieces()
        return found

    def read_head(self, said: object, *, created: str = "created", model: str = "model") -> None:
        """Read the names that stand beside an answer; the first that is not empty counts, the last service tier does."""
        # The first chunk of an Azure stream has an empty id and model and was created at 0; later ones have the real ones.
        self.response_id = self.response_id or text(said, "id")
        self.model = self.model or text(said, model)
        self.service_tier = text(said, "service_tier") or self.service_tier
        if self.created is None:
            self.created = moment(get(said, created))

    def read_error(self, said: object) -> None:
        """Read an error that came with a 2xx status."""
        if (error := get(said, "error")) and not self.error:
            names = (get(error, name) for name in ("code", "type", "status"))
            self.error = next((str(name) for name in names if isinstance(name, str | int) and _NAME.fullmatch(str(name))), "error")

    def take_usage(self, usage: object) -> None:
        """Keep a usage object, instead of the one before, unless it is null."""
        if usage is not None:
            self.usage = plain(usage) or self.usage

    def reported(self) -> Mapping[str, Any] | None:
        """Return the usage object that was received last."""
        return self.usage

    def is_usage_final(self) -> bool:
        """Tell whether the usage speaks of the whole answer."""
        return True

    def is_output_in_usage(self) -> bool:
        """Tell whether the usage of a cut answer counts what arrived of the output."""
        return True

    def is_complete(self) -> bool:
        """Tell whether the provider said that the answer had ended."""
        return self.has_ended

    def answer(self) -> Answer:
        """Return what was received so far."""
        return Answer(
            response_id=self.response_id,
            model=self.model,
            created=self.created,
            service_tier=self.service_tier,
            usage=self.usage,
            is_usage_final=self.is_usage_final(),
            is_output_in_usage=self.is_output_in_usage(),
            choices=tuple(pieces.choice() for pieces in self.pieces.values()),
            is_complete=self.is_complete(),
            is_pending=self.is_pending,
            quantities=dict(self.quantities),
            attributes=dict(self.attributes),
            beside=dict(self.beside),
            is_text_whole=not any(pieces.is_full for pieces in self.pieces.values()),
            error=self.error,
        )


def moment(value: object) -> int | float | Decimal | str | None:
    """Return when something was, as the provider writes it: seconds above zero, or RFC 3339; None if it says nothing."""
    if isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, str):
        try:
            parse_time(value, field="created")
        except InvalidInputError:
            return None
        return value
    return value if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and 0 < value < _CREATED_MAX else None
