"""One question, one answer: the page, its file, the API, its CSV and the command line say the same in every time zone."""

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from browsing import Start
from playwright.sync_api import Page
from run_cli import run_cli
from running_server import METERS, RunningServer

ZONES = ("UTC", "America/New_York", "Asia/Kathmandu")
QUESTIONS: dict[str, dict[str, str | list[str]]] = {
    "tokens by day": {"meter": "llm_total_tokens", "window": "DAY"},
    "requests by model": {"meter": "llm_requests", "window": "DAY", "group": "model"},
    "one customer by hour": {"meter": "llm_input_tokens", "window": "HOUR", "subject": "customer-03"},
    "output by source of the figure": {"meter": "llm_output_tokens", "window": "DAY", "group": "usage_source"},
    "months": {"meter": "llm_total_tokens", "window": "MONTH", "group": "model"},
    "one model": {"meter": "llm_total_tokens", "window": "DAY", "where[model]": "gpt-4o-2024-08-06"},
    "two dimensions": {"meter": "llm_requests", "window": "MONTH", "group": ["provider", "operation"]},
    "two customers": {"meter": "llm_total_tokens", "window": "DAY", "group": "subject", "subject": ["customer-01", "customer-02"]},
    "cost": {"meter": "llm_cost", "window": "DAY", "group": "model"},
    "nothing": {"meter": "openai_requests", "window": "DAY"},
}


def listed(value: str | list[str] | None) -> list[str]:
    """Return the texts of a parameter."""
    return [] if value is None else [value] if isinstance(value, str) else value


def decimals(page: Page, selector: str) -> list[Decimal]:
    """Return the figures that stand in cells; zeros and dashes, which fill empty windows, are left out."""
    texts = [text.replace(",", "") for text in page.locator(selector).all_text_contents()]
    return sorted(value for text in texts if text != "\N{EN DASH}" and (value := Decimal(text)))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_one_answer(demo_server: RunningServer, visit: Start, name: str, zone: str) -> None:
    """Value by value, and the total."""
    asked = QUESTIONS[name]
    today = datetime.now(UTC).date()
    first, last = today - timedelta(days=27), today - timedelta(days=1)
    start, end = (_midnight(day, zone) for day in (first, last + timedelta(days=1)))
    span = {"from": start, "to": end, "windowTimeZone": zone}
    filters = {"subject": listed(asked.get("subject")), "filterGroupBy[model]": listed(asked.get("where[model]"))}
    groups = listed(asked.get("group"))
    meter, window = str(asked["meter"]), str(asked["window"])
    question = {**span, **filters, "windowSize": window, "groupBy": groups}

    rows = demo_server.usage(meter, question)
    total = demo_server.usage(meter, {**span, **filters})
    values = sorted(row["value"] for row in rows)
    assert bool(values) == (name != "nothing")

    answer = demo_server.get(f"{METERS}/{meter}/query", question, {"accept": "text/csv"})
    assert sorted(_values(answer.body.decode())) == values

    options = [option for group in groups for option in ("-g", group)] + [one for s in filters["subject"] for one in ("-s", s)]
    options += [one for model in filters["filterGroupBy[model]"] for one in ("--where", f"model={model}")]
    code, output, said = run_cli(
        "query", meter, "-w", window, "--time-zone", zone, "--from", start, "--to", end, "--json", *options, url=demo_server.url
    )
    assert code == 0, said
    assert sorted(Decimal(json.loads(line, parse_float=str, parse_int=str)["value"]) for line in output.splitlines()) == values

    parameters = urlencode({**asked, "from": first, "to": last, "zone": zone}, doseq=True)
    page = visit().open(f"{demo_server.url}/explore?{parameters}")
    assert decimals(page, "details.table tbody td") == values
    assert Decimal(page.locator(".headline data").get_attribute("value") or "") == sum((row["value"] for row in total), Decimal(0))
    file = demo_server.get(page.locator(".files a").first.get_attribute("href") or "")
    assert sorted(_values(file.body.decode())) == values


def _midnight(day: date, zone: str) -> str:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _values(text: str) -> list[Decimal]:
    return [Decimal(row["value"]) for row in csv.DictReader(io.StringIO(text))]
