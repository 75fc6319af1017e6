"""Logging in by key: sessions, their cookie and their end; forms of other sites; what a key may do."""

import datetime as dt

import pytest
from api import Api
from visitor import ERROR_PAGE, Read, Visitor

from meterlark.dashboard.session import COOKIE


@pytest.fixture
def keys(api: Api) -> dict[str, str]:
    """Give the texts of keys: the server is not open any more."""
    texts: dict[str, str] = {}
    for name, more in {
        "ingest": {"scopes": ["ingest"]},
        "read": {"scopes": ["read"]},
        "bound": {"scopes": ["read"], "subjects": ["mine"]},
        "admin": {"scopes": ["admin"]},
    }.items():
        texts[name] = api.create("/api/v1/keys", {"name": name, **more})["key"]
    return texts


def test_an_open_server_needs_no_login(visitor: Visitor) -> None:
    """While there is no admin key the login leads on."""
    assert visitor.get("/login?next=/overview", status=303).headers["location"] == "/overview"


def test_a_page_sends_a_stranger_to_the_login(visitor: Visitor, keys: dict[str, str]) -> None:
    """Whoever has no session is asked for a key and comes back to the same address."""
    answer = visitor.get("/overview?period=7d", status=303)

    assert answer.headers["location"] == "/login?next=%2Foverview%3Fperiod%3D7d"
    assert ("input", {"type": "hidden", "name": "next", "value": "/overview?period=7d"}) in Read(
        visitor.get(answer.headers["location"])
    ).tags


def test_a_key_opens_the_pages(visitor: Visitor, keys: dict[str, str]) -> None:
    """After the login the pages are there."""
    answer = visitor.post("/login", {"key": keys["read"], "next": "/overview?period=7d"})

    assert answer.headers["location"] == "/overview?period=7d"
    visitor.get("/overview")


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: Visitor, keys: dict[str, str]) -> None:
    """The session's cookie is HttpOnly, strict, ends, and does not hold the key."""
    cookie = visitor.post("/login", {"key": keys["read"]}).headers["set-cookie"]

    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert keys["read"] not in cookie


def test_behind_https_the_cookie_stays_on_https(api: Api, keys: dict[str, str]) -> None:
    """A login from a page that was loaded over HTTPS sets a secure cookie."""
    visitor = Visitor(api)

    assert "; Secure" in visitor.post("/login", {"key": keys["read"]}, origin="https://localhost").headers["set-cookie"]


@pytest.mark.parametrize("key", ["", "mlk_wrong", "nonsense", "schlüssel"])
def test_a_wrong_key_is_told(visitor: Visitor, keys: dict[str, str], key: str) -> None:
    """A key that is none leads nowhere, and is not shown again."""
    answer = visitor.post("/login", {"key": key}, status=401)

    assert "set-cookie" not in answer.headers
    assert not key or key not in answer.body.decode()


def test_a_key_that_may_not_read_does_not_open_the_pages(visitor: Visitor, keys: dict[str, str]) -> None:
    """A key that only sends events is refused."""
    assert "this needs the scope read" in Read(visitor.post("/login", {"key": keys["ingest"]}, status=403)).text


def test_logging_out_ends_the_session(visitor: Visitor, keys: dict[str, str]) -> None:
    """After logging out the old cookie opens nothing."""
    visitor.log_in(keys["read"])
    old = visitor.cookies[COOKIE]

    visitor.post("/logout")

    assert COOKIE not in visitor.cookies
    visitor.cookies[COOKIE] = old
    visitor.get("/overview", status=303)


def test_a_revoked_key_ends_its_sessions(api: Api, visitor: Visitor, keys: dict[str, str]) -> None:
    """Whoever logged in with a key is out as soon as it is revoked."""
    visitor.log_in(keys["read"])
    [key_id] = [key["id"] for key in api.get("/api/v1/keys", bearer=keys["admin"]) if key["name"] == "read"]

    api.ask("DELETE", f"/api/v1/keys/{key_id}", bearer=keys["admin"])

    visitor.get("/overview", status=303)


def test_a_session_ends_by_itself(api: Api, visitor: Visitor, keys: dict[str, str]) -> None:
    """Half a day after the login the key is asked for again."""
    visitor.log_in(keys["read"])
    site, *_ = api.application._sites
    later = api.services.now() + dt.timedelta(hours=12)

    site._sessions._now = lambda: later  # type: ignore[attr-defined]

    visitor.get("/overview", status=303)


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://localhost.evil.example", "http://localhost:81"])
def test_a_form_of_another_site_is_refused(visitor: Visitor, origin: str | None) -> None:
    """A form counts only when the browser says that it comes from a page of this server."""
    answer = visitor.post("/theme", {"theme": "dark"}, origin=origin, status=403)

    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_form_without_its_token_is_refused(visitor: Visitor, token: str) -> None:
    """A form counts only with the token of a page."""
    visitor.post("/theme", {"theme": "dark"}, csrf=token, status=403)


def test_a_token_is_of_one_session(api: Api, keys: dict[str, str]) -> None:
    """The token of another visitor does not count."""
    one, other = Visitor(api), Visitor(api)
    one.log_in(keys["read"])
    other.log_in(keys["read"])

    one.post("/logout", csrf=other.token(), status=403)


def test_a_stranger_sees_no_navigation(visitor: Visitor, keys: dict[str, str]) -> None:
    """An error page tells somebody without a session nothing about what there is."""
    assert not [path for path in Read(visitor.get(ERROR_PAGE, status=404)).values("a", "href") if path.startswith("/explore")]
