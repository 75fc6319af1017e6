"""`<meterlark-usage>` on a product's own page, which is of another origin and has a strict policy."""

import csv
import html
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from browsing import THEMES, Photograph, Start, Theme, Visit, axe_violations
from hostile import HOSTILE, HOSTILE_METER, HOSTILE_SUBJECT
from loopback_pages import Pages, serving_pages
from playwright.sync_api import Page, expect
from running_server import EVENT_TYPE, RunningServer

SUBJECT = "customer-01"
METER = "llm_total_tokens"
REFUSED = "console: error: Failed to load resource: the server responded with a status of 401"
DASH = "\N{EN DASH}"


@pytest.fixture(scope="module")
def product() -> Iterator[Pages]:
    """Serve a product's page, at another origin."""
    with serving_pages() as pages:
        yield pages


@pytest.fixture(scope="module")
def exact_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server with figures of many digits, late in the evening of four days at the end of March 2026."""
    with RunningServer(tmp_path_factory.mktemp("exact")) as server:
        for slug, aggregation in (("exact", "SUM"), ("highest", "MAX")):
            server.create_meter(slug, "exact", aggregation, valueProperty="$.n", groupBy={"model": "$.model"}, name=slug.capitalize())
        for number, value in enumerate(("123456789012345678.125", "0.000000000000000005", "1000", "-3")):
            text = f"""{{"specversion":"1.0","id":"{number}","source":"s","type":"exact","subject":"acme",
                "time":"2026-03-{28 + number}T23:30:00Z","data":{{"n":{value},"model":"m{number % 2}"}}}}"""
            assert server.ingest(text.encode(), EVENT_TYPE).status == 204
        yield server


def page_with(server: RunningServer, **attributes: str) -> str:
    """Return the product's page with the element in it."""
    given = " ".join(f'{name.replace("_", "-")}="{html.escape(value)}"' for name, value in attributes.items())
    return f"""<!doctype html><html lang="en"><head><title>Product</title><meta name="color-scheme" content="light dark">
        <script type="module" src="{server.url}/portal/element.js"></script></head>
        <body><main><h1>Your plan</h1><meterlark-usage {given}></meterlark-usage></main></body></html>"""


def embed(watched: Visit, product: Pages, server: RunningServer, **attributes: str) -> Page:
    """Open the product's page, whose policy allows the server's files and answers and nothing else."""
    policy = f"default-src 'none'; script-src {server.url}; connect-src {server.url}; require-trusted-types-for 'script'"
    return watched.open(product.put(page_with(server, **attributes), policy))


def visit_of(start: Start, server: RunningServer, **arguments: Theme) -> Visit:
    """Begin a visit whose pages may call the server."""
    return start(hosts=(f"{server.host}:{server.port}",), **arguments)


def wait_for_usage(page: Page) -> str:
    """Return the total that the element shows, once it does."""
    page.locator(".total:not(:empty)").wait_for()
    return page.locator(".total").inner_text()


def table_of(page: Page, place: str) -> list[list[str]]:
    """Return the texts of a table's rows, the headers first."""
    rows: list[list[str]] = page.locator(f"{place} tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return rows


@pytest.mark.parametrize("theme", THEMES)
def test_the_element_shows_own_usage(
    demo_server: RunningServer, visit: Start, product: Pages, photograph: Photograph, theme: Theme
) -> None:
    """Under a policy that allows neither inline styles nor markup as text."""
    token = demo_server.portal_token(SUBJECT)

    page = embed(visit_of(visit, demo_server, theme=theme), product, demo_server, token=token, meter=METER, group_by="model")

    assert Decimal(wait_for_usage(page).replace(",", "")) > 0
    assert page.locator("svg rect").count() > 100
    assert axe_violations(page) == []
    photograph(page, "portal-element", theme)


@pytest.mark.parametrize("theme", THEMES)
def test_hostile_names_are_only_names(hostile_server: RunningServer, visit: Start, product: Pages, theme: Theme) -> None:
    """The largest seven and the rest in the chart, all fifty in the table."""
    token = hostile_server.portal_token(HOSTILE_SUBJECT)

    page = embed(visit_of(visit, hostile_server, theme=theme), product, hostile_server, token=token, meter=HOSTILE_METER, group_by="model")

    wait_for_usage(page)
    assert sorted(row[0] for row in table_of(page, ".groups")[1:]) == sorted(HOSTILE)
    assert table_of(page, ".windows")[0][-2:] == ["43 others", "all"]
    assert axe_violations(page) == []


def test_without_usage_the_element_says_so(empty_server: RunningServer, visit: Start, product: Pages) -> None:
    """No chart, no table."""
    page = embed(visit_of(visit, empty_server), product, empty_server, token=empty_server.portal_token("x"), meter=METER)

    expect(page.get_by_role("status")).to_have_text("No usage in this period.")
    assert page.locator("svg, table").count() == 0
    assert axe_violations(page) == []


def test_a_refused_token_is_told_to_the_product_which_gives_a_new_one(demo_server: RunningServer, visit: Start, product: Pages) -> None:
    """By an event and a property; the property is not written into the page."""
    watched = visit_of(visit, demo_server)
    watched.expect(REFUSED)
    page = embed(watched, product, demo_server, token="x.y.z", meter=METER)
    expect(page.get_by_role("status")).to_have_text("This view is not valid any more: invalid token. Please open it anew.")
    token = demo_server.portal_token(SUBJECT)
    page.evaluate(
        """token => addEventListener('meterlark-expired', event => { event.target.token = token })
            || document.querySelector('meterlark-usage').setAttribute('window', 'MONTH')""",
        token,
    )

    assert wait_for_usage(page)
    assert token not in page.content()


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"token": ""}, "the attribute token is missing"),
        ({"meter": ""}, "the attribute meter is missing"),
        ({"meter": "llm_requests"}, "the token does not show the meter llm_requests"),
        ({"window": "WEEK"}, "window is WEEK; allowed are MINUTE, HOUR, DAY, MONTH"),
        ({"time_zone": "Europe/Nowhere"}, "time-zone is Europe/Nowhere; allowed are IANA names such as Europe/Berlin"),
    ],
    ids=["no token", "no meter", "another meter", "window", "zone"],
)
def test_a_wrong_attribute_is_named(
    demo_server: RunningServer, visit: Start, product: Pages, attributes: dict[str, str], says: str
) -> None:
    """Before the server is asked where that is possible."""
    token = demo_server.portal_token(SUBJECT, allowedMeterSlugs=[METER])
    given = {"token": token, "meter": METER, **attributes}

    page = embed(visit_of(visit, demo_server), product, demo_server, **given)

    expect(page.get_by_role("status")).to_have_text(f"The usage cannot be shown: {says}.")
    assert axe_violations(page) == []


def test_what_the_server_refuses_is_shown_in_its_words(demo_server: RunningServer, visit: Start, product: Pages) -> None:
    """A dimension that the meter does not have."""
    watched = visit_of(visit, demo_server)
    watched.expect("status of 400")
    page = embed(watched, product, demo_server, token=demo_server.portal_token(SUBJECT), meter=METER, group_by="colour")
    expect(page.get_by_role("status")).to_contain_text("colour")


def test_every_digit_is_shown_and_sums_are_exact(exact_server: RunningServer, visit: Start, product: Pages) -> None:
    """More than a number of JavaScript holds, in the total, by group and by time."""
    token = exact_server.portal_token("acme")
    period = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}

    page = embed(visit_of(visit, exact_server), product, exact_server, token=token, meter="exact", group_by="model", **period)

    assert wait_for_usage(page) == "123,456,789,012,346,675.125000000000000005"
    assert table_of(page, ".groups")[1:] == [
        ["m0", "123,456,789,012,346,678.125", "100.0 %"],
        ["m1", "-2.999999999999999995", "0.0 %"],
    ]
    assert table_of(page, ".windows")[1:3] == [
        ["31 Mar 2026", DASH, "-3", "-3"],
        ["30 Mar 2026", "1,000", DASH, "1,000"],
    ]
    expect(page.locator(".period")).to_have_text(f"1 Mar 2026 {DASH} 31 Mar 2026, UTC")


def test_a_meter_that_does_not_add_up_is_not_added_up(exact_server: RunningServer, visit: Start, product: Pages) -> None:
    """Lines instead of stacks, no shares, and the total is the server's."""
    token = exact_server.portal_token("acme")

    page = embed(
        visit_of(visit, exact_server),
        product,
        exact_server,
        token=token,
        meter="highest",
        group_by="model",
        **{"from": "2026-03-01T00:00:00Z"},
    )

    assert wait_for_usage(page) == "123,456,789,012,345,678.125"
    assert page.locator("svg path.line").count() == 2
    assert table_of(page, ".groups")[0] == ["model", "usage"]
    assert table_of(page, ".windows")[0] == ["from", "m0", "m1"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu"])
def test_windows_are_cut_and_named_on_the_clock_of_the_zone(exact_server: RunningServer, visit: Start, product: Pages, zone: str) -> None:
    """Half past eleven in the evening in UTC is another day in the east; the figures are those of the CSV."""
    period = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-05T00:00:00Z"}
    token = exact_server.portal_token("acme")

    page = embed(visit_of(visit, exact_server), product, exact_server, token=token, meter="exact", time_zone=zone, **period)

    wait_for_usage(page)
    asked = {"subject": "acme", "windowSize": "DAY", "windowTimeZone": zone, **period}
    rows = exact_server.usage("exact", asked)
    assert [Decimal(row[1].replace(",", "")) for row in table_of(page, ".windows")[1:]] == [row["value"] for row in reversed(rows)]
    days = {"UTC": "31", "America/New_York": "31", "Europe/Berlin": "1", "Asia/Kathmandu": "1"}
    assert table_of(page, ".windows")[1][0] == f"{days[zone]} {'Mar' if days[zone] == '31' else 'Apr'} 2026"


def test_the_download_is_the_csv_of_the_api(demo_server: RunningServer, visit: Start, product: Pages, tmp_path: Path) -> None:
    """Every row, with the groups."""
    token = demo_server.portal_token(SUBJECT)
    period = {"from": "2026-01-01T00:00:00Z"}
    page = embed(visit_of(visit, demo_server), product, demo_server, token=token, meter=METER, group_by="model", **period)
    wait_for_usage(page)

    with page.expect_download() as begun:
        page.get_by_role("button", name="Download CSV").click()

    begun.value.save_as(tmp_path / "usage.csv")
    assert begun.value.suggested_filename == f"{METER}.csv"
    rows = demo_server.usage(METER, {"subject": SUBJECT, "windowSize": "DAY", "groupBy": "model", **period})
    read = list(csv.DictReader(io.StringIO((tmp_path / "usage.csv").read_text(encoding="utf-8"))))
    assert [(row["model"], Decimal(row["value"])) for row in read] == [(row["groupBy"]["model"], row["value"]) for row in rows]


def test_the_product_chooses_colours_and_font(demo_server: RunningServer, visit: Start, product: Pages) -> None:
    """By custom properties, which reach into the element; light or dark comes from the page."""
    page = embed(visit_of(visit, demo_server, theme="dark"), product, demo_server, token=demo_server.portal_token(SUBJECT), meter=METER)
    wait_for_usage(page)
    usage, bar = page.locator("meterlark-usage"), page.locator("svg rect").first
    assert usage.evaluate("element => getComputedStyle(element).backgroundColor") == "rgb(18, 23, 31)"

    usage.evaluate(
        """element => { for (const [name, value] of [['--meterlark-background', 'rgb(1, 2, 3)'], ['--meterlark-series-1', 'rgb(4, 5, 6)'],
            ['--meterlark-font', '20px serif'], ['color-scheme', 'light']]) element.style.setProperty(name, value) }"""
    )

    assert usage.evaluate("element => getComputedStyle(element).backgroundColor") == "rgb(1, 2, 3)"
    assert bar.evaluate("element => getComputedStyle(element).fill") == "rgb(4, 5, 6)"
    assert usage.evaluate("element => getComputedStyle(element).font").startswith("20px")
    assert usage.evaluate("element => getComputedStyle(element).color") == "rgb(27, 36, 48)"


def test_attributes_that_change_together_are_asked_once(demo_server: RunningServer, visit: Start, product: Pages) -> None:
    """Though they are set one after the other."""
    page = embed(visit_of(visit, demo_server), product, demo_server, token=demo_server.portal_token(SUBJECT), meter=METER)
    wait_for_usage(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.locator("meterlark-usage").evaluate(
        """element => new Promise(resolve => { element.addEventListener('meterlark-usage', resolve, {once: true});
            for (const [name, value] of [['meter', 'llm_requests'], ['window', 'MONTH'], ['group-by', 'model']])
                element.setAttribute(name, value) })"""
    )

    questions = [url for url in asked if "/query?" in url]
    assert len(questions) == 3
    assert all("/llm_requests/" in url for url in questions)


def test_a_site_that_is_not_listed_gets_nothing(visit: Start, product: Pages, tmp_path: Path) -> None:
    """The browser keeps the answers from its page; the listed site sees them."""
    with RunningServer(tmp_path, environ={"METERLARK_PORTAL_ORIGINS": product.url.rstrip("/")}) as server, serving_pages() as other:
        token = server.portal_token("acme")
        listed, refused = visit_of(visit, server), visit_of(visit, server)
        refused.expect("has been blocked by CORS policy")
        refused.expect("net::ERR_FAILED")

        allowed = embed(listed, product, server, token=token, meter=METER)
        expect(allowed.get_by_role("status")).to_have_text("No usage in this period.")
        kept = embed(refused, other, server, token=token, meter=METER)

        assert kept.locator("meterlark-usage").evaluate("element => element.shadowRoot") is None
