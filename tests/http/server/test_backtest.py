"""What a meter would say of stored events before it is saved."""

import json
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from api import Api, event, running_api

from meterlark.metering.meter import Aggregation
from meterlark.service import backtest

BACKTEST = "/api/v1/meters/backtest"
METER = {"slug": "tried", "eventType": "openai", "aggregation": "SUM", "valueProperty": "$.total_tokens"}


def fill(api: Api) -> None:
    """Store ten readable events, three that have no number, one without data, one voided and one of another type."""
    api.ingest(*(event(str(n), "acme", tokens=f"{n % 7}.5", time=f"2026-11-01T10:00:{n:02}Z") for n in range(10)))
    api.ingest(*(event(f"bad-{n}", "acme", tokens=None, time=f"2026-11-02T10:00:0{n}Z") for n in range(3)))
    empty = event("empty", "acme", data=None, time="2026-11-04T00:00:00Z")
    voided = event("voided", "acme", tokens=1000, time="2026-11-03T00:00:00Z")
    api.ingest(empty, voided, event("other", "acme", type="other"))
    api.create("/api/v1/events/void", {"source": "test", "id": "voided", "reason": "test"})


def tried(api: Api, meter: dict[str, Any], **more: Any) -> Any:
    """Try a meter; numbers come exact."""
    return json.loads(api.ask("POST", BACKTEST, {"meter": meter, **more}).body, parse_float=Decimal)


def test_it_says_how_many_events_would_count_and_why_the_others_would_not() -> None:
    """The value, the counts by reason, and the newest events of each."""
    with running_api() as api:
        fill(api)
        result = tried(api, METER)

        assert (result["value"], result["measured"], result["eventsRead"], result["isComplete"]) == (29, 10, 15, True)
        assert [(one["reason"], one["events"]) for one in result["unmeasured"]] == [
            ("invalid event: value cannot be null", 3),
            ("invalid event: null and missing value property", 1),
            ("event is voided", 1),
        ]
        newest = result["examples"][0]
        assert (newest["id"], newest["subject"], newest["reading"]["value"]) == ("9", "acme", Decimal("2.5"))
        assert [one["id"] for one in result["unmeasured"][0]["examples"]] == ["bad-2", "bad-1", "bad-0"]
        assert len(result["examples"]) == 5
        assert result["earliest"] == "2026-11-01T10:00:00Z"


@pytest.mark.parametrize("aggregation", list(Aggregation))
@pytest.mark.parametrize("bounds", [{}, {"from": "2026-11-01T10:00:03Z", "to": "2026-11-01T10:00:08Z"}, {"to": "2020-01-01T00:00:00Z"}])
def test_it_says_what_the_meter_says_once_it_is_saved(aggregation: str, bounds: dict[str, str]) -> None:
    """The same value over the same range."""
    meter = {**METER, "aggregation": aggregation, "eventFrom": "2026-11-01T10:00:02Z"}
    if aggregation == Aggregation.COUNT:
        del meter["valueProperty"]
    with running_api() as api:
        fill(api)
        result = tried(api, meter, **bounds)
        assert api.ask("GET", "/api/v1/meters/tried").status == 404
        api.create("/api/v1/meters", meter)
        rows = json.loads(api.ask("GET", "/api/v1/meters/tried/query", query=bounds).body, parse_float=Decimal)["data"]

    assert [result["value"]] == ([row["value"] for row in rows] or [None])


def test_cost_can_be_tried_like_any_property() -> None:
    """What it says is what the cost meter of every server says of the same events."""
    with running_api() as api:
        api.ingest(*(event(str(n), "acme") for n in range(3)), event("unknown", "acme", data={"model": "nobody-knows", "total_tokens": 1}))
        result = tried(api, {**METER, "valueProperty": "$.meterlark.cost"})
        [row] = json.loads(api.ask("GET", "/api/v1/meters/openai_cost/query").body, parse_float=Decimal)["data"]

    assert (result["value"], result["measured"]) == (row["value"], 3)
    assert result["value"] > 0
    assert result["unmeasured"][0]["reason"].startswith("unpriced: ")


def test_it_says_when_it_stopped_at_its_bound() -> None:
    """The value is that of the newest events, and the earliest of these is named; exactly at the bound it is complete."""
    with running_api() as api:
        fill(api)
        with patch.object(backtest, "READ_MAX", 14):
            cut = tried(api, METER)
        with patch.object(backtest, "READ_MAX", 15):
            whole = tried(api, METER)

    assert (cut["eventsRead"], cut["isComplete"], cut["earliest"], cut["measured"]) == (14, False, "2026-11-01T10:00:01Z", 9)
    assert (whole["eventsRead"], whole["isComplete"]) == (15, True)


def test_too_many_reasons_are_counted_together() -> None:
    """A sender whose every value is another nonsense does not make the answer endless, and none is lost."""
    with running_api() as api:
        api.ingest(*(event(str(n), "acme", tokens=f"nonsense {n}") for n in range(30)))
        result = tried(api, METER)

    assert len(result["unmeasured"]) == backtest.OUTCOMES_MAX
    assert sum(one["events"] for one in result["unmeasured"]) + result["unmeasuredOthers"] == 30


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"meter": {**METER, "slug": "No"}}, "slug"),
        ({"meter": {**METER, "valueProperty": "$..x"}}, "valueProperty"),
        ({"meter": {**METER, "aggregation": "MEDIAN"}}, "aggregation"),
        ({"meter": METER, "from": "2026-11-02T00:00:00Z", "to": "2026-11-02T00:00:00Z"}, "from must be before to"),
        ({"meter": METER, "limit": 1}, "limit"),
        ({}, "meter"),
    ],
)
def test_a_wrong_meter_is_a_problem(body: dict[str, Any], said: str) -> None:
    """In the words of creating it."""
    with running_api() as api:
        answer = api.ask("POST", BACKTEST, body)

    assert answer.status == 400
    assert said in answer.detail
