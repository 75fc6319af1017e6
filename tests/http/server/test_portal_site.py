"""`/portal`: a page and files that hold nothing but a token that was posted."""

from collections.abc import Iterator

import pytest
from api import Answered, Api, running_api

from meterlark.portal.site import FOLDER, TOKEN_LENGTH_MAX, PortalSite

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """A server that the tests only read."""
    with running_api() as running:
        yield running


def posted(api: Api, body: bytes) -> Answered:
    """Post a form to the page."""
    return api.ask("POST", "/portal", body, content_type=FORM)


def policy(answer: Answered) -> dict[str, str]:
    """Return the directives of an answer's content security policy."""
    return dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))


def test_the_page_allows_only_its_own_files(api: Api) -> None:
    """No inline script, no other host, no form, no store; its address is told to nobody."""
    answer = api.ask("GET", "/portal")

    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    allowed = policy(answer)
    assert allowed.pop("frame-ancestors") == "*"
    assert set(allowed.values()) == {"'none'", "'self'"}
    assert allowed["default-src"] == "'none'"
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_listed_sites_may_frame_the_page() -> None:
    """And no others."""
    headers = dict(PortalSite(["https://app.example.com"], zone_name="UTC")._headers)
    assert headers["content-security-policy"].endswith("frame-ancestors https://app.example.com")


def test_a_posted_token_is_in_the_page(api: Api) -> None:
    """Where its script finds it."""
    assert b'data-token="a.b-c_d.e"' in posted(api, b"token=a.b-c_d.e").body
    assert b'data-token=""' in api.ask("GET", "/portal").body


@pytest.mark.parametrize(
    "body", [b"", b"token=", b"token=%22%3E%3Cscript%3E", b"other=a.b.c", b"token=a.b.c&token=d.e.f", b"\xff\xfe", b"&"]
)
def test_what_is_no_token_is_refused(api: Api, body: bytes) -> None:
    """Without repeating it."""
    assert posted(api, body).detail == "the form needs one field, token, with a portal token"


def test_a_form_that_is_too_long_is_refused(api: Api) -> None:
    """A token has its longest length."""
    assert posted(api, b"token=" + b"a" * TOKEN_LENGTH_MAX).status == 200
    assert posted(api, b"token=" + b"a" * TOKEN_LENGTH_MAX * 2).status == 413


def test_every_file_is_served_for_any_page(api: Api) -> None:
    """Scripts as scripts; modules of other origins need the header."""
    names = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".js", ".css"})
    assert "element.js" in names
    for name in names:
        answer = api.ask("GET", f"/portal/{name}")
        assert answer.status == 200
        assert answer.headers["content-type"] == f"text/{'javascript' if name.endswith('.js') else 'css'}; charset=utf-8"
        assert (answer.headers["access-control-allow-origin"], answer.headers["x-content-type-options"]) == ("*", "nosniff")


def test_a_file_that_has_not_changed_is_not_sent_again(api: Api) -> None:
    """By its tag."""
    first = api.ask("GET", "/portal/element.js")
    again = api.ask("GET", "/portal/element.js", headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
    assert (again.status, again.body) == (304, b"")
    assert api.ask("GET", "/portal/element.js", headers={"if-none-match": '"x"'}).body == first.body


@pytest.mark.parametrize("path", ["/portal/", "/portal/page.html", "/portal/../site.py", "/portal/%2e%2e/site.py", "/portal/missing.js"])
def test_nothing_else_is_below_it(api: Api, path: str) -> None:
    """404 says where the element is."""
    answer = api.ask("GET", path)
    assert answer.status == 404
    assert "/portal/element.js" in answer.detail


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("PUT", "/portal", "GET, HEAD, POST"), ("POST", "/portal/element.js", "GET, HEAD")]
)
def test_other_methods_are_refused(api: Api, method: str, path: str, allowed: str) -> None:
    """405 names those that are not."""
    answer = api.ask(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)
