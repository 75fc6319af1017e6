"""Keys, logins and what only a key may do, in a real browser; each test has a server of its own, because it changes it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import THEMES, Photograph, Start, Theme, axe_violations
from loopback_pages import serving_pages
from playwright.sync_api import Page, expect
from running_server import RunningServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """Run an open server with one event."""
    with RunningServer(tmp_path) as running:
        running.ingest(
            [{"specversion": "1.0", "id": "1", "source": "s", "type": "llm.usage", "subject": "acme", "data": {"total_tokens": 42}}]
        )
        yield running


def make_admin_key(server: RunningServer) -> str:
    """Close the server and return its key."""
    answer = server.send_json("POST", "/api/v1/keys", {"name": "admin", "scopes": ["admin"]})
    assert answer.status in {200, 201}, answer
    text = answer.json()["key"]
    assert isinstance(text, str)
    return text


def log_in(page: Page, key: str) -> None:
    """Fill the form of the login."""
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("theme", THEMES)
def test_the_login_is_open_to_everybody(server: RunningServer, visit: Start, photograph: Photograph, theme: Theme) -> None:
    """Also when it says that a key is wrong."""
    make_admin_key(server)
    watched = visit(theme=theme)
    watched.expect("status of 401")
    page = watched.open(f"{server.url}/customers")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert axe_violations(page) == []
    photograph(page, "dashboard-login", theme)

    log_in(page, "mlk_wrong")

    expect(page.get_by_role("alert")).to_be_visible()
    assert axe_violations(page) == []


def test_the_first_admin_key_closes_the_server_and_opens_it_for_its_holder(server: RunningServer, visit: Start) -> None:
    """The key is made on the page, shown once, and asked for by the next page."""
    page = visit().open(f"{server.url}/settings")
    form = page.get_by_role("form", name="New key")
    form.get_by_label("Name").fill("first")
    form.get_by_label("admin").check()
    form.get_by_role("button", name="Make key").click()
    key = page.locator("pre code").inner_text()
    assert key.startswith("mlk_")

    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    log_in(page, key)

    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    assert key not in page.content()
    assert key not in server.log()


def test_the_session_is_kept_from_scripts_and_ends_at_log_out(server: RunningServer, visit: Start) -> None:
    """A cookie that no script reads and no other site sends; afterwards each page asks for a key."""
    key = make_admin_key(server)
    watched = visit()
    page = watched.open(f"{server.url}/overview")
    log_in(page, key)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    [cookie] = [one for one in watched.context.cookies() if "session" in one["name"]]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert "session" not in page.evaluate("document.cookie")
    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(f"{server.url}/customers")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_page_of_another_origin_changes_nothing(server: RunningServer, visit: Start) -> None:
    """Though the browser sends the cookie with its form: another port of the same machine is the same site to it."""
    key = make_admin_key(server)
    with serving_pages() as other:
        watched = visit(hosts=(f"{server.host}:{server.port}", urlsplit(other.url).netloc))
        watched.expect("status of 403")
        page = watched.open(f"{server.url}/overview")
        log_in(page, key)
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        fields = "<input name=name value=stolen><input name=scope value=admin>"
        form = f"<form method=post action='{server.url}/settings/keys'>{fields}<button>Win</button></form>"
        page.goto(other.put(f"<!doctype html><title>Win</title>{form}"))

        page.get_by_role("button", name="Win").click()

        page.wait_for_url(f"{server.url}/settings/keys")
    listed = server.get("/api/v1/keys", headers={"authorization": f"Bearer {key}"}).json()
    assert [one["name"] for one in listed] == ["admin"]


def test_without_javascript_the_pages_work_behind_a_login(server: RunningServer, visit: Start) -> None:
    """Forms and links are enough."""
    key = make_admin_key(server)
    page = visit(javascript=False).open(f"{server.url}/customers")

    log_in(page, key)

    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    for name in ("Prices", "Settings"):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_a_customer_is_seen_as_it_sees_itself(server: RunningServer, visit: Start) -> None:
    """From its page to the portal, with a token made for that."""
    page = visit().open(f"{server.url}/subject?key=acme")
    page.get_by_role("button", name="View as customer").click()
    link = page.get_by_role("link", name="View as customer")

    with page.context.expect_page() as opened:
        link.click()

    portal = opened.value
    expect(portal.locator("#subject")).to_have_text("acme")
    portal.get_by_role("button", name="Total tokens").click()
    expect(portal.locator("meterlark-usage .total")).to_have_text("42")


def test_a_token_is_taken_back_in_the_settings(server: RunningServer, visit: Start) -> None:
    """Its holder sees nothing more."""
    token = server.portal_token("acme")
    page = visit().open(f"{server.url}/settings")

    page.get_by_role("button", name="Take back").click()

    expect(page.get_by_text("No token is in use.")).to_be_visible()
    assert server.get("/api/v1/portal/meters", headers={"authorization": f"Bearer {token}"}).status == 401


def test_prices_are_found_and_unpriced_usage_is_shown(server: RunningServer, visit: Start) -> None:
    """By a part of the name; a model that nobody knows is listed as such."""
    data = {
        "provider": "openai",
        "model": "nobody-knows-it",
        "input_tokens": 5,
        "output_tokens": 6,
        "prompt_tokens": 5,
        "completion_tokens": 6,
    }
    server.ingest(
        [{"specversion": "1.0", "id": "2", "source": "s", "type": "llm.usage", "subject": "acme", "data": {**data, "total_tokens": 11}}]
    )
    page = visit().open(f"{server.url}/prices")
    expect(page.locator("main")).to_contain_text("nobody-knows-it")

    page.get_by_role("searchbox").fill("gpt-4o-mini")
    page.keyboard.press("Enter")

    page.wait_for_url("**q=gpt-4o-mini**")
    rows = page.locator("tbody tr", has_text="gpt-4o-mini")
    expect(rows.first).to_be_visible()
    assert axe_violations(page) == []
