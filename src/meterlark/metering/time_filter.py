"""Filters on a time: the FilterTime of the OpenMeter protocol. Several operators in one object must all hold."""

from collections.abc import Mapping
from typing import Final

import msgspec

from meterlark.metering.filter import DEPTH_MAX, read_list
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import parse_time, to_microseconds

COMPARISONS: Final = {"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
"""The operators that compare with a time, and how they are written elsewhere."""

_JOINTS: Final = ("$and", "$or")


class TimeFilter(msgspec.Struct, frozen=True):
    """One condition on a time.

    Attributes:
        operator: `$gt`, `$gte`, `$lt`, `$lte`, `$and` or `$or`.
        at_us: What is compared with, microseconds since 1970; 0 for the joints.
        parts: What is joined; empty for the comparisons.
    """

    operator: str
    at_us: int = 0
    parts: tuple["TimeFilter", ...] = ()


def read_time_filter(value: object, *, field: str, depth: int = 0) -> TimeFilter:
    """Read a FilterTime: an object with at least one operator.

    Args:
        value: The parsed JSON.
        field: What to name in errors.
        depth: Levels of `$and` and `$or` above this one.

    Raises:
        InvalidInputError: Not such an object.
    """
    allowed = " ".join([*COMPARISONS, *_JOINTS])
    if not isinstance(value, Mapping) or not value:
        raise InvalidInputError(f"{field} must be an object with at least one of {allowed}", field=field)
    parts: list[TimeFilter] = []
    for name, operand in value.items():
        if name in _JOINTS:
            if depth >= DEPTH_MAX:
                raise InvalidInputError(f"{field} is nested more than {DEPTH_MAX} levels deep", field=field)
            joined = tuple(read_time_filter(part, field=field, depth=depth + 1) for part in read_list(operand, field, name))
            parts.append(TimeFilter(name, parts=joined))
        elif name in COMPARISONS:
            if not isinstance(operand, str):
                raise InvalidInputError(f"{field}: {name} needs a time as text", field=field)
            parts.append(TimeFilter(name, to_microseconds(parse_time(operand, field=field))))
        else:
            raise InvalidInputError(f"{field} has the operator {str(name)[:80]!r}; allowed are {allowed}", field=field)
    return parts[0] if len(parts) == 1 else TimeFilter("$and", parts=tuple(parts))


def holds(condition: TimeFilter, time_us: int) -> bool:
    """Tell whether a time passes a filter; the reference for what engines do."""
    match condition.operator:
        case "$and":
            return all(holds(part, time_us) for part in condition.parts)
        case "$or":
            return any(holds(part, time_us) for part in condition.parts)
        case "$gt":
            return time_us > condition.at_us
        case "$gte":
            return time_us >= condition.at_us
        case "$lt":
            return time_us < condition.at_us
        case _:
            assert condition.operator == "$lte"
            return time_us <= condition.at_us
