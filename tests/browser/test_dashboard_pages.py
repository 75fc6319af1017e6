"""Every page of the dashboard in a real browser: with data, empty, and full of hostile texts; open to everybody, in both lights."""

from urllib.parse import urlencode

import pytest
from browsing import THEMES, Photograph, Start, Theme, axe_violations
from hostile import HOSTILE, HOSTILE_METER, HOSTILE_TYPE
from playwright.sync_api import Page, expect
from running_server import RunningServer, event

PAGES = {
    "overview": "/overview",
    "explore": "/explore?group=model&compare=yes",
    "customers": "/customers",
    "events": "/events",
    "events-not-measured": "/events/unmeasured",
    "events-conflicts": "/events/conflicts",
    "meters": "/meters",
    "meter-new": "/meters/new",
    "prices": "/prices?q=gpt-4o",
    "settings": "/settings",
}


def wait(page: Page) -> None:
    """Return when every chart is drawn and a live list is connected."""
    expect(page.locator("usage-chart:not([data-drawn])")).to_have_count(0)
    if page.locator("live-tail").count():
        expect(page.locator("live-tail [data-state]")).to_have_text("Live")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_usage(demo_server: RunningServer, visit: Start, photograph: Photograph, name: str, theme: Theme) -> None:
    """No complaint, nobody shut out."""
    page = visit(theme=theme).open(f"{demo_server.url}{PAGES[name]}")

    wait(page)

    assert axe_violations(page) == []
    photograph(page, f"dashboard-{name}", theme)


@pytest.mark.parametrize("theme", THEMES)
def test_a_customer_and_an_event(demo_server: RunningServer, visit: Start, photograph: Photograph, theme: Theme) -> None:
    """From the list of customers to one, from there to its newest event: by links, in one page without a reload."""
    page = visit(theme=theme).open(f"{demo_server.url}/customers")

    page.locator("tbody th a").first.click()
    expect(page.locator("h2", has_text="Latest events")).to_be_visible()
    wait(page)
    assert axe_violations(page) == []
    photograph(page, "dashboard-customer", theme)

    page.locator("[aria-labelledby=latest] tbody a").first.click()
    expect(page.locator("h2", has_text="What each meter made of it")).to_be_visible()
    assert axe_violations(page) == []
    photograph(page, "dashboard-event", theme)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_an_empty_server(empty_server: RunningServer, visit: Start, name: str, theme: Theme) -> None:
    """A server that has seen nothing has every page, too."""
    page = visit(theme=theme).open(f"{empty_server.url}{PAGES[name]}")

    wait(page)

    assert axe_violations(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_first_page_of_an_empty_server(empty_server: RunningServer, visit: Start, photograph: Photograph, theme: Theme) -> None:
    """It says what to paste, with the server's own address."""
    page = visit(theme=theme).open(f"{empty_server.url}/")

    expect(page.locator("pre").first).to_contain_text(f"curl -X POST {empty_server.url}/api/v1/events")
    photograph(page, "dashboard-empty", theme)


HOSTILE_PAGES = {
    **PAGES,
    "explore": f"/explore?{urlencode({'meter': HOSTILE_METER, 'group': ['subject', 'model', 'provider']}, doseq=True)}",
    "overview": "/overview?split=customer",
    "customers": "/customers?q=a",
}


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_a_page_of_hostile_texts(hostile_server: RunningServer, visit: Start, name: str) -> None:
    """Fifty texts in every field are only texts."""
    page = visit().open(f"{hostile_server.url}{HOSTILE_PAGES[name]}")

    wait(page)

    assert axe_violations(page) == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_event(hostile_server: RunningServer, visit: Start, text: str) -> None:
    """The story of an event, its customer, a search for it, and its model as a filter show the text as it is."""
    page = visit().open(f"{hostile_server.url}/events/story?{urlencode({'source': text, 'id': text})}")
    assert page.locator("h1").text_content() == text

    for path in (
        f"/subject?{urlencode({'key': text})}",
        f"/events?{urlencode({'subject': text, 'type': HOSTILE_TYPE})}",
        f"/explore?{urlencode({'meter': HOSTILE_METER, 'where[model]': text, 'group': 'model'})}",
        f"/meters/new?{urlencode({'source': text, 'id': text})}",
    ):
        page.goto(f"{hostile_server.url}{path}")
        wait(page)


def test_a_hostile_address(hostile_server: RunningServer, visit: Start) -> None:
    """A refused address is told with the text as it is."""
    seen = visit()
    seen.expect("status of 400")

    page = seen.open(f"{hostile_server.url}/overview?{urlencode({'zone': HOSTILE[0]})}")

    expect(page.locator("main")).to_contain_text(HOSTILE[0])


def test_the_period_is_chosen_without_a_reload(demo_server: RunningServer, visit: Start) -> None:
    """A choice changes the page and its address, and the way back leads back."""
    page = visit().open(f"{demo_server.url}/overview")
    wait(page)
    page.evaluate("window.stayed = true")

    page.locator("select[name=period]").select_option("7d")

    page.wait_for_url("**/overview?period=7d*")
    wait(page)
    assert page.evaluate("window.stayed")
    assert page.evaluate("document.querySelector('usage-chart').options.xAxis[0].data.length") == 7
    page.go_back()
    page.wait_for_url(f"{demo_server.url}/overview")
    expect(page.locator("select[name=period]")).to_have_value("30d")


def test_the_chart_has_the_figures_of_the_table(demo_server: RunningServer, visit: Start) -> None:
    """What is drawn is what the page says in its table."""
    page = visit().open(f"{demo_server.url}/explore?meter=llm_requests&group=model")
    wait(page)

    drawn = page.evaluate(
        "document.querySelector('usage-chart').options.series.map(s => s.data.map(p => p?.value ?? p).reduce((a, b) => a + b, 0))"
    )

    page.locator("summary", has_text="As a table").click()
    totals = page.locator("details.table tfoot td").all_text_contents()
    assert [int(text.replace(",", "")) for text in totals] == drawn


@pytest.mark.parametrize("theme", THEMES)
def test_the_light_is_chosen(demo_server: RunningServer, visit: Start, theme: Theme) -> None:
    """The choice beats what the system says, on this page and the next, and for the charts."""
    other = "light" if theme == "dark" else "dark"
    page = visit(theme=theme).open(f"{demo_server.url}/overview")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.get_by_role("button", name=other.capitalize()).click()
    page.wait_for_load_state("load")
    wait(page)

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.locator(f"html[data-theme={other}]").count() == 1
    assert axe_violations(page) == []


def test_a_page_works_without_javascript(demo_server: RunningServer, visit: Start) -> None:
    """Numbers, table, links and forms are there; only the chart is not."""
    page = visit(javascript=False).open(f"{demo_server.url}/overview")

    expect(page.locator(".tile .value").first).to_be_visible()
    page.locator("select[name=period]").select_option("7d")
    page.get_by_role("button", name="Show").first.click()
    expect(page.locator("select[name=period]")).to_have_value("7d")
    page.locator("summary", has_text="As a table").click()
    expect(page.locator("details.table tbody tr")).to_have_count(7)


def test_everything_is_reached_by_keyboard(demo_server: RunningServer, visit: Start) -> None:
    """The first stop leads to the content; g and a letter to a page; a slash to the search."""
    page = visit().open(f"{demo_server.url}/overview")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers*")
    expect(page.locator("h1")).to_have_text("Customers")
    page.keyboard.press("/")
    page.keyboard.type("harbor")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=harbor*")


def test_new_events_appear_by_themselves(tmp_path_factory: pytest.TempPathFactory, visit: Start) -> None:
    """A stored event is in the list at once, and in none of the browser's requests for pages."""
    with RunningServer(tmp_path_factory.mktemp("live")) as server:
        page = visit().open(f"{server.url}/events")
        wait(page)

        server.ingest(event("live-1", "llm.usage", subject="<i>acme</i>"))

        expect(page.locator("live-tail tbody tr")).to_have_count(1)
        expect(page.locator("live-tail tbody tr td").nth(1)).to_have_text("<i>acme</i>")
        page.goto("about:blank")


def test_logging_in_and_out(tmp_path_factory: pytest.TempPathFactory, visit: Start, photograph: Photograph) -> None:
    """The first admin key closes the server; it opens the pages, and logging out closes them."""
    with RunningServer(tmp_path_factory.mktemp("closed")) as server:
        page = visit().open(f"{server.url}/settings")
        page.locator("form[aria-label='New key'] input[name=name]").fill("admin")
        page.get_by_label("admin", exact=True).check()
        page.get_by_role("button", name="Make key").click()
        key = page.locator("pre code").first.text_content() or ""

        page.goto(f"{server.url}/explore?group=model")
        assert axe_violations(page) == []
        photograph(page, "dashboard-login", "light")
        page.get_by_label("Key").fill(key)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/explore?group=model")

        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/login")
