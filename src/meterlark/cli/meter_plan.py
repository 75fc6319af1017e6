"""What must change so that a server has the meters of a file. Pure: it reads and writes nothing."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from meterlark.metering.meter import Meter
from meterlark.model.time import format_time

CHANGEABLE: Final = ("name", "description", "metadata", "groupBy")
FIXED: Final = ("eventType", "aggregation", "valueProperty", "eventFrom")
"""What a meter measures; it never changes under its name."""


class Action(StrEnum):
    """What is to be done with a meter."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    REFUSE = "refuse"
    """Nothing: it measures something else than the file says, and that never changes."""


class Difference(msgspec.Struct, frozen=True):
    """One field that differs.

    Attributes:
        before: On the server.
        after: In the file.
    """

    before: object
    after: object


class Change(msgspec.Struct, frozen=True):
    """What is to be done with one meter.

    Attributes:
        action: What.
        slug: Which.
        fields: The definition's fields that differ; all that are set for a new or deleted one.
        definition: What the server is sent; empty for a deletion.
    """

    action: Action
    slug: str
    fields: dict[str, Difference]
    definition: dict[str, Any]


class Plan(msgspec.Struct, frozen=True):
    """Everything that differs.

    Attributes:
        changes: In the order in which they are made: new ones, changed ones, deleted ones.
        refused: What cannot be done.
        equal: How many meters are as the file says.
        extra: Meters that are not in the file and stay.
    """

    changes: list[Change]
    refused: list[Change]
    equal: int
    extra: list[str]


def plan_meters(wanted: Sequence[Meter], known: Sequence[Meter], *, prune: bool, kept: Collection[str] = ()) -> Plan:
    """Compare a file with a server.

    Args:
        wanted: The meters of the file.
        known: Those of the server.
        prune: Delete what is not in the file.
        kept: Slugs that are never deleted: what the server makes itself would come back.
    """
    before = {meter.slug: fields_of(meter) for meter in known}
    after = {meter.slug: fields_of(meter) for meter in wanted}
    compared = {slug: _differences(before.get(slug, {}), fields) for slug, fields in after.items()}
    changes = [
        Change(Action.CREATE, slug, fields, {"slug": slug, **after[slug]}) for slug, fields in compared.items() if slug not in before
    ]
    changed = [(slug, fields) for slug, fields in compared.items() if slug in before and fields]
    refused = [Change(Action.REFUSE, slug, fields, {}) for slug, fields in changed if not fields.keys().isdisjoint(FIXED)]
    changes += [
        Change(Action.CHANGE, slug, fields, {name: value for name, value in after[slug].items() if name in CHANGEABLE})
        for slug, fields in changed
        if fields.keys().isdisjoint(FIXED)
    ]
    extra = [slug for slug in before if slug not in after]
    if prune:
        changes += [Change(Action.DELETE, slug, _differences(before[slug], {}), {}) for slug in extra if slug not in kept]
        extra = [slug for slug in extra if slug in kept]
    equal = sum(slug in before and not fields for slug, fields in compared.items())
    return Plan(changes, refused, equal, extra)


def fields_of(meter: Meter) -> dict[str, Any]:
    """Return a meter's definition as the API has it, without what is not set."""
    fields = {
        "eventType": meter.event_type,
        "aggregation": str(meter.aggregation),
        "valueProperty": meter.value_property,
        "groupBy": meter.group_by,
        "eventFrom": None if meter.event_from is None else format_time(meter.event_from),
        "name": meter.name or meter.slug,
        "description": meter.description,
        "metadata": meter.metadata,
    }
    return {name: value for name, value in fields.items() if value not in (None, {})}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Difference]:
    names = dict.fromkeys([*after, *before])
    return {name: Difference(before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}
