"""How soon is a page of the dashboard there, over ten million events?

The real server in a process of its own over the generated month; each page is asked as a browser asks it, and then opened in headless
Chromium with an empty cache. Server time runs from the request to the last byte of the answer, on a new connection; first paint is what
the browser reports as first contentful paint, counted from the click. Before anything is timed, the total of the API is compared with plain
Python, and every page must answer and hold a text that only it has. "First" is how long that took, with cold caches.
The data directory is kept when `--directory` names one: filling it
takes ten minutes on two idle cores and about 5 GB.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode

import msgspec
from generated import MODELS, ONE_CUSTOMER, SOURCE
from harness import Report, WrongAnswerError, require_equal
from http_ingest import Server
from playwright.sync_api import Browser, sync_playwright
from stored_month import stored_month

SERVER_MS_MAX: Final = 150
PAINT_MS_MAX: Final = 500
MONTH: Final = {"from": "2026-11-01", "to": "2026-11-30"}
"""All of the generated events, whatever day it is."""

TOTAL: Final = "llm_total_tokens"
FIRST_EVENT: Final = f"chatcmpl-{0:024x}"
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Asked(msgspec.Struct, frozen=True):
    """One page.

    Attributes:
        path: Its address.
        has: A text that it must have.
    """

    path: str
    has: str


def pages(tokens: int) -> dict[str, Asked]:
    """Return the pages by name.

    Args:
        tokens: Of all events.
    """
    whole = f"{tokens:,}"

    def view(path: str, has: str, **asked: str | list[str]) -> Asked:
        return Asked(f"{path}?{urlencode({**MONTH, **asked}, doseq=True)}", has)

    event = {"source": SOURCE, "id": FIRST_EVENT}
    return {
        "overview": view("/overview", whole),
        "overview by customer": view("/overview", whole, split="customer"),
        "overview by kind": view("/overview", whole, split="kind"),
        "overview of cost": view("/overview", MODELS[0], measure="cost"),
        "overview in a zone": view("/overview", "Kolkata", zone="Asia/Kolkata"),
        "explore": view("/explore", whole, meter=TOTAL),
        "explore by model": view("/explore", MODELS[0], meter=TOTAL, group="model", compare="yes"),
        "explore by hour": view("/explore", MODELS[0], meter=TOTAL, group="model", window="HOUR"),
        "explore by customer": view("/explore", ONE_CUSTOMER.partition("-")[0], meter=TOTAL, group="subject"),
        "explore one customer": view("/explore", ONE_CUSTOMER, meter=TOTAL, subject=ONE_CUSTOMER, group="model"),
        "customers": view("/customers", "customer-0"),
        "one customer": view("/subject", ONE_CUSTOMER, key=ONE_CUSTOMER),
        "events": Asked("/events", "chatcmpl-"),
        "events of a customer": Asked(f"/events?{urlencode({'subject': ONE_CUSTOMER})}", ONE_CUSTOMER),
        "events not measured": Asked("/events/unmeasured", "measured"),
        "one event": Asked(f"/events/story?{urlencode(event)}", FIRST_EVENT),
        "meters": Asked("/meters", TOTAL),
        "new meter": Asked(f"/meters/new?{urlencode(event)}", "total_tokens"),
        "prices": Asked("/prices", "gpt-"),
        "settings": Asked("/settings", "Settings"),
        "portal": Asked("/portal", "meterlark-usage"),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill, compare, time, report; exit with an error when an answer is not the expected one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds after the warm-up")
    parser.add_argument("--directory", type=Path, default=None, help="data directory to fill, or to use when it is filled; kept")
    parser.add_argument("--without-browser", action="store_true", help="measure the server alone")
    chosen = parser.parse_args(arguments)
    with _directory(chosen.directory) as folder:
        tokens = stored_month(folder, chosen.events, tell=print)
        with closing(Server(folder, "FULL")) as server:
            try:
                require_equal("tokens", {"all": server.total()}, {"all": Decimal(tokens)})
                firsts = _require_texts(server, pages(tokens))
            except WrongAnswerError as error:
                sys.exit(f"wrong answer, nothing was timed: {error}")
            _measure(server, pages(tokens), firsts, events=chosen.events, rounds=chosen.rounds, with_browser=not chosen.without_browser)


@contextmanager
def _directory(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    made = Path(tempfile.mkdtemp(prefix="dashboard-speed-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def _require_texts(server: Server, asked: dict[str, Asked]) -> dict[str, float]:
    """Return how long the server took for each page the very first time, in milliseconds."""
    firsts: dict[str, float] = {}
    for name, page in asked.items():
        began = time.perf_counter()
        html = server.get(page.path).decode()
        firsts[name] = 1e3 * (time.perf_counter() - began)
        if page.has not in html:
            raise WrongAnswerError(f"{name}: {page.path} has no {page.has!r}")
    return firsts


def _measure(server: Server, asked: dict[str, Asked], firsts: dict[str, float], *, events: int, rounds: int, with_browser: bool) -> None:
    columns = ("page", "first ms", "server ms", "spread", "server cpu ms", "kB", "first paint ms", "spread ")
    report = Report(f"How soon is a page of the dashboard there, over {events:,} events?", columns)
    served = {name: _serve(server, page, rounds) for name, page in asked.items()}
    painted = _paint(server, asked, rounds) if with_browser else {}
    for name, (walls, cpu, size) in served.items():
        paints = painted.get(name, [])
        report.add(
            name,
            firsts[name],
            median(walls),
            f"{min(walls):.3g}-{max(walls):.3g}",
            cpu,
            size / 1000,
            median(paints) if paints else "",
            f"{min(paints):.3g}-{max(paints):.3g}" if paints else "",
        )
    report.claim("slowest page, server ms", max(median(walls) for walls, _, _ in served.values()), at_most=SERVER_MS_MAX)
    if painted:
        report.claim("slowest page, first paint ms", max(median(paints) for paints in painted.values()), at_most=PAINT_MS_MAX)
    report.finish(f"dashboard_speed_{events}")


def _serve(server: Server, page: Asked, rounds: int) -> tuple[list[float], float, int]:
    """Return the wall times of a page in milliseconds, the server's CPU time of one, and its size in bytes."""
    size = len(server.get(page.path))
    walls: list[float] = []
    cpu_before = server.cpu_seconds
    for _ in range(rounds):
        began = time.perf_counter()
        server.get(page.path)
        walls.append(1e3 * (time.perf_counter() - began))
    return walls, 1e3 * (server.cpu_seconds - cpu_before) / rounds, size


def _paint(server: Server, asked: dict[str, Asked], rounds: int) -> dict[str, list[float]]:
    """Return the first contentful paints of each page in milliseconds, each with an empty cache."""
    executable = shutil.which("chromium")
    if executable is None:
        sys.exit("there is no chromium (Debian: apt-get install chromium); --without-browser measures the server alone")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        found = {name: [_first_paint(browser, server.address + page.path) for _ in range(rounds + 1)][1:] for name, page in asked.items()}
        browser.close()
    return found


def _first_paint(browser: Browser, url: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    page.goto(url, wait_until="load")
    # A function, because a policy as strict as ours lets no text be evaluated.
    handle = page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    milliseconds = float(handle.json_value())
    context.close()
    return milliseconds


if __name__ == "__main__":
    main()
