"""The portal's page shows the holder of a token its own usage, whatever it is called, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import THEMES, Photograph, Start, Theme, axe_violations
from hostile import HOSTILE, HOSTILE_METER, HOSTILE_SUBJECT
from loopback_pages import Pages, serving_pages
from playwright.sync_api import Page, Route, expect
from running_server import RunningServer

SUBJECT = "customer-01"
METERS = ["llm_total_tokens", "llm_input_tokens", "llm_output_tokens", "llm_requests"]
REFUSED = "console: error: Failed to load resource: the server responded with a status of 401"


@pytest.fixture(scope="module")
def product() -> Iterator[Pages]:
    """Serve a page of a product, at another origin."""
    with serving_pages() as pages:
        yield pages


def address(server: RunningServer, token: str, more: str = "&period=30-days") -> str:
    """Return the address of the page with a token."""
    return f"{server.url}/portal#token={token}{more}"


def wait_for_usage(page: Page) -> str:
    """Return the total that the element shows, once it does."""
    page.locator("meterlark-usage .total:not(:empty)").wait_for()
    return page.locator("meterlark-usage .total").inner_text()


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_shows_own_usage(demo_server: RunningServer, visit: Start, photograph: Photograph, theme: Theme) -> None:
    """The figure that the API gives to a key; without a complaint, and open to everybody."""
    token = demo_server.portal_token(SUBJECT, allowedMeterSlugs=METERS)

    page = visit(theme=theme).open(address(demo_server, token))

    total = wait_for_usage(page)
    start = page.locator("meterlark-usage").get_attribute("from") or ""
    [row] = demo_server.usage("llm_total_tokens", {"subject": SUBJECT, "from": start})
    assert total == f"{row['value']:,}"
    assert axe_violations(page) == []
    photograph(page, "portal", theme)


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_without_usage_says_so(empty_server: RunningServer, visit: Start, photograph: Photograph, theme: Theme) -> None:
    """No chart of nothing, no figure that is not there."""
    page = visit(theme=theme).open(address(empty_server, empty_server.portal_token("nobody")))

    expect(page.locator("#message")).to_have_text("No usage in this period.")
    expect(page.locator("meterlark-usage")).to_be_hidden()
    assert axe_violations(page) == []
    photograph(page, "portal-empty", theme)


@pytest.mark.parametrize("theme", THEMES)
def test_hostile_names_are_only_names(hostile_server: RunningServer, visit: Start, theme: Theme) -> None:
    """Of models in the table, of meters in the list, in the figures by time."""
    token = hostile_server.portal_token(HOSTILE_SUBJECT)

    page = visit(theme=theme).open(address(hostile_server, token, f"&period=30-days&meter={HOSTILE_METER}"))

    wait_for_usage(page)
    page.locator("meterlark-usage summary").click()
    names = page.locator("meterlark-usage .groups tbody th").all_text_contents()
    assert sorted(names) == sorted(HOSTILE)
    quiet = page.locator("#quiet").text_content() or ""
    assert [text for text in HOSTILE if text not in quiet] == []
    assert axe_violations(page) == []


def test_a_hostile_subject_is_only_a_name(hostile_server: RunningServer, visit: Start) -> None:
    """Each of the fifty, shown as it is."""
    tokens = {text: hostile_server.portal_token(text, allowedMeterSlugs=[HOSTILE_METER]) for text in HOSTILE}
    page = visit().open(address(hostile_server, ""))

    for text, token in tokens.items():
        page.evaluate("address => location.replace(address)", address(hostile_server, token))
        page.wait_for_function("text => document.getElementById('subject').textContent === text", arg=text)
        page.locator("meterlark-usage .groups tbody th").filter(has_text="").first.wait_for()


def test_the_token_leaves_no_trace(demo_server: RunningServer, visit: Start) -> None:
    """Neither in the address, nor in the history, nor in what the server writes; a reload still knows it."""
    token = demo_server.portal_token(SUBJECT)
    page = visit().open(address(demo_server, token))
    total = wait_for_usage(page)

    assert page.url == f"{demo_server.url}/portal#period=30-days"
    assert token not in page.content()
    assert token not in demo_server.log()
    page.reload()
    assert wait_for_usage(page) == total


def test_a_token_may_be_posted(demo_server: RunningServer, visit: Start, product: Pages) -> None:
    """By a form of the product, so that it is in no address at all."""
    token = demo_server.portal_token(SUBJECT)
    form = (
        f"<form method=post action='{demo_server.url}/portal'><input type=hidden name=token value='{token}'><button>Usage</button></form>"
    )
    page = visit(hosts=(demo_server.url.removeprefix("http://"),)).open(product.put(f"<!doctype html><title>Product</title>{form}"))

    page.get_by_role("button", name="Usage").click()

    assert wait_for_usage(page)
    assert page.url == f"{demo_server.url}/portal"
    assert token not in page.content()


@pytest.mark.parametrize("token", ["", "a.b.c"], ids=["none", "wrong"])
def test_without_a_valid_token_the_page_says_what_to_do(demo_server: RunningServer, visit: Start, token: str) -> None:
    """And shows nothing else."""
    watched = visit()
    if token:
        watched.expect(REFUSED)
    page = watched.open(address(demo_server, token))

    expect(page.locator("#message")).to_have_text("This link is not valid any more. Please open the page anew from where you came.")
    expect(page.locator("#subject")).to_be_empty()
    expect(page.locator("meterlark-usage")).to_be_hidden()
    assert axe_violations(page) == []


def test_a_token_that_is_taken_back_shows_nothing_more(demo_server: RunningServer, visit: Start) -> None:
    """What was shown before is cleared at the next question."""
    watched = visit()
    watched.expect(REFUSED)
    subject = "customer-02"
    page = watched.open(address(demo_server, demo_server.portal_token(subject)))
    wait_for_usage(page)
    demo_server.send_json("POST", "/api/v1/portal/tokens/invalidate", {"subject": subject})

    page.get_by_label("Period").select_option("7-days")

    expect(page.locator("#message")).to_contain_text("not valid any more")
    expect(page.locator("#subject")).to_be_empty()
    expect(page.locator("meterlark-usage")).to_be_hidden()


def test_period_and_meter_are_chosen_by_keyboard_and_kept_in_the_address(demo_server: RunningServer, visit: Start) -> None:
    """So that a reload shows the same."""
    token = demo_server.portal_token(SUBJECT, allowedMeterSlugs=METERS)
    page = visit().open(address(demo_server, token))
    wait_for_usage(page)

    page.get_by_label("Period").focus()
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Requests").focus()
    page.keyboard.press("Enter")

    expect(page.locator("meterlark-usage h3")).to_contain_text("Requests")
    assert page.url.endswith("#period=7-days&meter=llm_requests")
    page.reload()
    expect(page.get_by_role("button", name="Requests")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Period")).to_have_value("7-days")


def test_a_choice_made_while_a_period_loads_is_kept(demo_server: RunningServer, visit: Start) -> None:
    """Of the meter, by keyboard: neither the choice nor the place on the page is lost when the figures come."""
    token = demo_server.portal_token(SUBJECT, allowedMeterSlugs=METERS)
    page = visit().open(address(demo_server, token))
    wait_for_usage(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/portal/meters", hold, times=1)
    page.get_by_label("Period").select_option("7-days")
    expect(page.locator("#message")).to_have_text("Loading …")

    page.get_by_role("button", name="Requests").focus()
    page.keyboard.press("Enter")
    expect(page.locator("meterlark-usage h3")).to_contain_text("Requests")
    [question] = held
    question.continue_()

    expect(page.locator("#message")).to_be_empty()
    expect(page.get_by_role("button", name="Requests")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Requests")).to_be_focused()
    expect(page.locator("meterlark-usage h3")).to_contain_text("Requests")
    expect(page.locator("meterlark-usage")).to_have_attribute("meter", "llm_requests")


def test_the_page_fits_a_phone(demo_server: RunningServer, visit: Start) -> None:
    """Nothing is wider than the screen."""
    watched = visit()
    page = watched.open(address(demo_server, demo_server.portal_token(SUBJECT)))
    wait_for_usage(page)

    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_function("document.querySelector('meterlark-usage').shadowRoot.querySelector('svg').clientWidth < 360")

    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_javascript_the_page_says_that_it_needs_it(demo_server: RunningServer, visit: Start) -> None:
    """The only page that does: the token is the browser's alone."""
    page = visit(javascript=False).open(f"{demo_server.url}/portal")
    expect(page.locator("#message")).to_have_text("This page needs JavaScript to ask for your usage.")


def test_days_are_those_of_the_reporting_zone(tmp_path: Path, visit: Start) -> None:
    """Of the server's setting; an address may name another."""
    with RunningServer(tmp_path, environ={"METERLARK_TIME_ZONE": "Asia/Kathmandu"}) as server:
        server.ingest(
            [{"specversion": "1.0", "id": "1", "source": "s", "type": "llm.usage", "subject": "acme", "data": {"total_tokens": 1}}]
        )
        token = server.portal_token("acme", allowedMeterSlugs=["llm_total_tokens"])
        watched = visit()
        page = watched.open(address(server, token))
        expect(page.locator("meterlark-usage .period")).to_contain_text("Asia/Kathmandu")
        other = watched.open(address(server, token, "&zone=America/New_York"))
        expect(other.locator("meterlark-usage .period")).to_contain_text("America/New_York")
        expect(other.locator("#until")).to_contain_text("Times are in America/New_York.")
