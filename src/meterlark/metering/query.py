"""The query: a meter, a range `[from, to)`, windows, groups and filters; checked once, then the same for every engine.

Semantics are those of the OpenMeter protocol, made deterministic: `to` is exclusive, rows are ordered by window, subject and groups.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import repeat
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from meterlark.metering.filter import Filter
from meterlark.metering.meter import RESERVED_GROUPS, Aggregation, Meter
from meterlark.metering.window import Calendar, Window, WindowSize, load_zone
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import EPOCH, format_time, from_microseconds

SUBJECTS_MAX: Final = 100
"""Subjects of one filter, as in the protocol."""

GROUPS_MAX: Final = 100
"""Entries of groupBy, as in the protocol."""

MINUTE: Final = dt.timedelta(minutes=1)
_LAST_MINUTE: Final = dt.datetime.max.replace(tzinfo=dt.UTC) - MINUTE


class Query(msgspec.Struct, frozen=True):
    """A checked query; build one with `plan_query`.

    Attributes:
        meter: What is asked.
        start: First instant counted, inclusive; None for no bound.
        end: First instant not counted, exclusive; None for no bound.
        window_size: None gives one row a group.
        zone_name: IANA name of the zone whose clock cuts the windows.
        by_subject: Whether rows are split by subject.
        group_by: The meter's dimensions that split rows, in the order asked for.
        subjects: Only these subjects; None for all.
        filters: Condition on the text of a dimension, by key.
        customer_id: Whose usage is asked for, when the subjects are those of one customer; its rows say so.
        upto: Last sequence number counted, inclusive; None counts all that was read.
    """

    meter: Meter
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    window_size: WindowSize | None = None
    zone_name: str = "UTC"
    by_subject: bool = False
    group_by: tuple[str, ...] = ()
    subjects: tuple[str, ...] | None = None
    filters: dict[str, Filter] = {}
    customer_id: str | None = None
    upto: int | None = None

    @property
    def counted_from(self) -> dt.datetime | None:
        """First instant counted: the later of the query's own bound and the meter's `event_from`."""
        bounds = [at for at in (self.start, self.meter.event_from) if at is not None]
        return max(bounds) if bounds else None

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose clock cuts the windows."""
        return load_zone(self.zone_name)


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of an answer.

    Attributes:
        window: `[start, end)` in aware UTC.
        subject: None when rows are not split by subject.
        groups: Text of each dimension asked for, by key; not to be changed, rows share it.
        value: Exact usage.
        customer_id: As in the query.
    """

    window: Window
    subject: str | None
    groups: dict[str, str]
    value: Decimal
    customer_id: str | None = None


class Cell(msgspec.Struct, frozen=True, gc=False):
    """What an engine found for one combination of window, subject and groups.

    Attributes:
        bucket: The window's number, as `Calendar.bucket_of` gives it; None without windows.
        subject: None when rows are not split by subject.
        groups: Texts in the order of `Query.group_by`.
        value: Usage; None when there was nothing to take it of.
        first_us: Event time of the earliest measured event, in microseconds.
        last_us: Event time of the latest measured event.
    """

    bucket: int | None
    subject: str | None
    groups: tuple[str, ...]
    value: Decimal | None
    first_us: int
    last_us: int


def plan_query(
    meter: Meter,
    *,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    window_size: str | None = None,
    zone_name: str = "UTC",
    group_by: Sequence[str] = (),
    subjects: Sequence[str] | None = None,
    filters: Mapping[str, Filter] | None = None,
    by_customer: bool = False,
) -> Query:
    """Check what was asked and return the query.

    Args:
        meter: The meter asked.
        start: `from`, inclusive, aware.
        end: `to`, exclusive, aware.
        window_size: One of `WindowSize`, or None.
        zone_name: IANA name.
        group_by: Keys of the meter, and `subject`; repeated keys count once.
        subjects: Only these; more than one splits the rows by subject, as in the protocol.
        filters: Condition by key of the meter.
        by_customer: Whether customers are given, whose usage is asked for one by one; `group_by` may name `customer_id` then.

    Raises:
        InvalidInputError: `field` names the parameter as on the wire.
    """
    if start is not None and end is not None and start >= end:
        raise InvalidInputError(f"from is {format_time(start)} and to is {format_time(end)}; from must be before to", field="from")
    if window_size is not None and window_size not in WindowSize.__members__:
        raise InvalidInputError(f"windowSize is {window_size[:80]!r}; allowed are {', '.join(WindowSize)}", field="windowSize")
    load_zone(zone_name)
    if len(group_by) > GROUPS_MAX:
        raise InvalidInputError(f"groupBy has {len(group_by)} entries; at most {GROUPS_MAX} are accepted", field="groupBy")
    known = ", ".join(["subject", *sorted(meter.group_by)])
    for key in group_by:
        if key == "customer_id":
            if not by_customer:
                raise InvalidInputError("invalid group by: customer_id; it needs filterCustomerId", field="groupBy")
        elif key != "subject" and key not in meter.group_by:
            raise InvalidInputError(f"invalid group by: {key[:80]}; the meter {meter.slug} has {known}", field="groupBy")
    for key in filters or {}:
        if key not in meter.group_by:
            allowed = ", ".join(sorted(meter.group_by)) or "no dimension"
            raise InvalidInputError(f"invalid group by filter: {key[:80]}; the meter {meter.slug} has {allowed}", field="filterGroupBy")
    if subjects is not None and len(subjects) > SUBJECTS_MAX:
        raise InvalidInputError(f"subject has {len(subjects)} entries; at most {SUBJECTS_MAX} are accepted", field="subject")
    several = subjects is not None and len(set(subjects)) > 1
    return Query(
        meter=meter,
        start=start,
        end=end,
        window_size=None if window_size is None else WindowSize(window_size),
        zone_name=zone_name,
        by_subject=several or "subject" in group_by,
        group_by=tuple(dict.fromkeys(key for key in group_by if key not in RESERVED_GROUPS)),
        subjects=tuple(dict.fromkeys(subjects)) if subjects else None,
        filters=dict(filters or {}),
    )


def finish_rows(query: Query, cells: Iterable[Cell], calendar: Calendar | None) -> list[Row]:
    """Turn what an engine found into the rows of the answer, in order.

    Args:
        query: What was asked.
        cells: One per combination, in any order.
        calendar: The windows; None without windows.

    Returns:
        Rows ordered by window, subject and groups; combinations without a usable value are left out. A COUNT or UNIQUE_COUNT over nothing,
        without windows and groups, is one row of 0.
    """
    usable = [cell for cell in cells if cell.value is not None]
    # Buckets ascend as their windows do; where there are none, and where there is no subject, all are None and equal.
    usable.sort(key=attrgetter("bucket", "subject", "groups"))
    return finish_columns(query, list(zip(*map(msgspec.structs.astuple, usable), strict=True)), calendar)


def finish_columns(query: Query, columns: Sequence[Sequence[Any]], calendar: Calendar | None) -> list[Row]:
    """Do as `finish_rows` for what is in order already.

    Args:
        query: What was asked.
        columns: The fields of `Cell` in its order, each for all cells, which have a value; nothing at all for no cell.
        calendar: The windows; None without windows.
    """
    if not columns:
        return _nothing_counted(query)
    buckets, subjects, groups, values, firsts, lasts = columns
    windows: Iterable[Window]
    if calendar is not None:
        known = {bucket: calendar.window_of(bucket) for bucket in set(buckets)}
        windows = map(known.__getitem__, buckets)
    elif query.start is not None and query.end is not None:
        windows = repeat(Window(query.start, query.end))
    else:
        windows = map(partial(_whole_window, query), firsts, lasts)
    rows = list(map(Row, windows, subjects, _named(query.group_by, groups), values, repeat(query.customer_id)))
    if calendar is None and (query.start is None or query.end is None):
        rows.sort(key=attrgetter("window"))  # without both bounds they are those of each combination's own events
    return rows


def _named(keys: Sequence[str], groups: Sequence[tuple[str, ...]]) -> Iterable[dict[str, str]]:
    """Return the texts by key. Rows share the few combinations there are: to look one up is four times cheaper than to make it anew."""
    if not keys:
        return repeat({})
    known = {texts: dict(zip(keys, texts, strict=True)) for texts in set(groups)}
    return map(known.__getitem__, groups)


def _whole_window(query: Query, first_us: int, last_us: int) -> Window:
    """Return the bounds asked for; a missing one is the minute of the first or last event."""
    start = query.start if query.start is not None else _floor_minute(from_microseconds(first_us))
    end = query.end if query.end is not None else _floor_minute(from_microseconds(last_us)) + MINUTE
    return Window(start, end)


def _nothing_counted(query: Query) -> list[Row]:
    counts = query.meter.aggregation in {Aggregation.COUNT, Aggregation.UNIQUE_COUNT}
    is_split = query.window_size is not None or query.by_subject or query.group_by or query.customer_id is not None
    if not counts or is_split:
        return []
    start = query.start if query.start is not None else EPOCH
    end = query.end if query.end is not None else min(max(start, EPOCH), _LAST_MINUTE) + MINUTE
    return [Row(Window(start, end), None, {}, Decimal(0))]


def _floor_minute(at: dt.datetime) -> dt.datetime:
    return at.replace(second=0, microsecond=0)
