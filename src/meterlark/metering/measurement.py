"""A measurement: the value and the groups that one meter reads from one event, or the reason why there is none.

The reasons are the texts of the OpenMeter protocol, so that tools that match them keep working. The warehouse reads the same columns by
the same two functions, `read_number` and `read_text`; nothing else ever interprets event data.

Paths below `$.meterlark` lead to what is derived from an event, such as its cost, and not to what was sent: the key is reserved. A derived
value may be an `Unmeasured` itself, and its reason is then that of the measurement.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from meterlark.metering.meter import Aggregation, Meter
from meterlark.metering.path import MISSING, compile_path, look_up
from meterlark.model.event import Event
from meterlark.model.number import NumberError, WideNumber, canonical_text, is_within_limits, parse_number

DERIVED: Final = "meterlark"
"""Key under which what is derived from an event is seen beside its data."""


class Kind(StrEnum):
    """How a column reads its path."""

    NUMBER = "number"
    """An exact number, or nothing."""
    TEXT = "text"
    """The text of a scalar, or nothing: what UNIQUE_COUNT counts."""
    GROUP = "group"
    """The text of a scalar, empty where there is none: a dimension."""


class Column(NamedTuple):
    """One path read in one way: what a meter needs of an event, and what the warehouse keeps of it."""

    kind: Kind
    path: str


class Unmeasured(msgspec.Struct, frozen=True):
    """Why an event has no value for a meter."""

    reason: str


class Measurement(msgspec.Struct, frozen=True):
    """What one meter reads from one event.

    Attributes:
        value: An exact number; a text for UNIQUE_COUNT; None for COUNT.
        groups: The text of each of the meter's dimensions by key; empty where the property is missing or is no scalar.
    """

    value: int | Decimal | str | None
    groups: dict[str, str]


NO_VALUE: Final = Unmeasured("invalid event: null and missing value property")
NULL_VALUE: Final = Unmeasured("invalid event: value cannot be null")
NOT_A_NUMBER: Final = Unmeasured("invalid event: value cannot be NaN")
INFINITE: Final = Unmeasured("invalid event: value cannot be infinity")
UNSUPPORTED: Final = Unmeasured("invalid event: unsupported value property type")


def value_column(meter: Meter) -> Column | None:
    """Return the column that holds the meter's value; None for COUNT."""
    if meter.value_property is None:
        return None
    return Column(Kind.TEXT if meter.aggregation is Aggregation.UNIQUE_COUNT else Kind.NUMBER, meter.value_property)


def is_derived(path: str) -> bool:
    """Tell whether a path leads to what is derived from an event."""
    return DERIVED in path and compile_path(path, field="path")[0] == DERIVED


def needs_derived(meter: Meter) -> bool:
    """Tell whether a meter reads anything that is derived."""
    return any(is_derived(column.path) for column in meter_columns([meter]))


def meter_columns(meters: Iterable[Meter]) -> tuple[Column, ...]:
    """Return the distinct columns that the meters need, sorted, so that equal needs give equal tuples."""
    columns: set[Column] = set()
    for meter in meters:
        value = value_column(meter)
        if value is not None:
            columns.add(value)
        columns.update(Column(Kind.GROUP, path) for path in meter.group_by.values())
    return tuple(sorted(columns))


def measure(meter: Meter, event: Event, derived: Mapping[str, Any] | None = None) -> Measurement | Unmeasured:
    """Read one event for one meter; the event's type is not looked at here.

    Args:
        meter: What to read.
        event: From what.
        derived: What is derived from the event; needed where `needs_derived` says so.
    """
    data = {} if event.data is None else event.data
    if needs_derived(meter):
        assert derived is not None, f"the meter {meter.slug} reads what is derived"
        data = {**data, DERIVED: derived}
    groups = {key: read_text(data, compile_path(path, field=key)) or "" for key, path in meter.group_by.items()}
    if meter.value_property is None:
        return Measurement(None, groups)
    if event.data is None:
        return NO_VALUE
    path = compile_path(meter.value_property, field="valueProperty")
    value = _unique_value(data, path) if meter.aggregation is Aggregation.UNIQUE_COUNT else read_number(data, path)
    if value is _MISSING_VALUE:
        return Unmeasured(f'invalid event: missing value property: "{meter.value_property}"')
    return value if isinstance(value, Unmeasured) else Measurement(value, groups)


_MISSING_VALUE: Final = Unmeasured("")


def read_number(data: Mapping[str, Any], path: tuple[str | int, ...]) -> int | Decimal | Unmeasured:
    """Read the exact number at a compiled path.

    Returns:
        The number, from a JSON number or a numeric string, or why there is none; an empty reason means that nothing is there.
    """
    return _number_of(look_up(data, path))


def _number_of(value: Any) -> int | Decimal | Unmeasured:  # noqa: ANN401 - parsed JSON
    if type(value) is int:
        return value if is_within_limits(value) else _out_of_range(str(value))
    if type(value) is Decimal:
        return value
    if value is MISSING:
        return _MISSING_VALUE
    if value is None:
        return NULL_VALUE
    if isinstance(value, Unmeasured):
        return value
    if isinstance(value, WideNumber):
        return _out_of_range(value)
    if type(value) is str:
        return _number_from_string(value)
    return UNSUPPORTED


def read_text(data: Mapping[str, Any], path: tuple[str | int, ...]) -> str | None:
    """Read the text of the scalar at a compiled path.

    Returns:
        A string as it is, a number in plain notation, a boolean as `true` or `false`; None for missing, null, objects and arrays.
    """
    return _text_of(look_up(data, path))


def _text_of(value: Any) -> str | None:  # noqa: ANN401 - parsed JSON
    if type(value) is str:
        return value
    if type(value) is int or type(value) is Decimal:
        return canonical_text(value)
    if type(value) is bool:
        return "true" if value else "false"
    return str(value) if isinstance(value, WideNumber) else None


def read_column(column: Column, payloads: Sequence[Mapping[str, Any]]) -> list[int | Decimal | str | None]:
    """Read one column of many events at once; each cell is what `read_number` or `read_text` reads, at a fraction of the cost.

    Args:
        column: What to read.
        payloads: The `data` of each event; empty where it has none.

    Returns:
        One cell an event. A number, or None where there is no usable one; a text, or where there is none None (TEXT) or "" (GROUP).
    """
    path = compile_path(column.path, field="path")
    key = path[0] if path else None
    if len(path) == 1 and type(key) is str:
        found = [payload.get(key, MISSING) for payload in payloads]
    else:
        found = [look_up(payload, path) for payload in payloads]
    if column.kind is Kind.NUMBER:
        return [value if type(value) is int and is_within_limits(value) else _number_or_none(value) for value in found]
    nothing = "" if column.kind is Kind.GROUP else None
    return [value if type(value) is str else _text_or(nothing, value) for value in found]


def _number_or_none(value: Any) -> int | Decimal | None:  # noqa: ANN401 - parsed JSON
    number = _number_of(value)
    return None if isinstance(number, Unmeasured) else number


def _text_or(nothing: str | None, value: Any) -> str | None:  # noqa: ANN401 - parsed JSON
    text = _text_of(value)
    return nothing if text is None else text


def _unique_value(data: Mapping[str, Any], path: tuple[str | int, ...]) -> str | Unmeasured:
    text = read_text(data, path)
    if text is not None:
        return text
    value = look_up(data, path)
    if value is MISSING:
        return _MISSING_VALUE
    return NULL_VALUE if value is None else UNSUPPORTED


def _number_from_string(text: str) -> int | Decimal | Unmeasured:
    try:
        return parse_number(text)
    except NumberError as error:
        lowered = text[:16].lstrip("+-").lower()
        if lowered == "nan":
            return NOT_A_NUMBER
        if lowered in {"inf", "infinity"}:
            return INFINITE
        return Unmeasured(f"invalid event: value cannot be parsed as float64: {str(error)[:200]}")


def _out_of_range(text: str) -> Unmeasured:
    return Unmeasured(f"invalid event: value out of range: {text[:80]}")
