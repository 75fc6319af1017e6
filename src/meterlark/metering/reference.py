"""The reference evaluation: what a query answers, in the plainest words.

The oracle for every engine. It looks at each event in turn and keeps no index; it is meant to be obviously right, not fast. The windows are
those of `metering.window`, which the property tests compare with the standard library's own clock.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from meterlark.metering.aggregation import EMPTY, State, finish, merge, state_of
from meterlark.metering.filter import matches
from meterlark.metering.query import Cell, Query, Row, finish_rows
from meterlark.metering.window import Calendar
from meterlark.model.time import to_microseconds


class Observation(NamedTuple):
    """One measured event.

    Attributes:
        sequence: Place in the ledger.
        time: Event time, aware UTC.
        subject: As sent.
        groups: Text of each of the meter's dimensions by key.
        value: What the meter read; None for COUNT.
    """

    sequence: int
    time: dt.datetime
    subject: str
    groups: dict[str, str]
    value: int | Decimal | str | None


def evaluate(query: Query, observations: Iterable[Observation]) -> list[Row]:
    """Answer a query from the measurements of its meter.

    Args:
        query: What is asked.
        observations: Every event of the meter's type that it could measure, in any order.
    """
    counted = [observation for observation in observations if _is_asked_for(query, observation)]
    calendar: Calendar | None = None
    if query.window_size is not None and counted:
        times = [observation.time for observation in counted]
        calendar = Calendar(query.window_size, query.zone, start=min(times), end=max(times))
    cells: dict[tuple[int | None, str | None, tuple[str, ...]], tuple[State, int, int]] = {}
    for observation in counted:
        time_us = to_microseconds(observation.time)
        bucket = None if calendar is None else calendar.bucket_of(time_us)
        subject = observation.subject if query.by_subject else None
        key = (bucket, subject, tuple(observation.groups[name] for name in query.group_by))
        state, first_us, last_us = cells.get(key, (EMPTY, time_us, time_us))
        one = state_of(query.meter.aggregation, observation.value, time_us=time_us, sequence=observation.sequence)
        cells[key] = (merge(state, one), min(first_us, time_us), max(last_us, time_us))
    return finish_rows(
        query, (Cell(*key, finish(query.meter.aggregation, state), first, last) for key, (state, first, last) in cells.items()), calendar
    )


def _is_asked_for(query: Query, observation: Observation) -> bool:
    if query.counted_from is not None and observation.time < query.counted_from:
        return False
    if query.end is not None and observation.time >= query.end:
        return False
    if query.upto is not None and observation.sequence > query.upto:
        return False
    if query.subjects is not None and observation.subject not in query.subjects:
        return False
    return all(matches(condition, observation.groups[key]) for key, condition in query.filters.items())
