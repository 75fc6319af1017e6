"""Planning a query: each mistake names the parameter; and the rows of an answer."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from meterlark.metering.filter import equals_any
from meterlark.metering.meter import Aggregation, Meter, define_meter
from meterlark.metering.query import Cell, plan_query
from meterlark.metering.query import finish_rows as finish
from meterlark.metering.reference import Observation, evaluate
from meterlark.model.errors import InvalidInputError

T0 = dt.datetime(2026, 11, 24, 8, 30, 15, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
GROUPS = {"model": "$.model", "region": "$.region"}
SUM = define_meter(slug="tokens", event_type="t", aggregation="SUM", value_property="$.v", group_by=GROUPS)
COUNT = define_meter(slug="calls", event_type="t", aggregation="COUNT", group_by=GROUPS)
UNIQUE = define_meter(slug="users", event_type="t", aggregation="UNIQUE_COUNT", value_property="$.u")


def seen(
    sequence: int, at: dt.datetime, value: int | str | None, *, subject: str = "acme", model: str = "m", region: str = ""
) -> Observation:
    """Return one measured event."""
    return Observation(sequence, at, subject, {"model": model, "region": region}, value)


@pytest.mark.parametrize(
    ("asked", "field", "given"),
    [
        ({"start": T0, "end": T0}, "from", "from must be before to"),
        ({"start": T0 + MINUTE, "end": T0}, "from", "from is 2026-11-24T08:31:15Z and to is 2026-11-24T08:30:15Z"),
        ({"window_size": "day"}, "windowSize", "'day'; allowed are MINUTE, HOUR, DAY, MONTH"),
        ({"window_size": "WEEK"}, "windowSize", "'WEEK'"),
        ({"zone_name": "Mars/Olympus"}, "windowTimeZone", "'Mars/Olympus'; allowed are IANA names"),
        ({"zone_name": "../etc/passwd"}, "windowTimeZone", "'../etc/passwd'"),
        ({"zone_name": "localtime"}, "windowTimeZone", "'localtime'"),
        ({"zone_name": "Factory"}, "windowTimeZone", "'Factory'"),
        ({"zone_name": ""}, "windowTimeZone", "''"),
        ({"zone_name": "UTC\x00"}, "windowTimeZone", "'UTC\\x00'"),
        ({"zone_name": "Z" * 100_000}, "windowTimeZone", "allowed are IANA names"),
        ({"group_by": ["colour"]}, "groupBy", "invalid group by: colour; the meter tokens has subject, model, region"),
        ({"group_by": ["model"] * 101}, "groupBy", "101 entries; at most 100"),
        (
            {"filters": {"colour": equals_any(("a",))}},
            "filterGroupBy",
            "invalid group by filter: colour; the meter tokens has model, region",
        ),
        ({"filters": {"subject": equals_any(("a",))}}, "filterGroupBy", "invalid group by filter: subject"),
        ({"subjects": ["s"] * 101}, "subject", "101 entries; at most 100"),
    ],
)
def test_a_mistake_names_the_parameter(asked: dict[str, Any], field: str, given: str) -> None:
    """As on the wire, with what was given and what is allowed, in few words."""
    with pytest.raises(InvalidInputError) as caught:
        plan_query(SUM, **asked)
    assert caught.value.field == field
    assert given in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("group_by", "subjects", "by_subject", "groups"),
    [
        ([], None, False, ()),
        (["subject"], None, True, ()),
        (["region", "model", "region"], None, False, ("region", "model")),
        ([], ["a"], False, ()),
        ([], ["a", "a"], False, ()),
        ([], ["a", "b"], True, ()),
        (["model", "subject"], ["a"], True, ("model",)),
    ],
)
def test_several_subjects_split_the_rows(
    group_by: list[str], subjects: list[str] | None, *, by_subject: bool, groups: tuple[str, ...]
) -> None:
    """As in the protocol; repeated keys count once and the order asked for is kept."""
    query = plan_query(SUM, group_by=group_by, subjects=subjects)
    assert (query.by_subject, query.group_by) == (by_subject, groups)


def test_no_subjects_means_all() -> None:
    """An empty list is no condition."""
    assert plan_query(SUM, subjects=[]).subjects is None


@pytest.mark.parametrize(
    ("start", "event_from", "first"), [(None, None, None), (T0, None, T0), (None, T0, T0), (T0, T0 + MINUTE, T0 + MINUTE)]
)
def test_the_later_of_from_and_event_from_counts(
    start: dt.datetime | None, event_from: dt.datetime | None, first: dt.datetime | None
) -> None:
    """Events before either bound are not counted."""
    meter = define_meter(slug="m", event_type="t", aggregation="COUNT", event_from=event_from)
    assert plan_query(meter, start=start).counted_from == first


def test_event_from_is_inclusive_and_only_bounds_what_is_counted() -> None:
    """The event at the instant counts, the one before it does not; the window shown is the one asked for."""
    meter = define_meter(slug="m", event_type="t", aggregation="COUNT", event_from=T0, group_by=GROUPS)
    start = T0 - MINUTE

    [row] = evaluate(plan_query(meter, start=start), [seen(1, T0 - dt.timedelta(microseconds=1), None), seen(2, T0, None)])

    assert (row.value, row.window.start) == (Decimal(1), start)


@pytest.mark.parametrize("meter", [COUNT, UNIQUE])
@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        (None, None, ("1970-01-01T00:00:00", "1970-01-01T00:01:00")),
        (T0, None, ("2026-11-24T08:30:15", "2026-11-24T08:31:15")),
        (None, T0, ("1970-01-01T00:00:00", "2026-11-24T08:30:15")),
        (T0, T0 + MINUTE, ("2026-11-24T08:30:15", "2026-11-24T08:31:15")),
        (dt.datetime.max.replace(tzinfo=dt.UTC), None, ("9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.999999")),
    ],
)
def test_counting_nothing_is_one_row_of_zero(
    meter: Meter, start: dt.datetime | None, end: dt.datetime | None, window: tuple[str, str]
) -> None:
    """Over the bounds asked for, else over the minute of 1970 that the peer's engine gives."""
    [row] = evaluate(plan_query(meter, start=start, end=end), [])

    assert (row.value, row.subject, row.groups) == (Decimal(0), None, {})
    assert (row.window.start.isoformat()[:-6], row.window.end.isoformat()[:-6]) == window


@pytest.mark.parametrize(
    ("meter", "asked"),
    [
        (COUNT, {"window_size": "DAY"}),
        (COUNT, {"group_by": ["model"]}),
        (COUNT, {"group_by": ["subject"]}),
        (SUM, {}),
        (SUM, {"start": T0}),
    ],
)
def test_nothing_is_no_row_otherwise(meter: Meter, asked: dict[str, Any]) -> None:
    """Not for windows, not for groups, and not where there is nothing to take a value of."""
    assert evaluate(plan_query(meter, **asked), []) == []


def test_a_bound_that_was_not_asked_for_is_the_minute_of_an_event() -> None:
    """The first event's minute begins the window, the last one's ends it."""
    [row] = evaluate(plan_query(SUM), [seen(1, T0, 5), seen(2, T0 + 3 * MINUTE, 7)])

    assert row.value == Decimal(12)
    assert (row.window.start, row.window.end) == (T0.replace(second=0), T0.replace(second=0) + 4 * MINUTE)


def test_to_is_exclusive_and_from_inclusive() -> None:
    """To the microsecond."""
    moments = [T0 - dt.timedelta(microseconds=1), T0, T0 + MINUTE - dt.timedelta(microseconds=1), T0 + MINUTE]

    [row] = evaluate(plan_query(SUM, start=T0, end=T0 + MINUTE), [seen(n, at, 10**n) for n, at in enumerate(moments)])

    assert row.value == Decimal(110)


def test_rows_are_ordered_by_window_subject_and_groups() -> None:
    """By code point, in the order of the groups asked for."""
    observations = [
        seen(n, T0 + minutes * MINUTE, 1, subject=subject, model=model, region=region)
        for n, (minutes, subject, model, region) in enumerate(
            [(1, "a", "x", "r"), (0, "é", "x", "r"), (0, "b", "y", "q"), (0, "b", "x", "s")]
        )
    ]

    rows = evaluate(plan_query(SUM, window_size="MINUTE", group_by=["region", "subject", "model"]), observations)

    assert [(row.window.start.minute, row.subject, *row.groups.values()) for row in rows] == [
        (30, "b", "q", "y"),
        (30, "b", "s", "x"),
        (30, "é", "r", "x"),
        (31, "a", "r", "x"),
    ]


def test_a_combination_without_a_usable_value_is_left_out() -> None:
    """A cell whose value is None gives no row; the others stay."""
    cells = [Cell(None, None, ("a",), None, 0, 0), Cell(None, None, ("b",), Decimal(3), 0, 0)]
    assert [row.groups for row in finish(plan_query(SUM, group_by=["model"]), cells, None)] == [{"model": "b"}]


@pytest.mark.parametrize(
    ("aggregation", "value"), [("SUM", "8.5"), ("COUNT", "4"), ("AVG", "2.125"), ("MIN", "-1.5"), ("MAX", "5"), ("LATEST", "-1.5")]
)
def test_an_aggregation_over_four_values(aggregation: str, value: str) -> None:
    """Worked out by hand: 3, 5, 2 and -1.5, the last being the newest."""
    meter = define_meter(
        slug="m",
        event_type="t",
        aggregation=aggregation,
        value_property=None if aggregation == Aggregation.COUNT else "$.v",
        group_by=GROUPS,
    )
    values: list[int | Decimal] = [3, 5, 2, Decimal("-1.5")]
    observations = [Observation(n, T0 + n * MINUTE, "acme", {"model": "", "region": ""}, one) for n, one in enumerate(values)]

    assert [row.value for row in evaluate(plan_query(meter), observations)] == [Decimal(value)]


def test_unique_count_counts_texts() -> None:
    """Each once, the empty one, too."""
    observations = [Observation(n, T0, "acme", {}, text) for n, text in enumerate(["a", "b", "a", "", "A"])]
    assert [row.value for row in evaluate(plan_query(UNIQUE), observations)] == [Decimal(4)]


def test_customer_id_is_a_group_only_with_customers() -> None:
    """Without customers it is refused; with them it is no dimension of the rows, which say whose they are anyway."""
    with pytest.raises(InvalidInputError, match="filterCustomerId"):
        plan_query(SUM, group_by=["customer_id"])
    assert plan_query(SUM, group_by=["customer_id"], by_customer=True).group_by == ()
