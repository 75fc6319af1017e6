"""One CloudEvent 1.0: what is accepted, what is refused and why, and when two texts say the same.

The event's own JSON text is kept verbatim; the parsed form beside it is read with exact numbers. Rules: CloudEvents 1.0.2, the JSON format
of it, and the schema of the OpenMeter protocol, which makes `subject` mandatory and `data` an object. Extension attributes are allowed and
stay in the text.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec

from meterlark.model.errors import CorruptDataError, InvalidInputError, TooLargeError
from meterlark.model.number import WideNumber, read_json_number
from meterlark.model.time import parse_time

DEFAULT_NAMESPACE: Final = "default"

ATTRIBUTE_LENGTH_MAX: Final = 1024
"""Characters of `id`, `source`, `type` and `subject`. The longest response id seen has 58; URLs as sources are longer."""

DEPTH_MAX: Final = 32
"""Levels of nesting in an event. The deepest recorded usage object has 5; parsers give up near 1,000."""

RESERVED_PREFIX: Final = "meterlark."
"""Begins the types and sources of events that only Meterlark writes, such as a void."""

_Attribute = Annotated[str, msgspec.Meta(min_length=1, max_length=ATTRIBUTE_LENGTH_MAX)]

INTEGER_LENGTH_MAX: Final = 4300
"""Digits of an integer in an event: what the interpreter converts, because the cost grows with the square of the length."""

TIME_FIRST: Final = datetime(2, 1, 1, tzinfo=UTC)
"""Earliest event time. Every window around an event must begin and end within the calendar in every zone: one event outside would make
each windowed question of its type fail."""

TIME_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""First event time that is too late, for the same reason: the last month of 9998 still has an end."""

_REQUIRED: Final = ("id", "source", "specversion", "type", "subject")
_ZERO_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)
"""The zero time of the peers' Go clients; it means "not set"."""

_LONE_SURROGATE: Final = re.compile(rb'\\u[dD][89abAB][0-9a-fA-F]{2}"')
_BYTE: Final = re.compile(r"\(byte ([0-9]+)\)")
_decoder: Final = msgspec.json.Decoder(float_hook=read_json_number)


class _Envelope(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """The usual event: no extension attribute, every attribute of its type and length."""

    id: _Attribute
    source: _Attribute
    specversion: Literal["1.0"]
    type: _Attribute
    subject: _Attribute
    time: str | msgspec.UnsetType = msgspec.UNSET
    data: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class _Accepted(msgspec.Struct, gc=False):
    """What was checked when it was accepted: whatever else stands in the text is passed over."""

    id: str
    source: str
    type: str
    subject: str
    data: dict[str, Any] | None = None


_accepted_decoder: Final = msgspec.json.Decoder(_Accepted, float_hook=read_json_number)
_envelope_decoder: Final = msgspec.json.Decoder(_Envelope, float_hook=read_json_number)
_array_decoder: Final = msgspec.json.Decoder(list[msgspec.Raw])
_scanner: Final = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
_BLANKS: Final = re.compile(r"[ \t\r\n]*+")


class Event(msgspec.Struct, frozen=True, gc=False):
    """One accepted event.

    Attributes:
        namespace: Isolation boundary of all data.
        id: Unique together with `source`; the idempotency key.
        source: Who produced the event.
        type: Which meters look at it.
        subject: Who or what used it, as sent.
        time: Event time, aware UTC, microseconds; the time of receipt when the sender gave none.
        data: The payload. Numbers are `int`, `Decimal` or `WideNumber`, never float. None when the sender gave none.
        text: The event's own JSON, verbatim.
    """

    namespace: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any] | None
    text: bytes


def decode_event(text: bytes, *, namespace: str, received_at: datetime) -> Event:
    """Read one event in structured mode.

    Args:
        text: The JSON of one event; kept verbatim.
        namespace: Where it belongs.
        received_at: Aware UTC; becomes the event's time when it carries none.

    Raises:
        InvalidInputError: The text is not one valid event; `field` names the attribute.
    """
    usual = _read_usual(text)
    if usual is not None:
        _refuse_reserved(usual.type, usual.source)
        return Event(
            namespace=namespace,
            id=usual.id,
            source=usual.source,
            type=usual.type,
            subject=usual.subject,
            time=received_at if usual.time is msgspec.UNSET else _event_time(usual.time, received_at),
            data=None if usual.data is msgspec.UNSET else usual.data,
            text=text,
        )
    return _decode_unusual(text, namespace, received_at)


def _read_usual(text: bytes) -> _Envelope | None:
    """Read an event as most are, at a third of the cost; None sends any other, good or bad, the careful way with its exact message.

    With two braces and no bracket, `data` is flat; with no escapes and no blanks before a colon, each `":` ends a key or stands in a
    string. So when as many are there as keys were read, no key was given twice; see `read_json`.
    """
    if b"\\" in text or b"[" in text or text.count(b"{") > 2:
        return None
    try:
        event = _envelope_decoder.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    keys = 5
    if event.time is not msgspec.UNSET:
        keys += 1
    if event.data is not msgspec.UNSET:
        keys += 1 + len(event.data)
    if text.count(b'":') != keys or _has_blank_before_colon(text):
        return None
    is_clean = event.id.isprintable() and event.source.isprintable() and event.type.isprintable() and event.subject.isprintable()
    return event if is_clean else None


def _decode_unusual(text: bytes, namespace: str, received_at: datetime) -> Event:
    attributes = read_json(text)
    if not isinstance(attributes, dict):
        raise InvalidInputError(f"an event is a JSON object, not {_kind(attributes)}")
    for name in _REQUIRED:
        _require_text(attributes, name)
    _refuse_reserved(attributes["type"], attributes["source"])
    if attributes["specversion"] != "1.0":
        raise InvalidInputError(f"specversion is {attributes['specversion']!r}; allowed is '1.0'", field="specversion")
    data = attributes.get("data")
    if data is not None and not isinstance(data, dict):
        raise InvalidInputError(f"data must be an object or null, not {_kind(data)}", field="data")
    _check_content_type(attributes.get("datacontenttype"))
    schema = attributes.get("dataschema")
    if schema is not None and not (isinstance(schema, str) and schema):
        raise InvalidInputError("dataschema must be a URI or null", field="dataschema")
    return Event(
        namespace=namespace,
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        subject=attributes["subject"],
        time=_event_time(attributes.get("time"), received_at),
        data=data,
        text=text,
    )


def _refuse_reserved(event_type: str, source: str) -> None:
    if event_type.startswith(RESERVED_PREFIX) or source.startswith(RESERVED_PREFIX):
        field, value = ("type", event_type) if event_type.startswith(RESERVED_PREFIX) else ("source", source)
        raise InvalidInputError(
            f"{field} is {value[:80]!r}; what begins with {RESERVED_PREFIX!r} is reserved for events that Meterlark writes", field=field
        )


def decode_accepted(text: bytes, *, namespace: str, time: datetime) -> Event:
    """Read an event again that `decode_event` let through, without checking it anew.

    Args:
        text: The JSON of one accepted event.
        namespace: Where it belongs.
        time: The event's time as it was decided then, also where the text carries none.

    Raises:
        CorruptDataError: The text is not such an event; it was changed after it was accepted.
    """
    try:
        accepted = _accepted_decoder.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise CorruptDataError(f"a stored event cannot be read again: {error}") from error
    return Event(namespace, accepted.id, accepted.source, accepted.type, accepted.subject, time, accepted.data, text)


def decode_batch(body: bytes, *, namespace: str, received_at: datetime, limit: int) -> list[Event]:
    """Read a JSON array of events; one bad event refuses the whole batch and is named by its position, counted from 0.

    Args:
        body: The JSON array.
        namespace: Where the events belong.
        received_at: Aware UTC.
        limit: Most events accepted in one batch, inclusive.

    Raises:
        InvalidInputError: Not an array, or an event is not valid; `field` is such as `[3].subject`.
        TooLargeError: More than `limit` events.
    """
    try:
        items = _array_decoder.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidInputError("a batch is a JSON array of events") from error
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise _broken_array(body, f"the body is not JSON: {_reason(error, body)}", limit) from error
    except RecursionError as error:
        raise _broken_array(body, f"the body is nested more than {DEPTH_MAX} levels deep", limit) from error
    if len(items) > limit:
        raise TooLargeError(f"the batch has {len(items)} events; at most {limit} are accepted in one request")
    events: list[Event] = []
    for position, item in enumerate(items):
        try:
            events.append(decode_event(bytes(item), namespace=namespace, received_at=received_at))
        except InvalidInputError as error:
            field = f"[{position}].{error.field}" if error.field else f"[{position}]"
            raise InvalidInputError(f"event {position} of the batch: {error}", field=field) from error
    return events


def _broken_array(body: bytes, reason: str, limit: int) -> InvalidInputError:
    """Return the error of an array that the decoder refuses, with the position of the first item that is not JSON if it is one's fault.

    Python's scanner only finds where items end; whether one is good is judged as in a batch that can be read. Linear in the body.
    """
    text = body.decode("utf-8", "surrogateescape")
    at = _after_blanks(text, 0)
    for position in range(limit):
        if text[at : at + 1] != ("," if position else "["):
            break
        at = _after_blanks(text, at + 1)
        try:
            _, end = _scanner.raw_decode(text, at)
            read_json(text[at:end].encode("utf-8", "surrogateescape"))
        except (InvalidInputError, ValueError, RecursionError):
            return InvalidInputError(f"event {position} of the batch: {reason}", field=f"[{position}]")
        at = _after_blanks(text, end)
    return InvalidInputError(reason)


def _after_blanks(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    assert blanks is not None, "it matches nothing, too"
    return blanks.end()


def decode_any(body: bytes, *, namespace: str, received_at: datetime, limit: int) -> list[Event]:
    """Read one event or an array of events, told apart by the first character.

    Raises:
        InvalidInputError: As `decode_event` and `decode_batch`; also for an empty array.
        TooLargeError: As `decode_batch`.
    """
    if body.lstrip()[:1] != b"[":
        return [decode_event(body, namespace=namespace, received_at=received_at)]
    events = decode_batch(body, namespace=namespace, received_at=received_at, limit=limit)
    if not events:
        raise InvalidInputError("no events found")
    return events


def same_content(first: bytes, second: bytes) -> bool:
    """Tell whether two event texts hold the same JSON value; the order of keys, white space and the spelling of a number do not matter."""
    return first == second or _same(read_json(first), read_json(second))


def read_json(text: bytes) -> Any:  # noqa: ANN401 - JSON is any of seven kinds
    """Read JSON strictly, with exact numbers.

    Refused besides what JSON forbids: duplicate keys, more than `DEPTH_MAX` levels, integers too long for the interpreter.

    Returns:
        dict, list, str, int, Decimal, WideNumber, bool or None.

    Raises:
        InvalidInputError: The text is not such JSON.
    """
    try:
        value = _decoder.decode(text)
    except RecursionError as error:
        raise InvalidInputError(f"the JSON is nested more than {DEPTH_MAX} levels deep") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise InvalidInputError(f"not valid JSON: {_reason(error, text)}") from error
    keys = _count_keys(value, 0)
    # A `":` stands behind each key, and otherwise only inside or at the start of a string; so with no escapes and no blanks before a colon,
    # as many as there are distinct keys means that no key was given twice. Anything else is settled by the slow, exact way.
    if text.count(b'":') != keys or b"\\" in text or _has_blank_before_colon(text):
        _refuse_duplicate_keys(text)
    return value


def _has_blank_before_colon(text: bytes) -> bool:
    # One byte is found much faster than two, and most texts have no blanks at all.
    return (
        (b" " in text and b" :" in text)
        or (b"\n" in text and b"\n:" in text)
        or (b"\t" in text and b"\t:" in text)
        or (b"\r" in text and b"\r:" in text)
    )


def _refuse_duplicate_keys(text: bytes) -> None:
    def pairs(members: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for key, _ in members:
            if key in seen:
                raise InvalidInputError(f"the key {key[:80]!r} is given twice; each key may stand once", field=key[:80])
            seen.add(key)

    keep: Callable[[str], str] = str
    try:
        json.loads(text, object_pairs_hook=pairs, parse_int=keep, parse_float=keep)
    except RecursionError as error:  # the deep value stood under the first of two equal keys, so its depth has not been seen
        raise InvalidInputError(f"the JSON is nested more than {DEPTH_MAX} levels deep") from error


def _count_keys(value: object, depth: int) -> int:
    if type(value) is dict:
        if depth >= DEPTH_MAX:
            raise InvalidInputError(f"the JSON is nested more than {DEPTH_MAX} levels deep")
        count = len(value)
        for item in value.values():
            if type(item) is dict or type(item) is list:
                count += _count_keys(item, depth + 1)
        return count
    if type(value) is list:
        if depth >= DEPTH_MAX:
            raise InvalidInputError(f"the JSON is nested more than {DEPTH_MAX} levels deep")
        return sum(_count_keys(item, depth + 1) for item in value if type(item) is dict or type(item) is list)
    return 0


def _require_text(attributes: dict[str, Any], name: str) -> None:
    value = attributes.get(name)
    if type(value) is str and value and len(value) <= ATTRIBUTE_LENGTH_MAX and value.isprintable():
        return
    if name not in attributes:
        raise InvalidInputError(f"{name} is missing; an event needs {', '.join(_REQUIRED)}", field=name)
    if type(value) is not str:
        raise InvalidInputError(f"{name} must be a string, not {_kind(value)}", field=name)
    if not value:
        raise InvalidInputError(f"{name} is empty; it needs at least 1 character", field=name)
    if len(value) > ATTRIBUTE_LENGTH_MAX:
        raise InvalidInputError(f"{name} has {len(value)} characters; at most {ATTRIBUTE_LENGTH_MAX} are accepted", field=name)
    # CloudEvents 1.0.2 section 3.1 forbids control characters in a String; other unprintable ones (as in scripts that join letters) pass.
    if any(ord(character) < 0x20 or 0x7F <= ord(character) <= 0x9F for character in value):
        raise InvalidInputError(f"{name} contains a control character, which CloudEvents does not allow", field=name)


def _check_content_type(value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str) or value.split(";")[0].strip().lower() != "application/json":
        raise InvalidInputError(
            f"datacontenttype is {str(value)[:80]!r}; allowed is 'application/json' or null",
            field="datacontenttype",
        )


def _event_time(value: object, received_at: datetime) -> datetime:
    if value is None:
        return received_at
    if type(value) is not str:
        raise InvalidInputError(f"time must be a string or null, not {_kind(value)}", field="time")
    at = parse_time(value, field="time")
    if at == _ZERO_TIME:
        return received_at
    if not TIME_FIRST <= at < TIME_END:
        raise InvalidInputError(f"time is {value}; allowed are the years {TIME_FIRST.year} to {TIME_END.year - 1} in UTC", field="time")
    return at


def _same(first: object, second: object) -> bool:
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_same(value, second[key]) for key, value in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(_same(one, other) for one, other in zip(first, second, strict=True))
    if _is_number(first) and _is_number(second):
        return first == second
    return type(first) is type(second) and first == second


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | Decimal | WideNumber):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"


def _reason(error: Exception, text: bytes) -> str:
    """Say why a text is not JSON, in words that help its sender; the parser's own are kept where they are good."""
    if text.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "it begins with a byte order mark; allowed is UTF-8 without one"
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 ({error.reason})"
    said = str(error).split(" - at `$")[0]  # the path's keys are left out by the parser, so it only says how deep
    if "Integer value out of range" in said or "integer string conversion" in said:
        return f"an integer with more digits than the {INTEGER_LENGTH_MAX} that are accepted"
    if "truncated" in said and _LONE_SURROGATE.search(text):
        return "a string ends in half of a surrogate pair"
    place = _BYTE.search(said)
    if place is None:
        return said[:200]
    return f"{said[:200]}, near {text[int(place[1]) :][:20].decode(errors='replace')!r}"
