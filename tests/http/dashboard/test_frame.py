"""What holds for every page: headers, addresses of assets, errors, the light, and that an open server needs no login."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from api import Api
from visitor import Read, Visitor

from meterlark.dashboard import assets
from meterlark.dashboard.pages import PAGES

VENDOR = Path(assets.FOLDER) / "vendor"


def test_the_first_page_is_the_overview(visitor: Visitor) -> None:
    """The bare address leads to the overview."""
    assert visitor.get("/", status=303).headers["location"] == "/overview"


def test_pages_stand_beside_the_document(api: Api) -> None:
    """No page is an operation of the OpenAPI document."""
    paths = api.get("/api/openapi.json")["paths"]

    assert not {page.path for page in PAGES} & paths.keys()


@pytest.mark.parametrize("path", [page.path for page in PAGES if page.method == "GET" and "{" not in page.path])
def test_a_page_runs_nothing_that_is_not_ours(visitor: Visitor, path: str) -> None:
    """Every page has the strict policy, and no element with a script, a style or a handler in it."""
    answer = visitor.api.ask("GET", path, headers={"accept": "text/html"})

    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    page = Read(answer)
    assert all(attributes.get("src") for tag, attributes in page.tags if tag == "script")
    assert not any(tag == "style" for tag, _ in page.tags)
    assert not any(name == "style" or name.startswith(("on", "hx-on")) for _, attributes in page.tags for name in attributes)


def test_an_asset_is_kept_for_ever(visitor: Visitor) -> None:
    """Scripts and styles have addresses that change with their content."""
    page = Read(visitor.get("/overview"))

    for address in [*page.values("script", "src"), *page.values("link", "href")]:
        answer = visitor.get(address)
        assert "immutable" in answer.headers["cache-control"]
        assert sha256(answer.body).hexdigest().startswith(address.split("/")[2])


def test_no_path_leads_out_of_the_assets(visitor: Visitor) -> None:
    """A path with dots is not found."""
    visitor.get("/static/../site.py", status=404)
    visitor.get("/static/0/..%2f..%2fsite.py", status=404)


def test_foreign_scripts_are_those_that_were_vendored() -> None:
    """Every file beside the recorded digests has the digest that is recorded."""
    lines = [line.split("  ") for line in (VENDOR / "SHA256SUMS").read_text().splitlines()]
    recorded = {name: digest for digest, name in lines}

    assert {path.name for path in VENDOR.iterdir()} == {*recorded, "SHA256SUMS"}
    for name, digest in recorded.items():
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_an_unknown_page_is_told_in_html(visitor: Visitor) -> None:
    """What looks like a page and is none is answered 404 with a page."""
    answer = visitor.get("/overview/nothing", status=404)

    assert answer.headers["content-type"].startswith("text/html")
    assert "there is no page at /overview/nothing" in Read(answer).text


def test_an_unknown_parameter_is_refused(visitor: Visitor) -> None:
    """A misspelt filter is told, not ignored."""
    assert "unknown parameter 'perod'" in Read(visitor.get("/overview?perod=7d", status=400)).text


def test_what_an_address_says_is_escaped(visitor: Visitor) -> None:
    """A script in an address is text."""
    html = visitor.get("/overview?%3Cscript%3E=1", status=400).body.decode()

    assert "<script>" not in html.replace("<script src", "")
    assert "&lt;script&gt;" in html


def test_a_page_of_another_host_is_refused_while_the_server_is_open(api: Api) -> None:
    """A name that leads to this machine by rebinding gets no page."""
    assert api.ask("GET", "/overview", headers={"host": "evil.example"}).status == 403


def test_the_light_is_remembered(visitor: Visitor) -> None:
    """Whoever chooses dark gets dark pages, and comes back to the page they were on."""
    answer = visitor.post("/theme", {"theme": "dark", "next": "/overview?period=7d"})

    assert answer.headers["location"] == "/overview?period=7d"
    assert ("html", {"lang": "en", "data-theme": "dark"}) in Read(visitor.get("/overview")).tags


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"])
def test_a_form_leads_to_pages_of_this_server_only(visitor: Visitor, target: str) -> None:
    """A link that was prepared by somebody else leads to the first page."""
    assert visitor.post("/theme", {"theme": "dark", "next": target}).headers["location"] == "/overview"


def test_an_empty_server_says_what_to_do(visitor: Visitor) -> None:
    """The first page of a new server has a command with the server's own address."""
    answer = visitor.get("/overview", headers={"host": "127.0.0.1:9999"})

    assert "curl -X POST http://127.0.0.1:9999/api/v1/events" in Read(answer).text


def test_a_host_that_is_no_host_does_not_reach_a_command(api: Api) -> None:
    """A command to paste holds nothing that a shell would run."""
    api.create("/api/v1/keys", {"name": "admin", "scopes": ["admin"]})

    html = api.ask("GET", "/login", headers={"host": "a$(reboot)"}).body.decode()

    assert "reboot" not in html


def test_head_is_get_without_a_body(api: Api) -> None:
    """The headers of a page can be asked for alone."""
    assert re.match("text/html", api.ask("HEAD", "/overview").headers["content-type"])


def test_another_method_is_refused(api: Api) -> None:
    """A page that is only read cannot be written to."""
    answer = api.ask("POST", "/overview")

    assert answer.status == 405
