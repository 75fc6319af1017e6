"""What a meter reads from an event, or the protocol's words for why it reads nothing."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from meterlark.metering.measurement import Column, Kind, Measurement, Unmeasured, measure, meter_columns, value_column
from meterlark.metering.meter import Meter, define_meter
from meterlark.model.event import Event, decode_event

SUM = define_meter(
    slug="sum", event_type="t", aggregation="SUM", value_property="$.v", group_by={"model": "$.model", "deep": "$.a['b c'][1]"}
)
UNIQUE = define_meter(slug="unique", event_type="t", aggregation="UNIQUE_COUNT", value_property="$.v")
COUNT = define_meter(slug="count", event_type="t", aggregation="COUNT", group_by={"model": "$.model"})


def event(data: str | None) -> Event:
    """Return an event with literal data; None leaves the attribute out."""
    head = json.dumps({"id": "1", "source": "s", "specversion": "1.0", "type": "t", "subject": "u"})[:-1]
    text = head + ("}" if data is None else f', "data": {data}}}')
    return decode_event(text.encode(), namespace="default", received_at=datetime(2026, 1, 1, tzinfo=UTC))


def reason(meter: Meter, data: str | None) -> str:
    """Return why the meter cannot measure the data."""
    found = measure(meter, event(data))
    assert isinstance(found, Unmeasured)
    return found.reason


def value(meter: Meter, data: str) -> object:
    """Return the value that the meter reads."""
    found = measure(meter, event(data))
    assert isinstance(found, Measurement)
    return found.value


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, "invalid event: null and missing value property"),
        ("null", "invalid event: null and missing value property"),
        ("{}", 'invalid event: missing value property: "$.v"'),
        ('{"v": null}', "invalid event: value cannot be null"),
        ('{"v": "NaN"}', "invalid event: value cannot be NaN"),
        ('{"v": "nan"}', "invalid event: value cannot be NaN"),
        ('{"v": "Inf"}', "invalid event: value cannot be infinity"),
        ('{"v": "-Infinity"}', "invalid event: value cannot be infinity"),
        ('{"v": true}', "invalid event: unsupported value property type"),
        ('{"v": {}}', "invalid event: unsupported value property type"),
        ('{"v": [5]}', "invalid event: unsupported value property type"),
    ],
)
def test_the_reason_is_the_protocols_text(data: str | None, text: str) -> None:
    """Tools match these texts, so they are compared whole."""
    assert reason(SUM, data) == text


@pytest.mark.parametrize("given", ["", "abc", " 3", "3 ", "0x10", "1_000", "1,5", "\u0661"])
def test_a_text_that_is_no_number_is_said_to_be_none(given: str) -> None:
    """The reason begins with the protocol's words and shows what was given."""
    text = reason(SUM, json.dumps({"v": given}))

    assert text.startswith("invalid event: value cannot be parsed as float64: ")
    assert repr(given) in text


@pytest.mark.parametrize("given", ["1e400", "1000000000000000000", "-1e18", "1e-19", '"1e18"', '"1e-400"', '"' + "9" * 5000 + '"'])
def test_a_number_beyond_the_limits_is_not_measured(given: str) -> None:
    """It is never clipped, rounded or taken for zero, and the reason stays short."""
    text = reason(SUM, f'{{"v": {given}}}')

    assert text.startswith(("invalid event: value out of range: ", "invalid event: value cannot be parsed as float64: "))
    assert len(text) < 300


@pytest.mark.parametrize(
    ("given", "number"),
    [("1", 1), ("-0", 0), ("0.1", Decimal("0.1")), ('"100"', 100), ('"+4"', 4), ('"1e3"', 1000), ("999999999999999999", 10**18 - 1)],
)
def test_numbers_and_numeric_texts_are_values(given: str, number: object) -> None:
    """Each exactly as sent."""
    assert value(SUM, f'{{"v": {given}}}') == number


@pytest.mark.parametrize(
    ("given", "text"),
    [('"x"', "x"), ('""', ""), ("1.50", "1.5"), ("1e2", "100"), ("false", "false"), ("1e400", "1e400"), ('"1.50"', "1.50")],
)
def test_unique_count_reads_the_text_of_a_scalar(given: str, text: str) -> None:
    """Equal numbers are one text however they are spelled; a text is as it is, also an empty one."""
    assert value(UNIQUE, f'{{"v": {given}}}') == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, "invalid event: null and missing value property"),
        ("{}", 'invalid event: missing value property: "$.v"'),
        ('{"v": null}', "invalid event: value cannot be null"),
        ('{"v": []}', "invalid event: unsupported value property type"),
    ],
)
def test_unique_count_counts_no_missing_property(data: str | None, text: str) -> None:
    """A missing or null property is not a value; the reason says so."""
    assert reason(UNIQUE, data) == text


@pytest.mark.parametrize("data", [None, "null", "{}"])
def test_count_needs_no_data(data: str | None) -> None:
    """Every event of the type counts; its dimensions are empty."""
    assert measure(COUNT, event(data)) == Measurement(None, {"model": ""})


@pytest.mark.parametrize(
    ("data", "model", "deep"),
    [
        ('{"v":1, "model": "gpt-4o", "a": {"b c": [0, 7.0]}}', "gpt-4o", "7"),
        ('{"v":1, "model": true, "a": {"b c": [0]}}', "true", ""),
        ('{"v":1, "model": null, "a": []}', "", ""),
        ('{"v":1, "model": {"x": 1}, "a": {"b c": [1, [2]]}}', "", ""),
        ('{"v":1, "model": -0.0, "a": {"b c": [1, "\\u0000é"]}}', "0", "\x00é"),
    ],
)
def test_a_dimension_is_the_text_of_a_scalar(data: str, model: str, deep: str) -> None:
    """Missing, null, objects and arrays are the empty text."""
    found = measure(SUM, event(data))
    assert isinstance(found, Measurement)
    assert found.groups == {"model": model, "deep": deep}


def test_meters_of_a_type_share_their_columns() -> None:
    """Each path is kept once for each way to read it, in one order whatever the order of the meters."""
    columns = meter_columns([SUM, UNIQUE, COUNT])

    assert columns == meter_columns([COUNT, UNIQUE, SUM])
    assert set(columns) == {
        Column(Kind.NUMBER, "$.v"), Column(Kind.TEXT, "$.v"), Column(Kind.GROUP, "$.model"), Column(Kind.GROUP, "$.a['b c'][1]")
    }  # fmt: skip
    assert (value_column(COUNT), value_column(UNIQUE)) == (None, Column(Kind.TEXT, "$.v"))
