"""Each check of the browser tests catches a page that is known to be bad, and lets a good one pass."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import Visit, axe_violations, photographer
from loopback_pages import serving_pages
from picture import packed
from playwright.sync_api import Browser
from running_server import RunningServer

GOOD = "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1><p>Nothing is wrong here.</p></main></html>"
POLICY = "default-src 'self'"

Serve = Callable[[str, str], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve one page, with a content security policy or with none, and give its address."""
    with serving_pages() as pages:
        yield pages.put


def test_a_good_page_passes_every_check(chromium: Browser, serve: Serve) -> None:
    """Under a strict policy."""
    visit = Visit(chromium)

    page = visit.open(serve(GOOD, POLICY))

    assert axe_violations(page) == []
    visit.close()


@pytest.mark.parametrize(
    ("bad", "policy", "complaint"),
    [
        ("<script>alert(1)</script>", "", "dialog: alert: 1"),
        ("<script>console.error('broken')</script>", "", "console: error: broken"),
        ("<script>console.warn('odd')</script>", "", "console: warning: odd"),
        ("<script>throw new Error('lost')</script>", "", "error: lost"),
        ("<script>let a = 1</script>", POLICY, "policy: script-src-elem refused inline"),
        ("<p style='color:red'>red</p>", POLICY, "policy: style-src-attr refused inline"),
        ("<img alt='' src='http://127.0.0.1:9/x.png'>", "", "foreign: GET http://127.0.0.1:9/x.png"),
    ],
    ids=["dialog", "error", "warning", "exception", "inline script", "inline style", "other host"],
)
def test_a_page_that_misbehaves_is_caught(chromium: Browser, serve: Serve, bad: str, policy: str, complaint: str) -> None:
    """By its complaint, at the end of the visit."""
    visit = Visit(chromium)
    visit.open(serve(GOOD.replace("<p>", f"{bad}<p>"), policy))

    with pytest.raises(AssertionError, match=re.escape(complaint)):
        visit.close()


def test_a_complaint_that_is_expected_passes_and_must_come(chromium: Browser, serve: Serve) -> None:
    """Both ways."""
    came, missing = Visit(chromium), Visit(chromium)
    for visit in (came, missing):
        visit.open(serve(GOOD.replace("<p>", "<script>alert(1)</script><p>"), ""))
    came.expect("^dialog: alert: 1$")
    missing.expect("^dialog: alert")
    missing.expect("^dialog: confirm")

    came.close()
    with pytest.raises(AssertionError, match="never came"):
        missing.close()


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt"),
        ("<button></button>", "button-name"),
        ("<p style='color:#aaa;background:#fff'>pale</p>", "color-contrast"),
        ("<input>", "label"),
    ],
    ids=["image", "button", "contrast", "field"],
)
def test_a_page_that_shuts_people_out_is_caught(chromium: Browser, serve: Serve, bad: str, rule: str) -> None:
    """By the rule that it breaks."""
    visit = Visit(chromium)

    page = visit.open(serve(GOOD.replace("<p>", f"{bad}<p>"), ""))

    assert [one.partition(":")[0] for one in axe_violations(page)] == [rule]
    visit.close()


def test_a_picture_is_kept_only_when_asked(chromium: Browser, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Under its name and theme."""
    monkeypatch.setattr("browsing.IMAGES", tmp_path)
    visit = Visit(chromium, theme="dark")
    page = visit.open(serve(GOOD, ""))

    photographer(writes=False)(page, "page", "dark")
    before = list(tmp_path.iterdir())
    photographer(writes=True)(page, "page", "dark")

    assert before == []
    assert [path.name for path in tmp_path.iterdir()] == ["page-dark.png"]
    visit.close()


def test_a_packed_picture_is_the_same_picture(chromium: Browser, serve: Serve) -> None:
    """Smaller, and shown as it was: a page of few colours loses none, so a picture of its picture has the same bytes."""
    visit = Visit(chromium)
    picture = visit.open(serve("<!doctype html><title>Plain</title><body bgcolor=teal><hr color=gold size=9>", "")).screenshot()

    small = packed(chromium, picture)

    assert len(small) < len(picture)
    source = f"data:image/png;base64,{base64.b64encode(small).decode()}"
    again = visit.open(serve(f"<!doctype html><title>Picture</title><body style='margin:0'><img style='display:block' src='{source}'>", ""))
    assert again.screenshot() == picture
    visit.close()


def test_the_three_servers_hold_what_they_say(
    demo_server: RunningServer, empty_server: RunningServer, hostile_server: RunningServer
) -> None:
    """Usage of forty customers, none, and of fifty hostile subjects and one more."""
    assert len(demo_server.usage("llm_total_tokens", {"groupBy": "subject"})) == 40
    assert empty_server.usage("llm_total_tokens") == []
    assert len(hostile_server.usage("hostile_tokens", {"groupBy": ["subject", "model"]})) == 100
