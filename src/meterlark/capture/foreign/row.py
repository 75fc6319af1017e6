"""A row of a foreign export: its cells by name, and the event made of them.

A cell is JSON's value or CSV's text; a text that holds a JSON object is read as one. What is missing is None. What is there and cannot be
read ends the row with `UnreadableError`, and `skipping` turns that into the reason why the row is no event: it is never taken for zero.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from meterlark.capture.attributes import EVENT_TYPE, UNATTRIBUTED, usable_attribute
from meterlark.capture.fields import decode, number, whole
from meterlark.capture.route import Skipped
from meterlark.model.errors import InvalidInputError
from meterlark.model.number import NumberError, parse_number
from meterlark.model.time import format_time, parse_time

Row = Mapping[str, Any]
Event = dict[str, Any]
Converter = Callable[[Row], Event | Skipped]

IMPORTED: Final = "imported"
"""The `usage_source` of an event made from another tool's numbers."""

_CLASSIC: Final = (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"))

_NAIVE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)")
_SPACED: Final = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)([+-]\d{2}(?::?\d{2})?|Z)")


class UnreadableError(ValueError):
    """A cell is there and is not what it must be; the message is the reason for which the row is skipped."""


def skipping(convert: Converter) -> Converter:
    """Return a converter that gives unreadable cells as the reason why the row is skipped."""

    def converted(row: Row) -> Event | Skipped:
        try:
            return convert(row)
        except UnreadableError as error:
            return Skipped(str(error))

    return converted


def cell(row: Row, *names: str) -> Any:  # noqa: ANN401 - JSON or text
    """Return the first cell of several names that is not empty; None if there is none."""
    for name in names:
        value = row.get(name)
        if value is not None and value != "":
            return value
    return None


def word(row: Row, *names: str) -> str:
    """Return a short text that an event can carry; empty if there is none."""
    return usable_attribute(cell(row, *names))


def count(row: Row, *names: str) -> int | None:
    """Return a whole number that is not negative; None if no cell has one.

    Raises:
        UnreadableError: The cell has something else.
    """
    value = cell(row, *names)
    if value is None:
        return None
    found = whole(_number_of(value))
    if found is None:
        raise UnreadableError(f"{next(name for name in names if row.get(name) == value)} is not a whole number")
    return found


def amount(row: Row, *names: str) -> int | Decimal | None:
    """Return an exact number that is not negative; None if no cell has one.

    Raises:
        UnreadableError: The cell has something else.
    """
    value = cell(row, *names)
    if value is None:
        return None
    found = number(_number_of(value))
    if found is None:
        raise UnreadableError(f"{next(name for name in names if row.get(name) == value)} is not a number")
    return found


def recorded_cost(row: Row, *names: str) -> str | None:
    """Return the cost that the tool itself recorded, as the text that it wrote; None if there is none.

    A text, because floats leave more digits than a quantity may have, and a usage must not be lost for the noise of a cost beside it.
    """
    value = cell(row, *names)
    return None if value is None or isinstance(value, bool | Mapping | list) else str(value)


def nested(row: Row, name: str) -> Row:
    """Return a cell that is a JSON object, or the text of one; empty if it is neither."""
    value = row.get(name)
    if isinstance(value, str) and value[:1] == "{":
        try:
            value = decode(value)
        except ValueError:
            return {}  # some exports write objects in a form of their own; what they hold is then unknown, not zero
    return value if isinstance(value, Mapping) else {}


def moment(row: Row, *names: str) -> datetime | None:
    """Return a time, aware UTC; one without a zone is UTC, as every tool read here writes it.

    Raises:
        UnreadableError: The cell has something else.
    """
    value = cell(row, *names)
    if value is None:
        return None
    text = str(value)
    if (naive := _NAIVE.fullmatch(text)) is not None:
        text = f"{naive[1]}T{naive[2]}Z"
    elif (spaced := _SPACED.fullmatch(text)) is not None:
        text = f"{spaced[1]}T{spaced[2]}{_offset(spaced[3])}"
    try:
        return parse_time(text, field="time")
    except InvalidInputError as error:
        raise UnreadableError(f"{next(name for name in names if row.get(name) == value)} is not a time") from error


def subject_of(row: Row, names: tuple[str, ...]) -> str:
    """Return who pays: the first of several cells that has a name, else the subject of usage that nobody is named for.

    A name with a point looks into an object: `metadata.customer`.

    Raises:
        UnreadableError: The name has control characters or is too long for an event.
    """
    for name in names:
        outer, is_inner, inner = name.partition(".")
        value = cell(nested(row, outer), inner) if is_inner and name not in row else cell(row, name)
        if value is not None:
            subject = usable_attribute(value if isinstance(value, str) else str(value))
            if not subject:
                raise UnreadableError(f"{name} cannot be the subject of an event: too long, or with control characters")
            return subject
    return UNATTRIBUTED


def usage_event(
    *, identity: str, source: str, subject: str, at: datetime, imported_from: str, names: Mapping[str, str], numbers: Mapping[str, Any]
) -> Event:
    """Return the event of one LLM exchange that another tool counted.

    Args:
        identity: The event's id: the tool's own of the exchange.
        source: The tool.
        subject: Who pays.
        at: Aware UTC.
        imported_from: The tool's name.
        names: Members of the data that are texts; empty ones are left out.
        numbers: Members that are counts and amounts; None is left out. Input, output and total are written under the classic names, too.
    """
    known = {name: value for name, value in numbers.items() if value is not None}
    tokens = {
        twin: known[name] for name, twin in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens")) if name in known
    }
    data = {name: value for name, value in names.items() if value} | {"usage_source": IMPORTED, "imported_from": imported_from}
    return make(identity=identity, source=source, event_type=EVENT_TYPE, subject=subject, at=at, data=data | known | tokens)


def make(*, identity: str, source: str, event_type: str, subject: str, at: datetime, data: Mapping[str, Any]) -> Event:
    """Return an event of any type.

    Raises:
        UnreadableError: The identity cannot be one.
    """
    if not usable_attribute(identity):
        raise UnreadableError("the id is empty, too long, or has control characters")
    return {
        "specversion": "1.0",
        "id": identity,
        "source": source,
        "type": event_type,
        "subject": subject,
        "time": format_time(at.astimezone(UTC)),
        "datacontenttype": "application/json",
        "data": dict(data),
    }


def _number_of(value: object) -> object:
    """Return the number that a text holds; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return parse_number(value)
    except NumberError:
        return None


def _offset(text: str) -> str:
    """Return an offset of PostgreSQL's output, such as +00, as RFC 3339 writes it."""
    digits = text[1:].replace(":", "")
    return text if text == "Z" else f"{text[0]}{digits[:2]}:{digits[2:] or '00'}"
