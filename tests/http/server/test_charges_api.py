import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from api import Api, event, running_api

CHARGES = "/api/v1/customers/acme/charges"
CARD = "/api/v1/customers/acme/rate-card"
PERIODS = "/api/v1/periods"
TOKENS = {"key": "tokens", "meter": "openai_total_tokens", "unit": "token", "rate": {"type": "unit", "price": 2, "per": 1000}}
REQUESTS = {"key": "requests", "meter": "openai_requests", "unit": "request", "rate": {"type": "unit", "price": 0.001}}
OCTOBER = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}


@pytest.fixture
def api() -> Iterator[Api]:
    """A server with one customer for each test."""
    with running_api() as running:
        running.create("/api/v1/customers", {"name": "Acme", "key": "acme", "usageAttribution": {"subjectKeys": ["acme-eu"]}})
        yield running


def set_card(api: Api, *items: dict[str, Any], since: str = "2026-01-01T00:00:00Z", **more: object) -> None:
    """Give the customer a version of a card."""
    api.put(CARD, {"key": "standard", "currency": "USD", "since": since, "items": list(items), **more})


def october(event_id: str, *, tokens: object = 1000, subject: str = "acme", day: int = 10, **more: Any) -> dict[str, Any]:
    """Return an event of October."""
    return event(event_id, subject, tokens=tokens, time=f"2026-10-{day:02}T10:00:00Z", **more)


def amounts(charge: dict[str, Any]) -> dict[tuple[str | None, str], Decimal]:
    """Return the amount of each line by item and kind."""
    found = {(line.get("item"), line["kind"]): Decimal(str(line["amount"])) for line in charge["lines"]}
    assert len(found) == len(charge["lines"])
    assert sum(found.values()) == Decimal(str(charge["amount"]))
    return found


def close(api: Api, period: dict[str, str] = OCTOBER, **more: object) -> str:
    """Close a period of the customer and return its id."""
    [closed] = api.create(f"{PERIODS}/close", {"customer": "acme", **period, **more})["closed"]
    return str(closed["id"])


def test_lines_add_up_to_the_amount(api: Api) -> None:
    """Usage of every subject of the customer, and of nobody else; the rounding is a line."""
    set_card(api, TOKENS, REQUESTS)
    api.ingest(october("1"), october("2", subject="acme-eu", tokens=234), october("3", subject="other"))

    charge = api.get(CHARGES, month="2026-10")

    assert amounts(charge) == {
        ("tokens", "usage"): Decimal("2.468"),
        ("requests", "usage"): Decimal("0.002"),
    }
    assert (charge["amount"], charge["currency"], charge["uncharged"]) == (2.47, "USD", [])


def test_a_line_says_quantity_unit_price_and_why(api: Api) -> None:
    """So that a person can check it with a pencil."""
    set_card(api, TOKENS)
    api.ingest(october("1"))

    [line] = api.get(CHARGES, month="2026-10")["lines"]

    assert (line["quantity"], line["unit"], line["price"], line["per"], line["amount"]) == (1000, "token", 2, 1000, 2)
    assert line["why"] == "usage at the unit price"


def test_a_line_opens_to_its_events(api: Api) -> None:
    """Its address lists the events that it charges for."""
    set_card(api, TOKENS)
    api.ingest(october("1"), october("2", subject="acme-eu"), october("3", subject="other"), event("4", "acme"))

    [line] = api.get(CHARGES, month="2026-10")["lines"]
    path, _, query = line["events"].partition("?")
    listed = api.ask("GET", path, query=parse_qsl(query)).json()

    assert {one["event"]["id"] for one in listed["items"]} == {"1", "2"}


def test_a_month_is_that_of_the_zone(api: Api) -> None:
    """It begins at local midnight."""
    set_card(api, REQUESTS)
    api.ingest(event("1", "acme", time="2026-10-31T23:30:00Z"))

    berlin = api.get(CHARGES, month="2026-11", timeZone="Europe/Berlin")

    assert (berlin["from"], berlin["to"]) == ("2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z")
    assert [line["quantity"] for line in berlin["lines"] if line.get("item")] == [1]
    assert api.get(CHARGES, month="2026-11")["lines"] == []


def test_a_period_is_cut_where_a_version_begins(api: Api) -> None:
    """Each part is charged by its own version."""
    set_card(api, TOKENS)
    set_card(api, {**TOKENS, "rate": {"type": "unit", "price": 3, "per": 1000}}, since="2026-10-15T00:00:00Z")
    api.ingest(october("1", day=14), october("2", day=15))

    lines = api.get(CHARGES, month="2026-10")["lines"]

    assert [(line["to"], line["amount"]) for line in lines] == [("2026-10-15T00:00:00Z", 2), ("2026-11-01T00:00:00Z", 3)]


def test_items_charge_for_what_their_filters_pass(api: Api) -> None:
    """Each model at its own price; a model in no item is listed with its count."""
    mini = {**TOKENS, "key": "mini", "filters": {"model": {"$eq": "mini"}}}
    large = {**TOKENS, "key": "large", "filters": {"model": {"$in": ["large", "huge"]}}, "rate": {"type": "unit", "price": 5, "per": 1000}}
    set_card(api, mini, large)
    models = {"1": "mini", "2": "large", "3": "huge", "4": "unknown", "5": "unknown"}
    api.ingest(*(october(one, data={"total_tokens": 1000, "model": model}) for one, model in models.items()))

    charge = api.get(CHARGES, month="2026-10")

    assert amounts(charge) == {("mini", "usage"): Decimal(2), ("large", "usage"): Decimal(10)}
    assert [one["message"] for one in charge["uncharged"]] == ["2 events of type 'openai' are in no item of the rate card standard"]


def test_what_a_meter_cannot_read_is_listed(api: Api) -> None:
    """An event without the value is not charged as 0 in silence."""
    set_card(api, TOKENS)
    api.ingest(october("1"), october("2", data={"model": "gpt-4o"}))

    charge = api.get(CHARGES, month="2026-10")

    assert charge["amount"] == 2
    [uncharged] = charge["uncharged"]
    assert uncharged["item"] == "tokens"
    assert uncharged["message"].startswith("1 events were not measured by the meter openai_total_tokens")


def test_types_without_a_meter_are_listed(api: Api) -> None:
    """Also of events that nothing measures somebody is told."""
    set_card(api, TOKENS)
    api.ingest(october("1", type="unheard-of"))

    charge = api.get(CHARGES, month="2026-10")

    assert [one["message"] for one in charge["uncharged"]] == ["1 events are of types that no meter measures"]


def test_a_voided_event_is_given_back(api: Api) -> None:
    """In the next period, and it is nowhere listed as something that could not be charged."""
    set_card(api, TOKENS)
    api.ingest(october("1"), october("2"), october("3", type="unheard-of"))
    period = close(api, acceptUncharged=True)

    for name in ("2", "3"):
        api.create("/api/v1/events/void", {"id": name, "source": "test", "reason": "sent by mistake"})

    november = api.get(CHARGES, month="2026-11")
    assert [(line["adjusts"], line["quantity"], line["amount"]) for line in november["lines"]] == [(period, -1000, -2)]
    assert november["uncharged"] == []


def test_without_a_rate_card_all_usage_is_listed(api: Api) -> None:
    """There is no amount in no currency, and no silence."""
    api.ingest(october("1"))

    charge = api.get(CHARGES, month="2026-10")

    assert "currency" not in charge
    assert charge["lines"] == []
    assert [one["message"] for one in charge["uncharged"]] == ["1 events of type 'openai': no rate card holds at their time"]


def test_usage_before_the_first_version_is_listed(api: Api) -> None:
    """The rest of the period is charged."""
    set_card(api, TOKENS, since="2026-10-15T00:00:00Z")
    api.ingest(october("1", day=14), october("2", day=15))

    charge = api.get(CHARGES, month="2026-10")

    assert charge["amount"] == 2
    assert [(one["to"], one["message"]) for one in charge["uncharged"]] == [
        ("2026-10-15T00:00:00Z", "1 events of type 'openai': no rate card holds at their time")
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "from"),
        ({"from": "2026-10-01T00:00:00Z"}, "to"),
        ({"month": "2026-13"}, "month"),
        ({"month": "0000-01"}, "month"),
        ({"month": "2026-10", "timeZone": "Mars"}, "timeZone"),
        ({"month": "2026-10", "to": "2026-11-01T00:00:00Z"}, "month"),
        ({"from": "2026-11-01T00:00:00Z", "to": "2026-10-01T00:00:00Z"}, "from"),
    ],
)
def test_a_wrong_period_names_its_field(api: Api, query: dict[str, str], field: str) -> None:
    """A period is a month, or two bounds in order."""
    answer = api.ask("GET", CHARGES, query=query)

    assert answer.status == 400
    assert answer.json()["extensions"]["validationErrors"][0]["field"] == field


def test_a_closed_period_stays_as_it_was(api: Api) -> None:
    """Late events change nothing of it; the next period charges them in a line that names it."""
    set_card(api, TOKENS)
    api.ingest(october("1"))
    period = close(api)
    before = api.get(f"{PERIODS}/{period}")

    api.ingest(october("late", tokens=500), event("2", "acme", tokens=100))

    assert api.get(f"{PERIODS}/{period}") == before == api.get(CHARGES, month="2026-10")
    november = api.get(CHARGES, month="2026-11")
    assert amounts(november) == {("tokens", "usage"): Decimal("0.2"), ("tokens", "adjustment"): Decimal(1)}
    [adjustment] = [line for line in november["lines"] if line["kind"] == "adjustment"]
    assert (adjustment["adjusts"], adjustment["quantity"], adjustment["from"]) == (period, 500, OCTOBER["from"])


def test_closing_twice_gives_the_same(api: Api) -> None:
    """One period, however often it is asked for."""
    set_card(api, TOKENS)
    api.ingest(october("1"))

    first = close(api)
    api.ingest(october("late"))

    assert close(api) == first
    assert [one["id"] for one in api.get(PERIODS)["items"]] == [first]


def test_overlapping_periods_are_refused(api: Api) -> None:
    """For closing and for reading: what is closed is charged already."""
    set_card(api, TOKENS)
    close(api)
    overlapping = {"from": "2026-10-31T00:00:00Z", "to": "2026-11-02T00:00:00Z"}

    assert api.ask("POST", f"{PERIODS}/close", {"customer": "acme", **overlapping}).status == 409
    assert api.ask("GET", CHARGES, query=overlapping).status == 409


def test_a_period_that_has_not_ended_is_not_closed(api: Api) -> None:
    """Nearly all of its events would be late."""
    answer = api.ask("POST", f"{PERIODS}/close", {"customer": "acme", "month": "2126-01"})

    assert answer.status == 400
    assert answer.json()["extensions"]["validationErrors"][0]["field"] == "to"


def test_what_cannot_be_charged_must_be_accepted(api: Api) -> None:
    """A period with uncharged usage is closed only by somebody who has seen it; it says so for ever."""
    set_card(api, TOKENS)
    api.ingest(october("1", data={}))

    refused = api.ask("POST", f"{PERIODS}/close", {"customer": "acme", **OCTOBER})
    period = close(api, acceptUncharged=True)

    assert refused.status == 409
    assert "1 events were not measured" in refused.detail
    assert len(api.get(f"{PERIODS}/{period}")["uncharged"]) == 1


def test_all_customers_are_closed_each_by_itself(api: Api) -> None:
    """One that is refused keeps no other from being closed; who has nothing is told apart."""
    set_card(api, TOKENS)
    refused = api.create("/api/v1/customers", {"name": "Refused", "key": "refused"})["id"]
    idle = api.create("/api/v1/customers", {"name": "Idle", "key": "idle"})["id"]
    api.ingest(october("1"), october("2", subject="refused"))

    closing = api.create(f"{PERIODS}/close", OCTOBER)

    assert [one["customerKey"] for one in closing["closed"]] == ["acme"]
    assert [one["customerId"] for one in closing["refused"]] == [refused]
    assert closing["idle"] == [idle]


def test_a_closed_subject_stays_with_who_paid(api: Api) -> None:
    """A subject that moves to another customer takes its new events along, and nothing that is charged."""
    set_card(api, TOKENS)
    api.put("/api/v1/rate-card", {"key": "all", "currency": "USD", "since": "2026-01-01T00:00:00Z", "items": [TOKENS]})
    api.ingest(october("1", subject="acme-eu"), event("2", "acme-eu", tokens=100))
    period = close(api)
    api.put("/api/v1/customers/acme", {"name": "Acme", "key": "acme"})
    api.create("/api/v1/customers", {"name": "New", "key": "new", "usageAttribution": {"subjectKeys": ["acme-eu"]}})

    api.ingest(october("late", subject="acme-eu"))

    new = "/api/v1/customers/new/charges"
    assert (api.get(new, month="2026-10")["amount"], api.get(new, month="2026-11")["amount"]) == (0, 0.2)
    [line] = api.get(CHARGES, month="2026-11")["lines"]
    assert (line["adjusts"], line["amount"]) == (period, 2)


def test_a_version_cannot_begin_in_a_closed_period(api: Api) -> None:
    """Nor can one that was charged by be changed or deleted."""
    set_card(api, TOKENS)
    close(api)
    [version] = api.get(f"{CARD}/versions")
    card = {"key": "standard", "currency": "USD", "items": [TOKENS]}

    for since in ("2026-10-15T00:00:00Z", "2026-01-01T00:00:00Z"):
        assert "is closed already" in api.ask("PUT", CARD, {**card, "since": since}).detail
    assert "is closed" in api.ask("DELETE", f"/api/v1/rate-card/versions/{version['id']}").detail
    assert api.ask("PUT", CARD, {**card, "since": OCTOBER["to"]}).status == 200


def test_a_minimum_is_given_back_to_late_events(api: Api) -> None:
    """Late usage within the minimum is paid already."""
    set_card(api, TOKENS, minimum=10)
    api.ingest(october("1"))
    assert api.get(f"{PERIODS}/{close(api)}")["amount"] == 10

    api.ingest(october("late", tokens=3000))

    lines = {(line["kind"], line.get("adjusts") is not None): line["amount"] for line in api.get(CHARGES, month="2026-11")["lines"]}
    assert lines == {("minimum", False): 10, ("adjustment", True): 6, ("minimum", True): -6}


def test_a_closed_period_as_csv_and_json_lines(api: Api) -> None:
    """The same lines in every form, with every digit; no spreadsheet runs what a customer is called."""
    api.put("/api/v1/customers/acme", {"name": "=1+1", "key": "acme"})
    set_card(api, {**TOKENS, "rate": {"type": "unit", "price": "0.000000000001", "per": 1}})
    api.ingest(october("1", tokens="123456789.123456"))
    period = close(api)

    told = api.get(f"{PERIODS}/{period}")["lines"]
    table = list(csv.DictReader(io.StringIO(api.ask("GET", f"{PERIODS}/{period}", headers={"accept": "text/csv"}).body.decode())))
    lines = api.ask("GET", f"{PERIODS}/{period}", headers={"accept": "application/x-ndjson"}).body.splitlines()
    objects = [json.loads(line, parse_float=Decimal) for line in lines]

    assert [row["amount"] for row in table] == [str(one["amount"]) for one in objects] == ["0.000123456789123456", "-0.000123456789123456"]
    assert len(told) == 2
    assert table[0]["customer_name"] == "'=1+1"
    assert objects[0]["customer_name"] == "=1+1"
