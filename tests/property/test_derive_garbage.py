"""Whatever an event's data is, its cost is an exact number or a reason, and the projection reads what the explanation says."""

import datetime as dt
from decimal import Decimal
from typing import Any

from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from prices import AT

from meterlark.catalog.memory import MemoryCatalog
from meterlark.ledger.contract import Record
from meterlark.metering.measurement import Measurement, Unmeasured, measure, meter_columns
from meterlark.metering.meter import define_meter
from meterlark.model.event import Event
from meterlark.model.number import WideNumber, is_within_limits
from meterlark.price_files import read_bundled_documents
from meterlark.pricing.journal import Origin
from meterlark.pricing.units import UNITS
from meterlark.service.cost import NEXT, Costs
from meterlark.service.prices import Prices
from meterlark.service.rows import read_rows
from meterlark.warehouse.contract import MeteredRow, TableSpec

GROUPS = {name: f"$.meterlark.{name}" for name in ("provider", "model", "tier", "price_version", "unpriced")}
COST = define_meter(slug="cost", event_type="t", aggregation="SUM", value_property="$.meterlark.cost", group_by=GROUPS)
REPORTED = define_meter(slug="reported", event_type="t", aggregation="MAX", value_property="$.meterlark.reported_cost")
COSTS = Costs(Prices(MemoryCatalog(), [(Origin.BUNDLED, one) for one in read_bundled_documents()], head=0, now=lambda: AT))

NAMES = (
    "provider",
    "response_model",
    "model",
    "service_tier",
    "processing",
    "speed",
    "inference_geo",
    "prompt_tokens",
    "usage",
    "meterlark",
)
NUMBERS = (
    st.integers(-5, 10**20) | st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.sampled_from([0, 10**18, Decimal("1e-18")])
)
scalars = (
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5) | st.sampled_from([WideNumber("1e999"), 10**4000, "openai", "gpt-4o", "flex"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["cost", "cost_in_usd_ticks", "cached_tokens"]), inner, max_size=2)
    ),
)
datas = st.none() | st.dictionaries(
    st.sampled_from([*UNITS, *NAMES, "prompt_tokens_details", "provider_cost", "provider_cost_currency"]), values, max_size=8
)
priced = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "cache_read_input_tokens"]), st.integers(0, 10**18), max_size=3
).map(lambda quantities: {"provider": "openai", "model": "gpt-4o", **quantities})
sources = st.sampled_from(["s", "openai:https://api.openai.com/v1", "https://[", "x:https://example.com"])
times = st.datetimes(timezones=st.just(dt.UTC))


@given(datas | priced, sources, times)
@examples(200)
def test_any_event_has_a_cost_or_a_reason(data: dict[str, Any] | None, source: str, at: dt.datetime) -> None:
    """Nothing raises, nothing leaves the limits of a value, and both ways of reading agree."""
    one = Event("default", "1", source, "t", "acme", at, data, b"{}")
    pair = (Record(1, "default", 0, 0, b"{}"), one)
    for asked in (COST, REPORTED):
        columns = meter_columns([asked])
        [row] = read_rows(TableSpec("t", columns), [pair], COSTS)
        assert isinstance(row, MeteredRow)
        found = measure(asked, one, COSTS.derive(NEXT, one))
        cells = {column.path: cell for column, cell in zip(columns, row.cells, strict=True)}
        value = cells[asked.value_property or ""]
        if isinstance(found, Measurement):
            assert value == found.value
            assert isinstance(value, Decimal)
            assert is_within_limits(value)
            assert {name: cells[path] for name, path in asked.group_by.items()} == found.groups
        else:
            assert isinstance(found, Unmeasured)
            assert found.reason
            assert value is None
