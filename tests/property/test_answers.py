"""Parts add up to the whole, for every combination of windows, groups, subjects and filters."""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

import msgspec
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from warehouse_cases import METERS, SPEC, metered_rows, queries

from meterlark.metering.meter import Aggregation, Meter
from meterlark.metering.query import Query, Row
from meterlark.metering.window import WindowSize
from meterlark.warehouse.contract import Batch, MeteredRow
from meterlark.warehouse.memory import MemoryWarehouse

ADDED_UP = [meter for meter in METERS if meter.aggregation in {Aggregation.SUM, Aggregation.COUNT}]


def answers(rows: list[MeteredRow], *asked: Query) -> Iterator[list[Row]]:
    """Answer questions over rows."""
    warehouse = MemoryWarehouse()
    key = warehouse.create_table(SPEC).key
    warehouse.append([Batch(key, rows)], after=0, upto=1000)
    return (warehouse.query(query, table=key) for query in asked)


def total(rows: list[Row]) -> Fraction:
    """Add up the values."""
    return sum((Fraction(row.value) for row in rows), Fraction())  # a decimal sum would be rounded to 28 digits


@pytest.mark.parametrize("meter", ADDED_UP, ids=lambda meter: meter.slug)
@given(rows=metered_rows(most=20), data=st.data())
@examples(40)
def test_groups_subjects_and_windows_add_up_to_the_whole(meter: Meter, rows: list[MeteredRow], data: st.DataObject) -> None:
    """Split by any of them, or by all, the parts have the sum of the undivided answer."""
    query = data.draw(queries(meter))
    whole = msgspec.structs.replace(query, window_size=None, group_by=(), by_subject=False)
    parts = [
        msgspec.structs.replace(whole, by_subject=True),
        msgspec.structs.replace(whole, group_by=("model",)),
        msgspec.structs.replace(whole, group_by=("region", "model"), by_subject=True),
        *(msgspec.structs.replace(whole, window_size=size) for size in WindowSize),
        query,
    ]

    [first], *others = ([total(answer)] for answer in answers(rows, whole, *parts))

    assert [part for [part] in others] == [first] * len(parts)


@given(rows=metered_rows(most=20), data=st.data())
@examples(40)
def test_adjoining_ranges_add_up(rows: list[MeteredRow], data: st.DataObject) -> None:
    """A range cut anywhere counts each event on one side of the cut."""
    query = data.draw(queries(data.draw(st.sampled_from(ADDED_UP))))
    whole = msgspec.structs.replace(query, window_size=None)
    first = dt.datetime(2024, 10, 20, tzinfo=dt.UTC)
    cut = data.draw(
        st.one_of(
            st.integers(0, 61 * 86_400_000_000), st.sampled_from([row.time_us - int(first.timestamp()) * 10**6 for row in rows] or [0])
        )
    )
    at = first + dt.timedelta(microseconds=cut)
    if (whole.start is not None and whole.start >= at) or (whole.end is not None and whole.end <= at):
        return

    both, early, late = answers(rows, whole, msgspec.structs.replace(whole, end=at), msgspec.structs.replace(whole, start=at))

    assert total(both) == total(early) + total(late)


@given(rows=metered_rows(most=20), query=queries())
@examples(60)
def test_rows_are_ordered_and_distinct(rows: list[MeteredRow], query: Query) -> None:
    """No combination stands twice, and the order is by window, subject and groups; windows hold the asked range only."""
    [answer] = answers(rows, query)

    keys = [(row.window, row.subject or "", *row.groups.values()) for row in answer]
    assert keys == sorted(set(keys))
    assert all(tuple(row.groups) == query.group_by for row in answer)
    assert all(row.window.start < row.window.end for row in answer)
