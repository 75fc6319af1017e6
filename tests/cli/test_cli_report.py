"""`meterlark report`: what each customer used, in every form, adding up to the totals and equal to the API's own answer."""

import csv
import io
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from run_cli import run_cli
from running_server import RunningServer, event

from meterlark.cli.browser import BROWSERS
from meterlark.cli.report_table import NOBODY

USED = [  # subject, model, tokens, time
    ("acme", "big", 100, "2026-11-10T00:00:00Z"),
    ("acme-test", "small", 7, "2026-11-11T00:00:00Z"),
    ("globex", "big", 40, "2026-11-12T00:00:00Z"),
    ("stray", "big", 3, "2026-11-13T00:00:00Z"),
    ("acme", "big", 5, "2026-11-30T23:30:00Z"),  # already December in Berlin
]


@pytest.fixture(scope="module")
def used(server: RunningServer) -> RunningServer:
    """A server with two customers, one hostile by name, and a subject that is nobody's."""
    server.ingest(
        [
            event(f"e{number}", "llm.usage", subject=subject, time=time, data={"model": model, "total_tokens": tokens})
            for number, (subject, model, tokens, time) in enumerate(USED)
        ]
    )
    for key, name, subjects in (("acme", "<script>alert(1)</script>", ["acme-test"]), ("globex", "=Globex", [])):
        body = {"name": name, "key": key, "usageAttribution": {"subjectKeys": subjects}}
        assert server.send_json("POST", "/api/v1/customers", body).status == 201
    return server


def rows(server: RunningServer, *arguments: str) -> list[Any]:
    """Return the rows of a report in JSON."""
    code, output, talk = run_cli("report", "--json", *arguments, url=server.url)
    assert code == 0
    assert all(line.startswith(("warning: not in the cost: ", "hint: ")) for line in talk.splitlines())
    return [json.loads(line, parse_float=Decimal) for line in output.splitlines()]


def test_customers_are_first_by_usage_and_then_nobody(used: RunningServer) -> None:
    """A subject without a customer keeps its name, so that it can be put right."""
    found = [(row["customer"], row["subject"], row["llm_total_tokens"], row["llm_requests"]) for row in rows(used, "--month", "2026-11")]

    assert found == [("acme", "", 112, 3), ("globex", "", 40, 1), (NOBODY, "stray", 3, 1)]


def test_what_was_not_reported_is_not_zero(used: RunningServer) -> None:
    """These events have no input tokens, which is no count of 0."""
    assert {row["llm_input_tokens"] for row in rows(used, "--month", "2026-11")} == {None}


def test_what_has_no_price_is_told(used: RunningServer) -> None:
    """Its cost is not 0, and the report says what is missing from it."""
    code, output, talk = run_cli("report", "--json", "--month", "2026-11", url=used.url)

    assert (code, {json.loads(line)["llm_cost"] for line in output.splitlines()}) == (0, {None})
    assert "warning: not in the cost: 4 events of (no provider)/big (standard) without a price: unknown_provider" in talk


def test_a_month_is_that_of_the_zone(used: RunningServer) -> None:
    """The last hour of November in UTC is December in Berlin."""
    acme = rows(used, "--month", "2026-11", "--time-zone", "Europe/Berlin")[0]

    assert (acme["customer"], acme["llm_total_tokens"]) == ("acme", 107)


def test_a_dimension_splits_each_customer(used: RunningServer) -> None:
    """And the rows still add up."""
    found = rows(used, "-g", "model", "--meter", "llm_total_tokens")

    assert [(row["customer"], row["model"], row["llm_total_tokens"]) for row in found[:2]] == [("acme", "big", 105), ("globex", "big", 40)]
    assert sum(row["llm_total_tokens"] for row in found) == sum(tokens for _, _, tokens, _ in USED)


def test_each_customers_figure_is_the_servers_own(used: RunningServer) -> None:
    """The query by customer gives the same."""
    customers = used.get("/api/v1/customers").json()["items"]
    asked = used.usage("llm_total_tokens", {"filterCustomerId": [one["id"] for one in customers], "groupBy": "customer_id"})
    keys = {one["id"]: one["key"] for one in customers}

    reported = {row["customer"]: row["llm_total_tokens"] for row in rows(used) if row["customer"] != NOBODY}
    assert reported == {keys[row["customerId"]]: row["value"] for row in asked}


def test_csv_has_the_same_rows_and_no_total(used: RunningServer, tmp_path: Path) -> None:
    """Nor a formula."""
    path = tmp_path / "report.csv"
    run_cli("report", "-o", str(path), url=used.url)

    found = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    assert [Decimal(row["llm_total_tokens"]) for row in found] == [row["llm_total_tokens"] for row in rows(used)]
    assert found[1]["name"] == "'=Globex"


def test_the_table_ends_with_the_totals(used: RunningServer) -> None:
    """Which are the sums of the columns."""
    _, output, _ = run_cli("report", "--month", "2026-11", url=used.url)

    assert output.splitlines()[-1].split() == ["total", "5", "155"]


def test_a_page_runs_nothing_of_what_it_shows(used: RunningServer) -> None:
    """Names are text, and no script may run anyway."""
    code, output, _ = run_cli("report", "--format", "html", url=used.url)

    assert code == 0
    assert "<script" not in output
    assert "&lt;script&gt;" in output
    assert "default-src 'none'" in output


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no browser that prints is installed")
def test_a_browser_prints_the_page(used: RunningServer, tmp_path: Path) -> None:
    """As a PDF with the name that was asked for."""
    path = tmp_path / "report.pdf"

    code, _, talk = run_cli("report", "-o", str(path), url=used.url)

    assert (code, path.read_bytes()[:5]) == (0, b"%PDF-"), talk


def test_money_of_two_currencies_is_never_added(used: RunningServer) -> None:
    """A meter with the dimension `currency` has a column for each."""
    used.create_meter("paid", "paid", "SUM", valueProperty="$.amount", groupBy={"currency": "$.currency"})
    used.ingest(
        [
            event(currency, "paid", subject="acme", data={"amount": amount, "currency": currency})
            for currency, amount in (("EUR", "0.10"), ("USD", "2"))
        ]
    )

    [row] = rows(used, "--meter", "paid")
    assert (row["paid EUR"], row["paid USD"]) == (Decimal("0.10"), 2)


def test_tokens_and_cost_of_a_model_stand_in_one_row(used: RunningServer) -> None:
    """A snapshot is priced under another name; the report keeps the one that the provider returned."""
    data = {
        "provider": "openai",
        "model": "gpt-4o-mini-2024-07-18",
        "input_tokens": 1_000_000,
        "prompt_tokens": 1_000_000,
        "output_tokens": 0,
    }
    priced = event("priced", "llm.usage", subject="globex", time="2026-10-10T00:00:00Z", data=data | {"usage_source": "reported"})
    used.ingest([priced | {"source": "openai:https://api.openai.com/v1"}])

    [row] = rows(used, "--month", "2026-10", "-g", "model", "-g", "usage_source")

    assert (row["model"], row["usage_source"], row["llm_requests"]) == ("gpt-4o-mini-2024-07-18", "reported", 1)
    assert row["llm_cost"] == Decimal("0.15")


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["--month", "november"], 2, "2026-11"),
        (["--month", "2026-11", "--since", "7d"], 2, "--month"),
        (["--month", "2026-11", "--time-zone", "Mars/Base"], 2, "Mars/Base"),
        (["--meter", "nothing"], 3, "llm_requests"),
        (["-g", "colour"], 2, "colour"),
        (["--format", "pdf"], 2, "--output"),
        (["-o", "report.xlsx"], 2, "--format"),
    ],
    ids=str,
)
def test_a_mistake_is_told_with_what_is_allowed(used: RunningServer, arguments: list[str], code: int, part: str) -> None:
    """And with the option's name."""
    found = run_cli("report", *arguments, url=used.url)

    assert found[0] == code
    assert part in found[2]


def test_events_of_other_types_have_their_columns(tmp_path: Path) -> None:
    """A program that sends `openai` events is reported like one that uses the SDK."""
    with RunningServer(tmp_path / "data") as server:
        data = {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29, "model": "gpt-4o-mini"}
        server.ingest([event("a", "openai", subject="acme", time="2026-11-10T00:00:00Z", data=data)])

        [row] = rows(server, "--month", "2026-11", "-g", "model")

    assert (row["subject"], row["model"], row["openai_requests"], row["openai_total_tokens"]) == ("acme", "gpt-4o-mini", 1, 29)
    assert row["openai_cost"] == Decimal("0.00000885")
    assert not any(column.startswith("llm_") for column in row)
