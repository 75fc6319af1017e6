"""Meters, rows and queries that exercise a warehouse; shared by the contract suite and the properties."""

import datetime as dt
from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from meterlark.metering.filter import Filter, Operator
from meterlark.metering.measurement import Column, Kind, meter_columns, value_column
from meterlark.metering.meter import Aggregation, Meter, define_meter
from meterlark.metering.query import Query, plan_query
from meterlark.metering.window import WindowSize
from meterlark.warehouse.contract import MeteredRow, TableSpec

EVENT_TYPE = "llm.usage"
METERS = [
    define_meter(
        slug=aggregation.lower(),
        event_type=EVENT_TYPE,
        aggregation=aggregation,
        value_property={Aggregation.COUNT: None, Aggregation.UNIQUE_COUNT: "$.user"}.get(aggregation, "$.tokens"),
        group_by={"model": "$.model", "region": "$['region']"},
    )
    for aggregation in Aggregation
]
SPEC = TableSpec(EVENT_TYPE, meter_columns(METERS))
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"]
BASE = dt.datetime(2024, 10, 20, tzinfo=dt.UTC)

numbers = st.one_of(
    st.none(),
    st.integers(-50, 5000),
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.decimals(min_value=-1000, max_value=1000, places=3, allow_nan=False, allow_infinity=False),
    st.just(Decimal("-0.000000000000000001")),
    st.just(Decimal("999999999999999999.999999999999999999")),
)
texts = st.sampled_from(["", "gpt-4o", "gpt-4o-mini", "o1", "a'b", "100%", "é_x", "GPT-4O"])
times_us = st.one_of(
    st.integers(0, 60 * 86_400_000_000),  # two months around the ends of summer time
    st.integers(0, 3_600_000_000),
    st.sampled_from([0, 1, 59_999_999, 60_000_000, 3_600_000_000]),
).map(lambda offset: int(BASE.timestamp()) * 1_000_000 + offset)


@st.composite
def metered_rows(draw: st.DrawFn, *, most: int = 40) -> list[MeteredRow]:
    """Rows in ascending sequence with gaps, as a projector makes them."""
    rows: list[MeteredRow] = []
    sequence = 0
    for _ in range(draw(st.integers(0, most))):
        sequence += draw(st.integers(1, 3))
        cells = tuple(
            draw(numbers) if column.kind is Kind.NUMBER else draw(st.one_of(st.none(), texts)) if column.kind is Kind.TEXT else draw(texts)
            for column in SPEC.columns
        )
        rows.append(MeteredRow(sequence, draw(times_us), draw(st.sampled_from(["acme", "bolt", "", "c'ore"])) or "zed", cells))
    return rows


conditions = st.recursive(
    st.one_of(
        st.builds(
            lambda texts: Filter(Operator.IN, tuple(texts)), st.lists(st.sampled_from(["gpt-4o", "o1", "a'b"]), min_size=1, max_size=3)
        ),
        st.builds(
            lambda operator, text: Filter(operator, (text,)),
            st.sampled_from([operator for operator in Operator if operator not in {Operator.AND, Operator.OR, Operator.IN, Operator.NIN}]),
            st.sampled_from(["gpt-4o", "gpt%", "%_o", "100\\%", "a'b", "é%", "GPT-4o"]),
        ),
    ),
    lambda inner: st.builds(
        lambda operator, parts: Filter(operator, parts=tuple(parts)),
        st.sampled_from([Operator.AND, Operator.OR]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)


_MINUTES = 61 * 24 * 60
bounds_minutes = st.tuples(st.integers(0, _MINUTES), st.sampled_from((1, 15, 24 * 60))).map(lambda drawn: drawn[0] // drawn[1] * drawn[1])


@st.composite
def queries(draw: st.DrawFn, meter: Meter | None = None) -> Query:
    """Any query that the checks let through."""
    bounds = draw(st.lists(bounds_minutes, min_size=2, max_size=2, unique=True).map(sorted))
    start, end = (BASE + dt.timedelta(minutes=bound) for bound in bounds)
    planned = plan_query(
        meter or draw(st.sampled_from(METERS)),
        start=draw(st.sampled_from([None, start])),
        end=draw(st.sampled_from([None, end])),
        window_size=draw(st.sampled_from([None, *WindowSize])),
        zone_name=draw(st.sampled_from(ZONES)),
        group_by=draw(st.lists(st.sampled_from(["subject", "model", "region"]), max_size=3)),
        subjects=draw(st.one_of(st.none(), st.lists(st.sampled_from(["acme", "zed", "nobody"]), min_size=1, max_size=2))),
        filters=draw(st.dictionaries(st.sampled_from(["model", "region"]), conditions, max_size=2)),
    )
    return msgspec.structs.replace(planned, upto=draw(st.sampled_from([None, None, 0, 10, 40])))


def row(
    sequence: int, at: dt.datetime, subject: str, *, tokens: int | Decimal | None = None, user: str | None = None, model: str = ""
) -> MeteredRow:
    """One row by name of what it holds."""
    held = {"$.tokens": tokens, "$.user": user, "$.model": model, "$['region']": ""}
    assert {column.path for column in SPEC.columns} == set(held)
    return MeteredRow(sequence, int(at.timestamp() * 1_000_000), subject, tuple(held[column.path] for column in SPEC.columns))


assert Column(Kind.NUMBER, "$.tokens") in SPEC.columns
assert all(value_column(meter) is None or value_column(meter) in SPEC.columns for meter in METERS)
