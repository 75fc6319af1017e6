"""What meters see of an event's cost, by any form of the path, and why there may be none."""

from decimal import Decimal
from typing import Any

import pytest
from prices import costs_of, document
from stack import RECEIVED_AT, event

from meterlark.ledger.contract import Record
from meterlark.metering.measurement import Measurement, Unmeasured, measure, meter_columns, needs_derived
from meterlark.metering.meter import Meter, define_meter
from meterlark.service.cost import NEXT
from meterlark.service.rows import read_rows
from meterlark.warehouse.contract import MeteredRow, TableSpec

COSTS = costs_of(document(m="2"))


def meter(path: str, *, aggregation: str = "SUM", **groups: str) -> Meter:
    """Return a meter of one path."""
    value = None if aggregation == "COUNT" else path
    return define_meter(slug="m", event_type="t", aggregation=aggregation, value_property=value, group_by=groups)


def read(asked: Meter, data: dict[str, Any]) -> tuple[Any, Measurement | Unmeasured]:
    """Return what the projection keeps of an event, and what the explanation says of it."""
    one = event("1", data={"provider": "acme", "model": "m", **data})
    pair = (Record(1, "default", 0, 0, one.text), one)
    [row] = read_rows(TableSpec("t", meter_columns([asked])), [pair], COSTS)
    assert isinstance(row, MeteredRow)
    return row.cells, measure(asked, one, COSTS.derive(NEXT, one))


@pytest.mark.parametrize("path", ["$.meterlark.cost", "$['meterlark']['cost']", '$["meterlark"].cost'])
def test_cost_is_read_by_any_form_of_the_path(path: str) -> None:
    """By the projection and by the explanation alike."""
    asked = meter(path)
    assert needs_derived(asked)
    assert read(asked, {"input_tokens": 500_000, "output_tokens": 0}) == ((Decimal(1),), Measurement(Decimal(1), {}))


@pytest.mark.parametrize("path", ["$.meterlarks.cost", "$.x.meterlark", "$.cost", "$"])
def test_other_paths_lead_to_what_was_sent(path: str) -> None:
    """Nothing is priced for their sake."""
    assert not needs_derived(meter(path))


def test_what_is_derived_can_group() -> None:
    """Names as they are priced; a group that is not there is empty."""
    asked = meter("", aggregation="COUNT", model="$.meterlark.model", version="$.meterlark.price_version", why="$.meterlark.unpriced")
    _, found = read(asked, {"model": "M", "input_tokens": 1, "output_tokens": 0})
    assert found == Measurement(None, {"model": "m", "version": "1", "why": ""})


def test_a_cost_that_lacks_a_part_is_no_cost() -> None:
    """A sum without it would be too low, and nobody would see that."""
    cells, found = read(meter("$.meterlark.cost"), {"input_tokens": 1, "output_tokens": 0, "web_searches": 2})
    assert cells == (None,)
    assert isinstance(found, Unmeasured)
    assert found.reason.startswith("unpriced: ")
    assert "has no price for web_searches" in found.reason


def test_a_cost_of_nothing_used_is_zero() -> None:
    """That is known: the provider reported no tokens."""
    assert read(meter("$.meterlark.cost"), {"input_tokens": 0, "output_tokens": 0})[0] == (Decimal(0),)


def test_a_cost_beyond_what_a_value_may_be_is_out_of_range() -> None:
    """It is not cut off."""
    huge = costs_of(document(m="1000000000000"))
    one = event("1", data={"provider": "acme", "model": "m", "input_tokens": 10**17, "output_tokens": 10**17})
    assert measure(meter("$.meterlark.cost"), one, huge.derive(NEXT, one)) == Unmeasured("invalid event: cost out of range")


@pytest.mark.parametrize(
    ("data", "reported"),
    [
        ({"provider_cost": "0.5"}, None),
        ({"provider_cost": 2}, Decimal(2)),
        ({"provider_cost": 2, "provider_cost_currency": "EUR"}, None),
        ({"usage": {"cost_in_usd_ticks": 33_534_000}}, Decimal("0.0033534")),
        ({"usage": []}, None),
        ({}, None),
    ],
)
def test_the_reported_cost_is_in_dollars_or_is_none(data: dict[str, Any], reported: Decimal | None) -> None:
    """Of another currency no rate is known."""
    assert read(meter("$.meterlark.reported_cost"), data)[0] == (reported,)


def test_an_event_without_data_is_unpriced() -> None:
    """By the same reason for every meter."""
    one = event("1", RECEIVED_AT)
    assert COSTS.derive(NEXT, one)["unpriced"] == "unknown_provider"
