"""The definition of a meter and the rules that make one valid.

Names and rules are those of the OpenMeter protocol: slug, event type, aggregation, value property, group-by paths.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from meterlark.metering.path import compile_path
from meterlark.model.errors import InvalidInputError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX

SLUG_LENGTH_MAX: Final = 64
NAME_LENGTH_MAX: Final = 256
DESCRIPTION_LENGTH_MAX: Final = 1024
GROUP_BY_KEYS_MAX: Final = 32
"""Group-by paths of one meter. Each is a column of the warehouse; the widest preset has 6."""

RESERVED_GROUPS: Final = ("subject", "customer_id")
"""Dimensions that every meter has; a path may not take their names."""

_SLUG: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_GROUP_KEY: Final = re.compile(r"[a-zA-Z_][0-9a-zA-Z_]*")


class Aggregation(StrEnum):
    """How measurements become usage; written in capitals on the wire."""

    SUM = "SUM"
    COUNT = "COUNT"
    AVG = "AVG"
    MIN = "MIN"
    MAX = "MAX"
    UNIQUE_COUNT = "UNIQUE_COUNT"
    LATEST = "LATEST"


class Meter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is measured on which events. Build one with `define_meter`, which checks the rules.

    Attributes:
        slug: The meter's key for people and URLs.
        event_type: Events whose `type` equals this are measured.
        aggregation: How measurements become usage.
        value_property: JSONPath of the value in `data`; None for COUNT and only for COUNT.
        group_by: JSONPath of each dimension by its key.
        event_from: Events before this instant are not counted; None counts all.
        name: For people; the slug when not given.
        description: For people.
        metadata: The owner's own labels.
    """

    slug: str
    event_type: str
    aggregation: Aggregation
    value_property: str | None = None
    group_by: dict[str, str] = {}
    event_from: datetime | None = None
    name: str | None = None
    description: str | None = None
    metadata: dict[str, str] = {}


def define_meter(
    *,
    slug: str,
    event_type: str,
    aggregation: str,
    value_property: str | None = None,
    group_by: Mapping[str, str] | None = None,
    event_from: datetime | None = None,
    name: str | None = None,
    description: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Meter:
    """Return a valid meter.

    Raises:
        InvalidInputError: A rule is broken; `field` is the name on the wire.
    """
    if len(slug) > SLUG_LENGTH_MAX or _SLUG.fullmatch(slug) is None:
        raise InvalidInputError(
            f"slug is {slug[:80]!r}; allowed are lower-case letters, digits and single underscores, at most {SLUG_LENGTH_MAX} characters",
            field="slug",
        )
    if not event_type or len(event_type) > ATTRIBUTE_LENGTH_MAX:
        raise InvalidInputError(f"eventType needs 1 to {ATTRIBUTE_LENGTH_MAX} characters", field="eventType")
    if aggregation not in Aggregation.__members__:
        allowed = ", ".join(Aggregation)
        raise InvalidInputError(f"aggregation is {aggregation[:80]!r}; allowed are {allowed}", field="aggregation")
    _check_value_property(Aggregation(aggregation), value_property)
    groups = dict(group_by or {})
    check_group_by(groups, value_property)
    _check_length("name", name, NAME_LENGTH_MAX)
    _check_length("description", description, DESCRIPTION_LENGTH_MAX)
    return Meter(
        slug=slug,
        event_type=event_type,
        aggregation=Aggregation(aggregation),
        value_property=value_property,
        group_by=groups,
        event_from=event_from,
        name=name,
        description=description,
        metadata=dict(metadata or {}),
    )


def check_group_by(group_by: Mapping[str, str], value_property: str | None) -> None:
    """Check the dimensions of a meter.

    Raises:
        InvalidInputError: Too many, a bad key, a reserved key, a bad path, or the value's own path.
    """
    if len(group_by) > GROUP_BY_KEYS_MAX:
        raise InvalidInputError(f"groupBy has {len(group_by)} keys; at most {GROUP_BY_KEYS_MAX} are accepted", field="groupBy")
    for key, path in group_by.items():
        field = f"groupBy.{key[:80]}"
        if len(key) > SLUG_LENGTH_MAX or _GROUP_KEY.fullmatch(key) is None:
            raise InvalidInputError(
                f"{key[:80]!r} is not a groupBy key; allowed are letters, digits and _, not starting with a digit", field=field
            )
        if key in RESERVED_GROUPS:
            raise InvalidInputError(f"{key!r} is a dimension that every meter has; choose another key", field=field)
        compile_path(path, field=field)
        if path == value_property:
            raise InvalidInputError(f"{field} is the value property {path!r}; a dimension must be another one", field=field)


def _check_value_property(aggregation: Aggregation, value_property: str | None) -> None:
    if aggregation is Aggregation.COUNT:
        if value_property is not None:
            raise InvalidInputError("valueProperty is not allowed with COUNT, which counts events", field="valueProperty")
        return
    if value_property is None:
        raise InvalidInputError(f"valueProperty is required with {aggregation}", field="valueProperty")
    compile_path(value_property, field="valueProperty")


def _check_length(field: str, text: str | None, most: int) -> None:
    if text is not None and len(text) > most:
        raise InvalidInputError(f"{field} has {len(text)} characters; at most {most} are accepted", field=field)
