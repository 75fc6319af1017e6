"""The definition of a feature: something a product sells, measured by a meter or not.

Names and rules are those of the OpenMeter protocol.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from meterlark.catalog.contract import Record
from meterlark.metering.filter import read_filter
from meterlark.metering.meter import SLUG_LENGTH_MAX, Meter
from meterlark.model.errors import InvalidInputError
from meterlark.service.customer import NAME_LENGTH_MAX, check_metadata, check_text

KEY_LENGTH_MAX: Final = SLUG_LENGTH_MAX

_KEY: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_ULID: Final = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")


class Feature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is sold. Build one with `define_feature`, which checks the rules.

    Attributes:
        key: Its key for people and URLs.
        name: For people.
        meter_slug: The meter that measures it; None when nothing is measured.
        filters: Condition on the text of one of the meter's dimensions, by key, in the form of the wire.
        metadata: The owner's labels.
    """

    key: str
    name: str
    meter_slug: str | None = None
    filters: dict[str, dict[str, Any]] = {}
    metadata: dict[str, str] = {}


def define_feature(
    *,
    key: str,
    name: str,
    meter: Meter | None,
    plain_filters: Mapping[str, str] | None,
    filters: Mapping[str, Any] | None,
    metadata: Mapping[str, str] | None,
) -> Feature:
    """Return a valid feature.

    Args:
        key: Letters, digits and single underscores; not like an id.
        name: For people.
        meter: What measures it.
        plain_filters: The text that a dimension must have, by key.
        filters: A filter by key; not together with the plain ones.
        metadata: The owner's labels.

    Raises:
        InvalidInputError: A rule is broken; `field` is the name on the wire.
    """
    if len(key) > KEY_LENGTH_MAX or _KEY.fullmatch(key) is None or _ULID.fullmatch(key) is not None:
        raise InvalidInputError(
            f"key is {key[:80]!r}; allowed are lower-case letters, digits and single underscores, at most {KEY_LENGTH_MAX} characters, "
            "and not the form of an id",
            field="key",
        )
    check_text("name", name, NAME_LENGTH_MAX)
    check_metadata(metadata)
    if plain_filters and filters:
        raise InvalidInputError(
            "meterGroupByFilters and advancedMeterGroupByFilters cannot be given together", field="advancedMeterGroupByFilters"
        )
    conditions: dict[str, Any] = {key: {"$eq": text} for key, text in (plain_filters or {}).items()} | dict(filters or {})
    for dimension, condition in conditions.items():
        field = f"{'meterGroupByFilters' if plain_filters else 'advancedMeterGroupByFilters'}.{dimension[:80]}"
        if meter is None:
            raise InvalidInputError(f"{field} needs a meterSlug", field=field)
        if dimension not in meter.group_by:
            known = ", ".join(sorted(meter.group_by)) or "no dimension"
            raise InvalidInputError(f"{field} names no dimension of the meter {meter.slug}, which has {known}", field=field)
        read_filter(condition, field=field)
    return Feature(
        key=key,
        name=name,
        meter_slug=None if meter is None else meter.slug,
        filters=conditions,
        metadata=dict(metadata or {}),
    )


def read_feature(record: Record) -> Feature:
    """Return the feature of a stored record."""
    return msgspec.json.decode(record.definition, type=Feature)
