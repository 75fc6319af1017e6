"""One request to the server and what came back, as values: made from arguments, read into types. No I/O."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import msgspec

from meterlark.client.types import CloudEvent
from meterlark.model.errors import InvalidInputError, MeterlarkError
from meterlark.sdk.api import Reply

JSON_TYPE: Final = "application/json"
BATCH_TYPE: Final = "application/cloudevents-batch+json"

Event = CloudEvent | Mapping[str, Any]
Events = Event | Iterable[Event]
"""One event or several; a mapping may hold extension attributes, too."""

Answer = TypeVar("Answer")

_encoder: Final = msgspec.json.Encoder(decimal_format="number")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent.

    Attributes:
        method: HTTP method.
        path: Path and query.
        is_repeatable: Whether sending it twice does what sending it once does.
        body: None for none.
        content_type: Of the body.
        headers: Further headers.
    """

    method: str
    path: str
    is_repeatable: bool
    body: bytes | None = None
    content_type: str = ""
    headers: Mapping[str, str] = {}


def path_of(template: str, *values: str, query: Mapping[str, Any] | None = None) -> str:
    """Return path and query: `{}` stands for a value; what is None is left out, a list is repeated, a mapping is `name[key]=value`.

    Raises:
        InvalidInputError: A path value is empty, or a time has no zone.
    """
    for value in values:
        if not value:
            raise InvalidInputError(f"a name in {template} is empty", field=template)
    path = template.format(*(quote(value, safe="") for value in values))
    pairs = [pair for name, value in (query or {}).items() for pair in _pairs(name, value)]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def json_body(members: Mapping[str, Any]) -> bytes:
    """Return a JSON object; members that are None are left out, decimals keep all their digits."""
    return _encoder.encode({name: value for name, value in members.items() if value is not None})


def json_value(value: object) -> bytes:
    """Return any value as JSON; decimals keep all their digits."""
    return _encoder.encode(value)


def events_body(events: Events) -> bytes:
    """Return events as a batch."""
    listed = [events] if isinstance(events, CloudEvent | Mapping) else list(events)
    return _encoder.encode([_attributes(event) for event in listed])


def read(reply: Reply, kind: type[Answer]) -> Answer:
    """Return a successful answer as its type; numbers of no known type are int or Decimal, never float.

    Raises:
        MeterlarkError: It is not of that type, so not from a Meterlark server.
    """
    try:
        decoded: Answer = _decoder(kind).decode(reply.body)  # type: ignore[arg-type]  # every type can be a key
    except (msgspec.DecodeError, RecursionError) as error:
        raise MeterlarkError(f"the server's answer is not the one that this client knows: {error}") from error
    return decoded


def read_either(reply: Reply, kind: Any) -> Any:  # noqa: ANN401 - a union is of no type that can be named
    """Return a successful answer as one of several types, as `read`."""
    return read(reply, kind)


def read_text(reply: Reply) -> str:
    """Return an answer that is text."""
    return reply.body.decode("utf-8", "replace")


def cursor_of(path: str) -> str:
    """Return the cursor in the path of a next page, as the third version of the API gives it.

    Raises:
        MeterlarkError: It has none.
    """
    cursors = parse_qs(urlsplit(path).query).get("page[after]")
    if not cursors:
        raise MeterlarkError(f"the next page is {path[:200]!r}, which has no page[after]")
    return cursors[0]


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - any type
    return msgspec.json.Decoder(kind, float_hook=Decimal)


def _attributes(event: Event) -> Mapping[str, Any]:
    if not isinstance(event, CloudEvent):
        return event
    return {name: value for name, value in msgspec.structs.asdict(event).items() if value is not None}


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any parameter
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [pair for key, one in value.items() for pair in _pairs(f"{name}[{key}]", one)]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidInputError(f"{name} is {value}, a time without a zone; give one, such as datetime.UTC", field=name)
        return [(name, value.isoformat())]
    if isinstance(value, str | int | Decimal):
        return [(name, str(value))]
    return [pair for one in value for pair in _pairs(name, one)]
