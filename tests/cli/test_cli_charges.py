"""`meterlark charges`, `periods`, `rate-cards` and `export`: from a card to a bill, and to Stripe."""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from api import event
from run_cli import run_cli
from running_server import RunningServer

from meterlark.testing.stripe import Stripe

OCTOBER = ("--month", "2026-10")
CARD = {
    "key": "standard",
    "currency": "USD",
    "since": "2026-01-01T00:00:00Z",
    "items": [
        {"key": "base", "rate": {"type": "flat", "amount": 20}},
        {"key": "tokens", "meter": "openai_total_tokens", "unit": "token", "rate": {"type": "unit", "price": 0.0033, "per": 1}},
    ],
}
_numbers = itertools.count(1)


@pytest.fixture
def customer(server: RunningServer, tmp_path: Path) -> str:
    """Give a customer of its own to each test: with a card, and with 101 tokens in October."""
    key = f"customer-{next(_numbers)}"
    file = tmp_path / "card.json"
    file.write_text(json.dumps(CARD))
    events = tmp_path / "events.jsonl"
    events.write_text(json.dumps(event(key, key, tokens=101, time="2026-10-10T10:00:00Z")))
    for arguments in (
        ("customers", "create", key, "--label", "stripe_customer=cus_1"),
        ("rate-cards", "set", str(file), "--customer", key),
        ("ingest", str(events)),
    ):
        code, _, error = run_cli(*arguments, url=server.url)
        assert code == 0, error
    return key


@pytest.fixture
def period(server: RunningServer, customer: str) -> str:
    """Give a closed period."""
    code, output, _ = run_cli("periods", "close", customer, *OCTOBER, "--json", url=server.url)
    assert code == 0
    return str(json.loads(output)["closed"][0]["id"])


def test_a_charge_is_shown_line_by_line(server: RunningServer, customer: str) -> None:
    """As a table and as JSON, with the same total; 101 tokens at 0.0033 are 0.3333, which is rounded once."""
    code, table, _ = run_cli("charges", customer, *OCTOBER, url=server.url)
    _, output, _ = run_cli("charges", customer, *OCTOBER, "--json", url=server.url)

    charge = json.loads(output)
    assert (code, charge["amount"]) == (0, 20.33)
    assert [line["amount"] for line in charge["lines"]] == [0.3333, 20, -0.0033]
    for text in ("101 token", "0.0033", "-0.0033", "20.33", "amount USD"):
        assert text in table


def test_a_card_is_shown_as_it_was_set(server: RunningServer, customer: str) -> None:
    """By customer, with each rate in words."""
    code, table, _ = run_cli("rate-cards", "show", customer, url=server.url)

    assert code == 0
    for text in ("standard of customer", "20 for the period", "0.0033"):
        assert text in table


def test_a_wrong_card_names_the_field(server: RunningServer, customer: str) -> None:
    """The command ends with the code of wrong usage."""
    wrong = json.dumps({**CARD, "currency": "EURO"}).encode()

    code, _, error = run_cli("rate-cards", "set", "-", "--customer", customer, url=server.url, stdin=wrong)

    assert code == 2
    assert "currency" in error


def test_a_period_is_closed_once(server: RunningServer, customer: str, period: str) -> None:
    """Closing it again shows the same; it is listed and shown."""
    _, again, _ = run_cli("periods", "close", customer, *OCTOBER, url=server.url)
    _, listed, _ = run_cli("periods", "list", customer, "--json", url=server.url)
    _, shown, _ = run_cli("periods", "show", period, url=server.url)

    assert period in again
    assert [json.loads(line)["id"] for line in listed.splitlines()] == [period]
    assert f"closed period {period}" in shown


def test_what_cannot_be_charged_ends_in_a_conflict(server: RunningServer, customer: str, tmp_path: Path) -> None:
    """And with --accept-uncharged in a closed period."""
    events = tmp_path / "more.jsonl"
    events.write_text(json.dumps(event(f"{customer}-2", customer, time="2026-10-11T10:00:00Z", type="unheard-of")))
    run_cli("ingest", str(events), url=server.url)

    refused, _, error = run_cli("periods", "close", customer, *OCTOBER, url=server.url)
    accepted, _, _ = run_cli("periods", "close", customer, *OCTOBER, "--accept-uncharged", url=server.url)

    assert (refused, accepted) == (5, 0)
    assert "1 events are of types that no meter measures" in error


def test_an_exported_period_adds_up(server: RunningServer, period: str) -> None:
    """In both forms, and the same bytes when asked again."""
    code, table, _ = run_cli("export", "period", period, url=server.url)
    _, lines, _ = run_cli("export", "period", period, "--format", "jsonl", url=server.url)

    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert code == 0
    assert [row["amount"] for row in rows] == ["0.3333", "20", "-0.0033"]
    assert [json.loads(line)["amount"] for line in lines.splitlines()] == [0.3333, 20, -0.0033]
    assert run_cli("export", "period", period, url=server.url)[1] == table


def test_an_exported_period_for_programs_is_json_lines(server: RunningServer, period: str) -> None:
    """`--json` is that form here; with the other one named as well nobody could tell what is meant."""
    _, lines, _ = run_cli("export", "period", period, "--format", "jsonl", url=server.url)

    assert run_cli("export", "period", period, "--json", url=server.url) == (0, lines, "")
    assert run_cli("export", "period", period, "--json", "--format", "csv", url=server.url)[0] == 2


@pytest.fixture
def stripe() -> Iterator[Stripe]:
    """Give a stand-in for Stripe."""
    with Stripe() as running:
        yield running


Send = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture
def send(server: RunningServer, stripe: Stripe, period: str) -> Send:
    """Give a function that sends the period to the stand-in."""

    def sending(*more: str, key: str = "sk_test_x") -> tuple[int, list[dict[str, Any]], str]:
        environ = {"METERLARK_STRIPE_URL": stripe.url, "METERLARK_STRIPE_API_KEY": key}
        code, output, error = run_cli("export", "stripe", period, "--json", *more, url=server.url, environ=environ)
        return code, [json.loads(line) for line in output.splitlines()], error

    return sending


def test_a_period_becomes_invoice_items(send: Send, stripe: Stripe, period: str) -> None:
    """In whole cents that add up to the amount; the last second of the period is in it."""
    code, outcomes, error = send()

    assert code == 0, error
    assert [(one.amount, one.currency, one.customer) for one in stripe.items] == [(33, "usd", "cus_1"), (2000, "usd", "cus_1")]
    assert [one["state"] for one in outcomes] == ["sent", "sent"]
    assert stripe.items[0].metadata == {"meterlark_period": period, "meterlark_line": "1"}
    assert stripe.items[0].period == {"start": 1790812800, "end": 1793491199}


def test_sending_twice_bills_once(send: Send, stripe: Stripe) -> None:
    """At once, and after Stripe has forgotten the keys that make a repetition harmless."""
    send()
    at_once = send()[1]
    stripe.forget_keys()
    a_day_later = send()[1]

    assert len(stripe.items) == 2
    assert {one["state"] for one in (*at_once, *a_day_later)} == {"there"}


def test_sending_goes_on_where_it_stopped(send: Send, stripe: Stripe) -> None:
    """Also when Stripe took an item and its answer was an error."""
    stripe.fails_after = 1
    failed = send()
    stripe.fails_after = None
    code, outcomes, _ = send()

    assert failed[0] == 1
    assert "what arrived is not sent twice" in failed[2]
    assert (code, [one["state"] for one in outcomes]) == (0, ["there", "sent"])
    assert [one.amount for one in stripe.items] == [33, 2000]


def test_a_dry_run_sends_nothing(send: Send, stripe: Stripe) -> None:
    """It shows what would be sent."""
    code, outcomes, _ = send("--dry-run")

    assert (code, [(one["amount"], one["state"]) for one in outcomes]) == (0, [(33, "planned"), (2000, "planned")])
    assert stripe.requests == []


def test_a_refused_key_is_never_shown(send: Send) -> None:
    """The message says which setting is wrong, not what is in it."""
    code, _, error = send(key="not_a_key_but_secret")

    assert code == 4
    assert "METERLARK_STRIPE_API_KEY" in error
    assert "secret" not in error
