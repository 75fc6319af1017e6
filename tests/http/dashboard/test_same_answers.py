"""Ten questions in three zones: the page, the API, the CSV and the command line give the same figure."""

import csv
import io
import json
import re
import shlex
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from figures import usage_event
from run_cli import run_cli
from running_server import BATCH_TYPE, RunningServer
from visitor import Read

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"meter": "llm_total_tokens"},
    {"meter": "llm_total_tokens", "group": ["model"], "period": "7d"},
    {"meter": "llm_input_tokens", "group": ["subject"], "period": "month"},
    {"meter": "llm_output_tokens", "group": ["subject", "model"], "period": "last_month"},
    {"meter": "llm_requests", "period": "24h"},
    {"meter": "llm_requests", "where[model]": "o3", "window": "MONTH", "period": "12m"},
    {"meter": "llm_total_tokens", "subject": ["acme", "globex"], "period": "90d", "window": "DAY"},
    {"meter": "llm_cost", "group": ["model"], "period": "30d"},
    {"meter": "llm_cost", "subject": ["of <b>markup</b>"], "period": "7d", "window": "HOUR"},
    {"meter": "llm_requests", "group": ["usage_source"], "period": "yesterday"},
)
ZONES = ("UTC", "America/St_Johns", "Australia/Lord_Howe")
"""One without changes of the clocks, one half an hour off, one whose clocks change by half an hour."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server with 200 calls over 25 days."""
    import datetime as dt  # noqa: PLC0415 - nothing else here may ask for the time

    with RunningServer(tmp_path_factory.mktemp("filled")) as server:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        answer = server.ingest(json.dumps([usage_event(number, now) for number in range(200)]).encode(), BATCH_TYPE)
        assert answer.status == 204
        yield server


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_every_way_gives_the_same_figure(filled: RunningServer, question: dict[str, Any], zone: str) -> None:
    """The number on the page is the sum of the rows that each other way gives, with every digit."""
    asked = urlencode({**question, "zone": zone}, doseq=True)
    page = Read(_as_visited(filled.get(f"/explore?{asked}")))
    [figure] = [Decimal(value) for value in page.values("data", "value")][:1]
    curl, command = (next(code for code in page.codes if code.startswith(start)) for start in ("curl", "meterlark"))

    path = shlex.split(curl)[-1].split("/", 3)[3]
    rows = json.loads(filled.get(f"/{path}").body, parse_float=Decimal)["data"]
    lines = csv.DictReader(io.StringIO(filled.get(f"/explore/usage.csv?{asked}").body.decode()))
    code, printed, said = run_cli(*shlex.split(command)[1:], "--json")

    assert code == 0, said
    assert sum(Decimal(row["value"]) for row in rows) == figure
    assert sum(Decimal(line["value"]) for line in lines) == figure
    assert sum(json.loads(line, parse_float=Decimal)["value"] for line in printed.splitlines()) == figure


def _as_visited(answer: Any) -> Any:
    assert answer.status == 200, answer
    assert re.match("text/html", answer.headers["content-type"])
    return answer
