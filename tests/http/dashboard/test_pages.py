"""Every page with usage: what it shows is what the API answers, every text is escaped, and it works without JavaScript."""

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from api import Api
from figures import fill, usage_event
from visitor import Read, Visitor

ZONES = ("UTC", "America/New_York", "Asia/Kolkata")
NAMES = (
    "overview", "overview by customer", "overview by kind", "explore", "explore groups", "explore filters", "customers",
    "customer", "subject", "empty subject", "events", "events searched", "conflicts",
    "unmeasured", "story", "meters", "new meter", "settings", "prices",
)  # fmt: skip


@pytest.fixture
def addresses(api: Api) -> dict[str, str]:
    """Give the addresses of pages about known usage."""
    return fill(api)


def figures(page: Read) -> list[Decimal]:
    """Return the numbers of a page."""
    return [Decimal(value) for value in page.values("data", "value")]


def tile(page: Read, name: str = "Tokens") -> Decimal:
    """Return one of the numbers at the top of a page."""
    found = re.search(rf'<span class="name">{name}</span>\s*<data class="value" value="([^"]+)"', page.html)
    assert found is not None
    return Decimal(found[1])


def shown(page: Read) -> list[dict[str, Any]]:
    """Return the series of a page's chart."""
    [options] = page.values("usage-chart", "data-options")
    series: list[dict[str, Any]] = json.loads(options)["series"]
    return series


def asked(api: Api, command: str) -> list[dict[str, Any]]:
    """Return the rows that the API gives for the address in a command to paste."""
    address = command.split("'")[1].split("/", 3)[3]
    path, _, query = address.partition("?")
    answer = api.ask("GET", f"/{path}", raw_query=query)
    assert answer.status == 200, answer
    rows: list[dict[str, Any]] = json.loads(answer.body, parse_float=Decimal)["data"]
    return rows


def snippet(page: Read) -> str:
    """Return the command for a shell that a page gives."""
    return next(text for text in page.codes if text.startswith("curl") and "/query?" in text)


def test_every_page_is_tried(addresses: dict[str, str]) -> None:
    """The list of pages in this file is that of the addresses."""
    assert list(addresses) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_the_policy_and_nothing_inline(visitor: Visitor, addresses: dict[str, str], name: str) -> None:
    """Each page with usage has the strict policy, one heading, and no script, style or handler of its own."""
    answer = visitor.get(addresses[name])

    assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
    page = Read(answer)
    assert sum(tag == "h1" for tag, _ in page.tags) == 1
    assert all(attributes.get("src") for tag, attributes in page.tags if tag == "script")
    assert not any(tag == "style" for tag, _ in page.tags)
    assert not any(name == "style" or name.startswith(("on", "hx-on")) for _, attributes in page.tags for name in attributes)
    assert not any(tag == "b" for tag, _ in page.tags)


@pytest.mark.parametrize("name", NAMES)
def test_a_view_says_what_it_is_computed_from(visitor: Visitor, addresses: dict[str, str], name: str) -> None:
    """How many events there were, up to when, in which zone, and how many were missing: none where there are figures of meters."""
    text = Read(visitor.get(addresses[name])).text

    found = re.search(r"Computed from 201 events up to 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d (?:UTC|Asia/Kolkata), (\d+) pending\.", text)
    assert found is not None
    assert found[1] == "0" or name in {"conflicts", "story", "meters", "new meter", "settings"}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("period", ["24h", "7d", "30d", "month", "12m"])
def test_the_overview_shows_what_the_api_answers(api: Api, visitor: Visitor, addresses: dict[str, str], zone: str, period: str) -> None:
    """The number at the top is the sum of the rows that the page's own command gives."""
    page = Read(visitor.get(f"/overview?zone={zone}&period={period}"))

    rows = asked(api, snippet(page))
    assert tile(page) == sum(Decimal(row["value"]) for row in rows)
    drawn = {series["name"]: sum(_number(point) for point in series["data"]) for series in shown(page) if not series.get("dashed")}
    expected: dict[str, Decimal] = {}
    for row in rows:
        expected[row["groupBy"]["model"]] = expected.get(row["groupBy"]["model"], Decimal(0)) + row["value"]
    assert drawn == expected


def _number(point: Any) -> Decimal:
    return Decimal(str(point["value"] if isinstance(point, dict) else point))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "question",
    [
        "meter=llm_total_tokens",
        "meter=llm_requests&group=subject",
        "meter=llm_total_tokens&group=model&group=subject&window=DAY",
        "meter=llm_input_tokens&where%5Bmodel%5D=o3&period=7d",
        "meter=llm_output_tokens&subject=acme&window=HOUR&period=7d",
        "meter=llm_total_tokens&subject=acme&subject=globex&window=MONTH&period=12m",
        "meter=llm_requests&period=24h&group=model",
    ],
)
def test_the_explorer_shows_what_the_api_answers(api: Api, visitor: Visitor, addresses: dict[str, str], zone: str, question: str) -> None:
    """Number, chart and file are those of the API for the same question."""
    page = Read(visitor.get(f"/explore?{question}&zone={zone}"))

    rows = asked(api, snippet(page))
    total = sum((Decimal(row["value"]) for row in rows), Decimal(0))
    assert figures(page) == [total]
    assert sum(_number(point) for series in shown(page) for point in series["data"]) == total
    file = visitor.get(f"/explore/usage.csv?{question}&zone={zone}").body.decode()
    lines = list(csv.DictReader(io.StringIO(file)))
    assert [Decimal(line["value"]) for line in lines] == [Decimal(row["value"]) for row in rows]


@pytest.mark.parametrize("zone", ZONES)
def test_the_cost_is_that_of_the_api(api: Api, visitor: Visitor, addresses: dict[str, str], zone: str) -> None:
    """In the number, whose exact value stands beside the cents, and in the bars."""
    page = Read(visitor.get(f"/overview?measure=cost&zone={zone}"))

    rows = asked(api, snippet(page))
    total = sum((Decimal(row["value"]) for row in rows), Decimal(0))
    assert total > 0
    assert tile(page, "Cost") == total
    assert sum(_number(point) for series in shown(page) if not series.get("dashed") for point in series["data"]) == total


def test_usage_without_a_price_is_listed(api: Api, visitor: Visitor, addresses: dict[str, str]) -> None:
    """A model that nobody has a price for is told beside the prices, with how often it was used, and on the first page of its period."""
    now = api.services.now()
    unknown = usage_event(200, now)
    unknown["data"]["model"] = "brand-new-model"
    api.ingest(unknown)

    text = Read(visitor.get("/prices?q=gpt-4o-mini+batch")).text

    assert "1 events" in text
    assert "1 event without a price: not in the cost" in Read(visitor.get("/overview")).text
    assert "without a price" not in Read(visitor.get("/overview?period=24h")).text
    assert "brand-new-model" in text
    assert "gpt-4o-mini openai batch" in text


def test_an_event_tells_what_it_cost(visitor: Visitor, addresses: dict[str, str]) -> None:
    """With the prices that its amount is made of."""
    text = Read(visitor.get("/events/story?source=openai:https://api.openai.com/v1&id=call-1")).text

    assert "What it cost" in text
    assert "input tokens 91" in text
    assert "Price version 1" in text


def test_the_customers_add_up_to_everything(api: Api, visitor: Visitor, addresses: dict[str, str]) -> None:
    """The total under the list is that of the overview."""
    total = tile(Read(visitor.get("/overview")))

    assert f"Total {total:,}" in Read(visitor.get("/customers")).text


def test_the_cost_of_a_customer_of_many_subjects_is_whole(api: Api, visitor: Visitor) -> None:
    """More of them than one question can name."""
    now = api.services.now()
    keys = [f"team-{number}" for number in range(101)]
    api.ingest(*({**usage_event(number, now), "time": now.isoformat(), "subject": key} for number, key in enumerate(keys)))
    api.create("/api/v1/customers", {"name": "Many", "usageAttribution": {"subjectKeys": keys}})

    page = Read(visitor.get("/customers?q=Many"))

    [whole] = api.get("/api/v1/meters/llm_cost/query")["data"]
    assert Decimal(str(whole["value"])) in figures(page)


def test_a_customer_is_shown_alone(api: Api, visitor: Visitor, addresses: dict[str, str]) -> None:
    """The page of a customer has the usage of its subjects and of nobody else."""
    page = Read(visitor.get(addresses["customer"]))

    rows = asked(api, snippet(page))
    assert tile(page) == sum(Decimal(row["value"]) for row in rows)
    [whole] = api.get("/api/v1/meters/llm_total_tokens/query", subject="acme")["data"]
    assert tile(page) == whole["value"]
    assert "Acme & Sons" in page.text


def test_the_period_before_is_compared_as_far_as_it_is_over(visitor: Visitor, addresses: dict[str, str]) -> None:
    """A comparison is drawn as a dashed line of as many windows."""
    series = shown(Read(visitor.get("/explore?meter=llm_requests&compare=yes&period=7d")))

    [dashed] = [one for one in series if one.get("dashed")]
    assert len(dashed["data"]) == 7
    assert sum(_number(point) for point in dashed["data"]) == 56


def test_a_grouping_of_many_is_drawn_by_its_largest(api: Api, visitor: Visitor) -> None:
    """Of more than seven groups the others are one, and all together are the whole."""
    now = api.services.now()
    fill(api)
    many = [
        {
            "specversion": "1.0", "id": f"many-{number}", "source": "s", "type": "llm.usage", "subject": f"many-{number:03d}",
            "time": now.isoformat(), "data": {"total_tokens": number, "model": "m"},
        }
        for number in range(1, 60)
    ]  # fmt: skip
    api.ingest(*many)

    page = Read(visitor.get("/explore?meter=llm_total_tokens&group=subject"))

    names = [series["name"] for series in shown(page)]
    assert len(names) == 8
    assert names[-1] == "56 others"
    assert sum(_number(point) for series in shown(page) for point in series["data"]) == figures(page)[0]


def test_what_cannot_be_added_is_drawn_as_lines(api: Api, visitor: Visitor, addresses: dict[str, str]) -> None:
    """A meter of the largest value has lines with gaps, and one number of its own."""
    api.create("/api/v1/meters", {"slug": "most", "eventType": "llm.usage", "aggregation": "MAX", "valueProperty": "$.total_tokens"})

    page = Read(visitor.get("/explore?meter=most&period=24h"))

    [series] = shown(page)
    assert series["type"] == "line"
    assert None in series["data"]
    [whole] = asked(api, snippet(page).replace("windowSize=HOUR", ""))
    assert figures(page) == [whole["value"]]


def test_an_event_is_found_and_told(visitor: Visitor, addresses: dict[str, str]) -> None:
    """A search leads to the event's own page, which says what each meter read."""
    rows = Read(visitor.get("/events?id=call-7&subject=of+%3Cb%3Emarkup%3C%2Fb%3E"))

    [link] = {href for href in rows.values("a", "href") if href.startswith("/events/story")} & {
        "/events/story?source=openai%3Ahttps%3A%2F%2Fapi.openai.com%2Fv1&id=call-7"
    }
    text = Read(visitor.get(link)).text
    assert "llm_total_tokens 107" in text
    assert "of <b>markup</b>" in text


def test_pages_of_events_go_on_without_a_gap(visitor: Visitor, addresses: dict[str, str]) -> None:
    """All pages together have each event once."""
    seen: list[str] = []
    path: str | None = "/events?subject=acme"
    pages = 0
    while path is not None:
        page = Read(visitor.get(path))
        seen += [href for href in page.values("a", "href") if href.startswith("/events/story")]
        path = next((attributes["href"] for tag, attributes in page.tags if tag == "a" and attributes.get("rel") == "next"), None)
        pages += 1

    assert pages == 2
    assert len(seen) == len(set(seen)) == 51


def test_what_is_not_measured_is_listed_with_the_reason(visitor: Visitor, addresses: dict[str, str]) -> None:
    """An event that no meter reads is not silent."""
    assert "no meter found for event type: job.finished" in Read(visitor.get("/events/unmeasured")).text


def test_an_event_is_voided_by_a_form(api: Api, visitor: Visitor, addresses: dict[str, str]) -> None:
    """Whoever may change things takes an event out of every count, and the page says so."""
    source = "openai:https://api.openai.com/v1"
    before = tile(Read(visitor.get("/overview")))

    answer = visitor.post("/events/void", {"source": source, "id": "call-3", "reason": "a test"})

    assert "Voided at" in Read(visitor.get(answer.headers["location"])).text
    assert tile(Read(visitor.get("/overview"))) == before - 103


def test_a_conflict_is_told(visitor: Visitor, addresses: dict[str, str]) -> None:
    """On the first page, in a list of its own, and in the event's story with the other content."""
    assert "1 conflict: other content came" in Read(visitor.get("/overview")).text

    [link] = {href for href in Read(visitor.get("/events/conflicts")).values("a", "href") if "story" in href}

    assert "1 other content under this identity" in Read(visitor.get(link)).text


def test_new_events_come_as_lines_of_the_list(api: Api, visitor: Visitor, addresses: dict[str, str]) -> None:
    """The live list sends what came after a place, escaped."""
    answer = visitor.get("/events/live?after=196")

    assert answer.headers["content-type"] == "text/event-stream"
    text = answer.body.decode()
    assert "id: 197" in text
    assert all(line.startswith(("id: ", "data: ", ":")) for line in text.split("\n") if line)
    assert "of &lt;b&gt;markup&lt;/b&gt;" in text


def test_nothing_is_asked_that_a_chart_cannot_show(visitor: Visitor, addresses: dict[str, str]) -> None:
    """A month of minutes is refused with what helps."""
    text = Read(visitor.get("/explore?window=MINUTE&period=30d", status=400)).text

    assert "take longer windows or a shorter period" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("zone=Mars%2FBase", "windowTimeZone is 'Mars/Base'"),
        ("from=2026-02-30&to=2026-03-01", "there is no such day"),
        ("from=2026-03-02&to=2026-03-01", "from must not be after to"),
        ("period=fortnight", "period is 'fortnight'"),
        ("meter=nothing", "meter not found: nothing"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(visitor: Visitor, addresses: dict[str, str], query: str, said: str) -> None:
    """A mistake in an address is told, not repaired in silence."""
    answer = visitor.api.ask("GET", "/explore", raw_query=query)

    assert answer.status in {400, 404}
    assert said in Read(answer).text
